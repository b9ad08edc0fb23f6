"""What looks at each request on its way to the listeners."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse


class Watch(AsyncMiddleware):
    """Shows each request to a function, and lets it pass.

    For a mere function Bolt gathers all arguments that it might want, anew with each
    request; that takes longer than the functions do.
    https://docs.slack.dev/tools/bolt-python/concepts/global-middleware

    Args:
        look: Is shown each request that Slack has signed.
    """

    def __init__(self, look: Callable[[AsyncBoltRequest], None]) -> None:
        self._look = look

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's own name
    ) -> BoltResponse | None:
        """Show the request."""
        del resp
        self._look(req)
        return await next()
