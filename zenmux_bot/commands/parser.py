"""Parse text into a request, or an error with commands that would be right.

The outcome is always a :class:`Request` or :class:`BadInput`, whose suggestions parse
and are canonical. The words after the first may come in any order.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from zenmux_bot.commands.account_commands import LIST_BUDGETS, NameKey
from zenmux_bot.commands.account_parser import read_budget, read_spend_command
from zenmux_bot.commands.alert_commands import (
    AboutAlert,
    AlertForm,
    AlertVerb,
    CreateAlert,
    EditAlert,
    SnoozeAlert,
)
from zenmux_bot.commands.alert_parser import read_alert
from zenmux_bot.commands.defaults import UNSET, Defaults
from zenmux_bot.commands.digest_commands import (
    About,
    Ask,
    Create,
    Edit,
    OpenForm,
    Verb,
)
from zenmux_bot.commands.digest_parser import read_digest
from zenmux_bot.commands.grammar import (
    BY_WORD,
    COMMAND,
    DELIVERY,
    HELP,
    LEADING,
    NAMING,
    TOPICS,
    WORDS,
    Kind,
)
from zenmux_bot.commands.lexer import (
    FILLERS,
    GREETINGS,
    LEADS,
    MAX_CHARACTERS,
    SPELT_ALIKE,
    ParseError,
    Place,
    WordError,
    plain,
    readable,
    split,
)
from zenmux_bot.commands.names import Catalogue, find
from zenmux_bot.commands.parse_errors import ParseErrors, no_command, no_topic
from zenmux_bot.commands.period_parser import (
    is_of_name,
    take_named,
    take_period,
)
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
    GenerationQuery,
    HelpQuery,
    LeaderboardQuery,
    Query,
    Request,
    ShareQuery,
    SpendQuery,
    TrendingQuery,
    UsageQuery,
    WhyQuery,
    canonical,
)
from zenmux_bot.commands.sentences import Outcome, dated, is_dated, understand
from zenmux_bot.commands.vocabulary import FORECASTS, NUMBERS, REFUSED, TAGS
from zenmux_bot.core.measures import Granularity
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
    Window,
)
from zenmux_bot.core.windows import BadPeriod, resolve
from zenmux_bot.errors import AmbiguousName, BadInput, NotUnderstood, UnknownName

_CARRIED = frozenset({"metric", "period"})
"""The fields that a follow-up with its own command keeps."""


def _command_of(
    words: Sequence[str], before: Query | None
) -> tuple[Kind | None, int, frozenset[str]]:
    """Return the command, if the words have one.

    Returns:
        The command, how many words name it, and the fields it keeps of ``before``.
    """
    kind = BY_WORD.get(words[0])
    if before and (kind is None or _is_top(words)):
        changed = BY_WORD[before.name]
        if changed.takes & {"period", "until"}:
            return changed, 0, changed.takes
    return kind, 1, _CARRIED


def _defaults(
    kind: Kind, kept: frozenset[str], before: Query | None, usual: Defaults
) -> dict[str, Any]:
    """Return the fields that hold where the words set none."""
    kept = kind.takes & {*kept, *(kind.needs or ())[:1]}
    if "top" in kept:
        kept |= {"says_top"}
    said = {name: value for name, value in usual.said().items() if name in kind.takes}
    if kind.restricted:
        said.pop("audience", None)
    carried = {
        name: value
        for name in kept
        if (value := getattr(before, name, None)) is not None
    }
    if "top" in said:
        carried["says_top"] = True
    providers = before.providers if isinstance(before, ShareQuery) else ()
    if kind.query is WhyQuery and len(providers) == 1:
        # "why?" below the share of one provider is about that provider.
        carried["provider"] = providers[0]
    return said | carried


def _is_top(words: Sequence[str]) -> bool:
    """Tell ``top 20`` from ``top`` as another word for the leaderboard."""
    return words[0] == "top" and len(words) > 1 and words[1].isdecimal()


_SURE_ID = re.compile(r"(?=.*\d)[a-z0-9_-]{6,100}", re.ASCII)
_ID = re.compile(r"[a-z0-9][a-z0-9_:.-]{0,99}", re.ASCII)
"""ZenMux does not document the shape of ids."""

_MEASURED = frozenset({"metric", "measure"})
_ROWS = {(ShareQuery, "provider"), (LeaderboardQuery, "model")}
"""Answers that have such rows anyway."""

_TOP = re.compile(r"(?:top)?(\d{1,3})", re.ASCII)
_PERIOD_UNITS = frozenset({"day", "week", "month", "quarter", "year", "period"})
_NO_NAMES = REFUSED | {"monthly", "quarterly", "yearly"}


def read(
    words: Sequence[str],
    today: date,
    base: Request | None,
    usual: Defaults = UNSET,
) -> Request:
    """Return what the words of one command ask for; see :func:`parse`.

    Args:
        words: The words.
        today: The current UTC day.
        base: An earlier request.
        usual: Defaults for what neither sets.

    Raises:
        WordError: Some of them cannot be understood or have no data.
    """
    if not words or words[0] in GREETINGS:
        thanks = bool(words) and words[0].startswith("thank")
        return Request(query=HelpQuery(topic="thanks" if thanks else None))
    before = base.query if base else None
    kind, first, kept = _command_of(words, before)
    if kind is None:
        if words[0] in HELP:
            return Request(query=HelpQuery())
        raise WordError(no_command(words))
    if kind.query in _WITH_OWN_WORDS:
        own = _read_own_words(kind, words, today)
        if own is not None:
            return Request(query=own)
    reading = _Parser(kind, words, today, first)
    try:
        return reading.read(_defaults(kind, kept, before, usual))
    except WordError:
        if first or kind.turns_to is None:
            raise
        related = BY_WORD[kind.turns_to]
        other = _Parser(related, words, today, first, naming=False)
        with suppress(WordError):
            turned = other.read(_defaults(related, related.takes, before, usual))
            if other.places.keys() - kind.takes:
                return turned
        raise


_WITH_OWN_WORDS = frozenset(
    {HelpQuery, DigestQuery, AlertQuery, BudgetQuery, SpendQuery}
)


def _read_own_words(  # noqa: PLR0911 - a table of commands
    kind: Kind, words: Sequence[str], today: date
) -> Query | None:
    """Return the query of a command with its own grammar; None: it has none."""
    match kind.name:
        case HelpQuery.name:
            return _read_help(words)
        case DigestQuery.name:
            command = read_digest(words)
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
        case [topic] if topic in TOPICS:
            return HelpQuery(topic=topic)
    raise WordError(no_topic(words))


@dataclass(slots=True)
class _Parser:
    """Parses the words of one command.

    Attributes:
        kind: The command.
        words: All words.
        today: The current UTC day.
        first: The index after the words that name the command.
        found: The values found so far, by field.
        places: The words that set each field.
        naming: Unknown words may be names of providers.
    """

    kind: Kind
    words: Sequence[str]
    today: date
    first: int
    found: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    naming: bool = True

    @property
    def errors(self) -> ParseErrors:
        """Return the errors that these words can have."""
        return ParseErrors(self.kind, self.first, self.words)

    def read(self, defaults: Mapping[str, Any]) -> Request:
        """Return the request, with defaults for what the words leave out."""
        at = self.first
        while at < len(self.words):
            if self.words[at] in HELP:
                return Request(query=HelpQuery(topic=self.kind.name))
            at = self.take(at)
        return self.request(defaults)

    def take(self, at: int) -> int:
        """Read the words from ``at`` and return the index after them."""
        word = self.words[at]
        meaning = self.kind.words.get(word) or WORDS.get(word)
        if self.kind.own and word == "today":
            meaning = "period", Dates(self.today, self.today)
        if self.kind.bare == "id" and _SURE_ID.fullmatch(word):
            meaning = "id", word
        if meaning:
            return self._put(*self._own_cut(meaning, at), (at, at + 1))
        led = self.kind.leading.get(word) or LEADING.get(word)
        if led and (led != "as_of" or self.words[at + 1 : at + 2] == ("of",)):
            return self._take_led(led, at)
        if not is_of_name(self.words, at, self.found.get("model", "")) and (
            taken := take_period(self.words, at, self.today)
        ):
            period, count = taken
            return self._put("period", period, (at, at + count))
        match = _TOP.fullmatch(NUMBERS.get(word, word))
        in_name = self.kind.bare in {"model", "id"} and (
            bool(self.kind.needs) or word.isdecimal()
        )
        if match and not in_name:
            return self._put_top(int(match[1]), (at, at + 1))
        says_it_again = BY_WORD.get(word) is self.kind
        if word in FILLERS or says_it_again or not word.strip("-"):
            # As in "top 5 models", and "leaderboard – top 5".
            return at + 1
        if self._is_name(word):
            return self._put_name(word, (at, at + 1))
        raise WordError(self.errors.unknown(at))

    def _own_cut(self, meaning: tuple[str, object], at: int) -> tuple[str, object]:
        """Return a meaning, with ``daily`` as a split for the own account."""
        name, value = meaning
        if not self.kind.own or not isinstance(value, Granularity):
            return meaning
        if value.word not in self.kind.by:
            raise WordError(self.errors.not_taken(name, (at, at + 1)))
        return name, self.kind.by[value.word]

    def request(self, defaults: Mapping[str, Any]) -> Request:
        """Return the request of the fields found, completed by defaults."""
        said = {**defaults, **self.found}
        if self.kind.needs and self.kind.needs[0] not in said:
            raise WordError(self.errors.missing())
        delivery = {name: said.pop(name) for name in DELIVERY & said.keys()}
        if said.get("top", TOP) != TOP:
            # It is written in any case.
            said["says_top"] = False
        if said.get("by") is Cut.HOUR and "period" not in said:
            said["period"] = Dates(self.today, self.today)
        if "until" in self.kind.takes:
            self._take_window(said)
        if not self._keeps_versus(said):
            del said["versus"]
        query = self.kind.query(**said)
        self._check_data(query)
        if isinstance(query, SpendQuery | UsageQuery):
            self._check_cut(query)
        return Request(query=query, **delivery)

    def _take_led(self, name: str, at: int) -> int:  # noqa: C901, PLR0911, PLR0912 - a table of words
        """Read a word such as ``top`` with what belongs to it."""
        following = self.words[at + 1] if at + 1 < len(self.words) else ""
        place = (at, at + 2)
        match name:
            case "by" if (self.kind.query, following.removesuffix("s")) in _ROWS:
                return at + 2
            case "by" if WORDS.get(following, ("",))[0] in _MEASURED & self.kind.takes:
                # as in "by cost", which a button says
                return at + 1
            case "by" if following in self.kind.by:
                return self._put(name, self.kind.by[following], place)
            case "top" if NUMBERS.get(following, following).isdecimal():
                return self._put_top(int(NUMBERS.get(following, following)), place)
            case "providers" if following:
                return self._put_provider(following, place)
            case "model" if len(following) > MAX_NAME:
                raise WordError(self.errors.too_long(following, place))
            case "model" if following:
                return self._put(name, following, place)
            case "key" if following:
                return self._put(name, following, place)
            case "as_of" if after := self._take_last_day("as_of", at, at + 2):
                return after
            case "until" if after := self._take_last_day("until", at, at + 1):
                return after
            case "versus" if (count := self._period_before(at + 1)) is not None:
                place = (at, at + 1 + count)
                return self._put(name, Versus.PREVIOUS, place)
            case "versus" if following in set(Versus):
                return self._put(name, Versus(following), place)
            case "versus" if following and (
                taken := take_period(self.words, at + 1, self.today)
            ):
                period, count = taken
                return self._put(name, period, (at, at + 1 + count))
        raise WordError(self.errors.needed(name, at))

    def _is_name(self, word: str) -> bool:
        """Tell whether an unknown word may be a name."""
        match self.kind.bare:
            case "providers":
                may_be = self.naming and not self.errors.is_misspelt(word)
            case "provider":
                may_be = "provider" not in self.found
            case "id":
                may_be = _ID.fullmatch(word) is not None
            case bare:
                may_be = bare == "model" and (
                    bool(self.kind.needs) or not self.errors.is_misspelt(word)
                )
        is_word = word in BY_WORD or word in _NO_NAMES or word in TAGS
        if word.startswith(("<#", "<@")):
            # a channel or a person is neither a provider nor a model
            return False
        return may_be and (bool(self.kind.needs) or not is_word)

    def _put_name(self, word: str, place: Place) -> int:
        """Set a name, a part of one, or an id."""
        if self.kind.bare == "id":
            return self._put("id", word, place)
        if self.kind.bare == "model":
            return self._put_part(word, place[0])
        return self._put_provider(word, place)

    def _put_provider(self, name: str, place: Place) -> int:
        """Add a provider; most kinds take several."""
        if len(name) > MAX_NAME:
            raise WordError(self.errors.too_long(name, place))
        if "provider" in self.kind.takes:
            return self._put("provider", name, place)
        earlier = self.found.pop("providers", ())
        return self._put("providers", tuple(dict.fromkeys((*earlier, name))), place)

    def _put_part(self, word: str, at: int) -> int:
        """Add a word to a model's name, which may have several, even numbers.

        Fillers belong to a name only between its words, as in ``once in a while``.
        """
        name, start = word, at
        if earlier := self.found.get("model"):
            start, stop = self.places["model"]
            between = self.words[stop:at]
            small = between if FILLERS.issuperset(between) else ()
            name = " ".join((earlier, *small, word))
        if len(name) > MAX_NAME:
            raise WordError(self.errors.too_long(name, (at, at + 1)))
        self.found["model"] = name
        self.places["model"] = (start, at + 1)
        return at + 1

    def _put_top(self, number: int, place: Place) -> int:
        """Set the number of rows, if it is in range."""
        if not 1 <= number <= MAX_TOP:
            raise WordError(self.errors.out_of_range(number, place))
        at = self._put("top", number, place)
        self.found["says_top"] = True
        return at

    def _put(self, name: str, value: object, place: Place) -> int:
        """Set a field; refuse if the kind has none or it has another value."""
        is_window = name == "period" and "until" in self.kind.takes
        if name not in self.kind.takes and not is_window:
            raise WordError(self.errors.not_taken(name, place))
        if self.kind.restricted and value is Audience.PUBLIC:
            raise WordError(self.errors.never_public(place))
        if self.found.get(name, value) != value:
            raise WordError(self.errors.conflict(self.places[name], place))
        self.found[name] = value
        self.places.setdefault(name, place)
        return place[1]

    def _period_before(self, at: int) -> int | None:
        """Return the number of words in ``week before`` or ``previous week``."""
        pair = set(self.words[at : at + 2])
        says = {"before", "previous", "prior"} & pair and pair & _PERIOD_UNITS
        return 2 if says else None

    def _take_last_day(self, name: str, start: int, at: int) -> int | None:
        """Read a day after ``as of`` or ``until``; of a month the last that is over."""
        newest = self.today - DAY
        if at < len(self.words) and self.words[at] in {"yesterday", "last"}:
            period, count = take_period(self.words, at, self.today) or (None, 0)
            day = newest if period is None else self._days(period).end
        elif named := take_named(self.words, at, self.today):
            days, count = named
            day = min(days.end, newest) if days.start <= newest else days.end
        else:
            return None
        place = (start, at + count)
        if not FLOOR <= day <= newest:
            raise WordError(self.errors.not_known_then(place))
        # Momentum has no earlier versions of its figures, so its window ends there.
        return self._put("until" if "until" in self.kind.takes else name, day, place)

    def _take_window(self, said: dict[str, Any]) -> None:
        """Turn days into a window that ends with them, if ZenMux has one that long."""
        is_ranked = self.kind.query is AppsQuery and not said.get("trending")
        allowed = _WINDOWS if is_ranked else _WINDOWS[:2]
        period: Period = said.pop("period", _WINDOWS[0])
        if "period" in self.found:
            place = self.places["period"]
            until = self.found.get("until")
            if period not in allowed:
                period, end = self._window(period, allowed, place)
                if until not in {None, end}:
                    raise WordError(self.errors.conflict(self.places["until"], place))
                until = end
            said["until"] = until
            if self.kind.query is TrendingQuery:
                by = Granularity.WEEK if period == allowed[0] else Granularity.DAY
                if self.found.get("by", by) is not by:
                    raise WordError(self.errors.conflict(self.places["by"], place))
                said["by"] = by
        elif (until := said.get("until")) and until >= self.today:
            # Carried from an answer about days that are not over.
            del said["until"]
        if self.kind.query is AppsQuery:
            # One carried from another answer may be one that apps have no ranking for.
            said["period"] = period if period in allowed else _WINDOWS[0]

    def _window(
        self, period: Period, allowed: Sequence[Period], place: Place
    ) -> tuple[Period, date]:
        """Return a period as a window and its last day."""
        try:
            days = self._days(period)
        except BadPeriod as error:
            raise WordError(self.errors.no_data(error, place)) from None
        window = Last(days.days, Unit.DAY)
        if window not in allowed:
            raise WordError(self.errors.other_window(days, allowed, place))
        return window, days.end

    def _check_cut(self, query: SpendQuery | UsageQuery) -> None:
        """Raise the error for a split that the API does not have."""
        end = len(self.words)
        place = self.places.get("by", (end, end))
        if query.by is Cut.HOST and query.model is None:
            raise WordError(self.errors.host_of_what(place))
        if query.by is Cut.HOUR and self._days(query.period).days > 1:
            place = self.places.get("period", (end, end))
            raise WordError(self.errors.one_day(place))

    def _keeps_versus(self, said: Mapping[str, Any]) -> bool:
        """Tell whether a comparison, if kept from before, fits a new period."""
        versus = said.get("versus", Versus.PREVIOUS)
        is_kept = "period" in self.found and "versus" not in self.found
        if not is_kept or isinstance(versus, Versus):
            return True
        try:
            now, then = self._window_of(said["period"]), self._window_of(versus)
        except BadPeriod:
            # Said where the request is checked.
            return True
        is_alike = now.unit is not None and (now.unit, now.count) == (
            then.unit,
            then.count,
        )
        return now.span != then.span and (is_alike or now.span.days == then.span.days)

    def _days(self, period: Period) -> Span:
        """Return the days of a period; those of the own account end today."""
        return self._window_of(period).span

    def _window_of(self, period: Period) -> Window:
        """Return what a period stands for."""
        try:
            return resolve(period, self.today)
        except BadPeriod:
            if not self.kind.own:
                raise
            return resolve(period, self.today + DAY)

    def _check_data(self, query: Query) -> None:
        """Raise the error for a period without data, also for a default one."""
        period = getattr(query, "period", None)
        if period is None:
            return
        end = len(self.words)
        try:
            days = self._days(period)
        except BadPeriod as error:
            place = self.places.get("period", (end, end))
            raise WordError(self.errors.no_data(error, place)) from None
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
        raise WordError(self.errors.no_comparison(problem, allowed, place))


_WINDOWS: tuple[Period, ...] = (
    Last(7, Unit.DAY),
    Last(1, Unit.DAY),
    Last(30, Unit.DAY),
    AllTime(),
)
"""The periods that apps are ranked over; momentum has the first two only.

