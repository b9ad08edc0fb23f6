"""Messages by the Web API: said to all, whispered to one, or sent directly.

What Slack refuses goes again in a simpler form, then in another place, at last to the
asker alone; what may have been posted never goes twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from zenmux_bot.core.actors import Location
from zenmux_bot.errors import PayloadRefused, Refused, SlackFault, Throttled
from zenmux_bot.render.message import Message
from zenmux_bot.render.slack import noted
from zenmux_bot.slack.calls import call
from zenmux_bot.slack.outbox import Clients

_THREAD_GONE = frozenset(
    {
        "cannot_reply_to_message",
        "message_not_found",
        "thread_not_found",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
    }
)
_NOT_THERE = "I may not write in {place} ({code}), so the answer comes to you."
_REFUSED = (
    "Slack refused the answer in every form ({code}); that is a fault of mine, and it "
    "is logged."
)
_UNSURE = (
    "Slack did not confirm the answer ({code}); "
    "look into the channel before you try again."
)

log = structlog.get_logger(__name__)


def spot_of(body: Mapping[str, Any]) -> Location:
    """Return where an interaction happened; a view is nowhere by itself."""
    container, user = body.get("container") or {}, body["user"]
    channel = body.get("channel") or {}
    return Location(
        team_id=team_of(body),
        channel_id=container.get("channel_id") or channel.get("id") or "",
        user_id=user["id"],
        thread_ts=container.get("thread_ts"),
    )


def team_of(body: Mapping[str, Any]) -> str:
    """Return the workspace whose installation a command or an interaction reaches.

    A form that was opened in a channel shared with another company tells it apart
    from the workspace of whoever fills it in.
    https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """
    installed = str((body.get("view") or {}).get("app_installed_team_id"))
    if installed.startswith("T"):
        return installed
    team, user = body.get("team") or {}, body.get("user") or {}
    return body.get("team_id") or team.get("id") or user.get("team_id") or ""


def threaded(body: Mapping[str, Any]) -> Location:
    """Return the same in the thread of the message that was acted on.

    One that all see begins a thread if it is in none.
    """
    spot, container = spot_of(body), body.get("container") or {}
    if spot.thread_ts is None and not container.get("is_ephemeral"):
        return replace(spot, thread_ts=container.get("message_ts"))
    return spot


class Posts:
    """Posts for people who asked.

    Args:
        clients: Gives the client of a workspace.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def say(self, spot: Location, message: Message) -> str | None:
        """Post for all to see, or to the asker where that is not possible.

        Returns:
            The message's timestamp, None if it is not in the channel.
        """
        try:
            try:
                return await self.post(spot, message)
            except Refused as refusal:
                if spot.thread_ts is None or refusal.code not in _THREAD_GONE:
                    raise
                return await self.post(replace(spot, thread_ts=None), message)
        except Refused as refusal:
            log.info("slack.post_refused", code=refusal.code)
            place = f"<#{spot.channel_id}>"
            note = _NOT_THERE.format(place=place, code=refusal.code)
            await self.tell(spot, noted(message, note))
        except Throttled as fault:
            # Nothing was posted, and another method may have room.
            log.warning("slack.post_failed", code=fault.code)
            if not spot.is_direct:
                await self.whisper(spot, message)
        except SlackFault as fault:
            log.warning("slack.post_failed", code=fault.code)
            if spot.is_direct:
                await self.tell(spot, unsure(fault))
            else:
                await self.whisper(spot, unsure(fault))
        return None

    async def whisper(self, spot: Location, message: Message) -> None:
        """Show a message to the asker alone."""
        if spot.is_direct:
            await self.say(spot, message)
            return
        client = self._clients(spot.team_id)
        where = {
            "channel": spot.channel_id,
            "user": spot.user_id,
            "thread_ts": spot.thread_ts,
        }
        try:
            await _send(client.chat_postEphemeral, message, where)
        except (Refused, Throttled) as fault:
            log.info("slack.whisper_refused", code=fault.code)
            await self.tell(spot, message)
        except SlackFault as fault:
            log.warning("slack.whisper_failed", code=fault.code)

    async def tell(self, spot: Location, message: Message) -> bool:
        """Send the asker a direct message, and return whether Slack took it."""
        try:
            direct = await self.direct(spot)
            await self.post(direct, message)
        except SlackFault as fault:
            log.warning("slack.tell_failed", code=fault.code)
            return False
        return True

    async def direct(self, spot: Location) -> Location:
        """Return the direct message with the asker.

        Raises:
            SlackFault: It cannot be opened.
        """
        if spot.is_direct:
            return spot
        client = self._clients(spot.team_id)
        reply = await call(client.conversations_open(users=spot.user_id))
        channel = reply["channel"] or {}
        return replace(spot, channel_id=str(channel.get("id")), thread_ts=None)

    async def post(self, spot: Location, message: Message) -> str:
        """Post in ``spot`` or not at all, and return the message's timestamp.

        Raises:
            SlackFault: It was refused, or nobody knows.
        """
        client = self._clients(spot.team_id)
        where = {
            "channel": spot.channel_id,
            "thread_ts": spot.thread_ts,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        reply = await _send(client.chat_postMessage, message, where)
        return str(reply["ts"])


def unsure(fault: SlackFault) -> Message:
    """Return what to say of a post that may be there or not, or cannot be."""
    words = _REFUSED if isinstance(fault, PayloadRefused) else _UNSURE
    return Message(words.format(code=fault.code))


async def _send(
    method: Callable[..., Awaitable[AsyncSlackResponse]],
    message: Message,
    where: dict[str, Any],
) -> AsyncSlackResponse:
    """Call with a message, reduced as often as its blocks are refused.

    Raises:
        SlackFault: It was refused, or nobody knows.
    """
    while True:
        try:
            return await call(method(**where, **message.payload()))
        except PayloadRefused as refused:
            log.warning("slack.blocks_refused", code=refused.code)
            reduced = message.reduced()
            if reduced is None:
                raise
            message = reduced
