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
VERSUS = Dates(BEFORE, BEFORE)
QUERY = WhyQuery(period=Dates(NOW, NOW), provider="acme", versus=VERSUS)
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
    query = ShareQuery(period=Dates(NOW, NOW), versus=VERSUS)
    shares = shared(buckets, query, Granularity.DAY)
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


def test_why_report__finding_says_how_much_came_from_where():
    report = report_why(view(), REQUEST)

    assert report.title == "Why Acme's share of tokens moved, 22 Nov 2026"
    assert report.headline == (
        "Among all ZenMux customers, Acme has 60.0% of tokens, +10.0 pp on 21 Nov 2026."
    )
    assert report.finding == (
        "Acme's own volume (+50.0%) accounts for +10.0 pp, that of all others for "
        "±0.0 pp. Up: ACME/A (+6.0 pp) and ACME/B (+3.0 pp). "
        "Down: ACME/D (−1.0 pp)."
    )


@given(change=fractions, own=fractions)
def test_why_report__rounded_parts_add_up_to_the_rounded_change(change, own):
    first, second = parts(change, own)

    assert first + second == (change * 100).quantize(Decimal("0.1"))
    assert abs(first - own * 100) <= Decimal("0.05")


def test_why_report__table_shows_models_and_what_is_not_listed():
    table = report_why(view(), REQUEST).table

    cells = [[cell.text for cell in row] for row in (*table.rows, *table.tail)]
    assert cells == [
        ["ACME/A", "+6.0 pp", "10", "–"],
        ["ACME/B", "+3.0 pp", "10", "new in top 50"],
        ["ACME/D", "−1.0 pp", "–", "not in top 50 now"],
        ["ACME/E", "−1.0 to +2.0 pp", "10", "–"],
        ["1 other model", "±0.0 pp", "10", "–"],
        ["All of Acme", "+10.0 pp", "1.50K", "–"],
    ]


def test_why_report__where_all_stayed_listed_no_column_says_so():
    table = report_why(view([driver("acme/a", "0.06")]), REQUEST).table

    headings = [column.heading for column in table.columns]
    assert headings == ["Model", "Change", "Tokens"]
    assert {len(row) for row in (*table.rows, *table.tail)} == {3}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"split": None}, "wasn't always among the 50 providers"),
        ({"drivers": None}, "its models could not be fetched"),
        ({"drivers": ()}, "none of its models is among the 50"),
        ({}, "its models in ZenMux's top 50: +7.0 to +10.0 pp; the rest is below that"),
        (
            {"drivers": tuple(driver(f"acme/{n}", "0.001") for n in range(13))},
            "its models in ZenMux's top 50: +1.3 pp",
        ),
    ],
)
def test_why_report__what_is_not_known_is_said(changes, said):
    report = report_why(view(**changes), REQUEST)

    assert said in f"{report.finding} {'; '.join(report.context)}"
    assert report.table is None or len(report.table.rows) <= MAX_DRIVERS


def test_why_report__periods_of_other_lengths_have_no_parts():
    basis = view().basis
    comparison = replace(basis.comparison, commensurable=False)
    told = view(split=None, basis=replace(basis, comparison=comparison))

    assert "The periods differ in length" in report_why(told, REQUEST).finding


def test_why_report__nobody_drove_what_did_not_move():
    row = view().row
    still = replace(row, figures=replace(row.figures, points=exact(0)))

    told = report_why(view(row=still, split=Split(Decimal(0), Decimal(0))), REQUEST)

    assert "Up: " not in told.finding


def test_why_report__fall_is_driven_by_those_that_fell():
    row = view().row
    fallen = replace(row, figures=replace(row.figures, points=exact("-0.02")))

    told = report_why(view(row=fallen), REQUEST)

    assert "Down: ACME/D (−1.0 pp). Up: ACME/A (+6.0 pp)" in told.finding


def test_why_report__next_questions_are_about_others_and_all():
    [menu] = report_why(view(), REQUEST).menus

    found = {each.label: each.command for each in menu.choices}
    assert found["Bolt (−10.0 pp)"] == (
        "why tokens 2026-11-22 provider bolt vs 2026-11-21"
    )
    assert found["All providers"] == "share tokens 2026-11-22 vs 2026-11-21"
    for command in found.values():
        assert canonical(parse(command, today=date(2026, 11, 23))) == command


def test_why_report__every_slack_client_gets_words_and_blocks():
    drawn = message(report_why(view(), REQUEST))

    assert drawn.text.startswith("Why Acme's share of tokens moved")
    assert {"header", "table", "context", "actions"} <= {
        block["type"] for block in drawn.blocks
    }
