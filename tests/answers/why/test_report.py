"""The explanation of a share: its parts add up, and what is not known is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from answer_worlds import basis_of, series, shared
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.answers.why.report import MAX_DRIVERS, parts, report_why
from zenmux_bot.answers.why.view import Driver, Split, WhyView, split_change
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import Request, ShareQuery, WhyQuery, canonical
from zenmux_bot.core.bounded import Bounded
from zenmux_bot.core.measures import Granularity
from zenmux_bot.core.periods import Dates
from zenmux_bot.render.slack import message

NOW, BEFORE = date(2026, 11, 22), date(2026, 11, 21)
QUERY = WhyQuery(period=Dates(NOW, NOW), provider="acme")
REQUEST = Request(query=QUERY)

fractions = st.decimals(-1, 1, places=12)


def exact(number):
    return Bounded.exact(Decimal(number))


def driver(slug, points, **more):
    figure = Bounded(*map(Decimal, points)) if isinstance(points, tuple) else None
    return Driver(
        model=slug,
        label=slug.upper(),
        value=more.pop("value", exact(10)),
        points=figure or exact(points),
        **more,
    )


DRIVERS = (
    driver("acme/a", "0.06"),
    driver("acme/b", "0.03", entered=True),
    driver("acme/c", "0.0002"),
    driver("acme/d", "-0.01", left=True, value=None),
    driver("acme/e", ("-0.01", "0.02")),
)


def view(drivers=DRIVERS, **changes):
    """Return acme going from 50 to 60%, 1,000 to 1,500 tokens."""
    buckets = series(
        {BEFORE: {"acme": 1000, "bolt": 1000}, NOW: {"acme": 1500, "bolt": 1000}},
        {"acme": "Acme", "bolt": "Bolt"},
    )
    shares = shared(buckets, ShareQuery(period=Dates(NOW, NOW)), Granularity.DAY)
    row, other = shares.rows
    values = {
        "basis": basis_of(QUERY),
        "row": row,
        "total": shares.total,
        "split": split_change(row.figures, shares.total),
        "drivers": drivers,
        "others": (other,),
    }
    return WhyView(**values | changes)


def test_the_finding_says_how_much_came_from_where():
    report = report_why(view(), REQUEST)

    assert report.title == "Why Acme’s share of tokens moved, 22 Nov 2026"
    assert report.finding == (
        "Acme has 60.0% of tokens, +10.0 pp on the day before. "
        "+10.0 pp of it came from its own volume (+50.0%) and ±0.0 pp from that of "
        "all others. ACME/A (+6.0 pp) and ACME/B (+3.0 pp) drove it. "
        "Platform: 2.50K tokens, +25.0% on the day before."
    )


@given(change=fractions, own=fractions)
def test_rounded_parts_add_up_to_the_rounded_change(change, own):
    first, second = parts(change, own)

    assert first + second == (change * 100).quantize(Decimal("0.1"))
    assert abs(first - own * 100) <= Decimal("0.05")


def test_the_table_shows_models_and_what_is_not_listed():
    table = report_why(view(), REQUEST).table

    cells = [[cell.text for cell in row] for row in (*table.rows, *table.tail)]
    assert cells == [
        ["ACME/A", "10", "+6.0 pp", "–"],
        ["ACME/B", "10", "+3.0 pp", "new in top 50"],
        ["ACME/C", "10", "±0.0 pp", "–"],
        ["ACME/D", "–", "−1.0 pp", "not in top 50 now"],
        ["ACME/E", "10", "−1.0 to +2.0 pp", "–"],
        ["All of Acme", "1.50K", "+10.0 pp", "–"],
    ]


def test_where_all_stayed_listed_no_column_says_so():
    table = report_why(view([driver("acme/a", "0.06")]), REQUEST).table

    assert [column.heading for column in table.columns][-1] == "Change"
    assert {len(row) for row in (*table.rows, *table.tail)} == {3}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"split": None}, "was not among the 50 providers"),
        ({"drivers": None}, "its models could not be fetched"),
        ({"drivers": ()}, "none of its models is among the 50"),
        ({}, "models listed: +7.0 to +10.0 pp of +10.0 pp"),
        (
            {"drivers": tuple(driver(f"acme/{n}", "0.001") for n in range(13))},
            "3 more models moved less",
        ),
    ],
)
def test_what_is_not_known_is_said(changes, said):
    report = report_why(view(**changes), REQUEST)

    assert said in f"{report.finding} {'; '.join(report.context)}"
    assert report.table is None or len(report.table.rows) <= MAX_DRIVERS


def test_periods_of_other_lengths_have_no_parts():
    basis = view().basis
    comparison = replace(basis.comparison, commensurable=False)
    told = view(split=None, basis=replace(basis, comparison=comparison))

    assert "The periods differ in length" in report_why(told, REQUEST).finding


def test_nobody_drove_what_did_not_move():
    row = view().row
    still = replace(row, figures=replace(row.figures, points=exact(0)))

    told = report_why(view(row=still, split=Split(Decimal(0), Decimal(0))), REQUEST)

    assert "drove it" not in told.finding


def test_a_fall_is_driven_by_those_that_fell():
    row = view().row
    fallen = replace(row, figures=replace(row.figures, points=exact("-0.02")))

    told = report_why(view(row=fallen), REQUEST)

    assert "ACME/D (−1.0 pp) drove it." in told.finding


def test_the_next_questions_are_about_others_and_all():
    report = report_why(view(), REQUEST)

    menu = next(each for each in report.menus if each.action == "ask:why")
    assert [(each.label, each.command) for each in menu.choices] == [
        ("Bolt (−10.0 pp)", "why tokens 2026-11-22 provider bolt")
    ]
    commands = {button.action: button.command for button in report.buttons}
    assert commands["ask:models"] == "share tokens 2026-11-22"
    assert "ask:show" not in commands
    for command in commands.values():
        assert canonical(parse(command, today=date(2026, 11, 23))) == command


def test_every_slack_client_gets_words_and_blocks():
    drawn = message(report_why(view(), REQUEST))

    assert drawn.text.startswith("Why Acme’s share of tokens moved")
    assert {"header", "table", "context", "actions"} <= {
        block["type"] for block in drawn.blocks
    }
