"""What happens to channels and to the app, for the digests' sake.

Events are watched on their way to the listeners, since Bolt gives each to one
listener alone, and others listen to some of these too.
https://docs.slack.dev/reference/events
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest

from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.channel_sync import REVOKED, UNINSTALLED, ChannelSync
from zenmux_bot.slack.middleware import Watch
from zenmux_bot.slack.ports import SeenEvents
from zenmux_bot.slack.tasks import Tasks

_CHANNEL = frozenset(
    f"{kind}_{what}"
    for kind in ("channel", "group")
    for what in ("archive", "unarchive", "deleted", "left")
)
_RENAMED = frozenset({"channel_rename", "group_rename"})
_MEMBERS = frozenset({"member_joined_channel", "member_left_channel"})

log = structlog.get_logger(__name__)


class DigestEvents:
    """Lets digests follow what Slack tells of.

    Args:
        rooms: Follows channels.
        seen: Remembers which events were acted on, for all processes.
        tasks: Keeps what runs on.
        clock: Tells the time.
    """

    def __init__(
        self, rooms: ChannelSync, seen: SeenEvents, tasks: Tasks, clock: Clock
    ) -> None:
        self._rooms = rooms
        self._seen = seen
        self._tasks = tasks
        self._clock = clock

    def register(self, app: AsyncApp) -> None:
        """Watch the events that pass by."""
        app.middleware(Watch(self.look))

    def look(self, request: AsyncBoltRequest) -> None:
        """Follow an event."""
        body = request.body
        work = self._work(body, request.context)
        if work is not None:
            self._tasks.start(self._once(f"digests:{body['event_id']}", work))

    def _work(
        self, body: dict[str, Any], context: AsyncBoltContext
    ) -> Callable[[], Awaitable[None]] | None:
        """Return what an event asks to be done, if anything."""
        event, team_id = body.get("event") or {}, body.get("team_id") or ""
        kind = event.get("type")
        if kind in _CHANNEL or (
            kind in _MEMBERS and event["user"] == context.bot_user_id
        ):
            return lambda: self._rooms.look(team_id, event["channel"])
        if kind in _RENAMED:
            channel = event["channel"]
            return lambda: self._rooms.rename(team_id, channel["id"], channel["name"])
        if kind == "channel_id_changed":
            old, new = event["old_channel_id"], event["new_channel_id"]
            return lambda: self._rooms.move(team_id, old, new)
        if kind == "app_uninstalled":
            return lambda: self._rooms.leave(team_id, UNINSTALLED)
        # People's tokens may be revoked without harm; only the bot's are used.
        if kind == "tokens_revoked" and event["tokens"].get("bot"):
            return lambda: self._rooms.leave(team_id, REVOKED)
        return None

    async def _once(self, key: str, work: Callable[[], Awaitable[None]]) -> None:
        if await self._seen.first_time(key, self._clock.now()):
            await work()
        else:
            log.info("event.repeated", key=key)
