"""What arrives by HTTP: signatures, sizes, health, and the unreadable."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import logging
import time
from urllib.parse import urlencode

import aiohttp
import pytest
from stage import staged

from zenmux_bot.observability import configure_logs
from zenmux_bot.server import MAX_BODY_BYTES

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def sign(secret: str, stamp: str, body: bytes) -> str:
    base = b"v0:" + stamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


@pytest.fixture
async def post(http_stage):
    """Post a body to the bot, signed unless told otherwise; returns status and text."""
    secret = http_stage.slack.signing_secret

    async def send(
        body: bytes, *, at: float = time.time(), signature=None, path="/slack/events"
    ):
        stamp = str(int(at))
        signed = sign(secret, stamp, body) if signature is None else signature
        headers = FORM | {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signed,
        }
        url = f"http://127.0.0.1:{http_stage.bot.port}{path}"
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=io.BytesIO(body), headers=headers) as reply,
        ):
            return reply.status, await reply.text()

    return send


LIMITED = {"type": "app_rate_limited", "team_id": "T0WORKSPACE"}
NESTED = b'{"a":' * 5_000 + b"1" + b"}" * 5_000
BODY = b"command=%2Fzenmux&text=help&team_id=T0WORKSPACE&user_id=U0MAYA00001"


async def test_a_signed_command_is_answered_in_its_response(post):
    status, text = await post(BODY)

    assert status == 200
    assert "ZenMux statistics in Slack" in text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/slack/events/", 200),
        ("/bot/slack/events", 200),
        ("/a/b/slack/events//", 200),
        ("/notslack/events", 404),
        ("/slack/events/more", 404),
    ],
)
async def test_events__prefix_or_slash(post, path, status):
    assert (await post(BODY, path=path))[0] == status


@pytest.mark.parametrize(
    "forged",
    [{"signature": "v0=00"}, {"signature": ""}, {"at": 0}, {"at": time.time() + 3600}],
)
async def test_a_forged_or_replayed_request_is_refused(post, forged):
    status, text = await post(BODY, **forged)

    assert status == 401
    assert "ZenMux statistics" not in text


@pytest.mark.parametrize(
    ("headers", "body", "refusal"),
    [
        ({"Content-Type": "application/json"}, b"{no", 400),
        ({"Content-Type": "application/json"}, b"[]", 400),
        ({"Content-Type": "text/plain; charset=nonsense"}, b"x", 400),
        (FORM, b"payload=%7Bnot-json", 400),
        (FORM, b"payload=%5B%5D", 400),
        (FORM, b"payload=null", 400),
        ({"Content-Type": "application/json"}, b"[" * 200_000, 400),
        ({"Content-Type": "application/json"}, NESTED, 400),
        (FORM | {"Content-Encoding": "gzip"}, BODY, 400),
        (FORM | {"X-Slack-Request-Timestamp": "abc"}, BODY, 401),
        (FORM | {"X-Slack-Request-Timestamp": "9" * 5000}, BODY, 401),
        (FORM | {"X-Slack-Signature": "v0=é"}, BODY, 401),
    ],
)
async def test_garbage_that_nobody_signed_is_refused(
    http_stage, headers, body, refusal
):
    url = f"http://127.0.0.1:{http_stage.bot.port}/slack/events"
    stamp = {"X-Slack-Request-Timestamp": str(int(time.time()))}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=io.BytesIO(body), headers=stamp | headers) as reply,
    ):
        assert reply.status == refusal


async def test_what_is_forged_is_not_logged(clock, tmp_path, capsys):
    configure_logs(level="debug")
    async with staged(clock, tmp_path, socket_mode=False) as stage:
        url = f"http://127.0.0.1:{stage.bot.port}/slack/events"
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=io.BytesIO(BODY), headers=FORM) as reply,
        ):
            assert reply.status == 401
    assert "bot.started" in (logged := capsys.readouterr().err)
    assert "U0MAYA00001" not in logged


async def test_a_request_changes_no_level_of_the_bots_loggers(http_stage):
    await http_stage.slack.command("/zenmux help")

    assert logging.getLogger("zenmux_bot").level == logging.NOTSET


async def test_no_payload_of_socket_mode_is_logged(clock, tmp_path, capsys):
    configure_logs(level="debug")
    async with staged(clock, tmp_path, socket_mode=True) as stage:
        await stage.slack.command("/zenmux help share")
    assert "answer.made" in (logged := capsys.readouterr().err)
    assert "response_url" not in logged
    assert "slack_bolt" not in logged


async def test_an_oversized_request_is_refused(post):
    status, _ = await post(b"x" * (MAX_BODY_BYTES + 1))

    assert status == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"payload=%7Bnot-json",
        b"payload=%5B%5D",
        b"payload=null",
        b"payload=%7B%7D",
        b"text",
        b"command=%2Fother&text=x",
    ],
)
async def test_what_cannot_be_read_brings_nothing_down(post, body):
    status, _ = await post(body)

    assert status < 600
    assert (await post(BODY))[0] == 200


async def test_health_and_readiness(http_stage):
    base = f"http://127.0.0.1:{http_stage.bot.port}"
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{base}/healthz") as reply:
            assert reply.status == 200
        async with session.get(f"{base}/readyz") as reply:
            assert reply.status == 200
            assert (await reply.json())["ready"] is True


CALLBACKS = ("digest", "ask_form", "defaults_form", "zenmux_key", "alert_form", "x")
SHAPES = [
    {},
    [],
    None,
    7,
    "x",
    {"type": None},
    {"type": "event_callback"},
    *(
        {"type": "event_callback", "event": event}
        for event in (None, [], 1, {}, {"type": None}, {"type": []})
    ),
    *(
        {"type": "event_callback", "event": {"type": kind, **more}}
        for kind in (
            "app_mention",
            "message",
            "app_home_opened",
            "member_joined_channel",
            "channel_left",
            "channel_rename",
            "channel_id_changed",
            "app_uninstalled",
            "tokens_revoked",
        )
        for more in ({}, {"channel": None, "user": [], "tokens": 1, "tab": "home"})
    ),
    *(
        {"type": "view_submission", "team": {"id": "T1"}, "view": view}
        for callback in CALLBACKS
        for view in (
            {"callback_id": callback},
            {"callback_id": callback, "state": {"values": {"question": None}}},
            {
                "callback_id": callback,
                "state": None,
                "private_metadata": "}",
                "blocks": [{"type": "input", "block_id": "b"}],
            },
        )
    ),
    {"type": "view_submission"},
    {"type": "view_submission", "view": None},
    {"type": "view_closed", "view": {}},
    *(
        {"type": "block_actions", "actions": actions, "user": {}}
        for actions in (
            None,
            [],
            [{}],
            [{"action_id": "ask:x"}],
            [{"action_id": "publish", "value": []}],
            [{"action_id": "digest:x", "selected_option": 1}],
            [{"action_id": "alert:x"}],
            [{"action_id": "home:do:x"}],
            [{"action_id": "home:defaults:workspace"}],
        )
    ),
    *(
        {"type": "block_suggestion", "action_id": action, "view": view}
        for action in ("about", "watched", "digest_zone", "digest_providers")
        for view in (None, {}, {"private_metadata": "["})
    ),
    {"type": "shortcut", "callback_id": "ask_zenmux"},
    {"type": "message_action", "callback_id": "reply_with_statistics", "message": 1},
    {"authorizations": [None], "type": "event_callback", "event": {"type": "message"}},
    {"enterprise": 7, "team": 7, "type": "block_actions", "actions": [{}]},
    {"command": "/zenmux"},
]


async def test_events__a_notice_that_they_are_limited_is_acknowledged(post, logs):
    status, _ = await post(urlencode({"payload": json.dumps(LIMITED)}).encode())

    assert status == 200
    assert "slack.events_limited" in [line["event"] for line in logs]


async def test_events__no_shape_is_a_fault_of_the_server(http_stage):
    secret = http_stage.slack.signing_secret
    url = f"http://127.0.0.1:{http_stage.bot.port}/slack/events"
    wrong = []
    async with aiohttp.ClientSession() as session:
        for shape in SHAPES:
            written = json.dumps(shape)
            bodies = {
                "application/json": written.encode(),
                FORM["Content-Type"]: urlencode({"payload": written}).encode(),
            }
            for kind, body in bodies.items():
                stamp = str(int(time.time()))
                headers = {
                    "Content-Type": kind,
                    "X-Slack-Request-Timestamp": stamp,
                    "X-Slack-Signature": sign(secret, stamp, body),
                }
                async with session.post(url, data=body, headers=headers) as reply:
                    if reply.status >= 500:
                        wrong.append((reply.status, shape))
                async with session.post(
                    url, data=body, headers={"Content-Type": kind}
                ) as reply:
                    if reply.status >= 500:
                        wrong.append((reply.status, "unsigned", shape))

    assert wrong == []