https://docs.zenmux.ai lists no others.
"""


MAX_SUGGESTIONS = 3
"""The most readings offered for a sentence; an error has one less."""

_LEAST_LETTERS = 4
_MOST_WORDS = 8
"""A longer text is a sentence, even if its first word resembles a command."""

_MAX_FIXES = 8
_RANGE = re.compile(r"\.\.|(?<=\d\d)-(?=\d{4}-)")


def parse(
    text: str,
    *,
    today: date,
    base: Request | None = None,
    usual: Defaults = UNSET,
    catalogue: Catalogue | None = None,
) -> Request:
    """Return what ``text`` asks for.

    Args:
        text: Words as typed, with or without the slash command before them.
        today: The current UTC day.
        base: An earlier request. Words without a command change it; a command keeps
            its metric and period unless it names others.
        usual: Defaults for what neither the words nor the base set.
        catalogue: The names that sentences may use; None: not known yet.

    Raises:
        BadInput: Some of it cannot be understood or has no data.
    """
    if len(text) > MAX_CHARACTERS:
        raise BadInput(
            f"That is {len(text)} characters long.",
            allowed=f"A command has at most {MAX_CHARACTERS}.",
            suggestions=("help",),
        )
    words = command_words(dated(plain(text), today) if is_dated(text) else text)
    context = _Context(text, words, today, base, usual, catalogue)
    try:
        request = _as_typed(read(words, today, base, usual), text)
    except WordError as caught:
        return _read_sentence(context, caught.error)
    if catalogue is None or is_known(request, catalogue):
        return request
    # What was taken for a name may be a word of a sentence.
    outcome = understand(text, today=today, catalogue=catalogue)
    if base is not None and outcome.commands == (_FILE,) and _has_file(base):
        return parse(f"{canonical(base)} csv", today=today, catalogue=catalogue)
    meant = _meant(outcome.commands, today, base, usual)
    if outcome.is_sure and meant:
        return meant[0]
    if outcome.commands or outcome.problem:
        raise _offered(outcome, _meant(outcome.commands, today, base, usual))
    return request


_FILE = canonical(HelpQuery(topic="csv"))


def _has_file(request: Request) -> bool:
    """Tell whether an answer can be downloaded as a file."""
    return "csv" in BY_WORD[request.query.name].takes


def _offered(
    outcome: Outcome, meant: Sequence[Request], error: ParseError | None = None
) -> BadInput:
    """Return the error for a sentence whose commands are only offered."""
    offered = tuple(map(canonical, meant))[:MAX_SUGGESTIONS]
    if error is not None and offered:
        return BadInput(
            readable(error.problem), allowed=error.allowed, suggestions=offered
        )
    if outcome.problem:
        near: Query = HelpQuery()
        if outcome.problem == FORECASTS:
            near = BudgetQuery(command=LIST_BUDGETS)
        return BadInput(
            outcome.problem,
            allowed=outcome.allowed,
            suggestions=offered or (canonical(near),),
        )
    return BadInput(
        "I'm not sure what you mean.",
        allowed="Did you mean one of these?"
        if len(offered) > 1
        else "Did you mean this?",
        suggestions=offered,
    )


class _Context(NamedTuple):
    """A text, its words, and the other arguments of :func:`parse`."""

    text: str
    words: Sequence[str]
    today: date
    base: Request | None
    usual: Defaults
    catalogue: Catalogue | None


def _read_sentence(context: _Context, error: ParseError) -> Request:
    """Return what a text asks for that is no valid command.

    Raises:
        BadInput: It is not understood, or commands are only offered.
    """
    text, words, today, base, usual, catalogue = context
    is_command = bool(words) and words[0] in BY_WORD
    is_prose = error.is_prose or not is_command
    outcome = understand(text, today=today, catalogue=catalogue)
    if base is not None and outcome.commands == (_FILE,) and _has_file(base):
        # as in "send me that as a spreadsheet", after an answer
        return parse(f"{canonical(base)} csv", today=today, catalogue=catalogue)
    meant = _meant(outcome.commands, today, base, usual)
    if outcome.is_sure and meant and is_prose:
        return meant[0]
    # Where a suggestion is chosen decides who sees the answer.
    unsaid = context._replace(usual=replace(usual, audience=None))
    meant = _meant(outcome.commands, today, base, unsaid.usual)
    if outcome.is_absent or (is_prose and (meant or outcome.problem)):
        why = error if is_command and not outcome.problem else None
        raise _offered(outcome, meant, why)
    if outcome.is_sure and is_prose:
        # It is understood, but its command is refused.
        _refuse_command(context, outcome.commands[0])
    if error.is_prose and _turns(words[error.start]):
        raise _not_understood(text, outcome)
    if base is not None and not is_command and catalogue is not None:
        error = _of_first(outcome.unknown, words, error)
    if base is not None or is_command or _is_near_command(words):
        raise _corrected(unsaid, error)
    raise _not_understood(text, outcome)


def _of_first(unknown: str, words: Sequence[str], error: ParseError) -> ParseError:
    """Return the error for the first unknown word, which was taken for a name."""
    if unknown not in words[: error.start]:
        return error
    at, problem = words.index(unknown), f"Unknown word “{unknown}”."
    return replace(error, problem=problem, start=at, stop=at + 1, instead=((),))


def _refuse_command(context: _Context, command: str) -> None:
    """Raise what is wrong with the command that a sentence means."""
    words = command_words(command)
    try:
        read(words, context.today, context.base, context.usual)
    except WordError as caught:
        meant = context._replace(text=command, words=words)
        raise _corrected(meant, caught.error) from None


def _meant(
    commands: Sequence[str], today: date, base: Request | None, usual: Defaults
) -> tuple[Request, ...]:
    """Return the requests of a sentence's commands, without invalid ones."""
    found: dict[Request, None] = {}
    for command in commands:
        with suppress(WordError):
            request = read(command_words(command), today, base, usual)
            found[_as_typed(request, command)] = None
    return tuple(found)


