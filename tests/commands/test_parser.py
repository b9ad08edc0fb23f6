import itertools
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import anything, defaults, requests, todays

from zenmux_bot.commands.defaults import Defaults
from zenmux_bot.commands.lexer import MAX_CHARACTERS, WordError
from zenmux_bot.commands.parser import MAX_SUGGESTIONS, parse, read
from zenmux_bot.commands.queries import (
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
    canonical,
)
from zenmux_bot.core.measures import Granularity, Measure, Metric
from zenmux_bot.core.periods import CalendarUnit, Dates, Last, Unit, Versus
from zenmux_bot.errors import BadInput

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", "help"),
        ("/zenmux", "help"),
        ("/zenmux share cost 8w", "share cost 8w"),
        ("zenmux share cost 8w", "share cost 8w"),
        ("/ZenMux “Share” COST  8W!", "share cost 8w"),
        ('"share cost 8w"', "share cost 8w"),
        ("share “last week”", "share tokens 1w"),
        ("share 2026-11-01..2026-11-15", "share tokens 2026-11-01..2026-11-15"),
        ("share 2026-11-01…2026-11-15", "share tokens 2026-11-01..2026-11-15"),
        ("share 2026-11-01 – 2026-11-15", "share tokens 2026-11-01..2026-11-15"),
        ("share 2026‑11‑01–2026‑11‑15", "share tokens 2026-11-01..2026-11-15"),
        ("share ２０２６－Ｗ４６ ｖｓ ｎｏｎｅ", "share tokens 2026-W46 vs none"),
        ("share vs 2026-W45..2026-W46", "share tokens 8w vs 2026-11-02..2026-11-15"),
        ("“leaderboard” – top 5 - 4w", "leaderboard tokens 4w top 5"),
        ("lb provider a..b", "leaderboard tokens 7d provider a..b"),
        (
            "lb provider “Moonshot  AI” 4w",
            'leaderboard tokens 4w provider "moonshot ai"',
        ),
    ],
)
def test_parse__forgiving(text, meaning):
    assert canonical(parse(text, today=MONDAY)) == meaning


def test_parse__too_long():
    long = f"share {'cost ' * 200}"

    with pytest.raises(BadInput) as caught:
        parse(long, today=MONDAY)

    error = caught.value
    assert error.problem == f"That is {len(long)} characters long."
    assert error.allowed == f"A command has at most {MAX_CHARACTERS}."
    assert error.suggestions == ("help",)


def test_parse__suggestion_limit():
    with pytest.raises(BadInput) as caught:
        parse("status by day top 5 provider z-ai leaderbord", today=MONDAY)

    assert len(caught.value.suggestions) <= MAX_SUGGESTIONS


@pytest.mark.parametrize(
    ("text", "today", "suggestions"),
    [
        ("joke on quick brown foxes and dogs", MONDAY, ("help",)),
        ("share 8w", date(2025, 9, 29), ("help share",)),  # no data at all
        (f"share {'by ' * 12}", MONDAY, ("help share",)),  # beyond repair
    ],
)
def test_parse__nothing_similar(text, today, suggestions):
    with pytest.raises(BadInput) as caught:
        parse(text, today=today)

    assert caught.value.suggestions == suggestions


@given(data=st.data(), today=todays)
def test_canonical__round_trip(data, today):
    request = data.draw(requests(today=today))

    assert parse(canonical(request), today=today) == request


@given(data=st.data(), today=todays)
def test_canonical__round_trip_with_base(data, today):
    request = data.draw(requests(today=today))
    base = data.draw(requests(today=today))

    assert parse(canonical(request), today=today, base=base) == request


@settings(max_examples=5 * settings().max_examples)
@given(
    text=anything,
    today=todays | st.dates(date(2020, 1, 1)),
    before=st.sampled_from(
        (
            "help",
            "status",
            "lb wtd vs mtd public",
            'share cost 2026-W46 by day top 5 provider "moonshot ai" csv',
        )
    ),
    is_first=st.booleans(),
    usual=defaults,
)
def test_parse__any_text(text, today, before, is_first, usual):
    base = None if is_first else parse(before, today=date(2026, 11, 24))
    there = {"today": today, "base": base, "usual": usual}
    outcome = request_or_error(text, **there)

    if isinstance(outcome, BadInput):
        assert outcome.problem.endswith(".")
        assert f"{outcome.problem}{outcome.allowed}".isprintable()
        assert 1 <= len(outcome.suggestions) <= MAX_SUGGESTIONS
        for suggestion in outcome.suggestions:
            again = parse(suggestion, **there | {"usual": usual.for_buttons()})
            assert canonical(again) == suggestion
    else:
        assert parse(canonical(outcome), **there) == outcome


