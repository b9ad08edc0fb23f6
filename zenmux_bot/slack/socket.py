"""Socket Mode: the connection, and a watchdog that replaces a dead one."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from zenmux_bot.digests.delivery.slack_errors import TEAM_WIDE_CODES
from zenmux_bot.errors import ConfigError
from zenmux_bot.render.forms import fitting
from zenmux_bot.render.message import Block, Message, compact
from zenmux_bot.slack.app import dispatch
from zenmux_bot.slack.payloads import fields, text_in
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.replies import Acknowledgement
from zenmux_bot.slack.teams import code_of

MAX_FRAME_BYTES = 16_000
"""Slack closes the connection at a frame above 20,480 bytes, and sends the envelope
again (revelrylabs/slax#614, slack-go/slack#1196); the margin is for its own count."""

WATCH_SECONDS = 15.0
PATIENCE = 3
"""Failed checks in a row before the connection is replaced."""

CONNECT_SECONDS = 30.0
"""To connect to one address, which is valid for one connection and expires soon.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

FREE_ADDRESSES = 3
"""How many may be requested in a row without a pause."""

LONGEST_PAUSE_SECONDS = 15.0
CALM_SECONDS = 60.0
"""After this long without a new address, the next one needs no pause."""

ACKNOWLEDGE_SECONDS = 3.0
"""To acknowledge what has arrived before the connection closes.

Slack waits no longer: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

log = structlog.get_logger(__name__)


class Socket:
    """One Socket Mode connection, kept alive.

    The SDK reconnects by itself in most cases; if it doesn't, the watchdog does
    (slackapi/bolt-python#1529).

    Args:
        app: Handles the requests.
        app_token: The app-level token.
        posts: Sends answers that don't fit into an acknowledgement.
        proxy: The proxy of the connection.
    """

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        posts: Posts,
        *,
        proxy: str | None = None,
    ) -> None:
        self._app = app
        self._handler = AsyncSocketModeHandler(app, app_token, proxy=proxy)
        self._handler.client.socket_mode_request_listeners[:] = [self._handle]
        self._handler.client.message_listeners.append(self._note_envelope)
        self._handler.client.issue_new_wss_url = paced(  # type: ignore[method-assign]
            self._handler.client.issue_new_wss_url
        )
        self._posts = posts
        self._without_payload: set[str] = set()
        self._unacknowledged: set[asyncio.Task[None]] = set()
        self._watch: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect, and start the watchdog.

        Raises:
            ConfigError: Slack refuses the app-level token.
        """
        client = self._handler.client
        try:
            opened = await client.web_client.apps_connections_open(
                app_token=client.app_token
            )
            client.wss_uri = opened["url"]
        except SlackApiError as error:
            code = code_of(error)
            if code in TEAM_WIDE_CODES:
                await self._handler.close_async()
                raise ConfigError(
                    f"SLACK_APP_TOKEN: refused by Slack ({code}); set an app-level "
                    "token with connections:write"
                ) from None
        except (aiohttp.ClientError, TimeoutError):
            pass  # it is logged below if it goes on
        await self._connect()
        self._watch = asyncio.create_task(keep_alive(self, asyncio.sleep))

    async def close(self) -> None:
        """Close the connection, once everything received is acknowledged."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        if self._unacknowledged:
            left = set(self._unacknowledged)
            await asyncio.wait(left, timeout=ACKNOWLEDGE_SECONDS)
        await self._handler.close_async()

    async def is_connected(self) -> bool:
        """Tell whether Slack can reach the bot."""
        return bool(await self._handler.client.is_connected())

    async def _note_envelope(
        self,
        _client: AsyncBaseSocketModeClient,
        message: dict[str, Any],
        _raw: str | None = None,
    ) -> None:
        """Remember an envelope whose acknowledgement may not carry an answer.

        The SDK's request doesn't tell ``false`` from a missing field.
        """
        if message.get("accepts_response_payload") is False:
            self._without_payload.add(str(message.get("envelope_id")))

    async def _handle(
        self, client: AsyncBaseSocketModeClient, request: SocketModeRequest
    ) -> None:
        """Handle an envelope, including its acknowledgement."""
        carries_answers = request.envelope_id not in self._without_payload
        self._without_payload.discard(request.envelope_id)
        work = self._answer(client, request, carries_answers=carries_answers)
        task = asyncio.ensure_future(work)
        self._unacknowledged.add(task)
        task.add_done_callback(self._unacknowledged.discard)
        await task

    async def _answer(
        self,
        client: AsyncBaseSocketModeClient,
        request: SocketModeRequest,
        *,
        carries_answers: bool,
    ) -> None:
        """Acknowledge an envelope with its answer, or send the answer separately."""
        body = request.payload
        bolt_request = AsyncBoltRequest(
            mode="socket_mode", body=body, headers=build_headers(request)
        )
        response = await dispatch(self._app, bolt_request)
        if response.status != HTTPStatus.OK:
            # Slack retries an event that is not acknowledged.
            log.warning("socket.not_acknowledged", status=response.status)
            return
        frame = encode_frame(request.envelope_id, response if carries_answers else None)
        await client.send_message(frame.text)
        if frame.is_whole and carries_answers:
            return
        message = _message_of(response)
        if message is not None:
            is_public = isinstance(response, Acknowledgement) and response.public
            await self._posts.reply(fields(body), message, public=is_public)

    async def reconnect(self) -> None:
        """Replace the connection."""
        await self._handler.disconnect_async()
        self._handler.client.wss_uri = None
        await self._connect()

    async def _connect(self) -> None:
        """Retry until connected, with a new address for each attempt."""
        for attempt in itertools.count(1):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CONNECT_SECONDS):
                    await self._handler.connect_async()
                    return
            if not attempt & (attempt - 1):
                # Ever more rarely; the SDK's own line for each try is dropped.
                log.warning("slack.unreachable", socket_mode=True, attempts=attempt)
            self._handler.client.wss_uri = None