def _not_understood(text: str, outcome: Outcome) -> NotUnderstood:
    """Return the error for a text that is not understood, with the word if known."""
    problem = "I don't understand that question."
    words = split(text)
    if len(words) <= len(("unknown", "command")):
        problem = f"Unknown command “{' '.join(words)}”."
    elif outcome.unknown:
        problem = f"I don't understand “{outcome.unknown}” in that question."
    return NotUnderstood(problem, suggestions=(canonical(HelpQuery()),))


def _turns(word: str) -> bool:
    """Tell whether a word changes the question, so that it cannot be dropped."""
    return word in REFUSED or TAGS.get(word) in _TURNING


_TURNING = frozenset(
    {
        *("own", "platform", "rise", "fall", "than", "if", "to", "most", "by", "free"),
        *("private", "to-channel", "app-name", "cheap", "edit"),
    }
)


def _is_near_command(words: Sequence[str]) -> bool:
    """Tell a misspelt command from a sentence."""
    if len(words[0]) < _LEAST_LETTERS or len(words) > _MOST_WORDS or words[0] in TAGS:
        return False
    return bool(difflib.get_close_matches(words[0], BY_WORD, n=1, cutoff=SPELT_ALIKE))


def command_words(text: str) -> tuple[str, ...]:
    """Return the words of a command, without the slash command.

    Ranges, except in the name of a channel, are split into words; what leads to the
    command, as in ``show me the share`` and ``hi, share``, is left out.
    """
    found: list[str] = []
    for word in split(text):
        is_name = found and found[-1] in NAMING
        if word == "the" and not is_name:
            # Also within a date, as in "since the 9th".
            continue
        if is_name or word.isalnum() or word.startswith("<#"):
            found.append(word)
        else:
            found += _RANGE.sub(" .. ", word).split()
    if found and (found[0].startswith("/") or found[0] == COMMAND[1:]):
        # Two apps of a workspace cannot share a command, so it may have another name.
        word = found[0][1:]
        found[:1] = [word] if word in BY_WORD else []
    words = _without_leads(found, LEADS)
    ungreeted = _without_leads(words, LEADS | GREETINGS)
    return tuple(ungreeted if ungreeted[:1] and ungreeted[0] in BY_WORD else words)


