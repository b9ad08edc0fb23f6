"""The sandbox without a server: what the terminal asks."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from zenmux_demo.sandbox.api import Sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    method: str
    path: str
    query: httpx.QueryParams
    headers: httpx.Headers


class SandboxTransport(httpx.AsyncBaseTransport):
    """Answers httpx's requests from a sandbox in the same process.

    Args:
        sandbox: Gives the answers.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        asked = _Asked(
            method=request.method,
            path=request.url.path,
            query=request.url.params,
            headers=request.headers,
        )
        number = self._sandbox.record(asked)
        reply = self._sandbox.answer(asked)
        signature = self._sandbox.signature(number, reply.headers["Content-Type"])
        return httpx.Response(
            reply.status, headers={**reply.headers, **signature}, content=reply.body
        )
