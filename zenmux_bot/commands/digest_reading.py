"""The words that describe a digest to a wish, or to the first slip among them.

Their order is free.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from zenmux_bot.commands.digest_commands import (
    ALWAYS,
    EVERYONE,
    LAST_DAY,
    DigestSpec,
    DigestSubject,
)
from zenmux_bot.commands.digest_notes import Notes
from zenmux_bot.commands.digest_parse_errors import MAX_PP, VERBS
from zenmux_bot.commands.digest_times import (
    HALVES,
    WEEKDAY_NUMBERS,
    NoSuchTime,
    read_day,
    take_time,
)
from zenmux_bot.commands.grammar import BY_WORD, HELP, WORDS
from zenmux_bot.commands.lexer import FILLERS, SPELT_ALIKE, WordError
from zenmux_bot.commands.queries import MAX_TOP
from zenmux_bot.core import zones
from zenmux_bot.digests.schedule import Cadence
from zenmux_bot.digests.subscriptions import WhenEmpty

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
"""Words that say one thing about a digest by themselves."""

_CHANNEL = re.compile(r"<#([cdg][0-9a-z]+)(?:\|[^>]*)?>", re.ASCII)
_TOP = re.compile(r"top(\d{1,3})", re.ASCII)
_POINTS = re.compile(r"(\d{1,3}(?:[.,]\d{1,3})?|[.,]\d{1,3})(?:pp|%)?", re.ASCII)
_LONG = frozenset({"skip", "when", "if"})
"""Words with two more behind them."""

_UNITS = frozenset({"pp", "%", "points"})
_NO_NAMES = frozenset({"all", *VERBS, *BY_WORD})
_WORDS = (
    *(cadence.value for cadence in Cadence),
    *WEEKDAY_NUMBERS,
    *_FIELDS,
    *("noon", "midnight"),
)


class DigestParser:
    """The words that describe a digest, read one after the other.

    Reading raises a WordError at the first that cannot be understood.

    Args:
        words: All words.
        naming: Words that mean nothing may be names of providers.
    """

    def __init__(self, words: Sequence[str], *, naming: bool = True) -> None:
        self._words = words
        self._naming = naming
        self._notes = Notes(words)

    def read(self, at: int) -> DigestSpec | None:
        """Read from ``at`` to the end; None asks for help."""
        while at < len(self._words):
            word = self._words[at]
            if word in HELP:
                return None
            is_small = word in FILLERS and word not in _LED
            at = at + 1 if is_small else self._take(at)
        self._notes.agree()
        return DigestSpec(**self._notes.found)

    def is_understood(self, at: int) -> bool:
        """Tell whether the word at ``at`` would describe a digest, but for names."""
        try:
            probe = DigestParser(self._words, naming=False)
            return probe._take(at) > at
        except WordError:
            return self._words[at] in _LED

    def _take(self, at: int) -> int:
        """Read the words from ``at`` and return the index behind them."""
        word, place = self._words[at], (at, at + 1)
        if word in _LED:
            return self._take_led(word, at)
        if word in _FIELDS:
            name, value = _FIELDS[word]
            return self._notes.put(name, value, place)
        if match := _CHANNEL.fullmatch(word):
            return self._notes.put("channel", match[1].upper(), place)
        if match := _TOP.fullmatch(word):
            return self._notes.put_number("top", int(match[1]), MAX_TOP, place)
        for take in (self._take_day, self._take_time, self._take_zone):
            if (behind := take(at)) is not None:
                return behind
        if word.isdecimal():
            raise WordError(self._notes.complaints.bare_number(place))
        if word.startswith("#"):
            raise WordError(self._notes.complaints.no_channel(word, place))
        if self._naming and _is_name(word):
            return self._notes.put_provider(word, place)
        raise WordError(self._notes.complaints.unknown(at, [*_WORDS, *_LED]))

    def _take_led(self, word: str, at: int) -> int:
        """Read a word such as ``top`` with what belongs to it."""
        behind = _LED[word](self, at)
        if behind is None:
            name = "when" if word == "if" else word
            slip = self._notes.complaints.needed(name, (at, self._behind(at)))
            raise WordError(slip)
        return behind

    def _behind(self, at: int) -> int:
        """Return the index behind what follows a word in vain and means nothing."""
        stop, most = at + 1, at + 1 + (2 if self._words[at] in _LONG else 1)
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
        return self._notes.put_number("day", day, LAST_DAY, (at, at + 2))

    def take_in(self, at: int) -> int | None:
        """Read ``in #channel``, or ``in Berlin``; ``to`` leads to channels alone."""
        following, place = self._word(at + 1), (at, at + 2)
        if match := _CHANNEL.fullmatch(following):
            return self._notes.put("channel", match[1].upper(), place)
        is_room = self._words[at] == "to"
        if not is_room and (behind := self._take_zone(at + 1)) is not None:
            return behind
        names_place = is_room and bool(zones.find(following))
        if following and (names_place or not self.is_understood(at + 1)):
            raise WordError(self._notes.complaints.no_channel(following, place))
        return None

    def take_by(self, at: int) -> int | None:
        """Read ``by key`` or ``by model``."""
        cut = self._word(at + 1).removesuffix("s")
        if cut not in {"key", "model"}:
            return None
        return self._notes.put("by_key", cut == "key", (at, at + 2))

    def take_top(self, at: int) -> int | None:
        """Read ``top 10``."""
        following = self._word(at + 1)
        if not following.isdecimal():
            return None
        return self._notes.put_number("top", int(following), MAX_TOP, (at, at + 2))

    def take_provider(self, at: int) -> int | None:
        """Read ``provider NAME`` or ``provider all``."""
        following, place = self._word(at + 1), (at, at + 2)
        if not following:
            return None
        if following == "all":
            return self._notes.put("providers", EVERYONE, place)
        return self._notes.put_provider(following, place)

    def _word(self, at: int) -> str:
        return self._words[at] if at < len(self._words) else ""

    def _take_day(self, at: int, *, led: bool = False) -> int | None:
        """Read a cadence, a day of the week or of the month."""
        word, place = self._word(at), (at, at + 1)
        if word in WEEKDAY_NUMBERS:
            return self._notes.put("weekday", WEEKDAY_NUMBERS[word], place)
        if word in _CADENCES and (led or word == _CADENCES[word]):
            behind = self._notes.put("cadence", _CADENCES[word], place)
            monthly = _CADENCES[word] is Cadence.MONTHLY
            return self._take_day_of_month(behind) if monthly else behind
        day = read_day(word, led=False)
        if day is None:
            return None
        self._notes.put_number("day", day, LAST_DAY, place)
        has_noun = word == "last" and self._word(at + 1) == "day"
        return at + 2 if has_noun else at + 1

    def _take_day_of_month(self, at: int) -> int:
        """Read the bare number behind ``monthly``, unless it is an hour."""
        is_hour = self._word(at + 1) in HALVES
        day = None if is_hour else read_day(self._word(at), led=True)
        if day is None:
            return at
        return self._notes.put_number("day", day, LAST_DAY, (at, at + 1))

    def _take_time(self, at: int, *, led: bool = False) -> int | None:
        """Read a time of day."""
        try:
            taken = take_time(self._words, at, led=led)
        except NoSuchTime:
            raise WordError(self._notes.complaints.no_such_time((at, at + 1))) from None
        if taken is None:
            return None
        found, count = taken
        return self._notes.put("at", found, (at, at + count))

    def _take_zone(self, at: int) -> int | None:
        """Read a time zone, whose city may have several words."""
        for count in range(min(zones.MAX_WORDS, len(self._words) - at), 0, -1):
            place = (at, at + count)
            spelling = " ".join(self._words[slice(*place)])
            found = zones.find(spelling)
            if len(found) == 1:
                return self._notes.put("zone", found[0], place)
            if found:
                raise WordError(self._notes.complaints.several_zones(found, place))
            if meant := zones.meant_by(spelling):
                raise WordError(self._notes.complaints.letter_code(meant, place))
        return None

    def take_threshold(self, at: int) -> int | None:
        """Read ``skip never`` or ``skip below 0.5 pp``."""
        match self._words[at + 1 : at + 3]:
            case ("never", *_):
                return self._notes.put("skip_below_pp", ALWAYS, (at, at + 2))
            case ("below", number):
                place = (at, at + 3)
                match = _POINTS.fullmatch(number)
                points = Decimal(match[1].replace(",", ".")) if match else None
                if points is None or points > MAX_PP:
                    raise WordError(self._notes.complaints.bad_threshold(place))
                behind = self._notes.put("skip_below_pp", points, place)
                return behind + (self._word(behind) in _UNITS)
        return None

    def take_when_empty(self, at: int) -> int | None:
        """Read ``when empty skip`` or ``when empty say``."""
        match self._words[at + 1 : at + 3]:
            case ("empty", choice) if choice in set(WhenEmpty):
                return self._notes.put("when_empty", WhenEmpty(choice), (at, at + 3))
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
"""Words that mean something with what comes after them."""


def _is_name(word: str) -> bool:
    """Tell whether a word that means nothing else is not just spelt wrongly."""
    if word in _NO_NAMES:
        return False
    # “qwen” is a name, though spelt much like “when”
    vocabulary = [*_WORDS, *(_LED.keys() - {"when"})]
    near = difflib.get_close_matches(word, vocabulary, n=1, cutoff=SPELT_ALIKE)
    return not (near or zones.near(word, cutoff=SPELT_ALIKE))
