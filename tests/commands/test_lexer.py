import string
import sys
from unicodedata import combining

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import anything

from zenmux_bot.commands.lexer import split


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        ("  \t\r\n ", ()),
        ("share cost 8w", ("share", "cost", "8w")),
        ("  SHARE\n  Cost\t8W ", ("share", "cost", "8w")),
        ("share\xa0cost\u200b8w\ufeff", ("share", "cost", "8w")),
        ("2026‐11‑01", ("2026-11-01",)),
        ("a – b — c ― d − e", ("a", "-", "b", "-", "c", "-", "d", "-", "e")),
        ("a﹘b －c", ("a-b", "-c")),
        ("2026-11-01…2026-11-15", ("2026-11-01..2026-11-15",)),
        ("2026-11-01‥2026-11-15", ("2026-11-01..2026-11-15",)),
        ("2026-11-01....2026-11-15", ("2026-11-01..2026-11-15",)),
        ("ｓｈａｒｅ ２０２６－１１", ("share", "2026-11")),
        ("2026-11-01..", ("2026-11-01..",)),
        ("$", ("$",)),
        ("?", ("?",)),
        ("??!", ()),
        (
            "share, (cost) `8w`; *top* 5. vs. none!",
            ["share", "cost", "8w", "top", "5", "vs", "none"],
        ),
        ('provider "Moonshot  AI"', ("provider", "moonshot ai")),
        ("provider “Moonshot AI”", ("provider", "moonshot ai")),
        ("provider «Moonshot AI»", ("provider", "moonshot ai")),
        ("provider 'Moonshot AI'", ("provider", "moonshot ai")),
        ("provider ‘Moonshot AI’", ("provider", "moonshot ai")),
        ("don't o’neill's", ("don't", "o'neill's")),
        ('"a, b." c', ("a, b.", "c")),
        ('"a" "" \'\' "b', ("a", "b")),
        ('a"b c"d', ("a", "b c", "d")),
        ("a\x00b\x1b[31m \ud800c", ("a", "b", "[31m", "c")),
        ("W\u030a", ("ẘ",)),
    ],
)
def test_split__forgiving(text, words):
    assert split(text) == tuple(words)


@given(text=anything)
def test_split__printable(text):
    for word in split(text):
        assert word.isprintable()
        assert '"' not in word
        assert word == word.strip() != ""


@given(text=st.text())
def test_split__quoted(text):
    for word in split(f'"{text}"'):
        assert split(f'"{word}"') == (word,)


def test_split__composed_capitals():
    marks = [code for code in range(sys.maxunicode + 1) if combining(chr(code))]

    unstable = [
        (letter, f"{mark:x}")
        for letter in string.ascii_uppercase
        for mark in marks
        for word in split(f'"{letter}{chr(mark)}"')
        if split(f'"{word}"') != (word,)
    ]

    assert unstable == []
