"""The page's requests: what it asks to see and what its person does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from aiohttp import web

from zenmux_demo.workspace import guard, ui_shapes
from zenmux_demo.workspace.acts import Acts, Reply
from zenmux_demo.workspace.controls import Controls, clock_target
from zenmux_demo.workspace.model import Json, Message, Refusal, User, View
from zenmux_demo.workspace.stream import Stream

Post = Callable[[User, Json], Awaitable[Json]]

WORDS = {
    "channel_not_found": "There is no such channel here.",
    "is_archived": "This channel is archived.",
    "not_in_channel": "You are not in this channel.",
    "name_taken": "A channel of that name exists already.",
    "invalid_time": "That is not an instant such as 2026-11-23T08:59:50Z.",
    "user_not_found": "There is no such person here.",
    "not_found": "That is no longer there.",
    "missing_field": "Something is missing in the request.",
}


class Ui:
    """The routes under ``/ui``."""

    def __init__(self, acts: Acts, controls: Controls) -> None:
        self._acts = acts
        self._core = acts.core
        self._controls = controls
        self.stream = Stream(self._core)

    def add_routes(self, app: web.Application) -> None:
        """Add the routes of the page and its files."""
        get, post = app.router.add_get, app.router.add_post
        get("/", guard.serve_index)
        get("/static/{path:.+}", guard.serve_static)
        get("/ui/state", self._get(self._state))
        get("/ui/messages", self._get(self._messages))
        get("/ui/thread", self._get(self._thread))
        get("/ui/home", self._get(self._home))
        get("/ui/stream", self.stream.handle)
        get("/ui/file/{id}", self._file)
        post("/ui/home/open", self._post(self._open_home))
        post("/ui/send", self._post(self._send))
        post("/ui/action", self._post(self._action))
        post("/ui/options", self._post(self._options))
        post("/ui/submit", self._post(self._submit))
        post("/ui/close", self._post(self._close))
        post("/ui/shortcut", self._post(self._shortcut))
        post("/ui/channel", self._post(self._channel))
        post("/ui/clock", self._post(self._clock))
        post("/ui/outages", self._post(self._outages))

    def _get(
        self, show: Callable[[User, Any], Json]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            try:
                person = self._person(request.query.get("user"))
                return web.json_response({"ok": True, **show(person, request.query)})
            except Refusal as refusal:
                return _refused(refusal.code, status=404)

        return handle

    def _post(self, act: Post) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            if request.content_type != "application/json":
                return _refused("missing_field", status=415)
            try:
                body = await request.json()
                person = self._person(body.get("user"))
                return web.json_response({"ok": True, **await act(person, body)})
            except Refusal as refusal:
                return _refused(refusal.code, message=refusal.extra.get("message", ""))
            except KeyError as missing:
                return _refused(
                    "missing_field", message=f"Missing in the request: {missing}."
                )
            except (LookupError, ValueError) as error:
                return _refused("not_found", message=str(error))

        return handle

    def _person(self, user_id: str | None) -> User:
        state = self._core.state
        return state.user(user_id) if user_id else state.people[0]

    def _state(self, person: User, query: Any) -> Json:
        del query
        outages = self._controls.outages
        return {
            **ui_shapes.workspace(person, self._core),
            "outages": {
                name: {"on": switch.on, "label": switch.label}
                for name, switch in outages.items()
            },
            "suggestions": [
                {"label": each.label, "text": each.text}
                for each in self._controls.suggestions
            ],
            "controls": {
                "clock": self._controls.set_clock is not None,
                "outages": bool(outages),
            },
        }

    def _messages(self, person: User, query: Any) -> Json:
        state = self._core.state
        channel = state.visible_channel(query.get("channel"), person.id)
        found = state.timeline(channel.id, reader=person.id)
        return {"messages": [ui_shapes.message(m, self._core) for m in found]}

    def _thread(self, person: User, query: Any) -> Json:
        state = self._core.state
        channel = state.visible_channel(query.get("channel"), person.id)
        found = state.thread(channel.id, query.get("ts", ""), reader=person.id)
        return {"messages": [ui_shapes.message(m, self._core) for m in found]}

    def _home(self, person: User, query: Any) -> Json:
        del query
        view = self._core.surfaces.home(person.id)
        return {"view": ui_shapes.view(view) if view else None}

    async def _file(self, request: web.Request) -> web.StreamResponse:
        file = self._core.files.finished.get(request.match_info["id"])
        if file is None:
            raise web.HTTPNotFound
        disposition = f"attachment; filename*=UTF-8''{quote(file.name)}"
        return web.Response(
            body=file.content,
            content_type=file.mimetype,
            headers={"Content-Disposition": disposition},
        )

    async def _open_home(self, person: User, body: Json) -> Json:
        del body
        self._core.spawn(self._acts.open_home(user=person.id))
        return {}

    async def _send(self, person: User, body: Json) -> Json:
        text = str(body["text"]).strip()
        place = {
            "user": person.id,
            "channel": body["channel"],
            "thread_ts": body.get("thread_ts"),
        }
        if not text.startswith("/"):
            self._acts.writable_channel(person.id, body["channel"])
            self._core.spawn(self._acts.say(text, **place))
            return {}
        if text == f"/invite @{self._core.manifest.bot_name}":
            await self._acts.invite_bot(body["channel"], user=person.id)
            return {}
        refusal = self._acts.command_refusal(
            text.split()[0], thread_ts=place["thread_ts"]
        )
        if refusal:
            raise Refusal("invalid_command", message=refusal)
        self._acts.writable_channel(person.id, body["channel"])
        self._core.spawn(self._acts.command(text, **place))
        return {}

    def _place(self, person: User, body: Json) -> Message | View:
        """Return the message or view that a request is about."""
        if body.get("view_id"):
            return self._view(person, body)
        found = self._core.state.message(body["channel"], body["message_ts"])
        if found is None or found.reader not in (None, person.id):
            raise Refusal("not_found")
        return found

    def _view(self, person: User, body: Json) -> View:
        view = self._core.surfaces.find(body["view_id"])
        if view is None or view.user != person.id:
            raise Refusal("not_found")
        return view

    async def _action(self, person: User, body: Json) -> Json:
        place = self._place(person, body)
        values = (body.get("state") or {}).get("values")
        return _outcome(
            await self._acts.act(place, body["action"], user=person.id, values=values)
        )

    async def _options(self, person: User, body: Json) -> Json:
        reply = await self._acts.options(
            self._place(person, body), body["action_id"], body["value"], user=person.id
        )
        found = _outcome(reply)
        offered = reply.body if isinstance(reply.body, dict) else {}
        kept = ("options", "option_groups")
        return found | {key: offered[key] for key in kept if offered.get(key)}

    async def _submit(self, person: User, body: Json) -> Json:
        reply = await self._acts.submit(
            self._view(person, body), body.get("values") or {}, user=person.id
        )
        return _outcome(reply) | ({"errors": reply.errors} if reply.errors else {})

    async def _close(self, person: User, body: Json) -> Json:
        await self._acts.close(self._view(person, body), user=person.id)
        return {}

    async def _shortcut(self, person: User, body: Json) -> Json:
        place = self._place(person, body) if body.get("message_ts") else None
        message = place if isinstance(place, Message) else None
        return _outcome(
            await self._acts.shortcut(
                body["callback_id"], user=person.id, message=message
            )
        )

    async def _channel(self, person: User, body: Json) -> Json:
        channel = body["channel"]
        match body["do"]:
            case "invite_bot":
                await self._acts.invite_bot(channel, user=person.id)
            case "remove_bot":
                await self._acts.remove_bot(channel)
            case "archive":
                await self._acts.archive(channel, user=person.id)
            case "unarchive":
                await self._acts.unarchive(channel, user=person.id)
            case "rename":
                await self._acts.rename(channel, body["name"])
            case _:
                raise Refusal("missing_field")
        return {}

    async def _clock(self, person: User, body: Json) -> Json:
        if self._controls.set_clock is None:
            raise Refusal("not_found")
        now = self._core.clock.now()
        target = clock_target(body["do"], body.get("to"), now=now, zone=person.tz)
        await self._controls.set_clock(target)
        shown = self._core.clock.now().isoformat()
        self.stream.send({"type": "clock", "clock": shown})
        self._core.spawn(self._acts.retry_due())
        return {"clock": shown}

    async def _outages(self, person: User, body: Json) -> Json:
        del person
        switch = self._controls.outages.get(body["name"])
        if switch is None:
            raise Refusal("not_found")
        switch.on = bool(body["on"])
        await switch.turn(switch.on)
        shown = {
            name: {"on": s.on, "label": s.label}
            for name, s in self._controls.outages.items()
        }
        self.stream.send({"type": "outages", "outages": shown})
        return {"outages": shown}


def _outcome(reply: Reply) -> Json:
    """Return nothing if the app answered; refuse with Slack's words if not."""
    if reply.notice:
        raise Refusal(reply.failure or "invalid_answer", message=reply.notice)
    return {}


def _refused(code: str, *, message: str = "", status: int = 200) -> web.Response:
    words = message or WORDS.get(code) or f"Slack refused this: {code}."
    return web.json_response(
        {"ok": False, "error": code, "message": words}, status=status
    )
