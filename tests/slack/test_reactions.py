"""Which messages are answered, and which are left alone."""

from __future__ import annotations

import pytest

from zenmux_bot.slack.listeners.events import Event
from zenmux_bot.slack.listeners.mentions import Reaction, reaction_to

BOT = "U0BOT"
EDITED = {"user": "U1", "ts": "2.0"}
MENTION = {
    "type": "app_mention",
    "user": "U1",
    "text": f"<@{BOT}> share",
    "ts": "1.0",
    "channel": "C1",
}
DIRECT = {
    "type": "message",
    "channel_type": "im",
    "user": "U1",
    "text": "share",
    "ts": "1.0",
    "channel": "D1",
}


def changed(**message):
    before = {"text": "share", "user": "U1", "ts": "1.0"}
    return DIRECT | {
        "subtype": "message_changed",
        "hidden": True,
        "message": before | message,
        "previous_message": before,
    }


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (MENTION, Reaction.ANSWER),
        (MENTION | {"text": f"<@{BOT}|zenmux> share"}, Reaction.ANSWER),
        (
            MENTION | {"text": "share", "blocks": [{"user_id": BOT}]},
            Reaction.ANSWER,
        ),
        (MENTION | {"text": "share", "thread_ts": "0.5"}, Reaction.NOT_MENTIONED),
        (MENTION | {"edited": EDITED}, Reaction.NEW_IN_EDIT),
        (MENTION | {"user": BOT}, Reaction.OWN),
        (MENTION | {"bot_id": "B1", "user": None}, Reaction.ANSWER),
        (MENTION | {"bot_id": "B1", "subtype": "bot_message"}, Reaction.ANSWER),
        (MENTION | {"user": "USLACKBOT"}, Reaction.ANSWER),
        (MENTION | {"bot_id": "B1", "thread_ts": "0.5"}, Reaction.APP_IN_THREAD),
        (DIRECT, Reaction.ANSWER),
        (DIRECT | {"subtype": "file_share"}, Reaction.ANSWER),
        (DIRECT | {"subtype": "me_message"}, Reaction.ANSWER),
        (DIRECT | {"bot_id": "B1"}, Reaction.OTHER),
        (DIRECT | {"channel_type": "channel"}, Reaction.OTHER),
        (DIRECT | {"subtype": "channel_join"}, Reaction.OTHER),
        (changed(text="trend", edited=EDITED), Reaction.EXPLAIN_EDIT),
        (changed(text="trend"), Reaction.OTHER),
        (changed(text="share", edited=EDITED), Reaction.OTHER),
        (changed(text="trend", edited=EDITED, bot_id="B1"), Reaction.OTHER),
        ({"type": "app_mention"}, Reaction.NOT_MENTIONED),
        ({}, Reaction.OTHER),
    ],
)
def test_reaction_to(fields, expected):
    event = Event(body={"event": fields}, fields=fields, bot_user_id=BOT)

    assert reaction_to(event) is expected
