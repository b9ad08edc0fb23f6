"""What can be asked, as frozen values, and the words that ask for it again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, ClassVar

from zenmux_bot.commands.digest_commands import OPEN_FORM, Command
from zenmux_bot.commands.lexer import split
from zenmux_bot.core.measures import Granularity, Measure, Metric
from zenmux_bot.core.periods import Last, Period, Unit, Versus

MAX_TOP = 50
"""The API lists no more.

https://docs.zenmux.ai/api/platform/statistics-leaderboard.html
"""

TOP = 10
"""So many rows are shown where nothing is said."""

MAX_NAME = 100
"""No slug is nearly as long; every canonical text stays short enough to be read."""

LAST_WEEK_OF_DAYS: Period = Last(7, Unit.DAY)
LAST_EIGHT_WEEKS: Period = Last(8, Unit.WEEK)
LAST_FOUR_WEEKS_OF_DAYS: Period = Last(28, Unit.DAY)


class Audience(StrEnum):
    """Who sees the answer."""

    PRIVATE = "private"
    PUBLIC = "public"


class Show(StrEnum):
    """One of two views, where only one is wanted."""

    CHART = "chart"
    TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardQuery:
    """Models ranked over a period, beside the period before.

    ``says_top``, here and below: its words say ``top`` even though it is ten, since
    they were typed so, or since another number is usual where they were typed.
    """

    name: ClassVar[str] = "leaderboard"

    metric: Metric = Metric.TOKENS
    period: Period = LAST_WEEK_OF_DAYS
    top: int = TOP
    says_top: bool = False
    providers: tuple[str, ...] = ()
    versus: Period | Versus = Versus.PREVIOUS
    rate: bool = False


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyQuery:
    """Why a provider's share moved; None: that of the one who moved most."""

    name: ClassVar[str] = "why"

    metric: Metric = Metric.TOKENS
    period: Period = LAST_EIGHT_WEEKS
    provider: str | None = None
    versus: Period | Versus = Versus.PREVIOUS


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendQuery:
    """Models by day or week; None: as wide as serves."""

    name: ClassVar[str] = "trend"

    metric: Metric = Metric.TOKENS
    period: Period = LAST_FOUR_WEEKS_OF_DAYS
    by: Granularity | None = None
    top: int = TOP
    says_top: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendingQuery:
    """Models with momentum on the newest day or in the seven days up to it."""

    name: ClassVar[str] = "trending"

    metric: Metric = Metric.TOKENS
    by: Granularity = Granularity.WEEK
    top: int = TOP
    says_top: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelQuery:
    """One model day by day, by its slug, its name or a part of it."""

    name: ClassVar[str] = "model"

    model: str
    metric: Metric = Metric.TOKENS
    period: Period = LAST_FOUR_WEEKS_OF_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceQuery:
    """The best served models, by host."""

    name: ClassVar[str] = "performance"

    measure: Measure = Measure.THROUGHPUT
    period: Period = LAST_WEEK_OF_DAYS


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
    """How the bot and its sources are."""

    name: ClassVar[str] = "status"


Query = (
    LeaderboardQuery
    | ShareQuery
    | WhyQuery
    | TrendQuery
    | TrendingQuery
    | ModelQuery
    | PerformanceQuery
    | AccountQuery
    | GenerationQuery
    | DigestQuery
    | HelpQuery
    | StatusQuery
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A query and how its answer is wanted.

    Attributes:
        query: What is asked.
        audience: Who sees the answer; None: as is usual there.
        show: One view only, or None for all that serve.
        csv: A file with the figures comes along.
    """

    query: Query
    audience: Audience | None = None
    show: Show | None = None
    csv: bool = False

    def for_(self, audience: Audience) -> Request:
        """Return the same for other eyes."""
        return replace(self, audience=audience)


def canonical(asked: Request | Query) -> str:
    """Return the words that parse back to ``asked``, without the slash command.

    What is counted and the period are always said; what is default otherwise is not,
    but for a ``top`` that was said, or where another one is usual (``says_top``).
    """
    request = asked if isinstance(asked, Request) else Request(query=asked)
    query = request.query
    always = {"metric", "measure", "period"}
    if getattr(query, "says_top", False):
        always.add("top")
    words: list[str] = [query.name]
    for field in fields(query):
        value: Any = getattr(query, field.name)
        if field.name in always or value != field.default:
            words.append(_WORDS[field.name](value))
    words += [str(word) for word in (request.audience, request.show) if word]
    if request.csv:
        words.append("csv")
    return " ".join(filter(None, words))


_MODEL = re.compile(r"(?=.*[/\d])(?=.*[-/.])[a-z][a-z0-9./:_+-]*", re.ASCII)
"""A slug or the like: no word of a command has such a mark, and a digit or a slash."""

_RANGES = re.compile(r"\.\.|\d\d-\d{4}-", re.ASCII)


def _model(name: str) -> str:
    """Return a model's name, led by a word where it might mean something else."""
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
    "id": str,
    "topic": str,
    "command": str,
}


def quoted(name: str) -> str:
    """Return a name as one word of a command."""
    return name if split(name) == (name,) else f'"{name}"'
