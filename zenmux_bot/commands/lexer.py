"""Text to words: forgiving about quotes, dashes, case and punctuation."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_CHARACTERS = 500

SPELT_ALIKE = 0.75
"""From here on a word is another one misspelt, not a name: ``kost`` is ``cost``, but
``microsoft`` is not (0.62)."""

GREETINGS = frozenset({"hello", "hey", "hi", "thank", "thanks"})
"""Whoever begins with one of these is told what can be asked."""

FILLERS = frozenset(
    {
        *("a", "about", "an", "and", "are", "at", "can", "did", "do", "does", "down"),
        *("for", "from", "get", "give", "go", "goes", "had", "has", "have", "how", "i"),
        *("as", "between", "during", "just", "only", "over"),
        *("in", "is", "it", "many", "me", "much", "my", "of", "on", "our", "please"),
        *("see", "show", "so", "tell", "that", "the", "to", "up", "us", "want", "was"),
        *("we", "were", "what", "what's", "whats", "with", "you", "&"),
    }
)
"""Words of sentences that say nothing here and are no names; they are passed over."""

_FORGIVEN = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»", '"'),
        **dict.fromkeys("‘’‚‛", "'"),
        **dict.fromkeys("‐‒–—―−", "-"),
    }
)
_DOTS = re.compile(r"\.{3,}")
_WORD = re.compile(r"""(?<!\S)'([^']*)'(?!\S)|"([^"]*)"|([^\s"]+)""")
_PUNCTUATION = "`'*,;:!?()"


Place = tuple[int, int]
"""Index of the first of some words, and the index behind the last."""


@dataclass(frozen=True, slots=True)
class ParseError:
    """What is wrong with some of the words, and what may stand in their place.

    Attributes:
        problem: What is wrong, one sentence.
        start: Index of the first wrong word.
        stop: Index behind the last one.
        instead: Replacements for them, the nearest first; empty ones drop them.
        allowed: What is allowed there, one sentence.
    """

    problem: str
    start: int
    stop: int
    instead: tuple[tuple[str, ...], ...] = ()
    allowed: str = ""


class WordError(Exception):
    """Some of the words cannot be understood."""

    def __init__(self, error: ParseError) -> None:
        super().__init__(error.problem)
        self.error = error


def split(text: str) -> tuple[str, ...]:
    """Return the words of ``text`` in lower case; quoted ones stay together."""
    words = []
    for match in _WORD.finditer(_plain(text)):
        single, double, bare = match.groups()
        word = _bare(bare) if bare else " ".join((single or double or "").split())
        if word:
            words.append(word)
    return tuple(words)


def _plain(text: str) -> str:
    """Return text in lower case, each mark in one spelling, controls as spaces."""
    if not text.isascii():
        # Lower case may compose anew: W and a ring are two characters, ẘ is one.
        text = unicodedata.normalize("NFKC", text).lower()
        text = unicodedata.normalize("NFKC", text).translate(_FORGIVEN)
    if not text.isprintable():
        text = "".join(each if each.isprintable() else " " for each in text)
    return _DOTS.sub("..", text.lower())


def _bare(word: str) -> str:
    """Return a word without the punctuation of the sentence around it."""
    if len(word) == 1:
        return word
    word = word.strip(_PUNCTUATION)
    return word if word.endswith("..") else word.removesuffix(".")
