"""Calls of the Web API: the reply, or an error that says what the failure means.

https://docs.slack.dev/reference/methods/chat.postMessage#errors
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry import HttpResponse
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from zenmux_bot.errors import (
    Ambiguous,
    PayloadRefused,
    Refused,
    SlackFault,
    Throttled,
)

NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
"""Slack was not reached, so it has done nothing."""

_UNREADABLE = (SlackClientError, aiohttp.ClientError, OSError, ValueError)
# The SDK expects every body to be an object, and fails on others.
_NO_OBJECT = (AttributeError, TypeError)

_MAX_PAGES = 200
"""A thousand items each: more than any workspace has. Longer lists are cut off."""

_MAX_WAIT = timedelta(seconds=30)
"""A call waits this long if Slack asks for it, and fails if Slack asks for more."""

_RECONNECT = timedelta(seconds=15)
_DEFAULT_WAIT = timedelta(seconds=30)
_LIMITED = frozenset({"ratelimited", "rate_limited"})
_CAPPED = "message_limit_exceeded"
_CAPPED_WAIT = timedelta(hours=1)
_TOO_MANY_REQUESTS = 429
_SERVER_FAULT = 500

_MAYBE_DONE = frozenset(
    {"internal_error", "fatal_error", "request_timeout", "service_unavailable"}
)
PAYLOAD_CODES = frozenset(
    {
        "invalid_arguments",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_blocks_too_many",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
    }
)
"""Slack refuses the content of the message, not the post as such."""

log = structlog.get_logger(__name__)


class RateLimitRetry(AsyncRateLimitErrorRetryHandler):
    """Retries after HTTP 429, which means nothing was done, if the wait is short.

    https://docs.slack.dev/apis/web-api/rate-limits
    """

    def __init__(self) -> None:
        super().__init__(max_retry_count=2)

    async def _can_retry_async(
        self, *, response: HttpResponse | None = None, **_others: Any
    ) -> bool:
        if response is None or response.status_code != _TOO_MANY_REQUESTS:
            return False
        headers = {name: values[0] for name, values in response.headers.items()}
        return _retry_after(headers) <= _MAX_WAIT


async def call(reply: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """Return the reply to a call, or raise an error that says what went wrong.

    Raises:
        SlackFault: It failed.
    """
    try:
        return await reply
    except NOT_SENT as error:
        # Nothing was done, so this is treated like a rate limit.
        log.warning("outbox.unreachable", kind=type(error).__name__)
        raise Throttled(_RECONNECT) from error
    except SlackApiError as error:
        raise _fault(error.response) from error
    except (*_UNREADABLE, *_NO_OBJECT) as error:
        raise Ambiguous(type(error).__name__) from error


async def pages(
    method: Callable[..., Awaitable[AsyncSlackResponse]], **arguments: Any
) -> AsyncIterator[AsyncSlackResponse]:
    """Yield the pages of a list.

    https://docs.slack.dev/apis/web-api/pagination

    Raises:
        SlackFault: Slack gave no answer.
    """
    cursor = None
    for _ in range(_MAX_PAGES):
        reply = await call(method(cursor=cursor, **arguments))
        yield reply
        metadata = reply.get("response_metadata") or {}
        cursor = metadata.get("next_cursor")
        if not cursor:
            return
    log.warning("slack.list_cut_off", pages=_MAX_PAGES)


def _fault(response: Any) -> SlackFault:
    """Return the error that an unsuccessful reply stands for.

    If the body cannot be read, the SDK passes on aiohttp's response, which has no data
    and keeps its status in another attribute.
    """
    status: int = getattr(response, "status_code", None) or response.status
    data = getattr(response, "data", None)
    body = data if isinstance(data, dict) else {}
    code = str(body.get("error") or "")
    if status == _TOO_MANY_REQUESTS or code in _LIMITED:
        return Throttled(_retry_after(response.headers))
    if status >= _SERVER_FAULT or not code or code in _MAYBE_DONE:
        return Ambiguous(code or f"http_{status}")
    if code == _CAPPED:
        return Throttled(_CAPPED_WAIT)
    if code in PAYLOAD_CODES:
        said = (body.get("response_metadata") or {}).get("messages") or []
        return PayloadRefused(code, "; ".join(map(str, said)))
    return Refused(code)


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    """Return how long Slack asked to wait."""
    named = {name.lower(): value for name, value in headers.items()}
    seconds = named.get("retry-after", "")
    return timedelta(seconds=int(seconds)) if seconds.isdecimal() else _DEFAULT_WAIT
