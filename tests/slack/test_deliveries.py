"""Answers reach the asker where Slack limits, loses or refuses what carries them."""

from __future__ import annotations

import asyncio
import copy
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest
from stage import MANIFEST, staged

from zenmux_bot.core.actors import Location
from zenmux_bot.errors import Ambiguous, PayloadRefused, Throttled
from zenmux_bot.render.message import Message
from zenmux_bot.slack import socket as sockets
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.replies import Acknowledgement, ResponseUrl, Sent
from zenmux_bot.slack.socket import Socket
from zenmux_bot.slack.tasks import outcome_of
from zenmux_demo.workspace.faults import Limit
from zenmux_demo.workspace.seed import COSTS, MAYA


def _with(**payload):
    return BoltResponse(status=200, body=json.dumps(payload))


DIRECT, CHANNEL = (Location("T1", each, user_id="U1") for each in ("D1", "C1"))
SHORT, LONG = timedelta(seconds=3), timedelta(hours=1)
TOLD = Message("37.1% of tokens")


class Client:
    """Takes messages, or fails as often as it is told."""

    def __init__(self, **faults):
        self.faults, self.sent = faults, []

    def _call(self, method, reply=None):
        async def call(**arguments):
            fault = self.faults.get(method, []) and self.faults[method].pop(0)
            if fault:
                raise fault
            self.sent.append((method, arguments["channel"], arguments["text"]))
            return {"ts": "1.0"}

        return call

    @property
    def chat_postMessage(self):  # noqa: N802 - Slack's own name
        return self._call("post")

    @property
    def chat_postEphemeral(self):  # noqa: N802 - Slack's own name
        return self._call("whisper")

    async def conversations_open(self, **_):
        return {"channel": {"id": "D1"}}


@pytest.mark.parametrize(
    ("act", "location", "faults", "slept", "sent"),
    [
        ("say", DIRECT, {"post": [Throttled(SHORT)]}, [3], [("post", "D1", "37.1%")]),
        ("whisper", DIRECT, {"post": [Throttled(SHORT)]}, [3], [("post", "D1", "37")]),
        ("tell", CHANNEL, {"post": [Throttled(SHORT)]}, [3], [("post", "D1", "37.1%")]),
        ("tell", CHANNEL, {"post": [Throttled(SHORT)] * 9}, [3, 3], []),
        ("tell", CHANNEL, {"post": [Throttled(LONG)]}, [], [("whisper", "D1", "37.1")]),
        ("say", DIRECT, {"post": [Throttled(LONG)]}, [], [("whisper", "D1", "37.1")]),
        (
            "say",
            DIRECT,
            {"post": [Throttled(LONG)], "whisper": [Throttled(LONG)]},
            [3600],
            [("post", "D1", "37.1%")],
        ),
        (
            "say",
            CHANNEL,
            {"post": [Throttled(SHORT)]},
            [],
            [("whisper", "C1", "37.1%")],
        ),
        (
            "say",
            CHANNEL,
            {"post": [Throttled(SHORT)], "whisper": [Throttled(SHORT)]},
            [],
            [("post", "D1", "37.1%")],
        ),
        (
            "whisper",
            CHANNEL,
            {"whisper": [Ambiguous("http_502")]},
            [],
            [("post", "D1", "Slack did not confirm")],
        ),
        (
            "whisper",
            CHANNEL,
            {"whisper": [PayloadRefused("invalid_blocks")]},
            [],
            [("post", "D1", "Slack refused the answer")],
        ),
    ],
)
async def test_posts__limited_or_lost(act, location, faults, slept, sent):
    client, rests = Client(**copy.deepcopy(faults)), []

    async def sleep(seconds):
        rests.append(seconds)

    await getattr(Posts(lambda _: client, None, sleep=sleep), act)(location, TOLD)

    assert rests == slept
    assert [each[:2] for each in client.sent] == [each[:2] for each in sent]
    assert all(
        was[2].startswith(begins[2])
        for was, begins in zip(client.sent, sent, strict=True)
    )


@pytest.mark.parametrize(
    ("reason", "blocks"),
    [
        ("invalid_blocks", [True, False]),
        ("invalid_attachments", [True, False]),
        ("msg_too_long", [True, False]),
        ("invalid_arguments", [True, False]),
        ("used_url", [True]),
    ],
)
async def test_response_url__steps_down_where_the_payload_is_refused(
    monkeypatch, reason, blocks
):
    tried = []

    async def post(_, payload):
        tried.append("blocks" in payload)
        return Sent.REFUSED, reason

    monkeypatch.setattr(ResponseUrl, "_post", post)
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}

    await ResponseUrl("https://hooks", None).send(
        Message("x", (section,)), public=False
    )

    assert tried == blocks


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (Acknowledgement(Message("–" * 9000), public=False), "–" * 9000),
        (
            BoltResponse(status=200, body=json.dumps({"text": "x" * 20_000})),
            "x" * 20_000,
        ),
        (_with(response_action="clear"), None),
    ],
)
async def test_socket__answer_that_no_frame_or_url_takes(monkeypatch, response, said):
    async def dispatch(*_):
        return response

    async def send_message(_):
        return None

    monkeypatch.setattr(sockets, "dispatch", dispatch)
    client = Client()
    socket = object.__new__(Socket)
    socket._app = None
    socket._posts = Posts(lambda _: client, None)
    body = {"command": "/zenmux", "team_id": "T1", "user_id": "U1"}
    request = SocketModeRequest("slash_commands", "e1", body)

    await socket._answer(
        SimpleNamespace(send_message=send_message),
        request,
        carries_answers=said is None,
    )

    assert client.sent == ([("post", "D1", said)] if said else [])


async def test_outcome_of__cut_off():
    said = []

    async def say(message):
        said.append(message)

    task = asyncio.create_task(outcome_of(asyncio.Event().wait(), say, TOLD))
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert said == [TOLD]


async def test_share__limited_posts_ride_on_the_acknowledgement(http_stage):
    stage = http_stage
    stage.slack.faults.script("chat.postMessage", *[Limit(0)] * 3)

    reply = await stage.slack.command("/zenmux share cost 8w public")
    await stage.slack.settled()

    [*_, message] = reply.messages
    assert message.is_bot
    assert message.reader is None
    assert "did not confirm" not in message.text


async def test_forms__name_the_command_as_it_is_called(clock, tmp_path):
    manifest = copy.deepcopy(dict(MANIFEST))
    manifest["features"]["slash_commands"][0]["command"] = "/zenmux-dev"
    async with staged(clock, tmp_path, socket_mode=False, manifest=manifest) as stage:
        slack = stage.slack
        await slack.command("/zenmux-dev digest form weekly mon 09:00 spend")
        view = await slack.wait_for(slack.modal)
        reply = await slack.submit(view, {})
        told = json.dumps(reply.errors) + json.dumps(
            getattr(view, "payload", None) or str(view)
        )
        assert "/zenmux " not in told

        asked = await slack.mention("/zenmux-dev share cost 8w")
        [answer] = await slack.wait_for(
            lambda: [
                m
                for m in slack.messages(COSTS, user=MAYA)
                if m.is_bot and m.thread_ts == asked.message.ts
            ]
        )
        assert "don't understand" not in answer.text
