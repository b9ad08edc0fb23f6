"""Parse the words after ``digest``.

The words that describe a digest may come in any order.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import time
from decimal import Decimal
from typing import Any

from zenmux_bot.commands.account_parser import (
    CHANNEL,
    PICK_CHANNEL,
    UNKNOWN_CHANNEL,
)
from zenmux_bot.commands.digest_commands import (
    ALWAYS,
    EVERYONE,
    LAST_DAY,
    MAX_PROVIDERS,
    WEEKDAY_NUMBERS,
    About,
    Ask,
    Command,
    Create,
    DigestSpec,
    Edit,
    ListAll,
    ListAudit,
    OpenForm,
    Verb,
)
from zenmux_bot.commands.grammar import BY_WORD, HELP, WORDS
from zenmux_bot.commands.lexer import (
    FILLERS,
    SPELT_ALIKE,
    ParseError,
    Place,
    WordError,
)
from zenmux_bot.commands.queries import MAX_NAME, MAX_TOP
from zenmux_bot.core import zones
from zenmux_bot.digests.schedule import Cadence
from zenmux_bot.digests.subscriptions import DigestSubject, WhenEmpty

_HALF_DAY = 12
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(am|pm)?", re.ASCII)
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)", re.ASCII)
HALVES = frozenset({"am", "pm"})


class NoSuchTime(ValueError):
    """It is written like a time, but there is no such time."""


def take_time(words: Sequence[str], at: int, *, led: bool) -> tuple[time, int] | None:
    """Return the time of day that begins at ``at``, and how many words it has.

    Args:
        words: All words.
        at: Where to look.
        led: The word before announces a time, so a bare hour is one.

    Raises:
        NoSuchTime: As in ``25:00``.
    """
    if at >= len(words):
        return None
    if words[at] in _NAMED:
        return _NAMED[words[at]], 1
    match = _TIME.fullmatch(words[at])
    if match is None:
        return None
    hour, minute, half = match.groups()
    count = 1
    if half is None and at + 1 < len(words) and words[at + 1] in HALVES:
        half, count = words[at + 1], 2
    if minute is None and half is None and not led:
        return None
    return _time(int(hour), int(minute or 0), half), count


def _time(hour: int, minute: int, half: str | None) -> time:
    """Return the time; 12am is midnight and 12pm noon."""
    if half is not None:
        if not 1 <= hour <= _HALF_DAY:
            raise NoSuchTime
        hour = hour % _HALF_DAY + (_HALF_DAY if half == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise NoSuchTime from None


def read_day(word: str, *, led: bool) -> int | None:
    """Return the day of the month that a word names, even one out of range.

    Args:
        word: Such as ``1st`` or ``last``.
        led: The word before announces a day, so a bare number is one.
    """
    if word == "last":
        return LAST_DAY
    if match := _ORDINAL.fullmatch(word):
        return int(match[1])
    return int(word) if led and re.fullmatch(r"[0-9]{1,2}", word) else None


USAGE = "“help digest” shows how a digest is described."
VERBS = ("form", "create", "list", *Verb, "ask", "audit")
MAX_PP = 100
_CHANNEL_LEADS = frozenset({"in", "to"})
_NEW = frozenset({"create", "form", "new", "add"})

ON_WORKDAYS = "Digests are daily, weekly or monthly, not only on workdays."
_WORKDAYS = frozenset(
    {"weekday", "weekdays", "workday", "workdays", "mon-fri", "monday-friday"}
)

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
    """Return the error for a word that is no digest command.

    Args:
        words: All words.
        at: Where it is.
        described: It could describe a digest.
    """
    word = words[at]
    near = difflib.get_close_matches(word, VERBS)
    instead: tuple[tuple[str, ...], ...] = tuple((each,) for each in near)
    if described:
        instead = (("create", word), *instead)
    elif word.startswith("d-"):
        instead = ((Verb.SHOW, word), (Verb.EDIT, word))
    problem = f"Unknown digest command “{word}”."
    allowed = "“help digest” shows the commands."
    is_prose = word in FILLERS
    return ParseError(problem, at, at + 1, instead or ((),), allowed, is_prose)


def refuse_workdays(words: Sequence[str]) -> None:
    """Raise the error for ``every weekday``, if the words have that."""
    at = next((at for at, word in enumerate(words) if word in _WORKDAYS), None)
    if at is None or words[at - 1] == "provider":
        return
    start = at - 1 if words[at - 1] in {"every", "each", "on"} else at
    instead = (("daily",), ("weekly", "mon"))
    raise WordError(ParseError(ON_WORKDAYS, start, at + 1, instead, USAGE))


def no_id(words: Sequence[str], at: int, verb: Verb) -> ParseError:
    """Return the error for a command without the id of a digest."""
    but = f", not “{words[at]}”" if at < len(words) else ""
    problem = f"“{verb}” needs the id of a digest after it{but}."
    allowed = f"Ids look like d-7kq3; “digest list” shows them, as in {verb} d-7kq3."
    return ParseError(problem, 0, len(words), (("digest", "list"),), allowed)


def no_request(words: Sequence[str]) -> ParseError:
    """Return the error for ``ask`` without a command for the owner."""
    problem = "“ask” needs what the owner is to do after it."
    allowed = "Such as ask pause d-7kq3."
    return ParseError(problem, 0, len(words), (("digest", "list"),), allowed)


def other_subject(words: Sequence[str], id_: str) -> ParseError:
    """Return the error for changing what a digest reports."""
    problem = "A digest keeps what it reports; create another one instead."
    instead = (("digest", "form"), ("digest", "show", id_))
    return ParseError(problem, 0, len(words), instead)


def too_much(words: Sequence[str], at: int, verb: str) -> ParseError:
    """Return the error for words after a complete command."""
    problem = f"“{' '.join(words[at:])}” is too much for “{verb}”."
    return ParseError(problem, at, len(words), ((),))


@dataclass(slots=True)
class SpecBuilder:
    """The fields of a digest found so far.

    Each ``put`` method returns the index after its words, and raises a WordError if
    they contradict earlier ones.

    Attributes:
        words: All words.
        found: Values by the name of their field in the specification.
        places: The words that set each field.
    """

    words: Sequence[str]
    found: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def error(
        self,
        problem: str,
        place: Place,
        *instead: tuple[str, ...],
        allowed: str = USAGE,
    ) -> WordError:
        """Return the error for some words; without ``instead`` they are dropped.

        A ``{}`` in ``problem`` stands for the words.
        """
        said = " ".join(self.words[slice(*place)])
        return WordError(
            ParseError(problem.format(f"“{said}”"), *place, instead or ((),), allowed)
        )

    def conflict(self, earlier: Place, place: Place) -> WordError:
        """Return the error for words that contradict earlier ones."""
        first, second = (
            " ".join(self.words[slice(*each)]) for each in (earlier, place)
        )
        problem = f"“{first}” and “{second}” do not go together."
        instead = tuple(
            (*self.words[:start], *self.words[stop:])
            for start, stop in (place, earlier)
        )
        return WordError(ParseError(problem, 0, len(self.words), instead, USAGE))

    def unknown_channel(
        self, problem: str, place: Place, *, is_prose: bool = False
    ) -> WordError:
        """Offer the form, so that a digest never goes to the wrong channel."""
        verb, *rest = self.words
        if rest and rest[0] == Verb.EDIT:
            instead = (verb, *rest[:2])
        else:
            first = 2 if rest and rest[0] in _NEW else 1
            start, stop = place
            instead = ("digest", "form", *self.words[first:start], *self.words[stop:])
        allowed = f"{PICK_CHANNEL[:-1]}, or choose it in the form."
        end = len(self.words)
        return WordError(ParseError(problem, 0, end, (instead,), allowed, is_prose))

    def put_provider(self, name: str, place: Place) -> int:
        """Add a provider; there may be several."""
        if len(name) > MAX_NAME:
            problem = f"A name of {len(name)} characters is too long."
            allowed = f"Names have at most {MAX_NAME} characters."
            raise self.error(problem, place, allowed=allowed)
        earlier = self.found.get("providers", (name,))
        if earlier == EVERYONE:
            raise self.conflict(self.places["providers"], place)
        names = tuple(dict.fromkeys((*earlier, name)))
        if len(names) > MAX_PROVIDERS:
            allowed = f"A digest takes at most {MAX_PROVIDERS}, or all."
            problem = "{} is one provider too many."
            raise self.error(problem, place, allowed=allowed)
        self.found.pop("providers", None)
        return self.put("providers", names, place)

    def put_number(self, name: str, number: int, most: int, place: Place) -> int:
        """Set a number if it is in range."""
        if not 1 <= number <= most:
            near = str(min(max(number, 1), most))
            allowed = f"{name} goes from 1 to {most}."
            raise self.error(
                "{} is out of range.", place, (name, near), allowed=allowed
            )
        return self.put(name, number, place)

    def put(self, name: str, value: object, place: Place) -> int:
        """Set a field; refuse a second, different value."""
        if self.found.get(name, value) != value:
            raise self.conflict(self.places[name], place)
        self.found[name] = value
        self.places.setdefault(name, place)
        return place[1]

    def check(self) -> None:
        """Derive the cadence from days, and refuse words that contradict."""
        for name, cadence in (("weekday", Cadence.WEEKLY), ("day", Cadence.MONTHLY)):
            if name not in self.found:
                continue
            if self.found.get("cadence", cadence) is not cadence:
                raise self.conflict(self.places["cadence"], self.places[name])
            self.found["cadence"] = cadence
            self.places.setdefault("cadence", self.places[name])
        self._check_subject()

    def _check_subject(self) -> None:
        """Refuse words about market share together with words about spend."""
        own = self.found.get("subject") is DigestSubject.SPEND
        others = ("metric", "providers", "skip_below_pp") if own else ("by_key",)
        for name in others:
            if name not in self.found:
                continue
            if not own and "subject" not in self.found:
                # only spend is split by key
                self.found["subject"] = DigestSubject.SPEND
                self.places.setdefault("subject", self.places[name])
                self._check_subject()
                return
            raise self.conflict(self.places["subject"], self.places[name])


_CADENCES: dict[str, Cadence] = {
    **{cadence.value: cadence for cadence in Cadence},
    "day": Cadence.DAILY,
    "week": Cadence.WEEKLY,
    "month": Cadence.MONTHLY,
}
_FIELDS: dict[str, tuple[str, object]] = {
    **{
        word: (name, value) for word, (name, value) in WORDS.items() if name == "metric"
    },
    "spend": ("subject", DigestSubject.SPEND),
    "spending": ("subject", DigestSubject.SPEND),
    "share": ("subject", DigestSubject.SHARE),
    "shares": ("subject", DigestSubject.SHARE),
}
"""Words that set a field by themselves."""

_TOP = re.compile(r"top(\d{1,3})", re.ASCII)
_POINTS = re.compile(r"(\d{1,3}(?:[.,]\d{1,3})?|[.,]\d{1,3})(?:pp|%)?", re.ASCII)
_LONG_LEADS = frozenset({"skip", "when", "if"})
"""Words that take two more after them."""

_UNITS = frozenset({"pp", "%", "points"})
_NO_NAMES = frozenset({"all", "hourly", *VERBS, *BY_WORD})
_WORDS = (
    *(cadence.value for cadence in Cadence),
    *WEEKDAY_NUMBERS,
    *_FIELDS,
    *("noon", "midnight"),
)


class DigestParser:
    """Parses the words that describe a digest, up to the first error.

    Args:
        words: All words.
        naming: Unknown words may be names of providers.
    """

    def __init__(self, words: Sequence[str], *, naming: bool = True) -> None:
        self._words = words
        self._naming = naming
        self._builder = SpecBuilder(words)

    def read(self, at: int) -> DigestSpec | None:
        """Read from ``at`` to the end; None asks for help."""
        while at < len(self._words):
            word = self._words[at]
            if word in HELP:
                return None
            is_small = word in FILLERS and word not in _LED
            at = at + 1 if is_small else self._take(at)
        self._builder.check()
        return DigestSpec(**self._builder.found)

    def is_understood(self, at: int) -> bool:
        """Tell whether the word at ``at`` could describe a digest, names apart."""
        try:
            probe = DigestParser(self._words, naming=False)
            return probe._take(at) > at
        except WordError:
            return self._words[at] in _LED

    def _take(self, at: int) -> int:
        """Read the words from ``at`` and return the index after them."""
        word, place = self._words[at], (at, at + 1)
        if word in _LED:
            return self._take_led(word, at)
        if word in _FIELDS:
            name, value = _FIELDS[word]
            return self._builder.put(name, value, place)
        if match := CHANNEL.fullmatch(word):
            return self._builder.put("channel", match[1].upper(), place)
        if match := _TOP.fullmatch(word):
            return self._builder.put_number("top", int(match[1]), MAX_TOP, place)
        for take in (self._take_day, self._take_time, self._take_zone):
            if (after := take(at)) is not None:
                return after
        if word.isdecimal():
            problem = "{} may be an hour, a day or a number of rows."
            instead = [("at", word), ("day", word), ("top", word)]
            raise self._builder.error(problem, place, *instead)
        if word.startswith("#"):
            raise self._builder.unknown_channel(UNKNOWN_CHANNEL.format(word), place)
        if self._naming and _is_name(word):
            return self._builder.put_provider(word, place)
        near = difflib.get_close_matches(word, [*_WORDS, *_LED], n=2, cutoff=0.7)
        guesses = [(each,) for each in (*near, *zones.near(word))]
        raise self._builder.error("Unknown word {}.", place, *guesses)

    def _take_led(self, word: str, at: int) -> int:
        """Read a word such as ``top`` with what belongs to it."""
        after = _LED[word](self, at)
        if after is None:
            place = (at, self._behind(at))
            what, instead = _NEEDED["when" if word == "if" else word]
            problem = f"“{word}” needs {what} after it."
            if word in _CHANNEL_LEADS:
                raise self._builder.unknown_channel(
                    problem, place, is_prose=word == "to"
                )
            raise self._builder.error(problem, place, *instead)
        return after

    def _behind(self, at: int) -> int:
        """Return the index after a word and the unknown words that follow it."""
        stop, most = at + 1, at + 1 + (2 if self._words[at] in _LONG_LEADS else 1)
        while stop < min(most, len(self._words)) and not self.is_understood(stop):
            stop += 1
        return stop

    def take_every(self, at: int) -> int | None:
        """Read ``every monday`` or ``every month``."""
        return self._take_day(at + 1, led=True)

    def take_on(self, at: int) -> int | None:
        """Read ``on monday`` or ``on the 1st``."""
        return self._take_day(at + 2 if self._word(at + 1) == "the" else at + 1)

    def take_at(self, at: int) -> int | None:
        """Read ``at 9``."""
        return self._take_time(at + 1, led=True)

    def take_day_number(self, at: int) -> int | None:
        """Read ``day 15`` or ``day last``."""
        day = read_day(self._word(at + 1), led=True)
        if day is None:
            return None
        return self._builder.put_number("day", day, LAST_DAY, (at, at + 2))

    def take_in(self, at: int) -> int | None:
        """Read ``in #channel``, or ``in Berlin``; ``to`` leads to channels alone."""
        following, place = self._word(at + 1), (at, at + 2)
        if match := CHANNEL.fullmatch(following):
            return self._builder.put("channel", match[1].upper(), place)
        leads_to_channel = self._words[at] == "to"
        if not leads_to_channel and (after := self._take_zone(at + 1)) is not None:
            return after
        names_place = leads_to_channel and bool(zones.find(following))
        if following and (names_place or not self.is_understood(at + 1)):
            raise self._builder.unknown_channel(
                UNKNOWN_CHANNEL.format(following), place
            )
        return None

    def take_by(self, at: int) -> int | None:
        """Read ``by key`` or ``by model``."""
        cut = self._word(at + 1).removesuffix("s")
        if cut not in {"key", "model"}:
            return None
        return self._builder.put("by_key", cut == "key", (at, at + 2))

    def take_top(self, at: int) -> int | None:
        """Read ``top 10``."""
        following = self._word(at + 1)
        if not following.isdecimal():
            return None
        return self._builder.put_number("top", int(following), MAX_TOP, (at, at + 2))

    def take_provider(self, at: int) -> int | None:
        """Read ``provider NAME`` or ``provider all``."""
        following, place = self._word(at + 1), (at, at + 2)
        if not following:
            return None
        if following == "all":
            return self._builder.put("providers", EVERYONE, place)
        return self._builder.put_provider(following, place)

    def _word(self, at: int) -> str:
        return self._words[at] if at < len(self._words) else ""

    def _take_day(self, at: int, *, led: bool = False) -> int | None:
        """Read a cadence, a day of the week or of the month."""
        word, place = self._word(at), (at, at + 1)
        if word in WEEKDAY_NUMBERS:
            return self._builder.put("weekday", WEEKDAY_NUMBERS[word], place)
        if word in _CADENCES and (led or word == _CADENCES[word]):
            after = self._builder.put("cadence", _CADENCES[word], place)
            monthly = _CADENCES[word] is Cadence.MONTHLY
            return self._take_day_of_month(after) if monthly else after
        day = read_day(word, led=False)
        if day is None:
            return None
        self._builder.put_number("day", day, LAST_DAY, place)
        has_noun = word == "last" and self._word(at + 1) == "day"
        return at + 2 if has_noun else at + 1

    def _take_day_of_month(self, at: int) -> int:
        """Read the bare number after ``monthly``, unless it is an hour."""
        is_hour = self._word(at + 1) in HALVES
        day = None if is_hour else read_day(self._word(at), led=True)
        if day is None:
            return at
        return self._builder.put_number("day", day, LAST_DAY, (at, at + 1))

    def _take_time(self, at: int, *, led: bool = False) -> int | None:
        """Read a time of day."""
        try:
            taken = take_time(self._words, at, led=led)
        except NoSuchTime:
            raise self._builder.error(
                "{} isn't a valid time.",
                (at, at + 1),
                ("09:00",),
                allowed="Times go from 00:00 to 23:59, or 9am, 9:30pm.",
            ) from None
        if taken is None:
            return None
        found, count = taken
        return self._builder.put("at", found, (at, at + count))

    def _take_zone(self, at: int) -> int | None:
        """Read a time zone, whose city may have several words."""
        for count in range(min(zones.MAX_WORDS, len(self._words) - at), 0, -1):
            place = (at, at + count)
            spelling = " ".join(self._words[slice(*place)])
            found = zones.find(spelling)
            if len(found) == 1:
                return self._builder.put("zone", found[0], place)
            if found:
                problem = "{} may be several time zones."
                allowed = f"Among them: {', '.join(found[:3])}."
            elif meant := zones.meant_by(spelling):
                found, problem = meant, "{} does not say how clocks change there."
                allowed = "A time zone is named by a city."
            else:
                continue
            instead = tuple((zone,) for zone in found)
            raise self._builder.error(problem, place, *instead, allowed=allowed)
        return None

    def take_threshold(self, at: int) -> int | None:
        """Read ``skip never`` or ``skip below 0.5 pp``."""
        match self._words[at + 1 : at + 3]:
            case ("never", *_):
                return self._builder.put("skip_below_pp", ALWAYS, (at, at + 2))
            case ("below", number):
                place = (at, at + 3)
                match = _POINTS.fullmatch(number)
                points = Decimal(match[1].replace(",", ".")) if match else None
                if points is None or points > MAX_PP:
                    _, instead = _NEEDED["skip"]
                    problem = "{} isn't a number of percentage points."
                    allowed = f"Points go from 0 to {MAX_PP}, such as 0.5pp."
                    raise self._builder.error(problem, place, *instead, allowed=allowed)
                after = self._builder.put("skip_below_pp", points, place)
                return after + (self._word(after) in _UNITS)
        return None

    def take_when_empty(self, at: int) -> int | None:
        """Read ``when empty skip`` or ``when empty say``."""
        match self._words[at + 1 : at + 3]:
            case ("empty", choice) if choice in set(WhenEmpty):
                return self._builder.put("when_empty", WhenEmpty(choice), (at, at + 3))
        return None


