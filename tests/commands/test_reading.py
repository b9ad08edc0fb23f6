import itertools
from datetime import date

import pytest

from zenmux_bot.commands.lexer import WordError
from zenmux_bot.commands.queries import (
    AccountQuery,
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
)
from zenmux_bot.commands.reading import read
from zenmux_bot.core.measures import Granularity, Measure, Metric
from zenmux_bot.core.periods import CalendarUnit, Dates, Last, Unit, Versus

MONDAY = date(2026, 11, 23)
WEEK_40 = CalendarUnit(Unit.WEEK, date(2026, 9, 28))
WEEK_46 = CalendarUnit(Unit.WEEK, date(2026, 11, 9))
COST, TOKENS = Metric.COST, Metric.TOKENS


def read_text(text, base=None, today=MONDAY):
    return read(text.split(), today, base)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("leaderboard", LeaderboardQuery()),
        ("share", ShareQuery()),
        ("status", StatusQuery()),
        ("lb cost", LeaderboardQuery(metric=COST)),
        ("lb costs", LeaderboardQuery(metric=COST)),
        ("lb usd", LeaderboardQuery(metric=COST)),
        ("lb $", LeaderboardQuery(metric=COST)),
        ("lb spend", LeaderboardQuery(metric=COST)),
        ("lb token", LeaderboardQuery()),
        ("lb 4w", LeaderboardQuery(period=Last(4, Unit.WEEK))),
        ("lb last week", LeaderboardQuery(period=Last(1, Unit.WEEK))),
        ("top 20", LeaderboardQuery(top=20)),
        ("top cost", LeaderboardQuery(metric=COST)),
        ("lb top20", LeaderboardQuery(top=20)),
        ("lb 20", LeaderboardQuery(top=20)),
        ("lb top 050", LeaderboardQuery(top=50)),
        ("lb top ٣", LeaderboardQuery(top=3)),
        ("lb provider z-ai", LeaderboardQuery(providers=("z-ai",))),
        ("lb provider help", LeaderboardQuery(providers=("help",))),
        ("lb anthropic openai", LeaderboardQuery(providers=("anthropic", "openai"))),
        ("lb microsoft qwen", LeaderboardQuery(providers=("microsoft", "qwen"))),
        ("lb provider a provider b a", LeaderboardQuery(providers=("a", "b"))),
        ("lb rate", LeaderboardQuery(rate=True)),
        ("trend daily", TrendQuery(by=Granularity.DAY)),
        ("trending", TrendingQuery()),
        ("movers day", TrendingQuery(by=Granularity.DAY)),
        ("trending by week top 3", TrendingQuery(top=3)),
        ("model opus", ModelQuery(model="opus")),
        (
            "model claude opus 4.8 cost",
            ModelQuery(model="claude opus 4.8", metric=COST),
        ),
        ("model gpt 5", ModelQuery(model="gpt 5")),
        ("model cost name cost", ModelQuery(model="cost", metric=COST)),
        ("model 月之暗面 🚀", ModelQuery(model="月之暗面 🚀")),
        ("perf", PerformanceQuery()),
        ("perf latency", PerformanceQuery(measure=Measure.TTFT)),
        ("account", AccountQuery()),
        ("generation gen_01x", GenerationQuery(id="gen_01x")),
        ("generation gen_x", GenerationQuery(id="gen_x")),
        ("generation chatcmpl-a.b:c", GenerationQuery(id="chatcmpl-a.b:c")),
        (
            "lb provider vs vs none",
            LeaderboardQuery(providers=("vs",), versus=Versus.NONE),
        ),
        ("lb vs previous", LeaderboardQuery()),
        ("lb vs none", LeaderboardQuery(versus=Versus.NONE)),
        ("lb versus 2026-w40", LeaderboardQuery(versus=WEEK_40)),
        ("lb against last 4 weeks", LeaderboardQuery(versus=Last(4, Unit.WEEK))),
        ("lb 2026-w46 vs 2026-w40", LeaderboardQuery(period=WEEK_46, versus=WEEK_40)),
        ("lb vs 2026-w40 2026-w46", LeaderboardQuery(period=WEEK_46, versus=WEEK_40)),
        ("share by day", ShareQuery(by=Granularity.DAY)),
        ("share by weeks", ShareQuery(by=Granularity.WEEK)),
        ("share daily", ShareQuery(by=Granularity.DAY)),
        ("share weekly by week", ShareQuery(by=Granularity.WEEK)),
        ("share cost usd cost", ShareQuery(metric=COST)),
        ("share yesterday 1d", ShareQuery(period=Last(1, Unit.DAY))),
        (
            "share 2026-11-01 .. 2026-11-15 cost",
            ShareQuery(
                metric=COST, period=Dates(date(2026, 11, 1), date(2026, 11, 15))
            ),
        ),
        ("help", HelpQuery()),
        ("--help", HelpQuery()),
        ("-h", HelpQuery()),
        ("?", HelpQuery()),
        ("help lb", HelpQuery(topic="leaderboard")),
        ("help help", HelpQuery(topic="help")),
        ("share help", HelpQuery(topic="share")),
        ("top --help", HelpQuery(topic="leaderboard")),
        ("share cost 8w ?", HelpQuery(topic="share")),
        ("status -h", HelpQuery(topic="status")),
    ],
)
def test_words_make_a_query(text, query):
    assert read_text(text) == Request(query=query)