@dataclass(frozen=True, slots=True)
class Frame:
    """The acknowledgement of an envelope.

    Attributes:
        text: The frame.
        is_whole: It contains the whole response.
    """

    text: str
    is_whole: bool


def encode_frame(envelope_id: str, response: BoltResponse | None) -> Frame:
    """Return the frame that acknowledges an envelope, small enough for Slack.

    A menu can get its options in no other way, so it gets as many as fit. Any other
    answer that is too large goes to its response URL.
    """
    bare = Frame(compact({"envelope_id": envelope_id}), is_whole=False)
    if response is None or not response.body:
        return Frame(bare.text, is_whole=True)
    start = bare.text[:-1]
    if isinstance(response, Acknowledgement):
        written = response.body
    else:
        payload = fields(_read(response.body)) or {"text": response.body}
        if payload.keys() & {"options", "option_groups"}:
            most = MAX_FRAME_BYTES - len(start.encode()) - len(',"payload":}')
            payload = fitting(dict(payload), _size, most)
        written = compact(payload)
    text = f'{start},"payload":{written}}}'
    if len(text.encode()) > MAX_FRAME_BYTES:
        log.info("socket.answer_too_large", size=len(text.encode()))
        return bare
    return Frame(text, is_whole=True)


def _message_of(response: BoltResponse) -> Message | None:
    """Return the message in a response; menus and forms have none."""
    if isinstance(response, Acknowledgement):
        return response.message
    payload = fields(_read(response.body))
    text, blocks = text_in(payload.get("text")), payload.get("blocks")
    return Message(text, tuple(blocks or ())) if text else None


def _read(body: str) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _size(payload: Block) -> int:
    return len(compact(payload).encode())


def paced(
    ask: Callable[[], Awaitable[str]],
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> Callable[[], Coroutine[Any, Any, str]]:
    """Return ``ask`` with a pause that grows while it is called often.

    The SDK asks for a new address as soon as Slack ends a connection: a hundred times a
    second if Slack ends each one, as it does when the app has ten already
    (slackapi/bolt-js#2225).
    https://docs.slack.dev/apis/events-api/using-socket-mode
    """
    asked, asked_at, is_given = 0, -CALM_SECONDS, False

    async def ask_in_time() -> str:
        nonlocal asked, asked_at, is_given
        asked = asked + 1 if monotonic() - asked_at < CALM_SECONDS else 0
        if asked >= FREE_ADDRESSES:
            pause = min(2.0 ** (asked - FREE_ADDRESSES), LONGEST_PAUSE_SECONDS)
            if is_given:  # otherwise Slack is not reached at all
                log.warning("socket.reconnects_often", count=asked, pause=pause)
            await sleep(pause)
        asked_at, is_given = monotonic(), False
        address = await ask()
        is_given = True
        return address

    return ask_in_time


async def keep_alive(
    connection: Socket, sleep: Callable[[float], Awaitable[None]]
) -> None:
    """Check a connection forever, and replace it when it is dead.

    Args:
        connection: The connection.
        sleep: Waits a number of seconds.
    """
    silent = 0
    while True:
        await sleep(WATCH_SECONDS)
        silent = 0 if await connection.is_connected() else silent + 1
        if silent < PATIENCE:
            continue
        log.warning("socket.silent", seconds=silent * WATCH_SECONDS)
        try:
            await connection.reconnect()
        except Exception:
            log.exception("socket.reconnect_failed")
        silent = 0