def _without_leads(words: Sequence[str], leads: Collection[str]) -> Sequence[str]:
    """Return words without those at the start that are in ``leads``, unless all are."""
    return words[next((at for at, word in enumerate(words) if word not in leads), 0) :]


_WITH_IDS = frozenset({GenerationQuery, SpendQuery, UsageQuery})


def _as_typed(request: Request, text: str) -> Request:
    """Return a request with ids in the case they were typed in."""
    if type(request.query) not in _WITH_IDS:
        return request
    match request.query:
        case GenerationQuery(id=id_) as query:
            return replace(request, query=replace(query, id=_typed(id_, text)))
        case SpendQuery(command=NameKey(key, label)) as query:
            command = NameKey(_typed(key, text), _typed(label, text))
            return replace(request, query=replace(query, command=command))
        case (SpendQuery() | UsageQuery()) as query if query.key is not None:
            return replace(request, query=replace(query, key=_typed(query.key, text)))
    return request


def _typed(words: str, text: str) -> str:
    """Return words in the case they have in a text."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    found = re.search(rf"(?<![\w-]){pattern}(?![\w-])", text, re.IGNORECASE | re.ASCII)
    return words if found is None else " ".join(found[0].split())


def _corrected(context: _Context, error: ParseError) -> BadInput:
    """Return the error for a command with something wrong in it."""
    text, words, today, base, usual, catalogue = context
    tries = [_replaced(words, error, instead) for instead in error.instead]
    near = difflib.get_close_matches(words[0], BY_WORD, n=1) if words else []
    kind = BY_WORD.get(words[0]) if words else None
    near_own = kind is None and any(BY_WORD[word].name in _OWN for word in near)
    says_own = (kind is not None and kind.name in _OWN) or any(
        TAGS.get(word) == "own" for word in split(text)
    )
    is_of_digest = any(BY_WORD[word].query is DigestQuery for word in near)
    fixed = dict.fromkeys(
        canonical(_harmless(_as_typed(request, text)))
        for corrected in tries
        if corrected
        and (request := _fix(corrected, today, base, usual, tries=_MAX_FIXES))
        and _is_answered(request, catalogue)
        and (near_own or _is_own(request) == says_own)
        and (is_of_digest or not isinstance(request.query, DigestQuery))
    )
    if not fixed:
        fixed[canonical(HelpQuery(topic=kind.name if kind else None))] = None
    return BadInput(
        readable(error.problem),
        allowed=error.allowed,
        suggestions=tuple(fixed)[: MAX_SUGGESTIONS - 1],
    )


def _harmless(request: Request) -> Request:
    """Return a request that shows or opens a form instead of changing anything."""
    query: Query
    match request.query:
        case DigestQuery(command=Create(spec)):
            query = DigestQuery(command=OpenForm(spec))
        case DigestQuery(command=Edit(id_) | Ask(Edit(id_))):
            query = DigestQuery(command=Edit(id_))
        case DigestQuery(command=About(_, id_) | Ask(About(_, id_))):
            query = DigestQuery(command=About(Verb.SHOW, id_))
        case AlertQuery(command=CreateAlert(rule, channel)):
            query = AlertQuery(command=AlertForm(rule, channel))
        case AlertQuery(command=AboutAlert(_, id_) | SnoozeAlert(id_) | EditAlert(id_)):
            query = AlertQuery(command=AboutAlert(AlertVerb.SHOW, id_))
        case BudgetQuery():
            query = BudgetQuery(command=LIST_BUDGETS)
        case SpendQuery(command=command) if command is not None:
            query = HelpQuery(topic=SpendQuery.name)
        case _:
            return request
    return replace(request, query=query)


_OWN = frozenset({"spend", "usage", "budget", "account"})


def _is_own(request: Request) -> bool:
    """Tell whether a command is about the own account."""
    return request.query.name in _OWN


def _is_answered(request: Request, catalogue: Catalogue | None) -> bool:
    """Tell whether a command would find the names it uses."""
    if catalogue is None:
        return True
    model = getattr(request.query, "model", None)
    if model and isinstance(request.query, SpendQuery | UsageQuery):
        with suppress(AmbiguousName, UnknownName):
            find(model, catalogue.models, what="model")
            return True
        return False
    return is_known(request, catalogue)


def is_known(request: Request, catalogue: Catalogue | None) -> bool:
    """Tell whether the names in a request would be found."""
    if catalogue is None:
        return True
    query = request.query
    named = [*getattr(query, "providers", ()), getattr(query, "provider", None)]
    try:
        for name in filter(None, named):
            find(name, catalogue.providers, what="provider")
        if model := getattr(query, "model", None):
            find(model, catalogue.models, what="model")
    except AmbiguousName:
        return isinstance(query, SpendQuery | UsageQuery)
    except UnknownName:
        return False
    return True


def _fix(
    words: Sequence[str],
    today: date,
    base: Request | None,
    usual: Defaults,
    *,
    tries: int,
) -> Request | None:
    """Parse words, replacing each error that is left in them."""
    try:
        return read(words, today, base, usual)
    except WordError as caught:
        error = caught.error
    if not tries or not error.instead:
        return None
    # Drop the word if that is possible, rather than guess twice.
    instead = () if () in error.instead else error.instead[0]
    fixed = _replaced(words, error, instead)
    return _fix(fixed, today, base, usual, tries=tries - 1)


def _replaced(
    words: Sequence[str], error: ParseError, instead: Sequence[str]
) -> tuple[str, ...]:
    """Return words with the error's words replaced, in lower case."""
    replacement = (word.lower() for word in instead)
    return (*words[: error.start], *replacement, *words[error.stop :])
