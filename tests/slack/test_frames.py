"""Frames of Socket Mode stay within Slack's limit, whatever they carry."""

from __future__ import annotations

import json

import pytest
from slack_bolt.response import BoltResponse

from zenmux_bot.commands.names import Suggestion
from zenmux_bot.render.ask_form import about_options
from zenmux_bot.render.forms import grouped_options, options
from zenmux_bot.render.message import Message
from zenmux_bot.slack.replies import Acknowledgement
from zenmux_bot.slack.socket import MAX_FRAME_BYTES, encode_frame

LIMIT = 20_480
"""What Slack closes the connection at."""

ENVELOPE = "dbdd0ef3-1543-4f94-bfb4-133d0e6c1545"
NAMES = [
    Suggestion(
        slug=f"provider-{n}/{'模型名称' * 8}-{n}", label=f"{'模型名称·' * 12} {n}"
    )
    for n in range(400)
]


def answer(size):
    return Acknowledgement(Message("–" * size), public=False)


@pytest.mark.parametrize(
    ("size", "is_whole"), [(10, True), (5_000, True), (5_400, False), (50_000, False)]
)
def test_encode_frame__an_answer(size, is_whole):
    frame = encode_frame(ENVELOPE, answer(size))

    assert frame.is_whole is is_whole
    assert len(frame.text.encode()) <= MAX_FRAME_BYTES < LIMIT
    sent = json.loads(frame.text)
    assert sent["envelope_id"] == ENVELOPE
    assert ("payload" in sent) is is_whole


@pytest.mark.parametrize(
    "menu",
    [
        options(NAMES),
        grouped_options(NAMES[:100], NAMES),
        about_options(NAMES[:100], NAMES),
    ],
)
def test_encode_frame__a_menu_has_as_many_options_as_fit(menu):
    response = BoltResponse(status=200, body=json.dumps(menu))

    frame = encode_frame(ENVELOPE, response)

    payload = json.loads(frame.text)["payload"]
    assert frame.is_whole
    assert len(frame.text.encode()) <= MAX_FRAME_BYTES
    assert payload.get("options") or all(g["options"] for g in payload["option_groups"])


def test_encode_frame__without_an_answer():
    assert json.loads(encode_frame(ENVELOPE, None).text) == {"envelope_id": ENVELOPE}
