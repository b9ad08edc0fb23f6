"""The grammar: commands, the words each takes, and examples.

One row per kind; the parser, help, README and the manifest's usage hint read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zenmux_bot.commands.queries import (
    AccountQuery,
    AlertQuery,
    AppsQuery,
    Audience,
    BudgetQuery,
    Cut,
    DigestQuery,
    GenerationQuery,
    HelpQuery,
    LeaderboardQuery,
    ModelQuery,
    PerformanceQuery,
    Query,
    ShareQuery,
    Show,
    SpendQuery,
    StatusQuery,
    TrendingQuery,
    TrendQuery,
    UsageQuery,
    WhyQuery,
)
from zenmux_bot.core.measures import Granularity, Measure, Metric
from zenmux_bot.core.periods import AllTime, Last, Unit

COMMAND = "/zenmux"

HELP = frozenset({"help", "--help", "-h", "?"})
"""Any of these words asks for help with the command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of answer.

    Attributes:
        query: The class of its queries.
        usage: Its syntax, without the slash command.
        summary: What it answers, one clause.
        examples: Complete commands, the simplest first.
        aliases: Other first words for it.
        takes: The names of the fields that its words can set.
        bare: The field that an unknown word sets.
        needs: The required field, and an example of its words.
        words: Words that set a field by themselves, in this kind only.
        leading: Words that set a field with the next word, in this kind only.
        by: What may follow ``by``.
        own: It is about the own account, whose figures include today.
        restricted: It is about the account: for administrators, always private.
        turns_to: The kind that a follow-up changes to if its words only fit there.
    """

    query: type[Query]
    usage: str
    summary: str
    examples: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    takes: frozenset[str] = frozenset()
    bare: str | None = None
    needs: tuple[str, str] | None = None
    words: Mapping[str, tuple[str, object]] = field(default_factory=dict)
    leading: Mapping[str, str] = field(default_factory=dict)
    by: Mapping[str, object] = field(default_factory=lambda: WIDTHS)
    own: bool = False
    restricted: bool = False
    turns_to: str | None = None

    @property
    def name(self) -> str:
        """Return the canonical first word."""
        return self.query.name


DELIVERY = frozenset({"audience", "show", "csv"})

WIDTHS: dict[str, object] = {
    "day": Granularity.DAY,
    "days": Granularity.DAY,
    "week": Granularity.WEEK,
    "weeks": Granularity.WEEK,
}

CUTS: dict[str, object] = {
    **{cut.word: cut for cut in Cut},
    **{f"{cut.word}s": cut for cut in Cut},
}

_OWN_USAGE = (
    "[PERIOD] [by model|by key|by type|by day|by hour|by host] "
    "[model NAME] [key NAME] [top N] [vs PERIOD|vs none]"
)
_OWN_TAKES = DELIVERY | {"period", "by", "model", "key", "top", "versus"}
_OWN_LEADING = {"model": "model", "key": "key"}

KINDS = (
    Kind(
        query=LeaderboardQuery,
        usage="leaderboard [NAME ...|provider NAME ...] [tokens|cost] [PERIOD] [top N] "
        "[vs PERIOD|vs none] [rate] [as of DATE]",
        summary="models, ranked by tokens or cost",
        examples=(
            "leaderboard cost 7d",
            "leaderboard tokens last month top 20",
            "leaderboard cost 2026-W46 anthropic openai vs 2026-W40",
            "leaderboard cost last month rate",
        ),
        aliases=("top", "models", "lb"),
        takes=DELIVERY
        | {"metric", "period", "top", "providers", "versus", "rate", "as_of"},
        bare="providers",
        turns_to=TrendQuery.name,
    ),
    Kind(
        query=ShareQuery,
        usage="share [NAME ...|provider NAME ...] [tokens|cost] [PERIOD] "
        "[by day|by week] [top N] "
        "[vs PERIOD|vs none] [as of DATE]",
        summary="market share of providers, and how it changed",
        examples=(
            "share cost 8w",
            "share anthropic openai google cost 12w",
            "share tokens last month by day",
            "share cost 4w top 5 public",
        ),
        aliases=("market", "marketshare", "market-share", "providers", "compare"),
        takes=DELIVERY
        | {"metric", "period", "by", "top", "providers", "versus", "as_of"},
        bare="providers",
    ),
    Kind(
        query=WhyQuery,
        usage="why [NAME|provider NAME] [tokens|cost] [PERIOD] [vs PERIOD] "
        "[as of DATE]",
        summary="what moved a provider's share",
        examples=(
            "why",
            "why anthropic cost last week",
            "why cost 2026-W46 provider google vs 2026-W40",
        ),
        takes=DELIVERY | {"metric", "period", "provider", "versus", "as_of"},
        bare="provider",
        turns_to=ShareQuery.name,
    ),
    Kind(
        query=TrendQuery,
        usage="trend [tokens|cost] [PERIOD] [by day|by week] [top N] [as of DATE]",
        summary="models by day or week, with a chart",
        examples=(
            "trend tokens 28d",
            "trend cost 12w by week top 5",
            "trend tokens last month by day",
        ),
        takes=DELIVERY | {"metric", "period", "by", "top", "as_of"},
        turns_to=LeaderboardQuery.name,
    ),
    Kind(
        query=TrendingQuery,
        usage="trending [tokens|cost] [by day|by week] [top N] [until DATE]",
        summary="models with momentum",
        examples=(
            "trending tokens",
            "trending cost day",
            "trending tokens week top 20",
        ),
        aliases=("movers",),
        takes=DELIVERY | {"metric", "by", "top", "until"},
        words={"day": ("by", Granularity.DAY), "week": ("by", Granularity.WEEK)},
    ),
    Kind(
        query=ModelQuery,
        usage="model NAME|name NAME [tokens|cost] [PERIOD] [as of DATE]",
        summary="one model, day by day",
        examples=(
            "model claude-opus-4.8",
            "model gpt-5.4 cost 8w",
            "model kimi k3 tokens last month",
        ),
        takes=DELIVERY | {"metric", "period", "model", "as_of"},
        bare="model",
        needs=("model", "claude-opus-4.8"),
    ),
    Kind(
        query=PerformanceQuery,
        usage="performance [throughput|ttft|cache] [PERIOD]",
        summary="speed, latency and cache hits by host",
        examples=(
            "performance throughput 7d",
            "performance ttft last week",
            "performance cache 30d",
        ),
        aliases=("perf",),
        takes=DELIVERY | {"measure", "period"},
    ),
    Kind(
        query=AppsQuery,
        usage="apps [trending] [tokens|cost] [1d|7d|30d|all|yesterday] [top N] "
        "[until DATE]",
        summary="apps and agents that call ZenMux",
        examples=(
            "apps tokens 7d",
            "apps cost 30d",
            "apps trending tokens week",
        ),
        takes=DELIVERY | {"trending", "metric", "period", "top", "until"},
        words={
            "trending": ("trending", True),
            "day": ("period", Last(1, Unit.DAY)),
            "week": ("period", Last(7, Unit.DAY)),
            "total": ("period", AllTime()),
        },
    ),
    Kind(
        query=SpendQuery,
        usage=f'spend {_OWN_USAGE}|name KEY "NAME"|allow #channel|deny #channel',
        summary="what your own account was billed",
        examples=(
            "spend mtd",
            "spend last month by key",
            "spend mtd by day",
            "spend yesterday by hour",
        ),
        aliases=("spending", "spent"),
        takes=_OWN_TAKES,
        bare="model",
        leading=_OWN_LEADING,
        by=CUTS,
        own=True,
    ),
    Kind(
        query=UsageQuery,
        usage=f"usage {_OWN_USAGE}",
        summary="tokens and requests of your own account",
        examples=(
            "usage mtd",
            "usage last month by key",
            "usage mtd model gpt-5.4",
        ),
        takes=_OWN_TAKES,
        bare="model",
        leading=_OWN_LEADING,
        by=CUTS,
        own=True,
    ),
    Kind(
        query=BudgetQuery,
        usage="budget [list|set AMOUNT [a month] [for model NAME|for key NAME] "
        "[in #channel]|delete ID]",
        summary="monthly budgets, and where they stand",
        examples=(
            "budget list",
            "budget set $500",
            "budget set $200 for model gpt-5.4",
        ),
        aliases=("budgets",),
        own=True,
    ),
    Kind(
        query=AlertQuery,
        usage="alert [RULE [in #channel]|list|show ID|rehearse ID|pause ID|resume ID|"
        "snooze ID PERIOD|edit ID RULE|expected ID [DATE]|delete ID|history ID]",
        summary="a message when shares, levels or ranks change",
        examples=(
            "alert list",
            "alert share anthropic moves 3pp",
            "alert cost openai above $50000",
            "alert anthropic passes google",
            "alert any overtake in top 5",
            "alert newcomer in top 10",
            "alert deepseek unusual",
        ),
        aliases=("alerts", "notify"),
    ),
    Kind(
        query=AccountQuery,
        usage="account",
        summary="plan, quotas and credits (admins, private)",
        examples=("account",),
        takes=frozenset({"audience"}),
        restricted=True,
    ),
    Kind(
        query=GenerationQuery,
        usage="generation ID",
        summary="one request and its bill (admins, private)",
        examples=("generation gen_01sandbox0000001",),
        takes=frozenset({"audience", "id"}),
        bare="id",
        needs=("id", "gen_01sandbox0000001"),
        restricted=True,
    ),
    Kind(
        query=DigestQuery,
        usage="digest [create DAY TIME ZONE tokens|cost in #channel NAME ...|list|"
        "show ID|preview ID|send ID|pause ID|resume ID|edit ID ...|delete ID|"
        "restore ID|history ID|ask pause ID|audit]",
        summary="market share in a channel every day, week or month",
        examples=(
            "digest",
            "digest list",
            "digest create weekly mon 09:00 Europe/Berlin cost",
            "digest create daily 09:00 anthropic openai google",
        ),
        aliases=("digests", "subscribe", "audit"),
    ),
    Kind(
        query=StatusQuery,
        usage="status",
        summary="health of the bot, ZenMux and its data",
        examples=("status",),
    ),
    Kind(
        query=HelpQuery,
        usage="help [COMMAND]",
        summary="this list, or one command",
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
    "throughput": ("measure", Measure.THROUGHPUT),
    "speed": ("measure", Measure.THROUGHPUT),
    "ttft": ("measure", Measure.TTFT),
    "latency": ("measure", Measure.TTFT),
    "cache": ("measure", Measure.CACHE),
    "public": ("audience", Audience.PUBLIC),
    "private": ("audience", Audience.PRIVATE),
    "chart": ("show", Show.CHART),
    "table": ("show", Show.TABLE),
    "csv": ("csv", True),
    "rate": ("rate", True),
    "daily": ("by", Granularity.DAY),
    "weekly": ("by", Granularity.WEEK),
}
"""Words that set a field by themselves."""

LEADING: dict[str, str] = {
    "top": "top",
    "provider": "providers",
    "name": "model",
    "by": "by",
    "vs": "versus",
    "versus": "versus",
    "against": "versus",
    "as": "as_of",
    "until": "until",
}
"""Words that set a field together with the words after them."""

NAMING = frozenset({"provider", "name", "key"})
"""The word after one of these is always a name."""

PERIOD_WORDS = ("yesterday", "last", "this", "wtd", "mtd", "qtd", "ytd", "all", "since")

PERIOD_HELP = (
    "7d 4w 3m 1y yesterday · last week|month|quarter|year · this week|month · "
    "wtd mtd qtd ytd · all · 2026-W46 2026-11 2026-Q3 2026 · "
    "november q3 w46 · 2026-11-09 friday · "
    "2026-11-01..2026-11-15 · since 2026-11-01"
)


def is_known(word: str) -> bool:
    """Tell whether a word means something by itself or with the next one."""
    return word in WORDS or word in LEADING


def end_of_error(words: Sequence[str], at: int) -> int:
    """Return where the error of the word at ``at`` ends.

    The word after it belongs to the error unless it is known.
    """
    stop = at + 1
    return stop + 1 if stop < len(words) and not is_known(words[stop]) else stop


TOPICS: dict[str, tuple[str, str]] = {
    "pp": (
        "Percentage points",
        (
            "A share that goes from 20% to 23% is up 3 pp. Changes of shares are in "
            "percentage points, changes of tokens and cost in percent."
        ),
    ),
    "others": (
        "Others",
        "Others is everything below the listed rows, added up. It has no rank.",
    ),
    "cost": (
        "Cost",
        (
            "Cost is tokens at list price in US dollars, for all ZenMux customers. "
            "It is nobody's bill; “spend” shows what your own account was billed."
        ),
    ),
    "tokens": ("Tokens", "Tokens are input plus output."),
    "ttft": (
        "Time to first token",
        "How long a model takes until it begins to answer, in milliseconds.",
    ),
    "throughput": ("Throughput", "How many tokens a model writes in a second."),
    "private": (
        "Who sees an answer",
        (
            "Only you see answers to slash commands, unless you add “public”. Answers "
            "to mentions are seen by everyone in that conversation. Only admins see "
            "the account; own spend is also shown in channels opened for it."
        ),
    ),
    "data": (
        "The figures",
        (
            "They come from ZenMux's own statistics, begin on 29 September 2025 and "
            "end yesterday (UTC). “status” shows the newest day."
        ),
    ),
    "csv": (
        "Files",
        (
            "Add “csv” to a command, such as “leaderboard cost last month csv”, or "
            "choose CSV below an answer. The file opens in Excel and Google Sheets."
        ),
    ),
    "thanks": ("You're welcome", "Ask me again any time."),
}
"""Help topics besides the commands: a title and a few sentences."""