_LED: dict[str, Callable[[DigestParser, int], int | None]] = {
    "every": DigestParser.take_every,
    "on": DigestParser.take_on,
    "at": DigestParser.take_at,
    "day": DigestParser.take_day_number,
    "in": DigestParser.take_in,
    "to": DigestParser.take_in,
    "by": DigestParser.take_by,
    "top": DigestParser.take_top,
    "provider": DigestParser.take_provider,
    "skip": DigestParser.take_threshold,
    "when": DigestParser.take_when_empty,
    "if": DigestParser.take_when_empty,
}
"""Words that set a field together with the words after them."""


def _is_name(word: str) -> bool:
    """Tell whether an unknown word is a name rather than a misspelt word."""
    if word in _NO_NAMES or "/" in word:
        # With a slash it is an unknown time zone rather than a provider.
        return False
    # “qwen” is a name, though spelt much like “when”
    vocabulary = [*_WORDS, *(_LED.keys() - {"when"})]
    near = difflib.get_close_matches(word, vocabulary, n=1, cutoff=SPELT_ALIKE)
    return not (near or zones.near(word, cutoff=SPELT_ALIKE))


_FIRST = {"subscribe": "create", "digests": "list", "audit": "audit"}
_VERBS: dict[str, str] = {
    **{verb: verb for verb in VERBS},
    "new": "create",
    "add": "create",
    "remove": Verb.DELETE,
    "cancel": Verb.DELETE,
    "stop": Verb.PAUSE,
    "undo": Verb.RESTORE,
}
_ID = re.compile(r"d-[0-9a-z]{4,8}", re.ASCII)


