"""Several workspaces of one Slack, each with people and channels of its own.

Tokens open the workspace they were given for and no other. Far less than the
stand-in of one workspace, which looks at what is said.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import aiohttp
from aiohttp import web

from zenmux_bot.slack.scopes import asked_scopes
from zenmux_demo.workspace.delivery import sign

CLIENT_ID = "1.2"
CLIENT_SECRET = "client-secret-of-the-grid"
SIGNING_SECRET = "0123456789abcdef0123456789abcdef"


@dataclass
class Call:
    """A call of the app, and the workspace that its token opened."""

    method: str
    team: str
    token: str
    args: dict[str, Any]

    @property
    def text(self) -> str:
        return json.dumps(self.args, ensure_ascii=False)


@dataclass
class Grant:
    """A bot token: of a workspace, or of an organization's every workspace."""

    team: str
    error: str = ""
    refresh: str = ""


@dataclass
class Grid:
    """The workspaces; ``E`` ids are organizations.

    Attributes:
        teams: The channels of each workspace; every bot is in all of its own.
        admins: People who administer.
        rotating: New tokens end after twelve hours.
        scopes: What tokens may do.
        calls: What the app did.
    """

    teams: dict[str, set[str]]
    orgs: dict[str, str] = field(default_factory=dict)
    admins: set[str] = field(default_factory=set)
    rotating: bool = False
    scopes: str = ",".join(asked_scopes())
    calls: list[Call] = field(default_factory=list)
    grants: dict[str, Grant] = field(default_factory=dict)
    refreshed: list[str] = field(default_factory=list)
    base_url: str = ""
    bot_url: str = ""
    _codes: dict[str, str] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    # the app's side

    async def handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if request.content_type == "application/json":
            args = await request.json()
        else:
            args = dict(request.query) | dict(await request.post())
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if method == "oauth.v2.access":
            return web.json_response(self._access(args))
        token = token if scheme == "Bearer" else args.pop("token", "")
        grant = self.grants.get(token, Grant("", "invalid_auth"))
        self.calls.append(Call(method, grant.team, token, args))
        if grant.error:
            return web.json_response({"ok": False, "error": grant.error})
        answer = self._answer(method, grant, args)
        headers = {"X-OAuth-Scopes": self.scopes}
        answer = {"ok": "error" not in answer, **answer}
        return web.json_response(answer, headers=headers)

    def _access(self, args: dict[str, Any]) -> dict[str, Any]:
        if args.get("grant_type") == "refresh_token":
            [old] = [
                token
                for token, grant in self.grants.items()
                if grant.refresh == args["refresh_token"]
            ] or [None]
            if old is None:
                return {"ok": False, "error": "invalid_refresh_token"}
            self.refreshed.append(old)
            team = self.grants[old].team
            self.grants[old].refresh = ""
        else:
            team = self._codes.pop(args.get("code", ""), None)
            if team is None:
                return {"ok": False, "error": "invalid_code"}
        org = team if team.startswith("E") else self.orgs.get(team)
        token, refresh = self.grant(team)
        whole = team.startswith("E")
        answer = {
            "ok": True,
            "access_token": token,
            "token_type": "bot",
            "scope": "chat:write",
            "bot_user_id": f"UBOT{team}",
            "app_id": "A1",
            "team": None if whole else {"id": team, "name": f"name of {team}"},
            "enterprise": None if org is None else {"id": org, "name": "org"},
            "authed_user": {"id": "U1"},
            "is_enterprise_install": whole,
        }
        if self.rotating:
            answer |= {"refresh_token": refresh, "expires_in": 43_200}
        return answer

    def grant(self, team: str) -> tuple[str, str]:
        number = next(self._numbers)
        token, refresh = f"xoxb-{team}-{number}", f"xoxe-{team}-{number}"
        self.grants[token] = Grant(team, refresh=refresh if self.rotating else "")
        return token, refresh

    def _answer(
        self, method: str, grant: Grant, args: dict[str, Any]
    ) -> dict[str, Any]:
        team = grant.team
        mine = {
            channel
            for each, channels in self.teams.items()
            if team in (each, self.orgs.get(each))
            for channel in channels
        }
        channel = args.get("channel")
        if channel and not str(channel).startswith("D") and channel not in mine:
            return {"error": "channel_not_found"}
        user = args.get("user")
        is_admin = user in self.admins
        answers = {
            "auth.test": {
                "bot_id": f"B{team}",
                "user_id": f"UBOT{team}",
                "team_id": team,
                "url": "x",
            },
            "conversations.open": {"channel": {"id": f"D{args.get('users', '')[1:]}"}},
            "conversations.info": {
                "channel": {"id": channel, "name": f"name-of-{channel}"}
                | {"is_member": True}
            },
            "conversations.members": {"members": ["U1", "U2", f"UBOT{team}"]},
            "users.info": {
                "user": {"id": user, "name": user, "tz": "UTC", "is_admin": is_admin}
            },
            "users.conversations": {"channels": [{"id": each} for each in mine]},
            "chat.postMessage": {
                "ts": f"{next(self._numbers)}.000100",
                "channel": channel,
            },
            "conversations.history": {"messages": []},
            "conversations.replies": {"messages": []},
            "views.open": {"view": {"id": "V1", "hash": "h"}},
            "views.publish": {"view": {"id": "V1", "hash": "h"}},
        }
        return answers.get(method, {})

    async def authorize(self, request: web.Request) -> web.Response:
        """Consent at once, for the workspace that the test put into the cookie."""
        code = f"code-{next(self._numbers)}"
        self._codes[code] = request.cookies["team"]
        answer = urlencode({"code": code, "state": request.query["state"]})
        raise web.HTTPFound(f"{request.query['redirect_uri']}?{answer}")

    # the people's side

    async def command(self, team: str, text: str, *, user: str = "U1") -> str:
        """Type a command, and return the acknowledgement."""
        fields = {
            "command": "/zenmux",
            "text": text,
            "team_id": team,
            "channel_id": min(self.teams[team]),
            "user_id": user,
            "response_url": f"{self.base_url}/response",
            "trigger_id": "1.1.abc",
            "api_app_id": "A1",
            **self._org(team),
        }
        return await self._send(urlencode(fields), "application/x-www-form-urlencoded")

    async def event(self, team: str | None, event: dict[str, Any], **more: Any) -> str:
        body = {
            "type": "event_callback",
            "team_id": team,
            "api_app_id": "A1",
            "event_id": f"Ev{next(self._numbers)}",
            "event_time": int(time.time()),
            "event": event,
            "authorizations": [
                {
                    "team_id": team,
                    "enterprise_id": self.orgs.get(team or ""),
                    "is_enterprise_install": team in self.orgs,
                }
            ],
            **more,
        }
        return await self._send(json.dumps(body), "application/json")

    async def interact(self, team: str, payload: dict[str, Any]) -> str:
        user = payload.pop("user", "U1")
        body = {
            "team": {"id": team, "domain": "x"},
            "user": {"id": user, "team_id": team},
            "api_app_id": "A1",
            "trigger_id": "1.1.abc",
            "response_url": f"{self.base_url}/response",
            "enterprise": None,
            "is_enterprise_install": False,
            **payload,
        }
        fields = urlencode({"payload": json.dumps(body)})
        return await self._send(fields, "application/x-www-form-urlencoded")

    def _org(self, team: str) -> dict[str, str]:
        if team not in self.orgs:
            return {"is_enterprise_install": "false"}
        return {"enterprise_id": self.orgs[team], "is_enterprise_install": "true"}

    async def _send(self, body: str, content_type: str) -> str:
        now = int(time.time())
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": str(now),
            "X-Slack-Signature": sign(SIGNING_SECRET, now, body.encode()),
        }
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                f"{self.bot_url}/slack/events", data=body, headers=headers
            ) as reply,
        ):
            return await reply.text()

    def of(self, method: str, team: str | None = None) -> list[Call]:
        return [
            call
            for call in self.calls
            if call.method == method and team in (None, call.team)
        ]

    async def respond(self, request: web.Request) -> web.Response:
        self.calls.append(Call("response_url", "", "", await request.json()))
        return web.Response(text="ok")


@asynccontextmanager
async def running_grid(**fields: Any) -> AsyncIterator[Grid]:
    grid = Grid(**fields)
    app = web.Application()
    app.router.add_route("*", "/api/{method}", grid.handle)
    app.router.add_post("/response", grid.respond)
    app.router.add_get("/oauth/v2/authorize", grid.authorize)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        grid.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield grid
    finally:
        await runner.cleanup()


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(url.partition("?")[2]))