def request_or_error(text, **there):
    try:
        return parse(text, **there)
    except BadInput as error:
        return error


@pytest.mark.parametrize(
    ("text", "before", "top", "meaning"),
    [
        ("share", None, 5, "share tokens 8w top 5"),
        ("share top 10", None, 5, "share tokens 8w top 10"),
        ("share top 10", None, None, "share tokens 8w top 10"),
        ("by day", "share top 10", None, "share tokens 8w by day top 10"),
        ("by day", "share", 5, "share tokens 8w by day top 10"),
        ("leaderboard", "share top 10", None, "leaderboard tokens 8w"),
        ("top 5", "share top 10", 10, "share tokens 8w top 5"),
        ("by day", "lb top 10", None, "trend tokens 7d by day top 10"),
    ],
)
def test_parse__says_top(text, before, top, meaning):
    base = None if before is None else parse(before, today=MONDAY)

    request = parse(text, today=MONDAY, base=base, usual=Defaults(top=top))

    assert canonical(request) == meaning


def test_parse__suggestions_use_defaults():
    usual = Defaults(metric=Metric.COST, top=5)

    with pytest.raises(BadInput) as caught:
        parse("shar 4w", today=MONDAY, usual=usual)

    assert caught.value.suggestions[0] == "share cost 4w top 5"


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("share -3d", "share tokens yesterday"),
        ("share 1000000d", "share tokens 90d"),
        ("share 20261109", "share tokens 2026-11-09"),
    ],
)
def test_parse__malformed_period(text, offered):
    with pytest.raises(BadInput) as caught:
        parse(text, today=date(2026, 11, 23))

    assert caught.value.suggestions[0] == offered


def test_parse__restricted_stays_private():
    usual = Defaults(audience=Audience.PUBLIC)
    with pytest.raises(BadInput) as caught:
        parse("acount", today=MONDAY, usual=usual)

    assert caught.value.suggestions == ("account",)
    assert parse("account", today=MONDAY, usual=usual).audience is None


def test_parse__first_day():
    with pytest.raises(BadInput):
        parse("share 2025-09", today=date(2025, 9, 29))


@pytest.mark.parametrize(
    ("sentence", "meaning"),
    [
        ("please show me the share of cost for last week", "share cost last week"),
        ("what is the share of anthropic in 2026-w46", "share 2026-w46 anthropic"),
        ("compare openai and anthropic", "share openai anthropic"),
        ("why did the cost go up in october", "why cost 2026-10"),
        ("leaderboard from 1 nov to 15 nov", "lb 2026-11-01..2026-11-15"),
        ("model kimi k3 in november", "model kimi k3 2026-11"),
        ("model kimi cost in k3", "model kimi k3 cost"),
        ("generation 123", "generation 123"),
        ("model once in a while 21d", 'model "once in a while" 21d'),
        ("what's trending", "trending"),
        ("help me please", "help"),
        ("help with share", "help share"),
        ("hi there", "help"),
        ("hey, show me share cost", "share cost"),
        ("share over the last 4 weeks as csv", "share 4w csv"),
        ("share between openai and google", "share openai google"),
        ("lb nov vs the previous", "lb nov vs previous"),
        ("lb from the 1st to the 9th of nov", "lb 2026-11-01..2026-11-09"),
        ("top 5 week 46", "lb 2026-w46 top 5"),
        ("top 5 weeks", "lb 5w"),
        ("model gpt 5 week 46", 'model "gpt 5" 2026-w46'),
        ("model kimi k2 0905 2026", 'model "kimi k2 0905" 2026'),
        ("show me the top 5 models in november", "lb top 5 2026-11"),
        ("what is the market share of openai?", "share openai"),
        ("top 5 november", "leaderboard top 5 2026-11"),
        ("top 5 days", "leaderboard 5d"),
        ("model gpt 5 november", 'model "gpt 5" 2026-11'),
        ("model gpt-5 9 november", "model gpt-5 2026-11-09"),
        ("model gpt cost 9 november", "model gpt cost 2026-11-09"),
        ("thanks a lot", "help thanks"),
    ],
)
def test_parse__fillers(sentence, meaning):
    assert parse(sentence, today=MONDAY) == parse(meaning, today=MONDAY)