def read_digest(words: Sequence[str]) -> Command | None:
    """Return the command, ``words[0]`` included; None asks for help.

    Raises:
        WordError: Some of them cannot be understood.
    """
    first = _FIRST.get(words[0])
    at = 1 if first else 2
    if first is None and len(words) == 1:
        return OpenForm()
    if any(word in HELP for word in words[1:at]):
        return None
    verb = first or _VERBS.get(words[1])
    if verb in {None, "create", "form", Verb.EDIT}:
        refuse_workdays(words)
    match verb:
        case None:
            described = DigestParser(words).is_understood(1)
            raise WordError(no_verb(words, 1, described=described))
        case "create" | "form":
            spec = DigestParser(words).read(at)
            command = Create if verb == "create" else OpenForm
            return None if spec is None else command(spec)
        case "list" | "audit":
            _expect_end(words, at, verb)
            return ListAll() if verb == "list" else ListAudit()
        case "ask":
            return _read_ask(words)
    return _read_about(words, Verb(verb))


def _read_ask(words: Sequence[str]) -> Command | None:
    """Read what to ask a digest's owner for."""
    wanted = _VERBS.get(words[2]) if len(words) > 2 else None  # noqa: PLR2004 - digest ask VERB
    if wanted is None or wanted not in set(Verb):
        raise WordError(no_request(words))
    try:
        command = _read_about((words[0], *words[2:]), Verb(wanted))
    except WordError as caught:
        error = no_request(words)
        raise WordError(replace(error, problem=caught.error.problem)) from None
    return Ask(command) if isinstance(command, About | Edit) else None


def _read_about(words: Sequence[str], verb: Verb) -> Command | None:
    """Read a command about one digest."""
    if any(word in HELP for word in words[2:3]):
        return None
    if len(words) < 3 or not _ID.fullmatch(words[2]):  # noqa: PLR2004 - digest VERB ID
        raise WordError(no_id(words, 2, verb))
    if verb is Verb.EDIT:
        spec = DigestParser(words).read(3)
        if spec is not None and spec.subject is not None:
            raise WordError(other_subject(words, words[2]))
        return None if spec is None else Edit(words[2], spec)
    again = verb is Verb.SEND and list(words[3:4]) == ["again"]
    _expect_end(words, 4 if again else 3, verb)
    return About(verb, words[2], again)


def _expect_end(words: Sequence[str], at: int, verb: str) -> None:
    if at < len(words):
        raise WordError(too_much(words, at, verb))
