"""What happens to channels and to the app, which digests and settings follow.

https://docs.slack.dev/reference/events
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable

import structlog

from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.channel_sync import REVOKED, UNINSTALLED, ChannelSync
from zenmux_bot.slack.installed import InstalledTeams
from zenmux_bot.slack.listeners.events import Event, Events
from zenmux_bot.slack.payloads import fields, is_org_wide, text_in
from zenmux_bot.slack.tasks import Tasks
from zenmux_bot.store.conversations import SeenEvents

_CHANNEL = frozenset(
    f"{kind}_{what}"
    for kind in ("channel", "group")
    for what in ("archive", "unarchive", "deleted", "left")
)
_RENAMED = frozenset({"channel_rename", "group_rename"})
_MEMBERS = frozenset({"member_joined_channel", "member_left_channel"})
_LEFT = frozenset({"channel_left", "group_left"})
"""What a bot gets that is removed from a channel, and no ``member_left_channel``.

https://docs.slack.dev/reference/events/channel_left
"""
_MOVED = frozenset({"channel_id_changed"})
_DELETED = frozenset({"channel_deleted", "group_deleted"})
_REMOVED = frozenset({"app_uninstalled", "tokens_revoked"})

log = structlog.get_logger(__name__)


class ChannelEvents:
    """Lets digests, and what is set in channels, follow what Slack tells of.

    Args:
        channels: Lets digests and alerts follow.
        preferences: Let what is set follow.
        seen: Remembers which events were acted on, for all processes.
        tasks: Keeps what runs on.
        clock: Tells the time.
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

    def follow(self, events: Events) -> None:
        """Follow what happens to channels and to the app."""
        kinds = {*_CHANNEL, *_MEMBERS, *_LEFT, *_RENAMED, *_MOVED, *_REMOVED}
        events.follow(sorted(kinds), self.on_event)

    def on_event(self, event: Event) -> None:
        """Do what an event asks for, once; neither fails with the other."""
        for name, work in (
            ("digests", self._digest_work(event)),
            ("settings", self._settings_work(event)),
        ):
            if work is not None:
                self._tasks.start(self._once(f"{name}:{event.id}", work))

    def _settings_work(self, event: Event) -> Callable[[], Awaitable[None]] | None:
        """Return what becomes of a channel's settings, if anything."""
        team_id = event.team_id
        if event.kind in _MOVED:
            old, new = _ids(event)
            return lambda: self._preferences.move_channel(team_id, old, new)
        if event.kind in _DELETED:
            channel_id = event.channel_id
            return lambda: self._preferences.forget_channel(team_id, channel_id)
        return None

    def _digest_work(self, event: Event) -> Callable[[], Awaitable[None]] | None:
        """Return what an event asks to be done, if anything."""
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
        # People's tokens may be revoked without harm; only the bot's are used.
        if kind == "tokens_revoked" and fields(event.fields.get("tokens")).get("bot"):
            return lambda: self._channels.leave(team_id, REVOKED)
        return None

    async def _once(self, key: str, work: Callable[[], Awaitable[None]]) -> None:
        if await self._seen.first_time(key, self._clock.now()):
            await work()
        else:
            log.info("event.repeated", key=key)


class Uninstall:
    """Removes the tokens, keys and settings of workspaces that remove the app.

    Their digests are paused by :class:`ChannelEvents`, and stay.

    Args:
        installed: Forgets them.
        tasks: Keeps what runs on.
    """

    def __init__(self, installed: InstalledTeams, tasks: Tasks) -> None:
        self._installed = installed
        self._tasks = tasks

    def follow(self, events: Events) -> None:
        """Follow the end of installations."""
        events.follow(("app_uninstalled", "tokens_revoked"), self.on_event)

    def on_event(self, event: Event) -> None:
        """Forget the installation whose end an event tells of."""
        # Only the bot's tokens are kept; a person's may be revoked without harm.
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
    """Return the id that a channel had, and the one that it has."""
    old, new = event.fields.get("old_channel_id"), event.fields.get("new_channel_id")
    return text_in(old), text_in(new)
