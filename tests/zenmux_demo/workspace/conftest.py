"""A running workspace, the official client, and an app that answers as told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from aiohttp import web
from clocks import ManualClock
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_demo.workspace.server import SlackStandIn

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "ZenMux"},
    "features": {
        "bot_user": {"display_name": "ZenMux"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {
                "command": "/zenmux",
                "description": "Ask",
                "usage_hint": "help",
                "should_escape": True,
            },
            {"command": "/plain", "description": "Without escaping"},
        ],
        "shortcuts": [
            {"name": "Ask", "type": "global", "callback_id": "ask"},
            {"name": "Explain", "type": "message", "callback_id": "explain"},
        ],
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_mention",
                "app_uninstalled",
                "channel_archive",
                "channel_deleted",
                "channel_id_changed",
                "channel_left",
                "channel_rename",
                "channel_unarchive",
                "group_archive",
                "member_joined_channel",
                "member_left_channel",
                "message.im",
                "tokens_revoked",
            ]
        }
    },
}


class App:
    """An app that checks signatures, remembers what came and answers as told."""

    def __init__(self, secret: str) -> None:
        self._verifier = SignatureVerifier(secret)
        self.received: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[Callable[[], web.Response]] = []

    def answer(self, body: Any = None, *, status: int = 200, **headers: str) -> None:
        """Answer the next request like this."""
        if isinstance(body, str):
            self.answers.append(
                lambda: web.Response(text=body, status=status, headers=headers)
            )
        elif body is None:
            self.answers.append(lambda: web.Response(status=status, headers=headers))
        else:
            self.answers.append(
                lambda: web.json_response(body, status=status, headers=headers)
            )

    async def handle(self, request: web.Request) -> web.Response:
        text = await request.text()
        assert self._verifier.is_valid_request(text, dict(request.headers))
        if request.content_type == "application/json":
            self.received.append(json.loads(text))
        else:
            form = dict(parse_qsl(text, keep_blank_values=True))
            self.received.append(
                json.loads(form["payload"]) if "payload" in form else form
            )
        self.headers.append(dict(request.headers))
        return self.answers.pop(0)() if self.answers else web.Response()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 23, 8, tzinfo=UTC))


@pytest.fixture
def manifest() -> dict[str, Any]:
    return json.loads(json.dumps(MANIFEST))


@pytest.fixture
async def slack(
    clock: ManualClock, manifest: dict[str, Any]
) -> AsyncIterator[SlackStandIn]:
    async with SlackStandIn(clock=clock, manifest=manifest).running() as stand_in:
        yield stand_in


@pytest.fixture
async def client(slack: SlackStandIn) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(
            token=slack.bot_token,
            base_url=slack.api_url,
            session=session,
            retry_handlers=[],
        )


@pytest.fixture
async def http(slack: SlackStandIn) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(slack.page_url) as session:
        yield session


@pytest.fixture
async def app(slack: SlackStandIn) -> AsyncIterator[App]:
    listening = App(slack.signing_secret)
    server = web.Application()
    server.router.add_post("/slack/events", listening.handle)
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    slack.connect_http(f"http://{host}:{port}/slack/events")
    yield listening
    await runner.cleanup()
