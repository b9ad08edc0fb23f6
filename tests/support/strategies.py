"""What can be typed and asked, for property tests."""

from datetime import date

from hypothesis import strategies as st

from zenmux_bot.commands.defaults import Defaults
from zenmux_bot.commands.grammar import BY_WORD, KINDS, LEADING, PERIOD_WORDS, WORDS
from zenmux_bot.commands.lexer import split
from zenmux_bot.commands.queries import (
    MAX_NAME,
    MAX_TOP,
    AccountQuery,
    AppsQuery,
    Audience,
    GenerationQuery,
    HelpQuery,
    LeaderboardQuery,
    ModelQuery,
    PerformanceQuery,
    Request,
    ShareQuery,
    Show,
    StatusQuery,
    TrendingQuery,
    TrendQuery,
    WhyQuery,
)
from zenmux_bot.core.measures import Granularity, Measure, Metric
from zenmux_bot.core.periods import (
    DAY,
    FLOOR,
    AllTime,
    CalendarUnit,
    Dates,
    Last,
    LastYear,
    Since,
    ToDate,
    Unit,
    Versus,
    start_of,
)
from zenmux_bot.core.windows import BadPeriod, resolve

LONG_UNITS = (Unit.WEEK, Unit.MONTH, Unit.QUARTER, Unit.YEAR)

todays = st.dates(FLOOR + DAY, date(2031, 12, 31))
"""Days on which there are data."""


def periods(around=todays):
    """Draw any period; its days may have no data."""
    units = st.sampled_from(LONG_UNITS)
    counts = st.integers(1, 60) | st.integers(1, 4000)
    return st.one_of(
        st.builds(Last, counts, st.sampled_from(Unit)),
        st.builds(ToDate, units),
        st.builds(
            lambda unit, day: CalendarUnit(unit, start_of(unit, day)), units, around
        ),
        st.just(LastYear()),
        st.builds(lambda *days: Dates(*sorted(days)), around, around),
        st.builds(lambda day: Dates(day, day), around),
        st.builds(Since, around),
        st.just(AllTime()),
    )


def periods_with_data(today):
    """Draw a period that has data on ``today``."""
    return periods(st.dates(FLOOR - 40 * DAY, today - DAY)).filter(
        lambda period: has_data(period, today)
    )


def has_data(period, today):
    """Tell whether a period can be resolved."""
    try:
        resolve(period, today)
    except BadPeriod:
        return False
    return True


def is_compared_with_itself(query, today):
    """Tell whether a query names the same days twice."""
    versus = getattr(query, "versus", Versus.NONE)
    if isinstance(versus, Versus):
        return False
    return resolve(versus, today).span == resolve(query.period, today).span


NASTY_NAMES = (
    *("vs", "vs none", "help", "?", "top", "provider", "cost", "2026-w46", "-", ".."),
    *("a..b", "'x'", "o'neill", "foo.", "(x)", "a b", "$", "<!channel>", "*x*"),
    *("z.ai", "x-ai", "月之暗面", "🤖", "/zenmux", "2026-11-01-2026-11-15"),
)

names = st.sampled_from(NASTY_NAMES) | (
    st.text(min_size=1, max_size=30)
    .map(lambda text: split(f'"{text}"'))
    .filter(lambda words: len(words) == 1 and len(words[0]) <= MAX_NAME)
    .map(lambda words: words[0])
)
"""Names as they come out of the words."""


slugs = st.sampled_from(
    (
        "anthropic/claude-opus-4.8",
        "x/a..b",
        "qwen/qwen3-235b-2026-11",
        "a/b:free",
        "o/1",
    )
)
"""Slugs of models, some of which look like something else."""

ids = st.from_regex(r"[A-Za-z0-9_-]*[0-9][A-Za-z0-9_-]*", fullmatch=True).filter(
    lambda text: 6 <= len(text) <= MAX_NAME and split(text) == (text.lower(),)
)
"""Ids of generations, in any case."""


