"""Sending to the app: signed HTTP requests, three seconds to answer each.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

import aiohttp

from zenmux_bot.core.clock import Clock
from zenmux_demo.workspace.model import Json, unix

Failure = Literal["", "http_timeout", "connection_failed", "http_error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One payload on its way to the app.

    Attributes:
        kind: What Socket Mode calls it.
        payload: What is sent.
        retry_num: 0 for the first time, then 1 to 3.
        retry_reason: Why the time before failed.
    """

    kind: Literal["slash_commands", "interactive", "events_api"]
    payload: Json
    retry_num: int = 0
    retry_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the app answered, or why it did not.

    Attributes:
        status: The HTTP status; 200 for an acknowledged socket envelope.
        body: Decoded JSON, a text, or None if empty.
        elapsed_seconds: How long the app took.
        failure: The reason as Slack names it; empty if it answered 2xx.
        no_retry: The app asked not to be sent this again.
    """

    status: int | None = None
    body: Any = None
    elapsed_seconds: float = 0.0
    failure: Failure = ""
    no_retry: bool = False


class Delivery(Protocol):
    """A way to the app."""

    async def send(self, envelope: Envelope) -> Answer:
        """Hand an envelope over and wait for the acknowledgement."""
        ...


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a request body."""
    base = f"v0:{timestamp}:".encode() + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpDelivery:
    """Signed POSTs to one URL.

    Args:
        session: Sends them.
        url: Where the app listens.
        secret: The signing secret.
        clock: Dates the signature; the app compares it with its own clock.
        limit_seconds: How long the app may take.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        url: str,
        secret: str,
        clock: Clock,
        limit_seconds: float,
    ) -> None:
        self._session = session
        self._url = url
        self._secret = secret
        self._clock = clock
        self._timeout = aiohttp.ClientTimeout(total=limit_seconds)

    async def send(self, envelope: Envelope) -> Answer:
        """POST an envelope and read the answer."""
        body, content_type = _encode(envelope)
        timestamp = unix(self._clock.now())
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": sign(self._secret, timestamp, body),
        }
        if envelope.retry_num:
            headers["X-Slack-Retry-Num"] = str(envelope.retry_num)
            headers["X-Slack-Retry-Reason"] = envelope.retry_reason
        start = perf_counter()
        try:
            async with self._session.post(
                self._url, data=body, headers=headers, timeout=self._timeout
            ) as response:
                text = await response.text()
        except TimeoutError:
            return Answer(
                failure="http_timeout", elapsed_seconds=perf_counter() - start
            )
        except aiohttp.ClientError:
            return Answer(
                failure="connection_failed", elapsed_seconds=perf_counter() - start
            )
        return Answer(
            status=response.status,
            body=_decode(response.content_type, text),
            elapsed_seconds=perf_counter() - start,
            failure="" if response.ok else "http_error",
            no_retry=response.headers.get("x-slack-no-retry") == "1",
        )


def _encode(envelope: Envelope) -> tuple[bytes, str]:
    form = "application/x-www-form-urlencoded"
    if envelope.kind == "slash_commands":
        return urlencode(envelope.payload).encode(), form
    text = json.dumps(envelope.payload)
    if envelope.kind == "interactive":
        return urlencode({"payload": text}).encode(), form
    return text.encode(), "application/json"


def _decode(content_type: str, text: str) -> Any:
    if not text:
        return None
    if content_type != "application/json":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
