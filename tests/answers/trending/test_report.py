"""Models with momentum: two growths, told apart, in words, chart and files."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from answer_worlds import AS_OF

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.answers.registry import files_of
from zenmux_bot.answers.trending.report import report_trending
from zenmux_bot.answers.trending.view import build_trending
from zenmux_bot.commands.queries import Request, Show, TrendingQuery
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import DAY, Last, Unit, Versus
from zenmux_bot.core.windows import compare, resolve
from zenmux_bot.zenmux.models import Trending

SUNDAY = date(2026, 6, 21)
STEADY = [4] * 14
GROWN = [4] * 7 + [6] * 7
NEW = [0] * 7 + [3] * 7


def view(*entries, by=Granularity.WEEK, top=10):
    """Tell of models from the days of each, the newest last; None: not known."""
    days = [SUNDAY - DAY * back for back in reversed(range(14))]
    body = {
        "metric": "tokens",
        "bucket_width": "1w" if by is Granularity.WEEK else "1d",
        "ending_at": str(SUNDAY),
        "entries": [
            {
                "rank": rank,
                "model": f"x/{rank}",
                "label": f"X{rank}",
                "value": None if values[-1] is None else sum(values[-7:]),
                "data_points": [
                    {"period": f"{day:%Y%m%d}", "value": value}
                    for day, value in zip(days, values, strict=True)
                    if value is not None
                ],
            }
            for rank, values in enumerate(entries, start=1)
        ],
    }
    query = TrendingQuery(by=by, top=top)
    window = resolve(Last(7 if by is Granularity.WEEK else 1, Unit.DAY), SUNDAY + DAY)
    basis = AnswerContext(
        command="trending",
        metric=Metric.TOKENS,
        window=window,
        comparison=compare(window, Versus.PREVIOUS, SUNDAY + DAY),
        versus=Versus.PREVIOUS,
        data_through=SUNDAY,
        as_of=AS_OF,
    )
    return build_trending(query, basis, Trending.model_validate(body))


def told(*entries, by=Granularity.WEEK, top=10, show=None):
    query = TrendingQuery(by=by, top=top)
    request = Request(query=query, show=show)
    return report_trending(view(*entries, by=by, top=top), request)


def labels_of(report):
    return [each.label for menu in report.menus for each in menu.choices]


@pytest.mark.parametrize(
    ("days", "figures"),
    [
        (GROWN, ": 42 tokens, 50.0% more than the 7 days before."),
        (NEW, ": 21 tokens, none in the 7 days before."),
        ([None] * 14, "."),
    ],
    ids=["grown", "new", "not known"],
)
def test_headline__tells_the_first_with_its_own_figures(days, figures):
    first = "Among all ZenMux customers, X1 has the most momentum"

    assert told(days).headline == f"{first}{figures}"


def test_trending_report__day_is_said_to_be_a_weekday():
    report = told(GROWN, by=Granularity.DAY)

    assert "A Sunday is compared with the day before" in report.finding
    assert "Over 7 days" in labels_of(report)


def test_trending_report__days_that_are_not_all_known_have_no_line():
    gaps = [None, *STEADY[1:]]

    drawn = told(GROWN, gaps, STEADY, show=Show.CHART)

    assert [label for label, _ in drawn.chart.series] == ["X1", "X3"]
    assert not drawn.is_table_shown
    assert told(gaps, show=Show.CHART).chart is None


@pytest.mark.parametrize(("top", "offered"), [(1, True), (2, False)])
def test_trending_report__more_rows_are_offered_where_there_are_more(top, offered):
    labels = labels_of(told(GROWN, STEADY, top=top))

    assert ("All 2 models" in labels) is offered


def test_trending_report__files_have_both_growths_and_every_day():
    growths, by_day, _ = files_of(view(GROWN), Request(query=TrendingQuery()))

    [row] = csv.DictReader(io.StringIO(growths.content.removeprefix("\ufeff")))
    assert (row["value"], row["own_change_percent"]) == ("42", "50.000000")
    days = list(csv.DictReader(io.StringIO(by_day.content.removeprefix("\ufeff"))))
    assert [each["value"] for each in days] == [str(each) for each in GROWN]


def test_report_trending__what_follows_keeps_the_day():
    report = told(STEADY, GROWN)

    commands = [each.command for each in report.buttons]
    commands += [each.command for menu in report.menus for each in menu.choices]
    own = {"spend mtd"}
    assert {each for each in commands if str(SUNDAY) not in each} <= own