def test_parse__follow_up_sentence():
    base = parse("share cost 8w top 5", today=MONDAY)

    said = parse("and how about openai in october?", today=MONDAY, base=base)

    assert said == parse("openai 2026-10", today=MONDAY, base=base)


def test_parse__filler_as_name():
    assert parse("share provider and", today=MONDAY).query.providers == ("and",)


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
        ("trending until 2026-11-10", TrendingQuery(until=date(2026, 11, 10))),
        ("trending as of last week", TrendingQuery(until=date(2026, 11, 22))),
        ("trending last week", TrendingQuery(until=date(2026, 11, 22))),
        ("trending 7d", TrendingQuery()),
        (
            "trending nov 10",
            TrendingQuery(by=Granularity.DAY, until=date(2026, 11, 10)),
        ),
        ("apps until nov 10", AppsQuery(until=date(2026, 11, 10))),
        (
            "apps september",
            AppsQuery(period=Last(30, Unit.DAY), until=date(2026, 9, 30)),
        ),
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
def test_parse__queries(text, query):
    assert read_text(text) == Request(query=query)


def test_parse__empty():
    shown = Request(query=LeaderboardQuery())

    assert read((), MONDAY, None) == Request(query=HelpQuery())
    assert read((), MONDAY, shown) == Request(query=HelpQuery())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("lb public", {"audience": Audience.PUBLIC}),
        ("lb private", {"audience": Audience.PRIVATE}),
        ("lb chart", {"show": Show.CHART}),
        ("lb table csv", {"show": Show.TABLE, "csv": True}),
    ],
)
def test_parse__delivery(text, wanted):
    assert read_text(text) == Request(query=LeaderboardQuery(), **wanted)


def test_parse__any_order():
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
def test_parse__keeps_metric_and_period(text, query):
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
        ("by tokens", {"metric": TOKENS}),
        ("by tokens by day", {"metric": TOKENS, "by": Granularity.DAY}),
        ("2026-w40", {"period": WEEK_40}),
        ("last 4 weeks top 20", {"period": Last(4, Unit.WEEK), "top": 20}),
        ("provider x-ai", {"providers": ("x-ai",)}),
        ("x-ai provider cost", {"providers": ("x-ai", "cost")}),
    ],
)
def test_parse__follow_up(text, changes):
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
        ("share 2026-w46 vs 2026-w40", "2026-w45", "share 2026-w45 vs 2026-w40"),
        ("share 2026-w46 vs 2026-w40", "october", "share 2026-10"),
        ("share 2026-w46 vs 2026-w40", "2026-w40", "share 2026-w40"),
        ("share 2026-w46 vs 2026-w40", "october vs w40", "share 2026-10 vs 2026-w40"),
        ("share 2026-w46 vs none", "october", "share 2026-10 vs none"),
        ("share 2026-10 vs 2026-08", "september", "share 2026-09 vs 2026-08"),
        ("spend mtd vs 2026-09", "yesterday", "spend yesterday"),
        ("spend mtd vs 2026-09", "october", "spend 2026-10 vs 2026-09"),
    ],
)
def test_parse__follow_up_changes_kind(before, text, meaning):
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
def test_parse__follow_up_error(before, text, problem):
    with pytest.raises(WordError, match=problem):
        read_text(text, read_text(before))


def test_parse__delivery_not_kept():
    assert read_text("chart", BASE) == Request(query=BASE.query, show=Show.CHART)


def test_parse__question_mark():
    assert read_text("?", BASE) == Request(query=HelpQuery(topic="share"))


@pytest.mark.parametrize("query", [HelpQuery(), StatusQuery()])
def test_parse__nothing_to_follow_up(query):
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
def test_parse__period_without_data(text, base, today, start, instead):
    before = read_text(base, today=date(2026, 11, 22)) if base else None

    with pytest.raises(WordError) as caught:
        read_text(text, before, today)

    error = caught.value.error
    assert ((error.start, error.stop), error.instead[0]) == (start, instead)
    assert error.allowed == "Figures begin on 29 Sep 2025; days are UTC."


def test_parse__a_window_that_is_kept_has_begun():
    later = Request(query=TrendingQuery(until=date(2026, 11, 22)))

    kept = parse("cost", today=MONDAY, base=later)
    newest = parse("cost", today=date(2026, 11, 22), base=later)

    assert kept.query == TrendingQuery(metric=Metric.COST, until=date(2026, 11, 22))
    assert newest.query == TrendingQuery(metric=Metric.COST)
