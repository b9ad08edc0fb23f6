"""Shapes of sentences; the labelled questions are in tests/sentences."""

import pytest
from sentences import CATALOGUE, TODAY

from zenmux_bot.commands.names import Catalogue
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import canonical
from zenmux_bot.commands.sentences import agrees, understand
from zenmux_bot.errors import BadInput, NotUnderstood


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("how is antropic doing", ("share provider anthropic",)),
        ("每周发", ("digest form weekly",)),
        ("13月 份额", ()),
        ("一月份 份额", ("share 2026-01",)),
        ("if google moves 3 pp alert me", ("alert form share google moves 3pp",)),
        ("post the share every day at 9", ("digest form daily 09:00",)),
        ("send the share every monday morning", ("digest form weekly mon",)),
        ("claude against gpt", ("leaderboard", "share")),
        ("sonnet against flash", ()),
        ("claude, gpt and flash in general", ()),
        ("is it cost or tokens of google", ()),
        ("spend by key by day", ()),
        ("why google and qwen moved", ()),
        (
            "claude opus 4.8, gpt-5.4 and kimi k3 in one table",
            ("leaderboard provider anthropic provider openai table",),
        ),
        ("how many tokens did key_7f2 use", ("usage key key_7f2",)),
        ("how much did our requests cost", ("spend",)),
        ("top movers", ("trending",)),
        ("which digests are set up", ("digest list", "digest")),
        ("share on mondays", ("digest form weekly mon",)),
        ("our spend on claude opus 4.8 and gpt-5.4", ()),
        ("budget of $5 for gpt-5.4 and kimi k3", ()),
        ("alert me if google and qwen move 3 pp", ()),
        ("alert me if google is above 3% or below 2%", ()),
        ("alert me when google passes", ()),
        ("alert me if google and qwen are unusual", ()),
        ("spend every monday", ("digest form weekly mon spend",)),
        ("send us our spend by day every month", ()),
        ("alert me if the share of google moves 10%", ()),
        ("share our spend with the channel", ()),
        ("our spend on claude and gpt", ()),
        ("fastest by key", ()),
        ("show the 5 biggest models", ("leaderboard top 5",)),
        ("google, google and google", ("share provider google",)),
        ("send our spend every week", ("digest form weekly spend",)),
        ("send our costs every week", ("digest form weekly spend",)),
        ("费用最高的十个模型", ("leaderboard cost top 10",)),
        ("trending last month", ("leaderboard 1m",)),
        ("top spending models", ("leaderboard cost",)),
        ("did we spend less than in october", ("spend mtd",)),
        ("share by provider last month", ("share 1m",)),
        ("googles share of spend", ("share cost provider google",)),
        ("post spend on the 1st of each month", ("digest form monthly 1st spend",)),
        ("how much did gen_abc123 cost", ("generation gen_abc123",)),
        ("leaderboard for the week of nov 9", ("leaderboard 2026-W46",)),
        ("11月1日至9日排行榜", ("leaderboard 2026-11-01..2026-11-09",)),
        ("latency of gpt-5", ()),
        ("our spend per week", ("spend by day",)),
        ("trend of anthropic", ("share provider anthropic",)),
        ("anthropic weekly", ("share by week", "digest form weekly")),
        ("our 5 most expensive models", ("spend top 5",)),
        ("why did key_a91 cost more", ("spend key key_a91",)),
        ("send it at 9:00 new york time every monday", ("digest form weekly mon",)),
        ("highest share ever for anthropic", ()),
        ("our top 3 keys", ("spend by key top 3", "usage by key top 3")),
        ("input tokens last week for us", ("usage 1w by type",)),
        ("每月1号发账单到 <#c0fin>", ("digest form monthly 1 spend",)),
        ("每天早上8点半发排行", ("digest form daily 08:30",)),
        ("份额最高的三家", ("share top 3",)),
        ("opus vs sonnet", ("leaderboard provider anthropic", "share")),
        ("hide our spend from <#c0x>", ()),
        ("stop <#c0x> from seeing our spend", ("spend deny <#c0x>",)),
        ("let <#c0x> see our spend", ("spend allow <#c0x>",)),
    ],
)
def test_understand__places_of_a_shape(text, commands):
    outcome = understand(text, today=TODAY, catalogue=CATALOGUE)

    assert len(outcome.commands) == len(commands), outcome
    for command, start in zip(outcome.commands, commands, strict=True):
        assert " ".join(command.split()[: len(start.split())]) == start or (
            set(start.split()) <= set(command.split())
        )


def test_understand__a_channel_by_its_name():
    outcome = understand(
        "send the share to #general every monday at 9", today=TODAY, catalogue=CATALOGUE
    )

    assert outcome.commands == ("digest form weekly mon 09:00",)
    assert outcome.problem == "I can't tell which channel “#general” is."
    assert not outcome.is_sure


