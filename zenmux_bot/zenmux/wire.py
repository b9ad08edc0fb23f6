"""Parses ZenMux's answers, without I/O: status, headers and body to model or error.

The error bodies are documented at https://docs.zenmux.ai/guide/advanced/error-codes.html;
undocumented shapes are read as public clients read them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from zenmux_bot.errors import (
    ApiError,
    BadAnswer,
    KeyRefused,
    OrganizationKey,
    RateLimited,
    RequestRefused,
    ServerFault,
    Unreachable,
)
from zenmux_bot.zenmux.requests import (
    OWN_PATHS,
    GenerationRequest,
    ModelListRequest,
    Request,
)

MAX_MESSAGE = 300
"""Characters of an API message that are shown."""

SHORTEST_COOLDOWN = timedelta(seconds=1)
LONGEST_COOLDOWN = timedelta(hours=1)
"""``Retry-After`` is honoured within these bounds."""

MAX_ATTEMPTS = 4
MAX_ATTEMPTS_AFTER_NO = 2
LONGEST_BACKOFF = timedelta(seconds=30)

_BARE = frozenset({GenerationRequest.path, ModelListRequest.path})
"""Paths whose bodies come without the ``success`` and ``data`` around them."""

_ECHOED = ("metric", "bucket_width")
"""Parameters that an answer repeats as they were sent; dates may come back snapped."""

_KEY = re.compile(r"\bsk-[\w-]{4,}")

# Statuses of the edge in front of ZenMux that the standard library has no phrase for.
_PHRASES = {
    520: "The platform could not be reached from its edge",
    524: "The platform took too long",
}

T = TypeVar("T", bound=BaseModel)


def parse(
    request: Request[T],
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: datetime,
) -> T:
    """Return the decoded answer to a request.

    Raises:
        ApiError: The kind that fits the status, or ``BadAnswer`` for a 2xx that
            cannot be used.
    """
    payload = _decode(body)
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        _refuse(request, status, headers, payload, now)
    try:
        data = request.model.model_validate(_unwrap(request.path, payload))
        return _check_echo(request, data)
    except ValidationError as misfit:
        error = BadAnswer(f"The answer has an unexpected shape: {_describe(misfit)}")
    except BadAnswer as bad:
        error = bad
    raise replace(
        error,
        status=status,
        request_id=read_request_id(headers),
        path=request.path,
    )


def read_request_id(headers: Mapping[str, str]) -> str | None:
    """Return the id by which ZenMux's support can find the request."""
    return clean(_header(headers, "x-zenmux-requestid")) or None


def clean(text: str) -> str:
    """Return an API text for display: one line, limited in length, without keys."""
    visible = "".join(
        " " if unicodedata.category(char)[0] in "CZ" else char
        for char in text[: 10 * MAX_MESSAGE]
    )
    line = _KEY.sub("sk-…", " ".join(visible.split()))
    return line if len(line) <= MAX_MESSAGE else line[: MAX_MESSAGE - 1] + "…"


def retry_delay(error: ApiError, attempt: int, jitter: float) -> timedelta | None:
    """Return how long to wait before the next attempt, or None to give up.

    ``RateLimited`` is not retried here: callers that can wait do so themselves.

    Args:
        error: The failure of the last attempt.
        attempt: How many attempts there have been.
        jitter: A random number from 0 to 1, to spread callers.
    """
    if not isinstance(error, Unreachable | ServerFault | BadAnswer):
        return None
    if isinstance(error, BadAnswer) and error.off_topic:
        return None
    said_no = isinstance(error, BadAnswer) and error.said_no
    if attempt >= (MAX_ATTEMPTS_AFTER_NO if said_no else MAX_ATTEMPTS):
        return None
    asked_for = error.retry_after or timedelta()
    if asked_for > LONGEST_BACKOFF:
        return None
    # Doubling from one second is the progression of ZenMux's own example.
    backoff = timedelta(seconds=2 ** (attempt - 1) * (1 + jitter / 4))
    return max(backoff, asked_for)


