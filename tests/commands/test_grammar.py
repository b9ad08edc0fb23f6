import re
from dataclasses import fields
from datetime import date

import pytest

from zenmux_bot.commands.grammar import (
    BY_WORD,
    DELIVERY,
    KINDS,
    LEADING,
    PERIOD_HELP,
    PERIOD_WORDS,
    WIDTHS,
    WORDS,
    end_of_error,
    is_known,
)
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.period_parser import take_period
from zenmux_bot.commands.queries import HelpQuery, Request, canonical

TODAY = date(2026, 11, 25)
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@each_kind
def test_kinds__examples_parse(kind):
    for example in kind.examples:
        request = parse(example, today=TODAY)

        assert isinstance(request.query, kind.query)
        assert parse(canonical(request), today=TODAY) == request
        assert example.split()[0] == kind.name


@each_kind
def test_kinds__takes_known_fields(kind):
    names = {field.name for field in fields(kind.query)} | DELIVERY

    assert kind.takes <= names
    assert {field.name for field in fields(Request)} >= DELIVERY


@each_kind
def test_kinds__usage_names_leading_words(kind):
    said = {word for word, name in LEADING.items() if name in kind.takes}

    assert kind.usage.split()[0] == kind.name
    for word in said - {"versus", "against"}:
        in_kind = {"name": "model"}.get(word, word) if kind.leading else word
        assert re.search(rf"\b{in_kind} ", kind.usage)


@each_kind
def test_kinds__help(kind):
    assert parse(f"help {kind.name}", today=TODAY).query == HelpQuery(topic=kind.name)
    assert kind.summary


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("top", "leaderboard"),
        ("models", "leaderboard"),
        ("lb", "leaderboard"),
        ("market", "share"),
        ("marketshare", "share"),
        ("market-share", "share"),
        ("providers", "share"),
    ],
)
def test_kinds__aliases(alias, name):
    assert BY_WORD[alias].name == name
    assert parse(alias, today=TODAY) == parse(name, today=TODAY)


def test_words__one_meaning():
    meanings = [*BY_WORD, *WORDS, *LEADING, *PERIOD_WORDS]

    assert {word for word in meanings if meanings.count(word) > 1} == {
        "top",
        "spend",
    }


def test_period_help__parses():
    shown = PERIOD_HELP.replace("|", " ")
    forms = [
        *("7d", "4w", "3m", "1y", "yesterday", "wtd", "mtd", "qtd", "ytd", "all"),
        *("2026-W46", "2026-11", "2026-Q3", "2026", "2026-11-09"),
        *("2026-11-01..2026-11-15", "since 2026-11-01"),
        *(f"last {unit}" for unit in ("week", "month", "quarter", "year")),
        *(f"this {unit}" for unit in ("week", "month")),
    ]

    for form in forms:
        assert set(form.split()) <= set(shown.split())
        parse(f"leaderboard {form}", today=TODAY)


def test_period_words__begin_periods():
    for word in PERIOD_WORDS:
        words = (word, {"since": "2026-11-01"}.get(word, "week"))
        assert take_period(words, 0, TODAY)


def test_widths__singular_and_plural():
    assert {word.removesuffix("s") for word in WIDTHS} == {"day", "week"}


def test_end_of_error__next_word():
    words = ("by", "month", "cost", "top")

    assert [is_known(word) for word in words] == [True, False, True, True]
    assert [end_of_error(words, at) for at in range(4)] == [2, 2, 3, 4]
