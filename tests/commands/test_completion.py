import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.commands.completion import suggest

MODELS = {
    "anthropic/claude-opus-4.8": "Claude Opus 4.8",
    "openai/gpt-5.4": "GPT-5.4",
    "openai/gpt-5": "GPT-5",
    "baidu/ernie-5.0": "文心大模型 5.0",
    "sample/rocket": "🚀 Rocket 👩🏽‍🚀",
}


def slugs(typed, most=100):
    return [each.slug for each in suggest(typed, MODELS, most=most)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", list(MODELS)),
        ("cl", ["anthropic/claude-opus-4.8"]),
        ("Opus", ["anthropic/claude-opus-4.8"]),
        ("gpt5", ["openai/gpt-5.4", "openai/gpt-5"]),
        ("gpt 5.4", ["openai/gpt-5.4"]),
        ("openai", ["openai/gpt-5.4", "openai/gpt-5"]),
        ("文心", ["baidu/ernie-5.0"]),
        ("👩🏽", ["sample/rocket"]),
        ("clade opus", ["anthropic/claude-opus-4.8"]),
        ("zzzzzzzz", []),
    ],
)
def test_what_is_typed_finds_its_names(typed, expected):
    assert slugs(typed) == expected


def test_a_beginning_stands_before_a_word_and_that_before_a_part():
    labels = {"a/1": "xopus", "a/2": "Claude Opus", "a/3": "Opus"}

    found = [each.slug for each in suggest("opus", labels, most=9)]

    assert found == ["a/3", "a/2", "a/1"]


def test_no_more_than_asked_for():
    assert len(slugs("", most=2)) == 2


@given(st.text(), st.dictionaries(st.text(), st.text()), st.integers(0, 9))
def test_whatever_is_typed_only_known_names_come_back(typed, labels, most):
    found = suggest(typed, labels, most=most)

    assert len(found) <= most
    assert all(labels[each.slug] == each.label for each in found)
