"""Messages through the Web API: public, ephemeral or direct.

A refused message is sent again in a simpler form, then in another place, and finally to
the asker alone. A message that may have been posted is never sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import structlog
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from zenmux_bot.core.actors import Location
from zenmux_bot.errors import (
    Ambiguous,
    PayloadRefused,
    Refused,
    SlackFault,
    Throttled,
)
from zenmux_bot.render.message import Block, Content, Message, with_command
from zenmux_bot.render.slack import noted
from zenmux_bot.slack.calls import call
from zenmux_bot.slack.outbox import Clients
from zenmux_bot.slack.payloads import actor_of, response_url_of, team_of, text_in
from zenmux_bot.slack.replies import ResponseUrl, Sent

MAX_REST = timedelta(minutes=2)
"""Direct messages wait this long before another method is tried."""

LONGEST_REST = timedelta(hours=1)
"""And this long if that method is rate-limited as well."""

_TRIES = 3
_THREAD_GONE = frozenset(
    {
        "cannot_reply_to_message",
        "message_not_found",
        "thread_not_found",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
    }
)
_NOT_THERE = "I can't post {place} ({code}), so the answer comes to you."
_REFUSED = (
    "Slack refused the answer in every form ({code}). This is a bug; it is logged."
)
_UNSURE = (
    "Slack did not confirm the answer ({code}); "
    "check the conversation before you try again."
)
NOT_OPENED = Message("Slack did not open the form in time; please try again.")
_LOST = Message(
    "Slack did not confirm my last answer. If it isn't there, please ask once more."
)

log = structlog.get_logger(__name__)


class Posts:
    """Posts answers.

    Args:
        clients: Returns the client of a workspace.
        session: Sends requests to response URLs.
        command_of: Returns the name of the slash command in a workspace.
        sleep: Waits a number of seconds.
    """

    def __init__(
        self,
        clients: Clients,
        session: aiohttp.ClientSession,
        command_of: Callable[[str], Awaitable[str]] | None = None,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clients = clients
        self._session = session
        self._command_of = command_of
        self._sleep = sleep

    async def say(
        self, location: Location, message: Message, *, url: str = ""
    ) -> str | None:
        """Post publicly, or to the asker if that is not possible.

        Args:
            location: Where to post.
            message: What to say.
            url: A response URL, for conversations that the bot is not in.

        Returns:
            The message's timestamp; None if it is not in the channel or not known.
        """
        try:
            try:
                if location.is_direct:
                    return await self._post_directly(location, message)
                return await self.post(location, message)
            except Refused as refusal:
                if location.thread_ts is None or refusal.code not in _THREAD_GONE:
                    raise
                return await self.post(replace(location, thread_ts=None), message)
        except Refused as refusal:
            log.info("slack.post_refused", code=refusal.code)
            if await self._answer_all(url, location, message):
                return None
            place = "there" if location.is_direct else f"in <#{location.channel_id}>"
            note = _NOT_THERE.format(place=place, code=refusal.code)

            await self.tell(location, noted(message, note))
        except Throttled as fault:
            # Nothing was posted, and another method may not be limited.
            log.warning("slack.post_failed", code=fault.code)
            if await self._answer_all(url, location, message):
                return None
            if not location.is_direct:
                await self.whisper(location, message)
        except SlackFault as fault:
            log.warning("slack.post_failed", code=fault.code)
            await self.whisper(location, unsure(fault), url=url)
        return None

    async def _answer_all(self, url: str, location: Location, message: Message) -> bool:
        """Answer publicly where the bot is not a member, if Slack accepts it."""
        thread = {} if location.thread_ts is None else {"thread_ts": location.thread_ts}
        sent = await self._at(url).send(message, public=True, **thread)
        if sent is Sent.LOST:
            await self.tell_lost(location)
        return sent is not Sent.REFUSED

    async def whisper(
        self, location: Location, message: Message, *, url: str = ""
    ) -> None:
        """Show a message to the asker alone."""
        if url:
            await self.answer([url], location, message)
            return
        if location.is_direct:
            try:
                await self._post_directly(location, message)
            except Throttled as fault:
                log.warning("slack.whisper_failed", code=fault.code)
            except Refused as refusal:
                # a direct message between other people
                log.info("slack.post_refused", code=refusal.code)
                await self.tell(location, message)
            except SlackFault as fault:
                log.warning("slack.whisper_failed", code=fault.code)
                await self.tell(location, unsure(fault))
            return
        try:
            await self._post_ephemeral(location, message)
        except (Refused, Throttled) as fault:
            log.info("slack.whisper_refused", code=fault.code)
            await self.tell(location, message)
        except SlackFault as fault:
            log.warning("slack.whisper_failed", code=fault.code)
            await self.tell(location, unsure(fault))

    async def reply(
        self, body: Mapping[str, Any], message: Message, **more: Any
    ) -> bool:
        """Answer a request at its response URL, or else in a direct message.

        Args:
            body: The request.
            message: The answer.
            more: ``public``, ``replace_original``, ``thread_ts``.

        Returns:
            Whether Slack confirmed it at the response URL.
        """
        urls, location = [response_url_of(body)], actor_of(body).location
        return await self.answer(urls, location, message, **more)

    async def delete_original(self, body: Mapping[str, Any]) -> None:
        """Remove the message that holds the button that was pressed."""
        await self._at(response_url_of(body)).delete_original()

    async def open_form(self, body: Mapping[str, Any], view: Block) -> bool:
        """Open a form in answer to a request, and return whether Slack opened it.

        Slack lets it be opened within three seconds:
        https://docs.slack.dev/reference/methods/views.open
        """
        team_id, trigger_id = team_of(body), text_in(body.get("trigger_id"))
        view = await self.named(team_id, view)
        try:
            client = self._clients(team_id)
            await call(client.views_open(trigger_id=trigger_id, view=view))
        except SlackFault as fault:
            log.warning("slack.form_not_opened", code=fault.code, detail=fault.detail)
            return False
        return True

    async def open_form_or_tell(self, body: Mapping[str, Any], view: Block) -> None:
        """Open a form in answer to a request, or say that it is too late for that."""
        if not await self.open_form(body, view):
            await self.reply(body, NOT_OPENED)

    async def answer(
        self,
        urls: Iterable[str],
        location: Location,
        message: Message,
        *,
        public: bool = False,
        **more: Any,
    ) -> bool:
        """Answer at the first response URL that works, or else in a direct message.

        An answer that may have arrived is not sent again; the asker is told about that.

        Returns:
            Whether Slack confirmed it at a response URL.
        """
        for url in urls:
            sent = await self._at(url).send(message, public=public, **more)
            if sent is Sent.LOST:
                await self.tell_lost(location)
            if sent is not Sent.REFUSED:
                return sent is Sent.TAKEN
        await self.tell(location, message)
        return False

    async def tell(self, location: Location, message: Message) -> bool:
        """Send the asker a direct message, and return whether Slack accepted it."""
        try:
            await self._post_directly(location, message, opens=True)
        except SlackFault as fault:
            log.warning("slack.tell_failed", code=fault.code)
            return False
        return True

    async def tell_lost(self, location: Location) -> None:
        """Tell the asker that the answer may or may not have arrived."""
        await self.tell(location, _LOST)

    async def direct(self, location: Location) -> Location:
        """Return the asker's direct message with the bot.

        A channel id that begins with ``D`` need not be that one: commands and shortcuts
        come from direct messages between other people, too.

        Raises:
            SlackFault: It cannot be opened.
        """
        client = self._clients(location.team_id)
        try:
            reply = await call(client.conversations_open(users=location.user_id))
        except Ambiguous:  # opening it again is harmless
            reply = await call(client.conversations_open(users=location.user_id))
        channel_id = (reply.get("channel") or {}).get("id")
        if not channel_id:
            raise Ambiguous("no_channel")
        return replace(location, channel_id=str(channel_id), thread_ts=None)

    async def post(self, location: Location, message: Message) -> str:
        """Post there or not at all, and return the message's timestamp.

        Raises:
            SlackFault: It was refused, or may have been posted.
        """
        client = self._clients(location.team_id)
        where = {
            "channel": location.channel_id,
            "thread_ts": location.thread_ts,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        message = await self.named(location.team_id, message)
        reply = await _send(client.chat_postMessage, message, where)
        if not reply.get("ts"):
            raise Ambiguous("no_ts")
        return str(reply["ts"])

    async def _post_ephemeral(self, location: Location, message: Message) -> None:
        """Show a message to the asker alone.

        https://docs.slack.dev/reference/methods/chat.postEphemeral

        Raises:
            SlackFault: It was refused, or may have been sent.
        """
        client = self._clients(location.team_id)
        where = {
            "channel": location.channel_id,
            "user": location.user_id,
            "thread_ts": location.thread_ts,
        }
        message = await self.named(location.team_id, message)
        await _send(client.chat_postEphemeral, message, where)

    async def _post_directly(
        self, location: Location, message: Message, *, opens: bool = False
    ) -> str | None:
        """Post a direct message, and try again after a rate limit.

        Each method has a limit of its own, so if the wait is long, the message is sent
        as an ephemeral one instead.

        Args:
            location: Where the asker is.
            message: The message.
            opens: Post in the asker's direct message with the bot, wherever they are.

        Returns:
            The message's timestamp, None if it has none.

        Raises:
            SlackFault: It was refused, or may have been sent.
        """
        direct = None if opens else location
        for _ in range(_TRIES - 1):
            try:
                direct = direct or await self.direct(location)
                return await self.post(direct, message)
            except Throttled as fault:
                rest = min(fault.retry_after, LONGEST_REST)
            if rest > MAX_REST and direct and await self._is_shown(direct, message):
                return None
            log.info("slack.post_limited", rest=rest.total_seconds())
            await self._sleep(rest.total_seconds())
        return await self.post(direct or await self.direct(location), message)

    async def _is_shown(self, direct: Location, message: Message) -> bool:
        """Show an ephemeral message, and return whether Slack accepted it."""
        try:
            await self._post_ephemeral(direct, message)
        except (Refused, Throttled) as fault:
            log.info("slack.whisper_refused", code=fault.code)
            return False
        return True

    def _at(self, url: str) -> ResponseUrl:
        return ResponseUrl(url, self._session)

    async def named(self, team_id: str, content: Content) -> Content:
        """Return a message or a form with the workspace's name of the slash command."""
        if self._command_of is None:
            return content
        return with_command(content, await self._command_of(team_id))


def unsure(fault: SlackFault) -> Message:
    """Return the message about a post that may be lost, or was refused."""
    words = _REFUSED if isinstance(fault, PayloadRefused) else _UNSURE
    return Message(words.format(code=fault.code))


async def _send(
    method: Callable[..., Awaitable[AsyncSlackResponse]],
    message: Message,
    where: dict[str, Any],
) -> AsyncSlackResponse:
    """Call with a message, reduced as often as its blocks are refused.

    Raises:
        SlackFault: It was refused, or may have been sent.
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
