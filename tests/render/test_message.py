"""Messages, and their simpler forms."""

import json

import pytest

from zenmux_bot.render.message import Message

CHART, TABLE, HEADER = (
    {"type": kind} for kind in ("data_visualization", "table", "header")
)
EXPLORED = {"type": "data_table"}


@pytest.mark.parametrize(
    ("blocks", "chain"),
    [
        ((HEADER, CHART, TABLE), [(HEADER, TABLE), ()]),
        ((HEADER, CHART, EXPLORED), [(HEADER, EXPLORED), ()]),
        ((HEADER, CHART), [()]),
        ((HEADER, TABLE), [()]),
        ((HEADER,), [()]),
        ((), []),
    ],
    ids=["chart and table", "chart and data", "chart alone", "table", "words", "text"],
)
def test_refused_message_gets_simpler_until_it_ends(blocks, chain):
    forms = []
    message = Message("words", blocks).reduced()
    while message is not None:
        assert message.text == "words"
        forms.append(message.blocks)
        message = message.reduced()

    assert forms == chain


def test_payload_has_text_and_blocks():
    assert Message("words", (HEADER,)).payload() == {
        "text": "words",
        "blocks": [HEADER],
    }


def test_a_message_is_encoded_as_its_payload():
    message = Message("words", (HEADER,))

    assert json.loads(message.encoded) == message.payload()