def test_no_words_ask_for_help():
    shown = Request(query=LeaderboardQuery())

    assert read((), MONDAY, None) == Request(query=HelpQuery())
    assert read((), MONDAY, shown) == Request(query=HelpQuery())


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("lb public", {"audience": Audience.PUBLIC}),
        ("lb private", {"audience": Audience.PRIVATE}),
        ("lb chart", {"show": Show.CHART}),
        ("lb table csv", {"show": Show.TABLE, "csv": True}),
    ],
)
def test_how_the_answer_is_wanted_is_no_part_of_the_query(text, wishes):
    assert read_text(text) == Request(query=LeaderboardQuery(), **wishes)


def test_words_after_the_first_may_come_in_any_order():
    parts = ("cost", "last month", "top 5", "vs 2026-09", "by day", "public")
    september = CalendarUnit(Unit.MONTH, date(2026, 9, 1))
    expected = Request(
        query=ShareQuery(
            metric=COST,
            period=Last(1, Unit.MONTH),
            by=Granularity.DAY,
            top=5,
            versus=september,
        ),
        audience=Audience.PUBLIC,
    )

    for order in itertools.permutations(parts):
        assert read_text(f"share {' '.join(order)}") == expected


BASE = Request(
    query=ShareQuery(metric=COST, period=WEEK_46, top=5, providers=("z-ai",)),
    audience=Audience.PUBLIC,
    csv=True,
)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("leaderboard", LeaderboardQuery(metric=COST, period=WEEK_46)),
        ("top", LeaderboardQuery(metric=COST, period=WEEK_46)),
        ("top tokens", LeaderboardQuery(metric=TOKENS, period=WEEK_46)),
        ("lb 7d", LeaderboardQuery(metric=COST)),
        ("share", ShareQuery(metric=COST, period=WEEK_46)),
        ("lb top 20", LeaderboardQuery(metric=COST, period=WEEK_46, top=20)),
        ("help", HelpQuery()),
        ("help share", HelpQuery(topic="share")),
        ("status", StatusQuery()),
    ],
)
def test_a_command_keeps_metric_and_period_of_the_one_before(text, query):
    assert read_text(text, BASE) == Request(query=query)


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("vs 2026-w40", {"versus": WEEK_40}),
        ("vs none", {"versus": Versus.NONE}),
        ("top 20", {"top": 20}),
        ("top20", {"top": 20}),
        ("20", {"top": 20}),
        ("by day", {"by": Granularity.DAY}),
        ("tokens", {"metric": TOKENS}),
        ("2026-w40", {"period": WEEK_40}),
        ("last 4 weeks top 20", {"period": Last(4, Unit.WEEK), "top": 20}),
        ("provider x-ai", {"providers": ("x-ai",)}),
        ("x-ai provider cost", {"providers": ("x-ai", "cost")}),
    ],
)
def test_words_without_a_command_change_the_one_before(text, changes):
    kept = {"metric": COST, "period": WEEK_46, "top": 5, "providers": ("z-ai",)}

    assert read_text(text, BASE) == Request(query=ShareQuery(**(kept | changes)))