def test_parse__what_a_sentence_means_does_not_exist():
    with pytest.raises(BadInput) as caught:
        parse("top apps last month", today=TODAY, catalogue=CATALOGUE)

    assert caught.value.problem == "ZenMux doesn't rank apps over October 2026."


def test_parse__a_command_after_one_without_its_name():
    with pytest.raises(BadInput) as caught:
        parse("model", today=TODAY, base=parse("usage", today=TODAY))

    assert caught.value.problem == "model needs to know which model."


def test_understand__names_need_a_catalogue():
    assert understand("how is google doing", today=TODAY, catalogue=None).commands == ()


def test_understand__only_names_that_there_are():
    catalogue = Catalogue({"qwen": "Qwen"}, {"qwen/q1": "Q1"}, {"qwen/q1": "qwen"})

    known = understand("how is qwen doing", today=TODAY, catalogue=catalogue)
    unknown = understand("how is claude doing", today=TODAY, catalogue=catalogue)

    assert known.is_sure
    assert unknown.commands == ()
    assert unknown.unknown == "claude"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("atlantis", "Unknown command “atlantis”."),
        ("what will atlantis do", "There is no forecast"),
        ("share not google", "“not” changes what is asked"),
        ("who ate my sandwich in here", "I don't understand “ate” in that question."),
        ("is it our own", "I don't understand that question."),
        ("wich model lost most last week", "Models are not ranked by what they lost"),
        ("waht ate my sandwich", "I don't understand “ate” in that question."),
    ],
)
def test_parse__says_what_is_not_understood(text, problem):
    with pytest.raises(BadInput) as caught:
        parse(text, today=TODAY, catalogue=CATALOGUE)

    assert caught.value.problem.startswith(problem)
    assert caught.value.suggestions == ("help",)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("leaderboard our", ["spend mtd", "usage mtd"]),
        ("anthropc share", ["share tokens 8w provider anthropic"]),
        ("spnd model atlantis", ["help"]),
        ("spnd model claude-opus-4.8", ["spend mtd model claude-opus-4.8"]),
        ("who leads today", ["share tokens yesterday"]),
        ("leaderbord provider atlantis", ["help"]),
        ("modl claude", ["leaderboard tokens 7d provider claude"]),
        ("model atlantis cots by", ["help model"]),
        ("which model has the most requests in october", ["usage 2026-10"]),
        ("waht is our spend", ["spend mtd"]),
        ("hwo much did we spend", ["spend mtd"]),
        ("wich provider lost most last week", ["share tokens 1w"]),
        ("hwy did anthropic drop", ["why tokens 8w provider anthropic"]),
        ("send a digest every weekday at 8am", ["digest form daily 08:00"]),
        ("send our spend on weekdays", ["digest form daily spend"]),
        ("who leads on weekdays", ["help"]),
    ],
)
def test_parse__offers_only_what_would_be_answered(text, offered):
    with pytest.raises(BadInput) as caught:
        canonical(parse(text, today=TODAY, catalogue=CATALOGUE))

    assert list(caught.value.suggestions) == offered


@pytest.mark.parametrize(
    ("before", "text", "unknown"),
    [
        ("why 4w", "foo bar", "foo"),
        ("why 4w", "anthropic bar", "bar"),
        ("performance", "foo bar", "foo"),
    ],
)
def test_parse__first_unknown_word_of_a_follow_up(before, text, unknown):
    base = parse(before, today=TODAY)

    with pytest.raises(BadInput) as caught:
        parse(text, today=TODAY, base=base, catalogue=CATALOGUE)

    assert caught.value.problem == f"Unknown word “{unknown}”."


def test_parse__no_question_is_only_thanks():
    assert canonical(parse("谢谢", today=TODAY)) == "help thanks"
    assert issubclass(NotUnderstood, BadInput)


@pytest.mark.parametrize(
    ("text", "command", "expected"),
    [
        ("google then", "share provider google", True),
        ("google then", "share provider qwen", False),
        ("google then last week", "share last week provider google", True),
        ("ours then", "spend", True),
        ("ours then", "share", False),
        ("then", "digest list", False),
    ],
)
def test_agrees__with_every_word(text, command, expected):
    request = parse(command, today=TODAY)

    assert agrees(text, request, today=TODAY, catalogue=CATALOGUE) is expected


@pytest.mark.parametrize("text", ["send me that as a spreadsheet", "导出表格"])
def test_parse__file_of_the_answer_before(text):
    before = parse("leaderboard cost last month", today=TODAY)

    request = parse(text, today=TODAY, base=before, catalogue=CATALOGUE)

    assert request.csv
    assert request.query == before.query


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("set a budget of $500 a month", "budget set $500"),
        ('name key_7f2 "CI pipeline"', 'spend name key_7f2 "CI pipeline"'),
    ],
)
def test_parse__a_sentence_never_writes(text, offered):
    with pytest.raises(BadInput) as caught:
        parse(text, today=TODAY, catalogue=CATALOGUE)

    assert caught.value.suggestions == (offered,)
