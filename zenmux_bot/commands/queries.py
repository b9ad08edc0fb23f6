"""Queries and requests, as frozen values, and their canonical commands."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from zenmux_bot.commands.account_commands import (
    LIST_BUDGETS,
    BudgetCommand,
    SpendCommand,
)
from zenmux_bot.commands.alert_commands import OPEN_ALERT_FORM, AlertCommand
from zenmux_bot.commands.digest_commands import OPEN_FORM, Command
from zenmux_bot.commands.lexer import quoted, split
from zenmux_bot.core.measures import Granularity, Measure, Metric
from zenmux_bot.core.periods import Last, Period, ToDate, Unit, Versus

MAX_TOP = 50
"""The API lists no more.

https://docs.zenmux.ai/api/platform/statistics-leaderboard.html
"""

TOP = 10
"""The number of rows where none is given."""

MAX_NAME = 100
"""Far longer than any slug, yet short enough for every canonical command to parse."""

LAST_WEEK_OF_DAYS: Period = Last(7, Unit.DAY)
LAST_EIGHT_WEEKS: Period = Last(8, Unit.WEEK)
LAST_FOUR_WEEKS_OF_DAYS: Period = Last(28, Unit.DAY)
MONTH_TO_DATE: Period = ToDate(Unit.MONTH)


class Audience(StrEnum):
    """Who sees the answer."""

    PRIVATE = "private"
    PUBLIC = "public"


class Show(StrEnum):
    """The one view to show, where not both are wanted."""

    CHART = "chart"
    TABLE = "table"


class Cut(StrEnum):
    """What the own account's figures are split by."""

    MODEL = "model"
    KEY = "key"
    TYPE = "type"
    DAY = "day"
    HOUR = "hour"
    HOST = "host"

    @property
    def word(self) -> str:
        """Return the word that follows ``by``."""
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardQuery:
    """Models ranked over a period, beside the period before.

    ``says_top``, here and below: the canonical command has ``top 10``, because it was
    typed or because another number is the default there.
    ``as_of``, here and below: the figures as they were known at the end of that day;
    None: as they are known now.
    """

    name: ClassVar[str] = "leaderboard"

    metric: Metric = Metric.TOKENS
    period: Period = LAST_WEEK_OF_DAYS
    top: int = TOP
    says_top: bool = False
    providers: tuple[str, ...] = ()
    versus: Period | Versus = Versus.PREVIOUS
    rate: bool = False
    as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareQuery:
    """Providers and their shares of a period, beside the period before."""

    name: ClassVar[str] = "share"

    metric: Metric = Metric.TOKENS
    period: Period = LAST_EIGHT_WEEKS
    by: Granularity | None = None
    top: int = TOP
    says_top: bool = False
    providers: tuple[str, ...] = ()
    versus: Period | Versus = Versus.PREVIOUS
    as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyQuery:
    """Why a provider's share moved; None: the provider whose share moved most."""

    name: ClassVar[str] = "why"

    metric: Metric = Metric.TOKENS
    period: Period = LAST_EIGHT_WEEKS
    provider: str | None = None
    versus: Period | Versus = Versus.PREVIOUS
    as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendQuery:
    """Models by day or week; None: whichever suits the period."""

    name: ClassVar[str] = "trend"

    metric: Metric = Metric.TOKENS
    period: Period = LAST_FOUR_WEEKS_OF_DAYS
    by: Granularity | None = None
    top: int = TOP
    says_top: bool = False
    as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendingQuery:
    """Models with momentum on one day or in the seven days up to it.

    ``until``, here and below: the last day of the window; None: the newest one.
    """

    name: ClassVar[str] = "trending"

    metric: Metric = Metric.TOKENS
    by: Granularity = Granularity.WEEK
    top: int = TOP
    says_top: bool = False
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelQuery:
    """One model day by day, by its slug, its name or a part of it."""

    name: ClassVar[str] = "model"

    model: str
    metric: Metric = Metric.TOKENS
    period: Period = LAST_FOUR_WEEKS_OF_DAYS
    as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceQuery:
    """The models with the best performance, by host."""

    name: ClassVar[str] = "performance"

    measure: Measure = Measure.THROUGHPUT
    period: Period = LAST_WEEK_OF_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class AppsQuery:
    """Apps ranked by what they use of the platform, or those with momentum.

    Attributes:
        metric: What is counted.
        period: One, seven or thirty days, or all time.
        top: How many rows; the API lists ten.
        says_top: As above.
        trending: Ranked by momentum, of one day or seven.
        until: As above.
    """

    name: ClassVar[str] = "apps"

    trending: bool = False
    metric: Metric = Metric.TOKENS
    period: Period = LAST_WEEK_OF_DAYS
    top: int = TOP
    says_top: bool = False
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _OwnQuery:
    """Figures of the own account over a period, beside the period before.

    Attributes:
        period: Days in UTC, today among them.
        by: What they are split by.
        model: Of one model alone, by its slug, its name or a part of it.
        key: Of one API key alone, by its id or its name.
        top: How many rows are shown.
        says_top: As above.
        versus: What they are compared with.
    """

    period: Period = MONTH_TO_DATE
    by: Cut = Cut.MODEL
    model: str | None = None
    key: str | None = None
    top: int = TOP
    says_top: bool = False
    versus: Period | Versus = Versus.PREVIOUS


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendQuery(_OwnQuery):
    """What the own account was billed, and what its plan covered.

    ``command`` sets something instead: who may see it, or a key's name.
    """

    name: ClassVar[str] = "spend"

    command: SpendCommand | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageQuery(_OwnQuery):
    """Tokens and requests of the own account."""

    name: ClassVar[str] = "usage"


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetQuery:
    """Something to do with the budgets of the own account."""

    name: ClassVar[str] = "budget"

    command: BudgetCommand = LIST_BUDGETS


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertQuery:
    """Something to do with alerts."""

    name: ClassVar[str] = "alert"

    command: AlertCommand = OPEN_ALERT_FORM


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountQuery:
    """Plan, quotas and credits of the account that owns the key."""

    name: ClassVar[str] = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationQuery:
    """Tokens, times and bill of one inference request, by its id as typed."""

    name: ClassVar[str] = "generation"

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestQuery:
    """Something to do with the digests that channels get."""

    name: ClassVar[str] = "digest"

    command: Command = OPEN_FORM


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpQuery:
    """What can be asked, or how one command is written."""

    name: ClassVar[str] = "help"

    topic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusQuery:
    """The health of the bot and its sources."""

    name: ClassVar[str] = "status"


