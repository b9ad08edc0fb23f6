"""Text to words: forgiving about quotes, dashes, case and punctuation."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_CHARACTERS = 500

SPELT_ALIKE = 0.75
"""The similarity from which a word is taken for another one misspelt: ``kost`` is
``cost``, but ``microsoft`` is not (0.62)."""

_MENTION = re.compile(r"<([#@])([^|>]*)(?:\|([^>]*))?>")
"""Slack gives a channel or a person as an id, and its name if the bot may know it."""

GREETINGS = frozenset({"hello", "hey", "hi", "thank", "thanks"})
"""A text that begins with one of these gets the help."""

FILLERS = frozenset(
    {
        *("a", "about", "an", "and", "are", "as", "at", "between", "can", "could"),
        *("during", "for", "from", "get", "give", "in", "is", "it", "just", "me", "of"),
        *("on", "only", "over", "please", "see", "show", "tell", "that", "the", "was"),
        *("were", "with", "you", "&"),
    }
)
"""Words without meaning in a command, which are skipped.

Words that can change the meaning of a question ("our", "up", "not") are not here.
"""

LEADS = FILLERS | frozenset(
    {
        *("i", "want", "to", "would", "like", "need", "how", "what", "what's", "whats"),
        *("now", "also", "then"),
    }
)
"""Words that may come before a command."""

_FORGIVEN = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»", '"'),
        **dict.fromkeys("‘’‚‛", "'"),
        **dict.fromkeys("‐‒–—―−", "-"),
    }
)
_SHORT_YEAR = re.compile(r"(?<=\w)\s+'(\d\d)(?![\w'])")
"""As in nov '26."""

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_DAYS_OF_MONTH = re.compile(
    rf"\b({_MONTH}) {_DAY} ?- ?{_DAY}(?![\w-])|"
    rf"(?<![\w-]){_DAY} ?- ?{_DAY} ({_MONTH})\b",
    re.ASCII,
)
"""As in nov 1-9 and 1-9 nov."""

_DOTS = re.compile(r"\.{3,}")
_WORD = re.compile(r"""(?<!\S)'([^']*)'(?!\S)|"([^"]*)"|([^\s"]+)""")
_PUNCTUATION = "`'*,;:!?()"


Place = tuple[int, int]
"""The index of the first of some words, and the index after the last."""


@dataclass(frozen=True, slots=True)
class ParseError:
    """What is wrong with some of the words, and what can replace them.

    Attributes:
        problem: What is wrong, one sentence.
        start: Index of the first wrong word.
        stop: Index after the last one.
        instead: Replacements for them, the nearest first; empty ones drop them.
        allowed: What is allowed there, one sentence.
        is_prose: The text may be a sentence that begins like a command.
    """

    problem: str
    start: int
    stop: int
    instead: tuple[tuple[str, ...], ...] = ()
    allowed: str = ""
    is_prose: bool = False


class WordError(Exception):
    """Some of the words cannot be understood."""

    def __init__(self, error: ParseError) -> None:
        super().__init__(error.problem)
        self.error = error


def split(text: str) -> tuple[str, ...]:
    """Return the words of ``text`` in lower case; quoted ones stay together."""
    words = []
    for match in _WORD.finditer(plain(text)):
        single, double, bare = match.groups()
        word = _bare(bare) if bare else " ".join((single or double or "").split())
        if word:
            words.append(word)
    return tuple(words)


def quoted(name: str) -> str:
    """Return a name as one word of a command."""
    return name if split(name) == (name,) else f'"{name}"'


def plain(text: str) -> str:
    """Return text in lower case, with plain quotes and dashes and no controls."""
    if not text.isascii():
        # Lower case may compose again: W and a ring are two characters, ẘ is one.
        text = unicodedata.normalize("NFKC", text).lower()
        text = unicodedata.normalize("NFKC", text).translate(_FORGIVEN)
    if "'" in text:
        text = _SHORT_YEAR.sub(r" 20\1", text)
    if not text.isprintable():
        text = "".join(each if each.isprintable() else " " for each in text)
    text = _DOTS.sub("..", text.lower())
    if "-" in text:
        text = _DAYS_OF_MONTH.sub(_with_dots, text)
    return text


def readable(text: str) -> str:
    """Return a text with channels and persons by name, else by id."""
    return _MENTION.sub(lambda found: found[1] + (found[3] or found[2].upper()), text)


def _with_dots(match: re.Match[str]) -> str:
    """Return days of a month as a range."""
    month, first, last, start, end, month_behind = match.groups()
    if month:
        return f"{month} {first} .. {last}"
    return f"{start} .. {end} {month_behind}"


def _bare(word: str) -> str:
    """Return a word without the punctuation of the sentence around it."""
    if len(word) == 1:
        return word
    word = word.strip(_PUNCTUATION)
    return word if word.endswith("..") else word.removesuffix(".")
