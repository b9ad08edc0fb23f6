"""Reports on a terminal."""

import io
import re

import pytest
from answer_worlds import (
    AS_OF,
    HOSTILE,
    LATEST,
    board,
    days_of,
    models_of,
    ranked,
    recorded_board,
    recorded_series,
    series,
    shared,
)
from rich.console import Console

from zenmux_bot.answers.leaderboard.report import report_leaderboard
from zenmux_bot.answers.share.report import report_share
from zenmux_bot.commands.queries import Request, ShareQuery, Show
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import DAY, CalendarUnit, Unit, Versus
from zenmux_bot.render.report import Cell, Chart, Column, Point, Report, Table
from zenmux_bot.render.terminal import print_report


def printed(report, *, width=160):
    """Return what stands on the terminal, without spaces at the ends of lines."""
    out = io.StringIO()
    print_report(report, Console(file=out, width=width, force_terminal=False))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def test_draw__leaderboard_of_fixture():
    query = models_of("cost", top=5, versus=Versus.NONE)
    view = ranked(recorded_board("leaderboard_cost_seed"), query=query)

    lines = printed(report_leaderboard(view, Request(query=query))).splitlines()

    rows = [line.split() for line in lines[3:]]
    assert rows[0] == ["#", "Model", "Cost", "Share", "Provider"]
    assert rows[2] == ["1", "Claude", "Opus", "4.6", "$15,235", "27.9%", "Anthropic"]
    assert rows[6] == ["5", "DeepSeek", "R1", "$5,432", "10.0%", "DeepSeek"]
    assert rows[8] == ["–", "Others", "$3,457", "6.3%", "–"]
    assert rows[9] == ["–", "Total", "$54,544", "100.0%", "–"]
    assert lines[-1] == (
        "/zenmux leaderboard cost 2026-06-15..2026-06-21 top 5 vs none"
    )


def test_draw__share_of_fixture():
    period = CalendarUnit(Unit.WEEK, LATEST.replace(year=2025, month=12, day=29))
    query = ShareQuery(period=period, versus=Versus.NONE)
    view = shared(recorded_series("market_share_seed"), query, Granularity.WEEK)

    words = printed(report_share(view, Request(query=query)))

    shares = re.findall(r"^\S+ +(\d+\.\d)%", words, re.MULTILINE)
    assert shares == ["48.8", "33.2", "17.7", "0.4", "100.0"]


def test_draw__line_chart():
    days = range(3)
    buckets = series({LATEST - n * DAY: {"a": 1 + n, "b": 1} for n in days})
    query = days_of(count=3, versus=Versus.NONE)

    words = printed(
        report_share(shared(buckets, query, Granularity.DAY), Request(query=query))
    )

    assert "75.0 → 50.0 % of tokens" in words
    assert "19 Jun to 21 Jun" in words
    assert "Provider" in words


def test_draw__bar_chart():
    query = models_of(top=3)
    view = ranked(board({"a/x": 4_000_000, "b/y": 1_000_000, "c/z": 0}), query=query)

    words = printed(report_leaderboard(view, Request(query=query, show=Show.CHART)))

    assert f"A/X    {'█' * 20}  4.00" in words
    assert f"B/Y    {'█' * 5}{' ' * 15}  1.00" in words
    assert "C/Z" in words
    assert "Tokens in M" in words
    assert "Provider" not in words


def test_draw__chart_of_zeros():
    chart = Chart(
        title="t",
        kind="line",
        categories=("a", "b"),
        series=(("none", (0.0, 0.0)),),
        x_label="x",
        y_label="%",
    )

    assert "0.0 → 0.0 %" in printed(Report(title="T", finding="", chart=chart))


@pytest.mark.parametrize("label", HOSTILE)
def test_draw__label_markup(label):
    now = board({"a/x": 5}, labels={"a/x": f"{label}[bold red]:tada:[/]"})
    query = models_of(versus=Versus.NONE)

    words = printed(report_leaderboard(ranked(now, query=query), Request(query=query)))

    assert "\x1b" not in words
    assert "\u202e" not in words
    if len(label) < 30:
        assert "[bold red]:tada:[/]" in words


def test_draw__small_print():
    report = Report(
        title="T",
        finding="f",
        points=(Point("/zenmux help", "all"),),
        context=("one", "two"),
        as_of=AS_OF,
        stale=True,
        command="help",
    )

    assert printed(report) == (
        "T\nf\n/zenmux help  all\n"
        "one · two · stale copy, as of 23 Nov 2026 09:30 UTC\n/zenmux help"
    )


def test_draw__bare_report():
    assert printed(Report(title="T", finding="")) == "T"


def test_draw__narrow_terminal():
    table = Table(
        caption="c", columns=(Column("Name"),), rows=((Cell("abcdefghijkl"),),)
    )

    words = printed(Report(title="T", finding="", table=table), width=6)

    assert "abcdef\nghijkl" in words
