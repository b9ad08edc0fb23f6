"""The errors in the words of a command, with suggestions."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zenmux_bot.commands import grammar
from zenmux_bot.commands.grammar import BY_WORD, KINDS, Kind
from zenmux_bot.commands.lexer import SPELT_ALIKE, ParseError, Place
from zenmux_bot.commands.queries import MAX_NAME, MAX_TOP
from zenmux_bot.commands.vocabulary import REFUSED, TAGS
from zenmux_bot.core.periods import FLOOR, Period, Span, Versus, day_words
from zenmux_bot.core.windows import BadPeriod

_MODELS = {("model",), ("models",)}
_NEEDED: dict[str, tuple[str, tuple[tuple[str, ...], ...]]] = {
    "versus": ("a period, previous or none", (("vs", "previous"), ("vs", "none"))),
    "by": ("day or week", (("by", "week"), ("by", "day"))),
    "key": ("the name or id of an API key", ((),)),
    "as_of": ("“of” and a date such as 2026-11-01", ((),)),
    "until": ("a date such as 2026-11-01", ((),)),
    "top": (f"a number from 1 to {MAX_TOP}", (("top", "10"),)),
    "providers": ("a name", ((),)),
    "model": ("a name", ((),)),
}


def no_command(words: Sequence[str]) -> ParseError:
    """Return the error for a first word that is no command."""
    is_misspelt = words[0] not in TAGS and not grammar.is_known(words[0])
    near = difflib.get_close_matches(
        words[0], BY_WORD, cutoff=0.7 if is_misspelt else 1
    )
    instead = tuple((each, *words[1:]) for each in near)
    return ParseError(
        f"Unknown command “{words[0]}”.", 0, len(words), instead, _COMMANDS
    )


def _is_name(words: Sequence[str]) -> bool:
    """Tell whether a word after ``vs`` is something else than a misspelt period."""
    periods = (*Versus, *grammar.PERIOD_WORDS)
    return any(
        not grammar.is_known(word)
        and not difflib.get_close_matches(word, periods, cutoff=SPELT_ALIKE)
        for word in words
    )


def _naming() -> Iterator[Kind]:
    """Return the commands that are about models or providers by name."""
    return (kind for kind in KINDS if kind.bare in {"providers", "model"})


def no_topic(words: Sequence[str]) -> ParseError:
    """Return the error for ``help`` with anything but one command."""
    near = difflib.get_close_matches(words[1], BY_WORD)
    problem = f"Unknown command “{' '.join(words[1:])}”."
    instead = (*((each,) for each in near), ())
    return ParseError(problem, 1, len(words), instead, _COMMANDS)


_COMMANDS = "“help” lists the commands."


@dataclass(frozen=True, slots=True)
class ParseErrors:
    """The errors about the words of one command.

    Attributes:
        kind: The command.
        first: Index of the first word that is not its name.
        words: All words.
    """

    kind: Kind
    first: int
    words: Sequence[str]

    def no_data(self, error: BadPeriod, place: Place) -> ParseError:
        """Return the error for a period without data."""
        instead = tuple(tuple(str(each).split()) for each in error.instead)
        return ParseError(error.problem, *place, instead, error.allowed)

    def no_comparison(self, problem: str, allowed: str, place: Place) -> ParseError:
        """Return the error for a period that nothing can be compared with."""
        return ParseError(problem, *place, self._instead("versus"), allowed)

    def needed(self, name: str, at: int) -> ParseError:
        """Return the error for a word that lacks the words it needs."""
        what, _ = _NEEDED[name]
        if name == "by":
            what = "one of " + ", ".join(self._cuts()) if self.kind.own else what
        following = self.words[at + 1 : at + 2]
        but = f", not “{following[0]}”" if following else ""
        problem = f"“{self.words[at]}” needs {what} after it{but}."
        stop = grammar.end_of_error(self.words, at)
        if name == "by" and self.kind.name == "share" and tuple(following) in _MODELS:
            rest = (*self.words[self.first : at], *self.words[at + 2 :])
            models = (("leaderboard", *rest),)
            return ParseError(problem, 0, len(self.words), models, self._usage())
        instead = list(self._instead(name))
        if name == "versus" and self.kind.bare == "providers" and _is_name(following):
            # as in "openai vs anthropic"
            instead.insert(0, tuple(following))
        is_prose = name == "by" and any(
            TAGS.get(word, "small") != "small" for word in following
        )
        is_prose = is_prose or (name == "versus" and _is_name(following))
        return ParseError(
            problem, at, stop, tuple(instead), self._usage(), is_prose=is_prose
        )

    def _instead(self, name: str) -> tuple[tuple[str, ...], ...]:
        """Return what may follow a word such as ``vs`` in this command."""
        _, instead = _NEEDED[name]
        if name == "by" and self.kind.own:
            return tuple(("by", cut) for cut in self._cuts())
        # An explanation always needs a comparison.
        drops_none = name == "versus" and "vs none" not in self.kind.usage
        return instead[:1] if drops_none else instead

    def _cuts(self) -> list[str]:
        """Return what may follow ``by``, in the singular."""
        return [cut for cut in self.kind.by if f"{cut}s" in self.kind.by]

    def not_known_then(self, place: Place) -> ParseError:
        """Return the error for a day whose figures were not kept."""
        problem = f"“{self._said(place)}” is not a day I have figures for."
        allowed = f"The day is between {day_words(FLOOR)} and yesterday (UTC)."
        return ParseError(problem, *place, ((),), allowed)

    def other_window(
        self, days: Span, allowed: Sequence[Period], place: Place
    ) -> ParseError:
        """Return the error for a period that ZenMux does not rank."""
        what = "apps" if self.kind.name == "apps" else "trending models"
        problem = f"ZenMux doesn't rank {what} over {days.in_words()}."
        windows = [str(period) for period in allowed]
        known = f"Use {', '.join(windows)}."
        if what == "apps":
            instead = tuple((window,) for window in reversed(windows))
            return ParseError(problem, *place, instead, known)
        others = ("leaderboard", *self.words[self.first :]), self._without(place)
        return ParseError(problem, 0, len(self.words), others, known, is_prose=True)

    def host_of_what(self, place: Place) -> ParseError:
        """Return the error for hosts where no model was named."""
        problem = "“by host” needs a model."
        allowed = "Hosts are known for one model at a time: spend model NAME by host."
        return ParseError(problem, *place, (("by", "model"),), allowed)

    def one_day(self, place: Place) -> ParseError:
        """Return the error for hours of several days."""
        problem = "“by hour” takes one day."
        allowed = "Such as today, yesterday or 2026-11-09."
        return ParseError(problem, *place, (("today",), ("yesterday",)), allowed)

    def missing(self) -> ParseError:
        """Return the error for a command without its required name."""
        what, example = self.kind.needs or ("", "")
        end = len(self.words)
        problem = f"{self.kind.name} needs to know which {what}."
        return ParseError(problem, end, end, ((example,),), self._usage())

    def out_of_range(self, number: int, place: Place) -> ParseError:
        """Return the error for a number of rows out of range."""
        near = str(min(max(number, 1), MAX_TOP))
        problem = f"“{self._said(place)}” is out of range."
        allowed = f"top goes from 1 to {MAX_TOP}."
        return ParseError(problem, *place, (("top", near),), allowed)

    def too_long(self, name: str, place: Place) -> ParseError:
        """Return the error for a name that cannot be one."""
        problem = f"A name of {len(name)} characters is too long."
        allowed = f"Names have at most {MAX_NAME} characters."
        return ParseError(problem, *place, ((),), allowed)

    def not_taken(self, name: str, place: Place) -> ParseError:
        """Return the error for words that belong to other commands."""
        others = (
            kind.name
            for kind in sorted(KINDS, key=lambda each: each.name != self.kind.turns_to)
            if name in kind.takes
            and not (kind.needs or kind.restricted or (kind.own and self.kind.own))
        )
        rest = self.words[self.first :]
        instead = (self._without(place), *((other, *rest) for other in others))
        problem = f"{self.kind.name} does not take “{self._said(place)}”."
        return ParseError(problem, 0, len(self.words), instead, self._usage())

    def never_public(self, place: Place) -> ParseError:
        """Return the error for ``public`` with an answer that is always private."""
        problem = f"{self.kind.name} is answered to you alone, never to a channel."
        return ParseError(problem, *place, ((),), self._usage())

    def conflict(self, earlier: Place, place: Place) -> ParseError:
        """Return the error for words that contradict earlier ones."""
        first, second = self._said(earlier), self._said(place)
        problem = f"Both “{first}” and “{second}” are there; one is enough."
        instead = (self._without(place), self._without(earlier))
        end, is_prose = len(self.words), self.words[:1] == ("compare",)
        return ParseError(problem, 0, end, instead, self._usage(), is_prose=is_prose)

    def unknown(self, at: int) -> ParseError:
        """Return the error for a word that means nothing here."""
        word, place = self.words[at], (at, at + 1)
        is_prose = word in TAGS or word in REFUSED
        if word in BY_WORD:
            rest = (*self.words[self.first : at], *self.words[at + 1 :])
            problem = f"The command “{word}” comes first, and only one."
            instead = ((word, *rest), self._without(place))
            end = len(self.words)
            return ParseError(problem, 0, end, instead, _COMMANDS, is_prose=True)
        nearest = self._nearest(word)
        if nearest == ((),) and self.kind.bare is None and "metric" in self.kind.takes:
            rest = tuple(self.words[self.first :])
            problem = f"{self.kind.name} takes no name such as “{word}”."
            is_apps = self.kind.name == "apps"
            others = () if is_apps else tuple((kind.name, *rest) for kind in _naming())
            several = (*others, self._without(place))
            end = len(self.words)
            return ParseError(problem, 0, end, several, self._usage(), is_prose=True)
        problem = f"Unknown word “{word}”."
        return ParseError(problem, *place, nearest, self._usage(), is_prose=is_prose)

    def _nearest(self, word: str) -> tuple[tuple[str, ...], ...]:
        """Return the known words closest to a word, or nothing to drop it."""
        near = difflib.get_close_matches(word, self._vocabulary(), cutoff=0.65)
        return tuple((each,) for each in near) or ((),)

    def is_misspelt(self, word: str) -> bool:
        """Tell whether a word is one of the command's, misspelt."""
        return bool(
            difflib.get_close_matches(word, self._vocabulary(), cutoff=SPELT_ALIKE)
        )

    def _vocabulary(self) -> list[str]:
        """Return the words that the command takes."""
        takes = self.kind.takes
        words = [word for word, (name, _) in grammar.WORDS.items() if name in takes]
        words += self.kind.words
        words += [word for word, name in grammar.LEADING.items() if name in takes]
        return words + list(grammar.PERIOD_WORDS if "period" in takes else ())

    def _said(self, place: Place) -> str:
        return " ".join(self.words[slice(*place)])

    def _without(self, place: Place) -> tuple[str, ...]:
        start, stop = place
        return (*self.words[:start], *self.words[stop:])

    def _usage(self) -> str:
        return f"“help {self.kind.name}” shows the syntax."
