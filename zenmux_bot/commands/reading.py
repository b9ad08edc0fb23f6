"""Words to a request, or to the first slip among them.

The order of the words after the first is free.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zenmux_bot.commands.account_parser import read_budget, read_spend_command
from zenmux_bot.commands.alert_parser import read_alert
from zenmux_bot.commands.calendar_parser import is_of_name, take_named
from zenmux_bot.commands.defaults import UNSET, Defaults
from zenmux_bot.commands.digest_parser import read_digest
from zenmux_bot.commands.follow_up import command_of, unsaid
from zenmux_bot.commands.grammar import (
    BY_WORD,
    DELIVERY,
    HELP,
    LEADING,
    WORDS,
    Kind,
)
from zenmux_bot.commands.lexer import FILLERS, GREETINGS, Place, WordError
from zenmux_bot.commands.parse_errors import ParseErrors, no_command, no_topic
from zenmux_bot.commands.period_parser import is_understood, take_period
from zenmux_bot.commands.queries import (
    MAX_NAME,
    MAX_TOP,
    TOP,
    AlertQuery,
    AppsQuery,
    Audience,
    BudgetQuery,
    Cut,
    DigestQuery,
    HelpQuery,
    Query,
    Request,
    SpendQuery,
    UsageQuery,
)
from zenmux_bot.core.periods import (
    DAY,
    FLOOR,
    AllTime,
    Dates,
    Last,
    Period,
    Span,
    Unit,
    Versus,
)
from zenmux_bot.core.windows import BadPeriod, resolve

_SURE_ID = re.compile(r"(?=.*\d)[a-z0-9_-]{6,100}", re.ASCII)
_ID = re.compile(r"[a-z0-9][a-z0-9_:.-]{0,99}", re.ASCII)
"""ZenMux says nothing of how ids look."""

_TOP = re.compile(r"(?:top)?(\d{1,3})", re.ASCII)
_NO_NAMES = frozenset({"monthly", "quarterly", "yearly"})


def read(
    words: Sequence[str],
    today: date,
    base: Request | None,
    usual: Defaults = UNSET,
    *,
    naming: bool = True,
) -> Request:
    """Return what ``words`` ask for, as :func:`zenmux_bot.commands.parser.parse` does.

    Args:
        words: The words.
        today: The running UTC day.
        base: An earlier request.
        usual: What holds where neither says anything.
        naming: Words that mean nothing may be names of providers.

    Raises:
        WordError: Some of them cannot be understood or have no data.
    """
    if not words or words[0] in GREETINGS:
        return Request(query=HelpQuery())
    before = base.query if base else None
    kind, first, kept = command_of(words, before)
    if kind is None:
        if words[0] in HELP:
            return Request(query=HelpQuery())
        raise WordError(no_command(words, understood=is_understood(words, today)))
    if (own := _read_own_words(kind, words, today, naming=naming)) is not None:
        return Request(query=own)
    reading = _Parser(kind, words, today, first, naming=naming)
    try:
        return reading.read(unsaid(kind, kept, before, usual))
    except WordError:
        if first or kind.turns_to is None:
            raise
        related = BY_WORD[kind.turns_to]
        other = _Parser(related, words, today, first, naming=False)
        with suppress(WordError):
            turned = other.read(unsaid(related, related.takes, before, usual))
            if other.places.keys() - kind.takes:
                return turned
        raise


def _read_own_words(  # noqa: PLR0911 - a table of commands
    kind: Kind, words: Sequence[str], today: date, *, naming: bool
) -> Query | None:
    """Return what a command asks for whose words are all its own; None: it has none."""
    match kind.name:
        case HelpQuery.name:
            return _read_help(words)
        case DigestQuery.name:
            command = read_digest(words, naming=naming)
            if command is None:
                return HelpQuery(topic=kind.name)
            return DigestQuery(command=command)
        case AlertQuery.name:
            return read_alert(words, today)
        case BudgetQuery.name:
            return read_budget(words)
        case SpendQuery.name if setting := read_spend_command(words):
            return SpendQuery(command=setting)
    return None


def _read_help(words: Sequence[str]) -> HelpQuery:
    """Read ``help`` and the command it is about."""
    match [word for word in words[1:] if word not in FILLERS]:
        case []:
            return HelpQuery()
        case [topic] if topic in BY_WORD:
            return HelpQuery(topic=BY_WORD[topic].name)
    raise WordError(no_topic(words))


@dataclass(slots=True)
class _Parser:
    """The words of one command, read one after the other.

    Attributes:
        kind: The command.
        words: All words.
        today: The running UTC day.
        first: The index behind the words that name the command.
        found: What the words have said, by the name of the field.
        places: Where they said it.
        naming: Words that mean nothing may be names of providers.
    """

    kind: Kind
    words: Sequence[str]
    today: date
    first: int
    found: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    naming: bool = True

    @property
    def complaints(self) -> ParseErrors:
        """Return what is said of words that are wrong."""
        return ParseErrors(self.kind, self.first, self.words)

    def read(self, unsaid: Mapping[str, Any]) -> Request:
        """Return what the words ask for, over what they leave unsaid."""
        at = self.first
        while at < len(self.words):
            if self.words[at] in HELP:
                return Request(query=HelpQuery(topic=self.kind.name))
            at = self.take(at)
        return self.request(unsaid)

    def take(self, at: int) -> int:
        """Read the words from ``at`` and return the index behind them."""
        word = self.words[at]
        meaning = self.kind.words.get(word) or WORDS.get(word)
        if word == "today" and self.kind.own:
            meaning = "period", Dates(self.today, self.today)
        if self.kind.bare == "id" and _SURE_ID.fullmatch(word):
            meaning = "id", word
        if meaning:
            name, value = meaning
            return self._put(name, value, (at, at + 1))
        led = self.kind.leading.get(word) or LEADING.get(word)
        if led and (led != "as_of" or self.words[at + 1 : at + 2] == ("of",)):
            return self._take_led(led, at)
        if not is_of_name(self.words, at, self.found.get("model", "")) and (
            taken := take_period(self.words, at, self.today)
        ):
            period, count = taken
            return self._put("period", period, (at, at + count))
        match = _TOP.fullmatch(word)
        in_name = self.kind.bare in {"model", "id"} and (
            bool(self.kind.needs) or word.isdecimal()
        )
        if match and not in_name:
            return self._put_top(int(match[1]), (at, at + 1))
        says_it_again = BY_WORD.get(word) is self.kind
        if word in FILLERS or says_it_again or not word.strip("-"):
            # as in "top 5 models"; a dash parts words, as in "leaderboard – top 5"
            return at + 1
        if self._is_name(word):
            return self._put_name(word, (at, at + 1))
        raise WordError(self.complaints.unknown(at))

    def request(self, kept: Mapping[str, Any]) -> Request:
        """Return what was found over what is kept over the defaults."""
        said = {**kept, **self.found}
        if self.kind.needs and self.kind.needs[0] not in said:
            raise WordError(self.complaints.missing())
        delivery = {name: said.pop(name) for name in DELIVERY & said.keys()}
        if said.get("top", TOP) != TOP:
            # it is said in any case
            said["says_top"] = False
        if said.get("by") is Cut.HOUR and "period" not in said:
            said["period"] = Dates(self.today, self.today)
        query = self.kind.query(**said)
        self._check_data(query)
        self._check_cut(query)
        return Request(query=query, **delivery)

    def _take_led(self, name: str, at: int) -> int:  # noqa: PLR0911 - a table of words
        """Read a word such as ``top`` with what belongs to it."""
        following = self.words[at + 1] if at + 1 < len(self.words) else ""
        place = (at, at + 2)
        match name:
            case "by" if following in self.kind.by:
                return self._put(name, self.kind.by[following], place)
            case "top" if following.isdecimal():
                return self._put_top(int(following), place)
            case "providers" if following:
                return self._put_provider(following, place)
            case "model" if len(following) > MAX_NAME:
                raise WordError(self.complaints.too_long(following, place))
            case "model" if following:
                return self._put(name, following, place)
            case "key" if following:
                return self._put(name, following, place)
            case "as_of" if behind := self._take_as_of(at):
                return behind
            case "versus" if following in set(Versus):
                return self._put(name, Versus(following), place)
            case "versus" if following and (
                taken := take_period(self.words, at + 1, self.today)
            ):
                period, count = taken
                return self._put(name, period, (at, at + 1 + count))
        raise WordError(self.complaints.needed(name, at))

    def _is_name(self, word: str) -> bool:
        """Tell whether a word that means nothing else here may be a name."""
        match self.kind.bare:
            case "providers":
                may_be = self.naming and not self.complaints.is_misspelt(word)
            case "provider":
                may_be = "provider" not in self.found
            case "id":
                may_be = _ID.fullmatch(word) is not None
            case bare:
                may_be = bare == "model" and (
                    bool(self.kind.needs) or not self.complaints.is_misspelt(word)
                )
        return may_be and word not in BY_WORD and word not in _NO_NAMES

    def _put_name(self, word: str, place: Place) -> int:
        """Note a name, a part of one, or an id."""
        if self.kind.bare == "id":
            return self._put("id", word, place)
        if self.kind.bare == "model":
            return self._put_part(word, place[0])
        return self._put_provider(word, place)

    def _put_provider(self, name: str, place: Place) -> int:
        """Note a provider; most kinds take several."""
        if len(name) > MAX_NAME:
            raise WordError(self.complaints.too_long(name, place))
        if "provider" in self.kind.takes:
            return self._put("provider", name, place)
        earlier = self.found.pop("providers", ())
        return self._put("providers", tuple(dict.fromkeys((*earlier, name))), place)

    def _put_part(self, word: str, at: int) -> int:
        """Note a word of a model's name; names have several, even numbers.

        Small words are of a name only within it, as in ``once in a while``.
        """
        name, start = word, at
        if earlier := self.found.get("model"):
            start, stop = self.places["model"]
            between = self.words[stop:at]
            small = between if FILLERS.issuperset(between) else ()
            name = " ".join((earlier, *small, word))
        if len(name) > MAX_NAME:
            raise WordError(self.complaints.too_long(name, (at, at + 1)))
        self.found["model"] = name
        self.places["model"] = (start, at + 1)
        return at + 1

    def _put_top(self, number: int, place: Place) -> int:
        """Note how many rows are wanted, if there can be so many."""
        if not 1 <= number <= MAX_TOP:
            raise WordError(self.complaints.out_of_range(number, place))
        at = self._put("top", number, place)
        self.found["says_top"] = True
        return at

    def _put(self, name: str, value: object, place: Place) -> int:
        """Note a field; complain if the kind has none or it was said otherwise."""
        if name not in self.kind.takes:
            raise WordError(self.complaints.not_taken(name, place))
        if self.kind.restricted and value is Audience.PUBLIC:
            raise WordError(self.complaints.never_public(place))
        if self.found.get(name, value) != value:
            raise WordError(self.complaints.conflict(self.places[name], place))
        self.found[name] = value
        self.places.setdefault(name, place)
        return place[1]

    def _take_as_of(self, at: int) -> int | None:
        """Read ``as of`` and a day; of a longer period the last one that is over."""
        if self.words[at + 2 : at + 3] == ("yesterday",):
            return self._put_as_of(self.today - DAY, (at, at + 3))
        if (named := take_named(self.words, at + 2, self.today)) is None:
            return None
        days, count = named
        newest = self.today - DAY
        day = min(days.end, newest) if days.start <= newest else days.end
        return self._put_as_of(day, (at, at + 2 + count))

    def _put_as_of(self, day: date, place: Place) -> int:
        """Note the day whose knowledge is wanted, if it is over."""
        if not FLOOR <= day < self.today:
            raise WordError(self.complaints.not_known_then(day, place))
        return self._put("as_of", day, place)

    def _check_cut(self, query: Query) -> None:
        """Complain about a split or a window that the API does not have."""
        end = len(self.words)
        if isinstance(query, AppsQuery):
            allowed = _APP_TRENDING if query.trending else _APP_PERIODS
            if query.period not in allowed:
                place = self.places.get("period", (end, end))
                raise WordError(self.complaints.other_window(allowed, place))
        if not isinstance(query, SpendQuery | UsageQuery):
            return
        place = self.places.get("by", (end, end))
        if query.by is Cut.HOST and query.model is None:
            raise WordError(self.complaints.host_of_what(place))
        if query.by is Cut.HOUR and self._days(query.period).days > 1:
            place = self.places.get("period", (end, end))
            raise WordError(self.complaints.one_day(place))

    def _days(self, period: Period) -> Span:
        """Return the days of a period; those of the own account end today."""
        try:
            return resolve(period, self.today).span
        except BadPeriod:
            if not self.kind.own:
                raise
            return resolve(period, self.today + DAY).span

    def _check_data(self, query: Query) -> None:
        """Complain about a period without data, also if it was not said."""
        period = getattr(query, "period", None)
        if period is None:
            return
        end = len(self.words)
        try:
            days = self._days(period)
        except BadPeriod as error:
            place = self.places.get("period", (end, end))
            raise WordError(self.complaints.no_data(error, place)) from None
        versus = getattr(query, "versus", Versus.NONE)
        if isinstance(versus, Versus):
            return
        place = self.places.get("versus", (end, end))
        problem, allowed = f"That compares {days} with itself.", "Name other days."
        try:
            if self._days(versus) != days:
                return
        except BadPeriod as error:
            problem, allowed = error.problem, error.allowed
        raise WordError(self.complaints.no_comparison(problem, allowed, place))


_APP_PERIODS: tuple[Period, ...] = (
    Last(7, Unit.DAY),
    Last(1, Unit.DAY),
    Last(30, Unit.DAY),
    AllTime(),
)
_APP_TRENDING: tuple[Period, ...] = (Last(7, Unit.DAY), Last(1, Unit.DAY))
"""https://docs.zenmux.ai lists no other windows for apps."""
