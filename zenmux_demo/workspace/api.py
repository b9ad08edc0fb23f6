"""The Web API over HTTP: reads calls, checks tokens, misbehaves when told to.

https://docs.slack.dev/apis/web-api
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from zenmux_demo.workspace.core import Core
from zenmux_demo.workspace.faults import Drop, Fail, Hang, Limit, Page
from zenmux_demo.workspace.methods import METHODS
from zenmux_demo.workspace.methods.base import Call, Method, needed_scope
from zenmux_demo.workspace.model import Json, Refusal
from zenmux_demo.workspace.responses import apply_response

STRUCTURED = frozenset({"attachments", "blocks", "files", "metadata", "view"})
POSTS = frozenset({"chat.postMessage", "chat.postEphemeral"})
READS = frozenset({"conversations.history", "conversations.replies"})
GATEWAY_PAGE = "<!DOCTYPE html><html><body><h1>Server Error</h1></body></html>"
MAX_UPLOAD_BYTES = 10 * 2**20


@dataclass(slots=True, kw_only=True)
class ApiCall:
    """A call of the app as it came in; ``answer`` is None if it was never run."""

    method: str
    args: Json
    answer: Json | None = None


class Api:
    """Everything that the app calls."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.calls: list[ApiCall] = []

    def add_routes(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_post("/response/{ticket}", self._respond)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_get("/oauth/v2/authorize", self._authorize)
        app.router.add_get("/link/", self._core.sockets.handle)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        args, token = await _read(request)
        record = ApiCall(method=name, args=args)
        self.calls.append(record)
        self._core.wake()

        def work() -> web.Response:
            record.answer, headers, status = self._answer(name, args, token)
            self._core.wake()
            return web.json_response(record.answer, headers=headers, status=status)

        return await _serve(self._core, name, request, work)

    def _answer(
        self, name: str, args: Json, token: str
    ) -> tuple[Json, dict[str, str], int]:
        method = METHODS.get(name)
        if method is None:
            return {"ok": False, "error": "unknown_method"}, {}, 200
        headers: dict[str, str] = {}
        try:
            call = self._admit(method, args, token, headers)
            wait = self._seconds_to_wait(name, args)
            if wait:
                headers["Retry-After"] = str(wait)
                return {"ok": False, "error": "ratelimited"}, headers, 429
            return {"ok": True, **method.run(self._core, call)}, headers, 200
        except Refusal as refusal:
            self._core.note(refusal)
            return {"ok": False, "error": refusal.code, **refusal.extra}, headers, 200

    def _seconds_to_wait(self, name: str, args: Json) -> int:
        if self._core.pacer and name in POSTS:
            return self._core.pacer.seconds_to_wait(str(args.get("channel")))
        if self._core.history_limit and name in READS:
            return self._core.history_limit.seconds_to_wait(name)
        return 0

    def _admit(
        self, method: Method, args: Json, token: str, headers: dict[str, str]
    ) -> Call:
        """Check the token and its scopes."""
        if method.authorized_by == "nothing":
            return Call(args=args)
        if method.authorized_by == "app":
            self._core.tokens.check_app_token(token)
            return Call(args=args)
        grant = self._core.tokens.bot_grant(token)
        call = Call(args=args, scopes=grant.scopes)
        needed = needed_scope(method, self._core, call)
        if grant.scopes is not None:
            provided = ",".join(sorted(grant.scopes))
            headers["x-oauth-scopes"] = provided
            headers["x-accepted-oauth-scopes"] = needed
            if needed and needed not in grant.scopes:
                raise Refusal("missing_scope", needed=needed, provided=provided)
        return call

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        body, _ = await _read(request)
        tickets = self._core.response_tickets
        await tickets.wait_acknowledged(request.match_info["ticket"])
        record = ApiCall(method="response_url", args=body)
        self.calls.append(record)
        self._core.wake()

        def work() -> web.Response:
            try:
                ticket = tickets.use(request.match_info["ticket"])
                apply_response(self._core, ticket, body)
            except Refusal as refusal:
                self._core.note(refusal)
                record.answer = {"ok": False, "error": refusal.code, **refusal.extra}
                status = 404 if refusal.code.endswith("_url") else 400
                return web.json_response(record.answer, status=status)
            record.answer = {"ok": True}
            return web.Response(text="ok")

        return await _serve(self._core, "response_url", request, work)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        content = await _uploaded_bytes(request)

        def work() -> web.Response:
            try:
                self._core.files.receive(request.match_info["file"], content)
            except Refusal as refusal:
                return web.Response(text=refusal.code, status=400)
            return web.Response(text=f"OK - {len(content)}")

        return await _serve(self._core, "upload", request, work)

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        """Consent at once and send the browser back with a code."""
        target = request.query.get("redirect_uri", "")
        if not target:
            raise web.HTTPBadRequest(text="redirect_uri is missing")
        code = self._core.tokens.issue_code()
        state = request.query.get("state", "")
        raise web.HTTPFound(f"{target}?code={code}&state={state}")


async def _serve(
    core: Core, route: str, request: web.Request, work: Callable[[], web.Response]
) -> web.StreamResponse:
    """Do the work, unless a fault is in store for this route."""
    fault = core.faults.take(route)
    done = work() if fault is None or getattr(fault, "after_accepting", False) else None
    match fault:
        case Drop():
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        case Hang():
            await fault.wait()
        case Limit(seconds):
            return web.json_response(
                {"ok": False, "error": "ratelimited"},
                status=429,
                headers={"Retry-After": str(seconds)},
            )
        case Page(status):
            return web.Response(
                text=GATEWAY_PAGE, status=status, content_type="text/html"
            )
        case Fail(code):
            return web.json_response({"ok": False, "error": code})
    return work() if done is None else done


async def _read(request: web.Request) -> tuple[Json, str]:
    """Return the arguments and the token, wherever they stand."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        args |= _decoded(await request.text())
    else:
        args |= {k: v for k, v in (await request.post()).items() if isinstance(v, str)}
    for key in STRUCTURED & args.keys():
        args[key] = _decoded_or_as_is(args[key])
    token = str(args.pop("token", ""))
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Bearer":
        token = credentials
    elif scheme == "Basic":
        user, _, password = base64.b64decode(credentials).decode().partition(":")
        args |= {"client_id": user, "client_secret": password}
    return args, token


def _decoded(text: str) -> Json:
    try:
        value = json.loads(text)
    except ValueError:
        raise web.HTTPBadRequest(
            text='{"ok":false,"error":"invalid_json"}', content_type="application/json"
        ) from None
    return value if isinstance(value, dict) else {}


def _decoded_or_as_is(value: Any) -> Any:
    """Decode JSON in a string; what is not JSON is refused by the method."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


async def _uploaded_bytes(request: web.Request) -> bytes:
    """Return a file's bytes, sent bare or as a form's only file."""
    if request.content_type != "multipart/form-data":
        return await request.read()
    for value in (await request.post()).values():
        if isinstance(value, web.FileField):
            return value.file.read()
    return b""
