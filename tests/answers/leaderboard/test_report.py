"""The leaderboard in words, table and chart."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from answer_worlds import TODAY, board, models_of, ranked, recorded_board

from zenmux_bot.answers.leaderboard.report import report_leaderboard
from zenmux_bot.answers.leaderboard.view import Rates
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import Audience, Request, Show
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import Dates, Versus
from zenmux_bot.render.cells import EVERYBODY

SEVEN = {f"{letter}/m": 10 * (7 - place) for place, letter in enumerate("abcdefg")}


def told(now, before=None, *, show=None, audience=None, view_of=None, **more):
    """Return the report of a leaderboard."""
    query = models_of(**more)
    view = ranked(now, before, query=query)
    if view_of is not None:
        view = view_of(view)
    return report_leaderboard(view, Request(query=query, show=show, audience=audience))


def labels_of(report):
    """Return what the buttons and the menu say."""
    [menu] = report.menus
    return [each.label for each in (*report.buttons, *menu.choices)]


def texts(rows):
    return [[cell.text for cell in row] for row in rows]


def test_leaderboard_report__vendors_example():
    query = models_of("cost", top=5, versus=Versus.NONE)
    view = ranked(recorded_board("leaderboard_cost_seed"), query=query)

    report = report_leaderboard(view, Request(query=query))

    assert report.title == "Top 5 models by cost, 15–21 Jun 2026"
    assert texts(report.table.rows) == [
        ["1", "Claude Opus 4.6", "$15,235", "27.9%", "Anthropic"],
        ["2", "GPT-4.1", "$12,890", "23.6%", "OpenAI"],
        ["3", "Claude Sonnet 4.6", "$9,877", "18.1%", "Anthropic"],
        ["4", "Gemini 2.5 Pro", "$7,654", "14.0%", "Google"],
        ["5", "DeepSeek R1", "$5,432", "10.0%", "DeepSeek"],
    ]
    assert texts(report.table.tail) == [
        ["–", "Others", "$3,457", "6.3%", "–"],
        ["–", "Total", "$54,544", "100.0%", "–"],
    ]
    assert report.headline == "All ZenMux customers together: $54.5K at list price."
    assert report.finding == "Claude Opus 4.6 leads with $15.2K, 27.9% of cost."
    assert "5 of 5+ models, 93.7% of cost" in report.context
    assert report.chart is None


def test_leaderboard_report__comparison_has_moves_and_changes():
    now = board({"a/x": 60, "b/y": 30, "c/z": 10}, others=0)
    before = board({"b/y": 40, "a/x": 30, "d/w": 30}, others=0)

    report = told(now, before)

    assert [column.heading for column in report.table.columns] == [
        "#",
        "Model",
        "Tokens",
        "Change",
        "Share",
        "Move",
        "Provider",
    ]
    assert texts(report.table.rows) == [
        ["1", "A/X", "60", "+100.0%", "60.0%", "▲1", "A"],
        ["2", "B/Y", "30", "−25.0%", "30.0%", "▼1", "B"],
        ["3", "C/Z", "10", "new", "10.0%", "new in top 50", "C"],
    ]
    assert [row[5].said for row in report.table.rows] == ["up 1", "down 1", ""]
    assert texts(report.table.tail) == [
        ["–", "Total", "100", "±0.0%", "100.0%", "–", "–"]
    ]
    assert report.finding == (
        "A/X leads with 60 tokens, 60.0% of tokens. "
        "A/X climbed most, 1 place to rank 1. "
        "C/Z is new in the top 50."
    )
    assert "3 of 3 models, 100.0% of tokens" in report.context


def test_leaderboard_report__each_row_has_as_many_cells_as_there_are_columns():
    report = told(board(SEVEN, others=5), board(SEVEN), providers=())

    width = len(report.table.columns)
    assert {len(row) for row in (*report.table.rows, *report.table.tail)} == {width}
    assert report.table.columns[report.table.key].heading == "Model"


@pytest.mark.parametrize(
    ("before", "climbed"),
    [
        ("bacdefg", "A/M climbed most, 1 place to rank 1."),
        ("badcefg", "A/M and C/M climbed most, 1 place each."),
        ("bcadefg", "A/M climbed most, 2 places to rank 1."),
        ("badcfeg", ""),
        ("abcdefg", ""),
    ],
    ids=["one", "two alike", "one by two", "many alike", "none"],
)
def test_leaderboard_report__climbers(before, climbed):
    order = {f"{letter}/m": 10 * (7 - place) for place, letter in enumerate(before)}

    finding = told(board(SEVEN), board(order)).finding

    assert ("climbed" in finding) is bool(climbed)
    assert climbed in finding


def test_leaderboard_report__single_row_needs_no_word_of_climbing():
    report = told(board({"a/x": 9, "b/y": 3}), board({"b/y": 5, "a/x": 2}), top=1)

    assert "climbed" not in report.finding
    assert report.title.startswith("Top model by tokens")


@pytest.mark.parametrize(
    ("values", "more", "sentence"),
    [
        ({"a/x": 5, "b/y": 5}, {}, "A/X has 5 tokens, 50.0% of tokens."),
        (
            {"a/x": 5, "b/y": 3, "b/z": 2},
            {"providers": ("b",)},
            "B/Y is the largest of them with 3 tokens, 30.0% of tokens.",
        ),
        (
            {"a/x": 5, "b/y": 5},
            {"providers": ("b",)},
            "B/Y has 5 tokens, 50.0% of tokens.",
        ),
        (
            {"a/x": 5, "b/y": 5, "b/z": 5},
            {"providers": ("b",)},
            "B/Y has 5 tokens, 33.3% of tokens.",
        ),
    ],
    ids=["a tie", "of a provider", "the provider's only one", "a provider's tie"],
)
def test_leaderboard_report__who_leads_is_said_only_if_somebody_does(
    values, more, sentence
):
    assert sentence in told(board(values), **more).finding


def test_leaderboard_report__unknown_volume_is_a_dash_and_its_share_not_said():
    report = told(board({"a/x": None, "b/y": 3}))

    assert texts(report.table.rows) == [
        ["1", "B/Y", "3", "–", "–", "–", "B"],
        ["–", "A/X", "–", "–", "–", "–", "A"],
    ]
    assert report.finding == "B/Y leads with 3 tokens."
    assert "2 of 2 models" in report.context


def test_leaderboard_report__nothing_known_leaves_nothing_to_say():
    report = told(board({"a/x": None}), show=Show.CHART)

    assert report.finding == ""
    assert report.chart is None
    assert report.is_table_shown


@pytest.mark.parametrize(
    ("top", "others", "title", "note"),
    [
        (10, 1, "B: models by tokens", "2 models of B among the largest 3"),
        (10, None, "B: models by tokens", "2 models of B among all 3"),
        (1, None, "B: top model by tokens", "1 of 2 models of B among all 3"),
    ],
)
def test_leaderboard_report__provider_filter(top, others, title, note):
    now = board({"a/x": 5, "b/y": 3, "b/z": 2}, others=others)

    report = told(now, providers=("b",), top=top)

    assert report.title.startswith(title)
    assert note in report.context
    assert report.headline.startswith(f"{EVERYBODY}, 2 models of B: 5 tokens")
    together, whole = texts(report.table.tail)
    assert (together[1], together[2]) == ("2 models together", "5")
    assert whole[1] == "All of ZenMux"


def test_leaderboard_report__chart_shows_the_first_and_the_table_is_only_read():
    now = board({f"p/model-{number:02}": 10**6 * (20 - number) for number in range(12)})

    report = told(now, show=Show.CHART, top=12)

    ((name, values),) = report.chart.series
    assert name == report.chart.y_label == "Tokens in M"
    assert values == (20, 19, 18, 17, 16, 15, 14, 13, 12, 11)
    assert report.chart.categories[0] == "P/MODEL-00"
    assert "chart: the first 10" in report.context
    assert not report.is_table_shown
    assert len(report.table.rows) == 12


def test_leaderboard_report__chart_of_small_figures_needs_no_scale():
    report = told(board({"a/x": Decimal("5.5")}), metric=Metric.COST, show=Show.CHART)

    assert report.chart.series == (("Cost in $", (5.5,)),)
    assert report.context[-1] == "1 of 1 model, 100.0% of cost"


@pytest.mark.parametrize(
    ("now", "more", "offered"),
    [
        (board(SEVEN, others=1), {"top": 3}, "Top 50"),
        (board(SEVEN, others=1), {"top": 7}, "Top 50"),
        (board(SEVEN), {"top": 10}, None),
        (board(SEVEN, others=1), {"top": 50}, None),
        (board(SEVEN, others=1), {"top": 10, "providers": ("a",)}, None),
    ],
    ids=[
        "more listed",
        "more below",
        "all shown",
        "no more allowed",
        "all of a provider",
    ],
)
def test_leaderboard_report__more_rows_are_offered_where_there_are_more(
    now, more, offered
):
    labels = set(labels_of(told(now, **more)))

    assert {label for label in labels if label.startswith("Top")} == (
        {offered} if offered else set()
    )


def test_leaderboard_report__buttons_carry_commands_that_parse():
    report = told(
        board(SEVEN, others=1), versus=Dates(date(2026, 1, 1), date(2026, 1, 7))
    )

    commands = [button.command for button in report.buttons]
    assert any(
        parse(each, today=TODAY).query.metric is Metric.COST for each in commands
    )
    assert "Share to channel" in {button.label for button in report.buttons}


def test_leaderboard_report__public_answer_needs_no_sharing():
    report = told(board(SEVEN), audience=Audience.PUBLIC)

    assert "Share to channel" not in {button.label for button in report.buttons}


def test_leaderboard_report__report_keeps_where_its_figures_come_from():
    def stale(view):
        return replace(view, basis=replace(view.basis, stale=True))

    report = told(board(SEVEN), view_of=stale)

    assert report.stale
    assert report.as_of is not None
    assert report.command == "leaderboard tokens 2026-06-15..2026-06-21"


@pytest.mark.parametrize(("rate", "offered"), [(False, True), (True, False)])
def test_leaderboard_report__prices_are_offered_where_there_are_none(rate, offered):
    labels = labels_of(told(board(SEVEN), rate=rate))

    assert ("With prices" in labels) is offered


def test_leaderboard_report__column_of_prices_says_what_a_dash_is():
    rates = Rates(models={"a/m": Decimal("2.5")}, platform=Decimal("1.5"))
    report = told(
        board({"a/m": 6, "b/m": 4}), view_of=lambda view: replace(view, rates=rates)
    )

    assert report.table.columns[-1].heading == "$ per 1M tokens"
    assert [row[-1].text for row in report.table.rows] == ["$2.50", "–"]
    assert [row[-1].text for row in report.table.tail] == ["$1.50"]
    assert any(note.startswith("no price where") for note in report.context)


def test_leaderboard_report__prices_of_all_models_need_no_word_about_dashes():
    rates = Rates(models={"a/m": Decimal("2.5")}, platform=None)
    report = told(board({"a/m": 6}), view_of=lambda view: replace(view, rates=rates))

    assert not any(note.startswith("no price where") for note in report.context)