Query = (
    LeaderboardQuery
    | ShareQuery
    | WhyQuery
    | TrendQuery
    | TrendingQuery
    | ModelQuery
    | PerformanceQuery
    | AppsQuery
    | SpendQuery
    | UsageQuery
    | BudgetQuery
    | AccountQuery
    | GenerationQuery
    | AlertQuery
    | DigestQuery
    | HelpQuery
    | StatusQuery
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A query and how its answer is wanted.

    Attributes:
        query: What is asked.
        audience: Who sees the answer; None: the default there.
        show: One view only; None: all that suit.
        csv: A file with the figures is attached.
    """

    query: Query
    audience: Audience | None = None
    show: Show | None = None
    csv: bool = False

    def for_(self, audience: Audience) -> Request:
        """Return the same request for another audience."""
        return replace(self, audience=audience)


def canonical(asked: Request | Query) -> str:
    """Return the command that parses back to ``asked``, without the slash command.

    The metric and the period are always written; other defaults are not, except for
    ``top 10`` where ``says_top`` is set.
    """
    request = asked if isinstance(asked, Request) else Request(query=asked)
    query = request.query
    if isinstance(query, SpendQuery) and query.command is not None:
        return f"{query.name} {query.command}"
    always = {"metric", "measure", "period"}
    if getattr(query, "says_top", False):
        always.add("top")
    words: list[str] = [query.name]
    for field in fields(query):
        value: Any = getattr(query, field.name)
        if field.name in always or value != field.default:
            words.append(_says(query, field.name, value))
    words += [str(word) for word in (request.audience, request.show) if word]
    if request.csv:
        words.append("csv")
    return " ".join(filter(None, words))


def _says(query: Query, name: str, value: Any) -> str:
    """Return the words of a field."""
    match query, name:
        case AppsQuery(trending=True), "period":
            return "week" if value == LAST_WEEK_OF_DAYS else "day"
        case AppsQuery(until=date()), "period" if value == Last(1, Unit.DAY):
            return "1d"
        case ((SpendQuery() | UsageQuery()), ("model" | "key")):
            return f"{name} {quoted(value)}"
    return _WORDS[name](value)


_MODEL = re.compile(r"(?=.*[/\d])(?=.*[-/.])[a-z][a-z0-9./:_+-]*", re.ASCII)
"""A slug: no other word of a command has such a mark with a digit or a slash."""

_RANGES = re.compile(r"\.\.|\d\d-\d{4}-", re.ASCII)


def _model(name: str) -> str:
    """Return a model's name, after ``name`` where it might mean something else."""
    plain = _MODEL.fullmatch(name) and not _RANGES.search(name)
    return name if plain and split(name) == (name,) else f"name {quoted(name)}"


_WORDS: dict[str, Callable[[Any], str]] = {
    "metric": str,
    "measure": str,
    "period": str,
    "top": "top {}".format,
    "says_top": lambda _: "",
    "by": lambda width: f"by {width.word}",
    "provider": lambda name: f"provider {quoted(name)}",
    "providers": lambda named: " ".join(f"provider {quoted(name)}" for name in named),
    "model": _model,
    "versus": "vs {}".format,
    "rate": lambda _: "rate",
    "trending": lambda _: "trending",
    "as_of": "as of {}".format,
    "until": "until {}".format,
    "id": str,
    "topic": str,
    "command": str,
}