@pytest.mark.parametrize(
    ("before", "text", "meaning"),
    [
        ("lb cost 2026-w46 top 5", "by day", "trend cost 2026-w46 by day top 5"),
        ("lb 8w vs none", "by week tokens", "trend tokens 8w by week"),
        ("trend cost 4w top 5", "vs 2026-w40", "leaderboard cost 4w top 5 vs 2026-w40"),
        ("why cost 4w vs 2026-w40", "top 5", "share cost 4w top 5 vs 2026-w40"),
        ("why cost 4w provider z-ai", "by day", "share cost 4w by day"),
    ],
)
def test_words_that_fit_only_a_related_command_turn_to_it(before, text, meaning):
    assert read_text(text, read_text(before)) == read_text(meaning)


@pytest.mark.parametrize(
    ("before", "text", "problem"),
    [
        ("lb cost 2026-w46", "by day ttft", "leaderboard does not take “by day”"),
        ("trend cost 4w", "anthropic", "trend takes no name such as “anthropic”"),
        ("model gpt-5", "vs none", "model does not take “vs none”"),
        ("performance", "cost", "performance does not take “cost”"),
    ],
)
def test_words_that_fit_no_related_command_are_about_the_one_before(
    before, text, problem
):
    with pytest.raises(WordError, match=problem):
        read_text(text, read_text(before))


def test_how_one_answer_was_wanted_says_nothing_of_the_next():
    assert read_text("chart", BASE) == Request(query=BASE.query, show=Show.CHART)


def test_a_question_mark_after_an_answer_asks_about_its_command():
    assert read_text("?", BASE) == Request(query=HelpQuery(topic="share"))


@pytest.mark.parametrize("query", [HelpQuery(), StatusQuery()])
def test_there_is_nothing_to_change_in_help_or_status(query):
    base = Request(query=query)

    assert read_text("top 20", base) == Request(query=LeaderboardQuery(top=20))
    assert read_text("lb", base) == Request(query=LeaderboardQuery())
    with pytest.raises(WordError, match="Unknown command “cost”"):
        read_text("cost", base)


@pytest.mark.parametrize(
    ("text", "base", "today", "start", "instead"),
    [
        ("lb wtd top 5", None, MONDAY, (1, 2), ("1w",)),
        ("lb vs wtd top 5", None, MONDAY, (1, 3), ("vs", "previous")),
        ("lb vs since 2026-12-01", None, MONDAY, (1, 4), ("vs", "previous")),
        ("share", None, date(2025, 10, 1), (1, 1), ("all",)),
        ("top 5", "lb wtd", MONDAY, (2, 2), ("1w",)),
        ("top 5", "lb vs wtd", MONDAY, (2, 2), ("vs", "previous")),
    ],
)
def test_a_period_without_data_is_refused_also_where_it_was_not_said(
    text, base, today, start, instead
):
    before = read_text(base, today=date(2026, 11, 22)) if base else None

    with pytest.raises(WordError) as caught:
        read_text(text, before, today)

    slip = caught.value.slip
    assert ((slip.start, slip.stop), slip.instead[0]) == (start, instead)
    assert slip.allowed == "Data run from 2025-09-29 to yesterday (UTC)."
