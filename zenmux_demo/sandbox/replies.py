"""Ready answers: the documented errors, and the odd ones that clients have met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zenmux_demo.sandbox.answers import encode, error_body

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Exactly this answer.

    Attributes:
        status: HTTP status.
        body: The bytes of the body.
        headers: Headers of the answer, ``Content-Type`` among them.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": JSON})

    async def __call__(self, _request: object, _answer: object) -> Reply:
        """Answer with it whatever is asked: a reply is the simplest fault."""
        return self


def error(
    status: int, type_: str, message: str, *, retry_after: int | None = None
) -> Reply:
    """Return an answer with the documented error body.

    Args:
        status: HTTP status.
        type_: The error's type.
        message: What people read.
        retry_after: Seconds for the header ``Retry-After``, or None for no header.
    """
    wait = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Reply(
        status=status,
        body=error_body(status, type_, message),
        headers={"Content-Type": JSON, **wait},
    )


def access_denied() -> Reply:
    """Return the documented 403."""
    return error(403, "access_denied", "You have no permission to access this resource")


def unauthorized() -> Reply:
    """Return the 401 that later pages name."""
    return error(401, "unauthorized", "Authorization header is missing")


def too_many_requests(retry_after: int = 60) -> Reply:
    """Return the general 429 with its waiting time in seconds."""
    return error(429, "rate_limit", "Rate limit exceeded", retry_after=retry_after)


def gateway_page(status: int) -> Reply:
    """Return the HTML page of an intermediary, which knows no request id."""
    page = f"<!DOCTYPE html>\n<html><body><h1>{status}</h1><hr>edge</body></html>\n"
    return Reply(
        status=status, body=page.encode(), headers={"Content-Type": "text/html"}
    )


def succeed(value: object) -> Reply:
    """Return status 200 with any value as JSON."""
    return Reply(body=encode(value))


def said_no() -> Reply:
    """Return status 200 that is no success."""
    return succeed({"success": False, "message": "statistics temporarily unavailable"})


def without_data() -> Reply:
    """Return a success with nothing in it."""
    return succeed({"success": True, "data": None})


def wrong_shape() -> Reply:
    """Return a success whose data are not what the endpoint promises."""
    return succeed({"success": True, "data": {"entries": "none", "series": 7}})


def cut_json() -> Reply:
    """Return a complete transfer of half a document."""
    return Reply(body=b'{"success": true, "data": {"metric": "tokens", "entr')


def redirect(location: str) -> Reply:
    """Return a redirect, to another host for example."""
    return Reply(status=302, headers={"Location": location})
