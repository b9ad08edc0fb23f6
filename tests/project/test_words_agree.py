"""What help, README and manifest say can be typed, against what is understood."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from zenmux_bot.answers.help.report import HelpView, report_help
from zenmux_bot.answers.registry import KINDS as ROWS
from zenmux_bot.commands.grammar import BY_WORD, KINDS, PERIOD_HELP
from zenmux_bot.commands.parser import parse
from zenmux_bot.render import slack
from zenmux_demo.main import read_manifest, running_demo

TODAY = date(2026, 11, 25)
ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = {path.name: path.read_text("utf-8") for path in ROOT.glob("docs/*.md")}
STANDING_FOR = {
    # Slack turns what is typed into an id
    "#llm-costs": "<#C0LLMCOSTS1|llm-costs>",
    "#finance": "<#C0FINANCE01|finance>",
    "NAME": "gpt-5.4",
}
IDS = {
    "generation": "gen_01sandbox0000001",
    "digest": "d-7kq3",
    "alert": "a-7kq3",
}
ERRORS = re.compile("can't|did not|Sorry|No data|not set up|Not counted|has a fault")


def commands_in(text: str) -> list[str]:
    """Return what follows the slash command wherever it is written."""
    return re.findall(r"`/zenmux ([^`]+)`", text)


commands = commands_in(README)


def typed(command: str) -> str:
    """Return a command with something in place of what stands for anything."""
    standing_for = STANDING_FOR | {"ID": IDS.get(command.split(maxsplit=1)[0], "")}
    return " ".join(standing_for.get(word, word) for word in command.split())


def test_every_command_of_the_documents_is_understood():
    found = {each for text in DOCUMENTS.values() for each in commands_in(text)}

    assert found
    for command in (*commands, *found):
        query = parse(typed(command), today=TODAY).query
        assert isinstance(query, BY_WORD[command.split()[0]].query), command


async def test_every_command_of_the_readme_is_answered():
    """Typed in the demo, one after the other, as a reader would."""
    wednesday = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    async with running_demo(now=wednesday) as demo:
        for command in commands:
            seen = len(demo.slack.messages())
            await demo.slack.command(f"/zenmux {typed(command)}")
            await demo.slack.settled()

            if command in {"alert", "digest"}:
                await demo.slack.wait_for(demo.slack.modal)
                continue
            answer = await demo.slack.wait_for(
                lambda seen=seen: [
                    message
                    for message in demo.slack.messages()[seen:]
                    if not message.text.startswith("Fetching")
                ]
            )
            title, *_ = answer[-1].text.split(". ")
            assert not ERRORS.search(title), (command, answer[-1].text)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_is_in_the_readme_and_in_help(kind):
    assert kind.name in {command.split()[0] for command in commands}
    assert f"/zenmux {kind.examples[0]}" in slack.text(report_help(HelpView(None)))
    assert kind.usage.split(" [")[0] in slack.text(report_help(HelpView(kind.name)))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_has_somebody_who_answers_it(kind):
    elsewhere = {"alert", "budget", "digest"}

    assert (kind.query in ROWS) == (kind.name not in elsewhere)


def test_every_command_of_the_usage_hint_is_understood():
    [command] = read_manifest()["features"]["slash_commands"]

    for hinted in command["usage_hint"].split("|"):
        assert parse(typed(hinted), today=TODAY)


def test_the_periods_of_help_are_those_of_the_readme():
    forms = re.split(r" · | ", PERIOD_HELP)

    assert [form for form in forms if form not in README] == []


def test_restricted_kinds_say_so():
    for kind in KINDS:
        said = slack.text(report_help(HelpView(kind.name)))
        assert kind.restricted == ("private" in kind.summary)
        assert ("public" in said) == (kind.takes >= {"audience", "csv"})
