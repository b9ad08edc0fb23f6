"""What is wrong with the words about a digest, and what may stand in their place."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from zenmux_bot.commands.digest_commands import LAST_DAY, MAX_PROVIDERS, Verb
from zenmux_bot.commands.lexer import ParseError, Place
from zenmux_bot.commands.queries import MAX_NAME, MAX_TOP
from zenmux_bot.core import zones

USAGE = (
    "A digest is described by: daily|weekly DAY|monthly DAY, a time, a time zone, "
    "tokens|cost, in #channel, top N, provider NAME (several), skip below N pp, "
    "when empty skip|say; of your own spend: spend [by key]."
)
VERBS = ("form", "create", "list", *Verb, "ask", "audit")
MAX_PP = 100
_ROOMS = frozenset({"in", "to"})
_NEW = frozenset({"create", "form", "new", "add"})

_NEEDED: dict[str, tuple[str, tuple[tuple[str, ...], ...]]] = {
    "by": ("key or model", (("by", "key"), ("by", "model"))),
    "top": (f"a number from 1 to {MAX_TOP}", (("top", "10"),)),
    "provider": ("a name", ((),)),
    "at": ("a time such as 09:00", (("at", "09:00"),)),
    "day": (f"a number from 1 to {LAST_DAY}, or last", (("day", "1"),)),
    "in": ("a channel", ((),)),
    "to": ("a channel", ((),)),
    "skip": (
        "“below” and a number of percentage points, or “never”",
        (("skip", "below", "0.5pp"), ("skip", "never")),
    ),
    "when": (
        "“empty” and “skip” or “say”",
        (("when", "empty", "say"), ("when", "empty", "skip")),
    ),
    "every": ("day, month or a day of the week", (("weekly", "mon"), ("daily",))),
    "on": ("a day of the week or month", (("weekly", "mon"), ("monthly", "1"))),
}


def no_verb(words: Sequence[str], at: int, *, described: bool) -> ParseError:
    """Complain about a word that says nothing to do with digests.

    Args:
        words: All words.
        at: Where it is.
        described: It would describe a digest.
    """
    word = words[at]
    near = difflib.get_close_matches(word, VERBS)
    instead: tuple[tuple[str, ...], ...] = tuple((each,) for each in near)
    if described:
        instead = (("create", word), *instead)
    elif word.startswith("d-"):
        instead = ((Verb.SHOW, word), (Verb.EDIT, word))
    problem = f"Unknown digest command “{word}”."
    allowed = f"After digest comes: {', '.join(VERBS)}."
    return ParseError(problem, at, at + 1, instead or ((),), allowed)


def no_id(words: Sequence[str], at: int, verb: Verb) -> ParseError:
    """Complain about a command without the id of a digest."""
    but = f", not “{words[at]}”" if at < len(words) else ""
    problem = f"“{verb}” needs the id of a digest after it{but}."
    allowed = f"Ids look like d-7kq3; “digest list” shows them, as in {verb} d-7kq3."
    return ParseError(problem, 0, len(words), (("digest", "list"),), allowed)


def no_favour(words: Sequence[str]) -> ParseError:
    """Complain about asking an owner for nothing that can be done."""
    problem = "“ask” needs what the owner is to do after it."
    allowed = "Such as ask pause d-7kq3."
    return ParseError(problem, 0, len(words), (("digest", "list"),), allowed)


def other_subject(words: Sequence[str], id_: str) -> ParseError:
    """Complain about making a digest one of something else."""
    problem = "A digest keeps what it reports; create another one instead."
    instead = (("digest", "form"), ("digest", "show", id_))
    return ParseError(problem, 0, len(words), instead)


def too_much(words: Sequence[str], at: int, verb: str) -> ParseError:
    """Complain about words after a whole command."""
    problem = f"“{' '.join(words[at:])}” is too much for “{verb}”."
    return ParseError(problem, at, len(words), ((),))


@dataclass(frozen=True, slots=True)
class DigestParseErrors:
    """The complaints about the words that describe a digest."""

    words: Sequence[str]

    def needed(self, name: str, place: Place) -> ParseError:
        """Complain about a word without what belongs to it."""
        what, instead = _NEEDED[name]
        if name in _ROOMS:
            return self._unplaced(f"“{name}” needs {what} after it.", place)
        problem = f"“{name}” needs {what} after it."
        return ParseError(problem, *place, instead, USAGE)

    def no_such_time(self, place: Place) -> ParseError:
        """Complain about a time that no clock shows."""
        problem = f"“{self._said(place)}” isn't a valid time."
        allowed = "Times go from 00:00 to 23:59, or 9am, 9:30pm."
        return ParseError(problem, *place, (("09:00",),), allowed)

    def out_of_range(
        self, name: str, number: int, most: int, place: Place
    ) -> ParseError:
        """Complain about a number that is too small or too large."""
        near = str(min(max(number, 1), most))
        problem = f"“{self._said(place)}” is out of range."
        return ParseError(
            problem, *place, ((name, near),), f"{name} goes from 1 to {most}."
        )

    def bare_number(self, place: Place) -> ParseError:
        """Complain about a number that says nothing by itself."""
        word = self._said(place)
        problem = f"“{word}” may be an hour, a day or a number of rows."
        instead = (("at", word), ("day", word), ("top", word))
        return ParseError(problem, *place, instead, USAGE)

    def bad_threshold(self, place: Place) -> ParseError:
        """Complain about a number of percentage points."""
        problem = f"“{self._said(place)}” isn't a number of percentage points."
        instead = (("skip", "below", "0.5pp"), ("skip", "never"))
        allowed = f"Points go from 0 to {MAX_PP}, such as 0.5pp."
        return ParseError(problem, *place, instead, allowed)

    def too_long(self, name: str, place: Place) -> ParseError:
        """Complain about a name that cannot be one."""
        problem = f"A name of {len(name)} characters is too long."
        allowed = f"Names have at most {MAX_NAME} characters."
        return ParseError(problem, *place, ((),), allowed)

    def too_many(self, place: Place) -> ParseError:
        """Complain about one provider more than a digest takes."""
        problem = f"“{self._said(place)}” is one provider too many."
        allowed = f"A digest takes at most {MAX_PROVIDERS}, or all."
        return ParseError(problem, *place, ((),), allowed)

    def no_channel(self, name: str, place: Place) -> ParseError:
        """Complain about a channel that is only a name, which Slack cannot look up."""
        problem = f"I can't tell which channel “{name}” is."
        return self._unplaced(problem, place)

    def _unplaced(self, problem: str, place: Place) -> ParseError:
        """Offer the form, lest a digest goes to another channel than was meant."""
        verb, *rest = self.words
        if rest and rest[0] == Verb.EDIT:
            instead = (verb, *rest[:2])
        else:
            first = 2 if rest and rest[0] in _NEW else 1
            start, stop = place
            instead = ("digest", "form", *self.words[first:start], *self.words[stop:])
        allowed = (
            "Type # and pick the channel from the list that Slack offers, "
            "or choose it in the form."
        )
        return ParseError(problem, 0, len(self.words), (instead,), allowed)

    def several_zones(self, found: tuple[str, ...], place: Place) -> ParseError:
        """Complain about a name that several time zones have."""
        problem = f"“{self._said(place)}” may be several time zones."
        instead = tuple((zone,) for zone in found)
        return ParseError(
            problem, *place, instead, f"Among them: {', '.join(found[:3])}."
        )

    def letter_code(self, meant: tuple[str, ...], place: Place) -> ParseError:
        """Complain about a letter code in the place of a time zone."""
        problem = f"“{self._said(place)}” does not say how clocks change there."
        instead = tuple((zone,) for zone in meant)
        return ParseError(problem, *place, instead, "A time zone is named by a city.")

    def conflict(self, earlier: Place, place: Place) -> ParseError:
        """Complain about words that contradict earlier ones."""
        first, second = self._said(earlier), self._said(place)
        problem = f"“{first}” and “{second}” do not go together."
        instead = (self._without(place), self._without(earlier))
        return ParseError(problem, 0, len(self.words), instead, USAGE)

    def unknown(self, at: int, vocabulary: Sequence[str]) -> ParseError:
        """Complain about a word that means nothing here."""
        word = self.words[at]
        near = difflib.get_close_matches(word, vocabulary, n=2)
        instead = [*((each,) for each in near), *((z,) for z in zones.near(word))]
        problem = f"Unknown word “{word}”."
        return ParseError(problem, at, at + 1, tuple(instead) or ((),), USAGE)

    def _said(self, place: Place) -> str:
        return " ".join(self.words[slice(*place)])

    def _without(self, place: Place) -> tuple[str, ...]:
        start, stop = place
        return (*self.words[:start], *self.words[stop:])