def _decode(body: bytes) -> Any:
    """Return the JSON value, without floats, or None if it is not JSON."""
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, ArithmeticError, RecursionError):
        return None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _unwrap(path: str, payload: Any) -> Any:
    """Return the part of a successful body that holds the data."""
    if payload is None:
        raise BadAnswer("It isn't JSON, or was cut off")
    if not isinstance(payload, dict):
        raise BadAnswer("The answer is not an object")
    if payload.get("success") is False or payload.get("error"):
        raise BadAnswer(
            _message(payload) or "The answer says that it failed",
            type=_type(payload),
            said_no=True,
        )
    data = payload.get("data")
    if path in _BARE:
        # Some clients expect an envelope around a generation all the same.
        return data if isinstance(data, dict) else payload
    if payload.get("success") is not True or not isinstance(data, dict):
        raise BadAnswer("The answer holds no data")
    return data


def _check_echo(request: Request[T], data: T) -> T:
    """Return data, unless it answers another question, perhaps in another unit."""
    for name, asked in request.params().items():
        answered = getattr(data, name, asked) if name in _ECHOED else asked
        if answered != asked:
            message = clean(f"The answer has {name} {answered}, not {asked}")
            raise BadAnswer(message, off_topic=True)
    return data


def _refuse(
    request: Request[Any],
    status: int,
    headers: Mapping[str, str],
    payload: Any,
    now: datetime,
) -> NoReturn:
    # The status decides: 422 is the rate limit here, whatever the body calls it.
    kind: type[ApiError]
    match status:
        case 403 if request.path in OWN_PATHS:
            # With ids of API keys, one of the keys may no longer exist.
            named = "api_key_ids" in request.params()
            kind = RequestRefused if named else OrganizationKey
        case 401 | 403:
            kind = KeyRefused
        case 422 | 429:
            kind = RateLimited
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            kind = ServerFault
        case _:
            kind = RequestRefused
    raise kind(
        _message(payload) or status_phrase(status),
        status=status,
        type=_type(payload),
        request_id=read_request_id(headers),
        retry_after=_read_retry_after(headers, now),
        path=request.path,
    )


def _message(payload: Any) -> str:
    if not isinstance(payload, dict):
        return ""
    error = payload.get("error")
    inner = error.get("message") if isinstance(error, dict) else error
    for text in (inner, payload.get("message")):
        if isinstance(text, str) and clean(text):
            return clean(text)
    return ""


def _type(payload: Any) -> str:
    error = payload.get("error") if isinstance(payload, dict) else None
    kind = error.get("type") if isinstance(error, dict) else None
    return clean(kind) if isinstance(kind, str) else ""


def status_phrase(status: int) -> str:
    """Return the words that a status stands for."""
    try:
        return _PHRASES.get(status) or HTTPStatus(status).phrase
    except ValueError:
        return "The platform answered with an unknown status"


def _describe(misfit: ValidationError) -> str:
    """Describe the first misfit, without the value, which may be anything."""
    first = misfit.errors(include_url=False, include_context=False, include_input=False)
    where = ".".join(str(step) for step in first[0]["loc"])
    what = first[0]["msg"].replace("Input should be", "not")
    if first[0]["type"] == "missing":
        what = "missing"
    return clean(f"{where} is {what}" if where else what)


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")


def _read_retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return the wait that ``Retry-After`` asks for: seconds or a date.

    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    value = _header(headers, "retry-after").strip()
    if re.fullmatch(r"\d{1,9}", value, re.ASCII):
        wait = timedelta(seconds=int(value))
    else:
        until = _read_http_date(value)
        if until is None:
            return None
        # Compare the server's date with the server's own clock.
        wait = until - (_read_http_date(_header(headers, "date")) or now)
    return min(max(wait, SHORTEST_COOLDOWN), LONGEST_COOLDOWN)


def _read_http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
