"""Posts that must not be made twice: every call is sent once.

https://docs.slack.dev/reference/methods/chat.postMessage#errors
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from zenmux_bot.core.actors import Location
from zenmux_bot.digests.delivery.context import CannotSearch
from zenmux_bot.digests.delivery.entries import Posted
from zenmux_bot.errors import Ambiguous, Refused, Throttled
from zenmux_bot.render.message import Message, with_command
from zenmux_bot.slack.calls import call

PAGE = 100
_DISTRIBUTED_PAGE = 15
MAX_PAGES = 20
"""A channel with more messages since a claim is not searched to its end."""

CLOCK_MARGIN = timedelta(minutes=5)
"""How far Slack's clock may be behind this machine's."""

_REOPEN = timedelta(seconds=15)

_MAY_NOT_READ = frozenset(
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
"""Returns the client of a workspace, by its id."""


def make_posting_client(
    token: str, *, base_url: str, session: aiohttp.ClientSession
) -> AsyncWebClient:
    """Return a client that never retries.

    A retry after a lost reply may post twice; one after a rate limit would sleep while
    a claim is held.
    """
    return AsyncWebClient(
        token=token, base_url=base_url, session=session, retry_handlers=[]
    )


class SlackOutbox:
    """Posts through the Web API; see ``zenmux_bot.digests.delivery.context.Outbox``.

    Args:
        clients: Returns the client of a workspace; it never retries.
        bot_ids: Returns the bot's user id in a workspace.
        is_distributed: The app is installed by many workspaces, so Slack lets it read
            only fifteen messages, once a minute.
            https://docs.slack.dev/reference/methods/conversations.history
        command_of: Returns the name of the slash command in a workspace.
    """

    def __init__(
        self,
        clients: Clients,
        bot_ids: Callable[[str], Awaitable[str]],
        *,
        is_distributed: bool = False,
        command_of: Callable[[str], Awaitable[str]] | None = None,
    ) -> None:
        self._clients = clients
        self._bot_ids = bot_ids
        self._command_of = command_of
        self._page = _DISTRIBUTED_PAGE if is_distributed else PAGE
        self._max_pages = 1 if is_distributed else MAX_PAGES

    async def post(
        self, location: Location, message: Message, *, metadata: Mapping[str, object]
    ) -> Posted:
        """Post a message that carries ``metadata`` to a channel, thread or person.

        Raises:
            SlackFault: As the protocol says.
        """
        client = self._clients(location.team_id)
        try:
            channel = await _channel_of(client, location.channel_id)
        except Ambiguous as error:
            # Nothing was posted yet, so this is treated like a rate limit.
            raise Throttled(_REOPEN) from error
        if self._command_of is not None:
            message = with_command(message, await self._command_of(location.team_id))
        return await _post(
            client,
            channel,
            message,
            metadata=dict(metadata),
            thread_ts=location.thread_ts,
        )

    async def find_marker(
        self, location: Location, key: str, *, since: datetime
    ) -> Posted | CannotSearch | None:
        """Search for the bot's own message whose metadata carry ``key``.

        Channels are listed newest first, so they are read back to ``since``; threads
        are listed oldest first, so they are read to their end. Messages of other apps
        may carry any metadata, so they are ignored.

        Raises:
            SlackFault: Searching failed, or there is too much to read.
        """
        client = self._clients(location.team_id)
        oldest = (since - CLOCK_MARGIN).timestamp()
        cursor = None
        try:
            channel = await _channel_of(client, location.channel_id)
            for _ in range(self._max_pages):
                reply = await _read(
                    client, channel, location.thread_ts, cursor, self._page
                )
                messages: list[dict[str, Any]] = reply["messages"] or []
                for message in messages:
                    if _key_of(message) == key and await self._is_own(
                        location.team_id, message
                    ):
                        return Posted(channel, str(message["ts"]))
                cursor = (reply["response_metadata"] or {}).get("next_cursor")
                is_read = location.thread_ts is None and any(
                    float(message["ts"]) < oldest for message in messages
                )
                if is_read or not cursor:
                    return None
        except Refused as refusal:
            if refusal.code in _MAY_NOT_READ:
                return CannotSearch()
            if refusal.code == _NO_THREAD:
                return None
            raise
        raise Ambiguous("too_many_messages")

    async def notify(self, team_id: str, recipient: str, message: Message) -> None:
        """Send a direct message to a user, or a message to a channel.

        Raises:
            SlackFault: It was not sent, or may not have been.
        """
        client = self._clients(team_id)
        await _post(client, await _channel_of(client, recipient), message)

    async def _is_own(self, team_id: str, message: Mapping[str, Any]) -> bool:
        return message.get("user") == await self._bot_ids(team_id)


async def _channel_of(client: AsyncWebClient, recipient: str) -> str:
    """Return the channel to post in; for a person, the direct message with them."""
    # https://docs.slack.dev/reference/objects/user-object: ids of people
    if not recipient.startswith(("U", "W")):
        return recipient
    reply = await call(client.conversations_open(users=recipient))
    return str((reply["channel"] or {}).get("id"))


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
    client: AsyncWebClient,
    channel: str,
    thread_ts: str | None,
    cursor: str | None,
    limit: int,
) -> AsyncSlackResponse:
    """Return one page of a channel, or of a thread in it.

    https://docs.slack.dev/reference/methods/conversations.history
    """
    common: dict[str, Any] = {
        "channel": channel,
        "include_all_metadata": True,
        "limit": limit,
        "cursor": cursor,
    }
    if thread_ts is None:
        return await call(client.conversations_history(**common))
    return await call(client.conversations_replies(ts=thread_ts, **common))


def _key_of(message: Mapping[str, Any]) -> object:
    """Return the marker that a message carries, if any."""
    metadata = message.get("metadata") or {}
    return (metadata.get("event_payload") or {}).get("key")
