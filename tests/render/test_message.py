"""Messages, and their simpler forms."""

import json

import pytest

from zenmux_bot.render.message import SHORT_ROWS, Message, compact, with_command

CHART, HEADER, BUTTONS = (
    {"type": kind} for kind in ("data_visualization", "header", "actions")
)
TABLE = {"type": "table", "rows": [["x"]] * 3}
LONG = {"type": "data_table", "rows": [["x"]] * 60}
SHORT = LONG | {"rows": LONG["rows"][: SHORT_ROWS + 1]}
WORDS = {"type": "section", "text": {"type": "mrkdwn", "text": "words"}}


@pytest.mark.parametrize(
    ("blocks", "kinds"),
    [
        ((HEADER, CHART, TABLE), [(HEADER, TABLE), (HEADER, WORDS), ()]),
        ((HEADER, CHART), [(HEADER, WORDS), ()]),
        ((TABLE, BUTTONS), [(WORDS, BUTTONS), ()]),
        ((LONG, BUTTONS), [(SHORT, "note", BUTTONS), (WORDS, "note", BUTTONS), ()]),
        ((HEADER,), [()]),
        ((), []),
    ],
    ids=["chart and table", "chart", "table", "long table", "words", "text"],
)
def test_reduced__until_it_ends(blocks, kinds):
    forms = []
    message = Message("words", blocks).reduced()
    while message is not None:
        assert message.text == "words"
        forms.append(
            tuple("note" if b["type"] == "context" else b for b in message.blocks)
        )
        message = message.reduced()

    assert forms == kinds


@pytest.mark.parametrize("text", ["·–", "\ud83d", "智谱"])
def test_compact__can_be_read_again(text):
    assert json.loads(compact({"text": text}).encode()) == {"text": text}


def test_payload__without_blocks_has_none():
    assert Message("words").payload() == {"text": "words"}


def test_payload__text_and_blocks():
    assert Message("words", (HEADER,)).payload() == {
        "text": "words",
        "blocks": [HEADER],
    }


def test_encoded__payload():
    message = Message("words", (HEADER,))

    assert json.loads(message.encoded) == message.payload()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Type /zenmux help.", "Type /zenmux-dev help."),
        ("`/zenmux share`", "`/zenmux-dev share`"),
        ("https://zenmux.ai/zenmux/x", "https://zenmux.ai/zenmux/x"),
        ("/zenmux-dev help", "/zenmux-dev help"),
    ],
)
def test_with_command__in_words_and_not_in_addresses(text, named):
    message = Message(text, ({"type": "section", "text": {"text": text}},))

    renamed = with_command(message, "/zenmux-dev")

    assert (renamed.text, renamed.blocks[0]["text"]["text"]) == (named, named)


@pytest.mark.parametrize(
    ("command", "shown"), [("/zenmux", "/zenmux help"), ("/zm", "/zm help")]
)
def test_with_command__in_every_part_of_a_view(command, shown):
    view = {"blocks": [{"text": {"text": "/zenmux help"}, "max": 3}], "title": "/zm"}

    [block] = with_command(view, command)["blocks"]

    assert block == {"text": {"text": shown}, "max": 3}
