"""Help, from the grammar."""

from datetime import date

import pytest

from zenmux_bot.answers.help.report import HelpView, report_greeting, report_help
from zenmux_bot.commands.grammar import BY_WORD, KINDS
from zenmux_bot.commands.parser import parse
from zenmux_bot.render.limits import MESSAGE_TEXT_ADVISED
from zenmux_bot.render.slack import message
from zenmux_demo.workspace.validation import problems

TODAY = date(2026, 11, 25)
TOPICS = [None, *sorted({kind.name for kind in KINDS})]


@pytest.mark.parametrize("topic", TOPICS)
def test_help_report__everything_that_help_shows_to_type_runs(topic):
    report = report_help(HelpView(topic))

    kind = BY_WORD.get(topic)
    usage = {f"/zenmux {kind.usage}"} if kind else set()
    shown = [
        point.label for point in report.points if point.label.startswith("/zenmux")
    ]
    for line in set(shown) - usage:
        assert parse(line, today=TODAY)
    for button in report.buttons:
        assert parse(button.command, today=TODAY)
        assert not button.command.startswith("help")


@pytest.mark.parametrize("topic", TOPICS)
def test_help_report__help_asks_for_itself_again_and_fits(topic):
    sent = message(report_help(HelpView(topic)))

    query = parse(report_help(HelpView(topic)).command, today=TODAY).query
    assert query.topic == topic
    assert problems(list(sent.blocks), "message") == []
    assert len(sent.text) < MESSAGE_TEXT_ADVISED
    assert "more lines" not in sent.text


def test_help_report__every_kind_is_listed():
    lines = [point.label for point in report_help(HelpView(None)).points]

    assert [line.split()[1] for line in lines] == [kind.name for kind in KINDS]


def test_help_report__aliases_are_shown():
    assert "Also: top, models, lb." in report_help(HelpView("leaderboard")).finding


def test_help_report__periods_are_told_where_they_can_be_said():
    words = {point.words for point in report_help(HelpView("share")).points}

    assert "periods" in words
    assert "periods" not in {
        point.words for point in report_help(HelpView("status")).points
    }


def test_help_report__greeting_offers_examples_that_run():
    report = report_greeting()

    for button in report.buttons:
        assert parse(button.command, today=TODAY)
    assert problems(list(message(report).blocks), "message") == []