def requests(*, today):
    """Draw a request that can be asked on ``today``."""
    comparable = {
        "metric": st.sampled_from(Metric),
        "period": periods_with_data(today),
        "top": st.integers(1, MAX_TOP),
        "versus": st.sampled_from(Versus) | periods_with_data(today),
    }
    several = {"providers": st.lists(names, max_size=3, unique=True).map(tuple)}
    delivery = {
        "audience": st.none() | st.sampled_from(Audience),
        "show": st.none() | st.sampled_from(Show),
        "csv": st.booleans(),
    }
    widths = st.none() | st.sampled_from(Granularity)
    until = st.none() | st.dates(FLOOR, today - DAY)
    counted = {name: comparable[name] for name in ("metric", "period")}
    why = {**counted, "versus": comparable["versus"], "provider": st.none() | names}
    wide = {name: comparable[name] for name in ("metric", "top")}
    measured = {"measure": st.sampled_from(Measure), "period": counted["period"]}
    private = st.none() | st.just(Audience.PRIVATE)
    topics = st.none() | st.sampled_from([kind.name for kind in KINDS])
    figures = st.one_of(
        st.builds(LeaderboardQuery, rate=st.booleans(), **comparable, **several),
        st.builds(ShareQuery, by=widths, **comparable, **several),
        st.builds(WhyQuery, **why),
        st.builds(TrendQuery, by=widths, **wide, period=counted["period"]),
        st.builds(TrendingQuery, by=st.sampled_from(Granularity), **wide, until=until),
        st.builds(
            AppsQuery,
            **wide,
            until=until,
            trending=st.booleans(),
            period=st.sampled_from([Last(1, Unit.DAY), Last(7, Unit.DAY)]),
        ),
        st.builds(ModelQuery, model=names | slugs, **counted),
        st.builds(PerformanceQuery, **measured),
    ).filter(lambda query: not is_compared_with_itself(query, today))
    account = st.just(AccountQuery()) | st.builds(GenerationQuery, id=ids)
    return st.one_of(
        st.builds(Request, query=figures, **delivery),
        st.builds(Request, query=account, audience=private),
        st.builds(Request, query=st.builds(HelpQuery, topic=topics)),
        st.just(Request(query=StatusQuery())),
    )


defaults = st.builds(
    Defaults,
    metric=st.none() | st.sampled_from(Metric),
    top=st.none() | st.integers(1, MAX_TOP),
    audience=st.none() | st.sampled_from(Audience),
)
"""What may be usual in a channel."""

VOCABULARY = (
    *BY_WORD,
    *WORDS,
    *LEADING,
    *PERIOD_WORDS,
    *("day", "weeks", "months", "quarter", "year", "previous", "none", "to", "..", "-"),
    *("7d", "4w", "3m", "1y", "0d", "99999d", "7", "0", "50", "51", "top20", "٣"),
    *("2026", "0000", "9999", "2026-11", "2026-13", "2026-Q3", "2026-Q9", "w46", "q3"),
    *("2026-W46", "2026-W53", "2025-W53", "2027-W01", "2026-11-09", "2026-02-30"),
    *("2026-11-01..2026-11-15", "2026-11-15..2026-11-01", "2026-11-01..", "..7d"),
    *("2026-11-01-2026-11-15", "09.11.2026", "11/15/2026", "31/31/0000", "0000-00-00"),
    *("today", "tomorrow", "past", "/zenmux", "zenmux", "?", "--help", "-h"),
    *("november", "nov", "9th", "friday", "week 46", "next", "from", "between", "and"),
    *("in", "how", "hello", "monthly", "cheapest", "feb", "29", "31"),
    *("leaderbord", "cots", "anthropic", '"', '"a b"', "'vs none'", "“x”", "…", "—"),
)
"""Words that mean something, or nearly."""

anything = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.lists(st.sampled_from(VOCABULARY), max_size=9).map(" ".join),
    st.lists(
        st.sampled_from(VOCABULARY) | st.text(max_size=8), min_size=1, max_size=7
    ).map(" ".join),
    st.text(min_size=1, max_size=50).map(lambda text: (text * 10_000)[:10_000]),
)
"""Text of every sort, much of it close to what is understood."""
