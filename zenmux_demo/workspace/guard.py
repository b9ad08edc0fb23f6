"""What keeps the page to itself: host check, content policy, its own files."""

from __future__ import annotations

import mimetypes
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

STATIC = Path(str(files(__package__))) / "static"
POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
# Systems disagree about scripts; browsers insist.
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Serve loopback names alone, so that no other site's page can reach in."""
    name = request.host.rsplit(":", 1)[0]
    origin = request.headers.get("Origin")
    if name not in ("127.0.0.1", "localhost"):
        raise web.HTTPForbidden(text="This workspace answers on 127.0.0.1 alone.")
    if origin not in (None, f"http://{request.host}"):
        raise web.HTTPForbidden(text="This workspace answers its own page alone.")
    return await handler(request)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the page's policy to every answer, streams included."""
    del request
    response.headers.update(HEADERS)


async def serve_index(request: web.Request) -> web.StreamResponse:
    """Serve the page."""
    del request
    return _serve(STATIC / "index.html")


async def serve_static(request: web.Request) -> web.StreamResponse:
    """Serve one of the page's files."""
    return _serve(STATIC / request.match_info["path"])


def _serve(path: Path) -> web.StreamResponse:
    resolved = path.resolve()
    if not resolved.is_relative_to(STATIC.resolve()) or not resolved.is_file():
        raise web.HTTPNotFound
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    return web.Response(
        body=resolved.read_bytes(),
        content_type=kind or "application/octet-stream",
        charset="utf-8" if path.suffix in {".html", ".js", ".css"} else None,
    )
