"""The words of the command: which there are, which kind takes which, and examples.

One row a kind. Help, README, the manifest's usage hint and the parser read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zenmux_bot.domain.queries import (
    Audience,
    HelpQuery,
    LeaderboardQuery,
    Metric,
    Query,
    ShareQuery,
    Show,
    StatusQuery,
    WhyQuery,
    Width,
)

COMMAND = "/zenmux"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of answer.

    Attributes:
        query: The query it makes.
        usage: How it is written, without the slash command.
        summary: What it answers, one clause.
        examples: Whole commands that run, the simplest first.
        aliases: Other first words for it.
        takes: The names of the fields that its words can fill.
        bare: The field that a word fills which means nothing else.
    """

    query: type[Query]
    usage: str
    summary: str
    examples: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    takes: frozenset[str] = frozenset()
    bare: str | None = None

    @property
    def name(self) -> str:
        """Return the canonical first word."""
        return self.query.name


DELIVERY = frozenset({"audience", "show", "csv"})

KINDS = (
    Kind(
        query=LeaderboardQuery,
        usage="leaderboard [tokens|cost] [PERIOD] [top N] [provider NAME] "
        "[vs PERIOD|vs none]",
        summary="models ranked by tokens or cost, beside the period before",
        examples=(
            "leaderboard cost 7d",
            "leaderboard tokens last month top 20",
            "leaderboard cost 2026-W46 provider anthropic vs 2026-W40",
        ),
        aliases=("top", "models", "lb"),
        takes=DELIVERY | {"metric", "period", "top", "provider", "versus"},
    ),
    Kind(
        query=ShareQuery,
        usage="share [tokens|cost] [PERIOD] [by day|by week] [top N] "
        "[provider NAME] [vs PERIOD|vs none]",
        summary="providers' market share, with changes in percentage points",
        examples=(
            "share cost 8w",
            "share tokens last month by day",
            "share cost wtd top 5 public",
        ),
        aliases=("market", "marketshare", "market-share", "providers"),
        takes=DELIVERY | {"metric", "period", "by", "top", "provider", "versus"},
    ),
    Kind(
        query=WhyQuery,
        usage="why [NAME] [tokens|cost] [PERIOD] [vs PERIOD]",
        summary="why a provider's share moved: by its own volume or the others'",
        examples=(
            "why",
            "why anthropic cost last week",
            "why cost 2026-W46 provider google vs 2026-W40",
        ),
        takes=DELIVERY | {"metric", "period", "provider", "versus"},
        bare="provider",
    ),
    Kind(
        query=StatusQuery,
        usage="status",
        summary="how the bot, the API and its data are",
        examples=("status",),
    ),
    Kind(
        query=HelpQuery,
        usage="help [COMMAND]",
        summary="this list, or how one command is written",
        examples=("help", "help share"),
        takes=frozenset({"topic"}),
    ),
)

BY_WORD: dict[str, Kind] = {
    word: kind for kind in KINDS for word in (kind.name, *kind.aliases)
}

WORDS: dict[str, tuple[str, object]] = {
    "tokens": ("metric", Metric.TOKENS),
    "token": ("metric", Metric.TOKENS),
    "cost": ("metric", Metric.COST),
    "costs": ("metric", Metric.COST),
    "usd": ("metric", Metric.COST),
    "$": ("metric", Metric.COST),
    "spend": ("metric", Metric.COST),
    "public": ("audience", Audience.PUBLIC),
    "private": ("audience", Audience.PRIVATE),
    "chart": ("show", Show.CHART),
    "table": ("show", Show.TABLE),
    "csv": ("csv", True),
    "daily": ("by", Width.DAY),
    "weekly": ("by", Width.WEEK),
}
"""Words that fill a field by themselves."""

LEADING: dict[str, str] = {
    "top": "top",
    "provider": "provider",
    "by": "by",
    "vs": "versus",
    "versus": "versus",
    "against": "versus",
}
"""Words whose field is filled by the words after them."""

WIDTHS = {"day": Width.DAY, "days": Width.DAY, "week": Width.WEEK, "weeks": Width.WEEK}

PERIOD_WORDS = ("yesterday", "last", "this", "wtd", "mtd", "qtd", "ytd", "all", "since")

PERIOD_HELP = (
    "7d 4w 3m 1y yesterday · last week|month|quarter|year · this week|month · "
    "wtd mtd qtd ytd · all · 2026-W46 2026-11 2026-Q3 2026 · 2026-11-09 · "
    "2026-11-01..2026-11-15 · since 2026-11-01"
)


def is_known(word: str) -> bool:
    """Tell whether a word means something by itself or with the next one."""
    return word in WORDS or word in LEADING


def behind(words: Sequence[str], at: int) -> int:
    """Return the index behind the word at ``at`` and the next one, if that is unknown.

    What follows a word in vain belongs to it unless it makes sense alone.
    """
    stop = at + 1
    return stop + 1 if stop < len(words) and not is_known(words[stop]) else stop
