"""Events of channels and of the app, applied to digests and settings.

https://docs.slack.dev/reference/events
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import structlog

from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.channel_sync import REVOKED, UNINSTALLED, ChannelSync
from zenmux_bot.slack.listeners.events import Event, Events
from zenmux_bot.slack.payloads import fields, is_org_wide, text_in
from zenmux_bot.slack.tasks import Tasks
from zenmux_bot.store.conversations import SeenEvents

if TYPE_CHECKING:
    from zenmux_bot.slack.installed import InstalledTeams

_CHANNEL = frozenset(
    f"{kind}_{what}"
    for kind in ("channel", "group")
    for what in ("archive", "unarchive", "deleted", "left")
)
_RENAMED = frozenset({"channel_rename", "group_rename"})
_MEMBERS = frozenset({"member_joined_channel", "member_left_channel"})
_LEFT = frozenset({"channel_left", "group_left"})
"""A bot that is removed from a channel gets these instead of ``member_left_channel``.

https://docs.slack.dev/reference/events/channel_left
"""
_MOVED = frozenset({"channel_id_changed"})
_DELETED = frozenset({"channel_deleted", "group_deleted"})
_REMOVED = frozenset({"app_uninstalled", "tokens_revoked"})

log = structlog.get_logger(__name__)


class ChannelEvents:
    """Applies channel events to digests, alerts and settings.

    Args:
        channels: Updates digests and alerts.
        preferences: The settings of channels.
        seen: Remembers which events were handled, for all processes.
        tasks: Runs work in the background.
        clock: The current time.
    """

    def __init__(
        self,
        *,
        channels: ChannelSync,
        preferences: Preferences,
        seen: SeenEvents,
        tasks: Tasks,
        clock: Clock,
    ) -> None:
        self._channels = channels
        self._preferences = preferences
        self._seen = seen
        self._tasks = tasks
        self._clock = clock

    def subscribe(self, events: Events) -> None:
        """Subscribe to the events of channels and of the app."""
        kinds = {*_CHANNEL, *_MEMBERS, *_LEFT, *_RENAMED, *_MOVED, *_REMOVED}
        events.subscribe(sorted(kinds), self.on_event)

    def on_event(self, event: Event) -> None:
        """Handle an event once; its two effects fail independently."""
        for name, work in (
            ("digests", self._digest_work(event)),
            ("settings", self._settings_work(event)),
        ):
            if work is not None:
                self._tasks.start(self._once(f"{name}:{event.id}", work))

    def _settings_work(self, event: Event) -> Callable[[], Awaitable[None]] | None:
        """Return the effect of an event on settings, if any."""
        team_id = event.team_id
        if event.kind in _MOVED:
            old, new = _ids(event)
            return lambda: self._preferences.move_channel(team_id, old, new)
        if event.kind in _DELETED:
            channel_id = event.channel_id
            return lambda: self._preferences.forget_channel(team_id, channel_id)
        return None

    def _digest_work(self, event: Event) -> Callable[[], Awaitable[None]] | None:
        """Return the effect of an event on digests and alerts, if any."""
        team_id, kind, channel_id = event.team_id, event.kind, event.channel_id
        if kind in _CHANNEL | _LEFT or (kind in _MEMBERS and event.is_about_the_bot):
            return lambda: self._channels.check(team_id, channel_id)
        if kind in _RENAMED:
            name = text_in(fields(event.fields.get("channel")).get("name"))
            return lambda: self._channels.rename(team_id, channel_id, name)
        if kind in _MOVED:
            old, new = _ids(event)
            return lambda: self._channels.move(team_id, old, new)
        if kind == "app_uninstalled":
            return lambda: self._channels.leave(team_id, UNINSTALLED)
        # Only the bot's tokens are used, so revoked user tokens don't matter.
        if kind == "tokens_revoked" and fields(event.fields.get("tokens")).get("bot"):
            return lambda: self._channels.leave(team_id, REVOKED)
        return None

    async def _once(self, key: str, work: Callable[[], Awaitable[None]]) -> None:
        if await self._seen.first_time(key, self._clock.now()):
            await work()
        else:
            log.info("event.repeated", key=key)


class Uninstall:
    """Deletes the tokens, keys and settings of workspaces that uninstall the app.

    :class:`ChannelEvents` pauses their digests, which are kept.

    Args:
        installed: The installations.
        tasks: Runs work in the background.
    """

    def __init__(self, installed: InstalledTeams, tasks: Tasks) -> None:
        self._installed = installed
        self._tasks = tasks

    def subscribe(self, events: Events) -> None:
        """Subscribe to uninstalls and revoked tokens."""
        events.subscribe(("app_uninstalled", "tokens_revoked"), self.on_event)

    def on_event(self, event: Event) -> None:
        """Delete the installation that an event ends."""
        # Only the bot's tokens are stored, so revoked user tokens don't matter.
        revoked = fields(event.fields.get("tokens")).get("bot")
        if event.kind == "app_uninstalled" or revoked:
            team_id = None if is_org_wide(event.body) else event.team_id
            at = event.body.get("event_time")
            when = float(at) if isinstance(at, int | float) else math.inf
            enterprise_id = event.organization_id or None
            self._tasks.start(self._forget(team_id, enterprise_id, when))

    async def _forget(
        self, team_id: str | None, enterprise_id: str | None, at: float
    ) -> None:
        is_removed = await self._installed.forget(
            team_id=team_id, enterprise_id=enterprise_id, at=at
        )
        what = "app.forgotten" if is_removed else "app.installed_again"
        log.info(what, team=team_id, enterprise=enterprise_id)


def _ids(event: Event) -> tuple[str, str]:
    """Return a channel's old id and its new one."""
    old, new = event.fields.get("old_channel_id"), event.fields.get("new_channel_id")
    return text_in(old), text_in(new)
