"""Posts that must not be made twice: sent once, and every end of a call named.

https://docs.slack.dev/reference/methods/chat.postMessage#errors
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from zenmux_bot.core.actors import Location
from zenmux_bot.digests.delivery.ports import CannotLook, Posted
from zenmux_bot.errors import Ambiguous, Refused
from zenmux_bot.render.message import Message
from zenmux_bot.slack.calls import call

_TIMEOUTS = aiohttp.ClientTimeout(total=20, connect=5)

PAGE = 100
MAX_PAGES = 20
"""A channel with more messages since a claim is not searched to its end."""

CLOCK_MARGIN = timedelta(minutes=5)
"""How far Slack's clock may be behind this machine's."""

_MAY_NOT_LOOK = frozenset(
    {
        "access_denied",
        "account_inactive",
        "channel_not_found",
        "missing_scope",
        "no_permission",
        "not_in_channel",
        "token_revoked",
    }
)
_NO_THREAD = "thread_not_found"

Clients = Callable[[str], AsyncWebClient]
"""The client of a workspace, made by :func:`make_posting_client`, by its id."""


def make_posting_session() -> aiohttp.ClientSession:
    """Return the session for posting; the caller closes it.

    The SDK's own time-out has no effect on a session that it is given.
    """
    return aiohttp.ClientSession(timeout=_TIMEOUTS)


def make_posting_client(
    token: str, *, base_url: str, session: aiohttp.ClientSession
) -> AsyncWebClient:
    """Return a client that re-sends nothing: not what was lost, nor what was limited.

    The first would double a post, the second would sleep in the middle of a claim.
    """
    return AsyncWebClient(
        token=token, base_url=base_url, session=session, retry_handlers=[]
    )


class SlackOutbox:
    """Posts through the Web API; see ``ports_delivery.Outbox``.

    Args:
        clients: Gives the client of a workspace; it never re-sends.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def post(
        self,
        place: Location,
        message: Message,
        *,
        metadata: Mapping[str, object],
        thread_ts: str | None = None,
    ) -> Posted:
        """Post a message that carries ``metadata``.

        Raises:
            SlackFault: As the port says.
        """
        client = self._clients(place.team_id)
        return await _post(
            client,
            place.channel_id,
            message,
            metadata=dict(metadata),
            thread_ts=thread_ts,
        )

    async def find_marker(
        self,
        place: Location,
        key: str,
        *,
        since: datetime,
        thread_ts: str | None = None,
    ) -> Posted | CannotLook | None:
        """Look for the message whose metadata carry ``key``.

        A channel comes newest first, so it is read until it is older than ``since``;
        a thread comes oldest first, so it is read to its end.

        Raises:
            SlackFault: Looking failed, or there is too much to read.
        """
        client = self._clients(place.team_id)
        oldest = (since - CLOCK_MARGIN).timestamp()
        cursor = None
        for _ in range(MAX_PAGES):
            try:
                reply = await _read(client, place.channel_id, thread_ts, cursor)
            except Refused as refusal:
                if refusal.code in _MAY_NOT_LOOK:
                    return CannotLook()
                if refusal.code == _NO_THREAD:
                    return None
                raise
            messages: list[dict[str, Any]] = reply["messages"] or []
            for message in messages:
                if _key_of(message) == key:
                    return Posted(place.channel_id, str(message["ts"]))
            cursor = (reply["response_metadata"] or {}).get("next_cursor")
            read_all = thread_ts is None and any(
                float(message["ts"]) < oldest for message in messages
            )
            if read_all or not cursor:
                return None
        raise Ambiguous("too_many_messages")

    async def tell(self, team_id: str, recipient: str, message: Message) -> None:
        """Send a direct message to a user, or a message to a channel.

        Raises:
            SlackFault: It was not sent, or nobody knows.
        """
        client = self._clients(team_id)
        channel = recipient
        # https://docs.slack.dev/reference/objects/user-object: ids of people
        if recipient.startswith(("U", "W")):
            reply = await call(client.conversations_open(users=recipient))
            channel = str((reply["channel"] or {}).get("id"))
        await _post(client, channel, message)


async def _post(
    client: AsyncWebClient, channel: str, message: Message, **more: Any
) -> Posted:
    reply = await call(
        client.chat_postMessage(
            channel=channel,
            unfurl_links=False,
            unfurl_media=False,
            **message.payload(),
            **more,
        )
    )
    if not reply["ts"]:
        raise Ambiguous("no_ts")
    return Posted(str(reply["channel"] or channel), str(reply["ts"]))


async def _read(
    client: AsyncWebClient, channel: str, thread_ts: str | None, cursor: str | None
) -> AsyncSlackResponse:
    """Return one page of a channel, or of a thread in it.

    https://docs.slack.dev/reference/methods/conversations.history
    """
    common: dict[str, Any] = {
        "channel": channel,
        "include_all_metadata": True,
        "limit": PAGE,
        "cursor": cursor,
    }
    if thread_ts is None:
        return await call(client.conversations_history(**common))
    return await call(client.conversations_replies(ts=thread_ts, **common))


def _key_of(message: Mapping[str, Any]) -> object:
    """Return the marker that a message carries, if any."""
    metadata = message.get("metadata") or {}
    return (metadata.get("event_payload") or {}).get("key")
