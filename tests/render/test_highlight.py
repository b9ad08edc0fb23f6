from answer_worlds import board, days_of, models_of, ranked, series, shared

from zenmux_bot.answers.leaderboard.report import report_leaderboard
from zenmux_bot.answers.share.report import report_share
from zenmux_bot.commands.queries import Request
from zenmux_bot.core.measures import Granularity
from zenmux_bot.render import slack
from zenmux_bot.render.highlight import LEGEND, marked
from zenmux_bot.render.report import Column, Report, Table


def leaderboard():
    query = models_of()
    view = ranked(board({"one/x": 5, "two/y": 3, "two/z": 1}), query=query)
    return report_leaderboard(view, Request(query=query))


def names(report):
    return [row[report.table.key].text for row in report.table.rows]


def test_marked__models():
    report = leaderboard()

    assert names(marked(report, {"two"})) == ["ONE/X", "★ TWO/Y", "★ TWO/Z"]
    assert names(marked(report, {"one/x"})) == ["★ ONE/X", "TWO/Y", "TWO/Z"]


def test_marked__read_aloud():
    report = leaderboard()

    told = marked(report, {"one/x"})

    assert "ONE/X (watched)" in slack.text(told)
    assert told.context[-1] == LEGEND
    assert LEGEND in slack.text(told)


def test_marked__providers():
    query = days_of(count=1)
    view = shared(
        series({query.period.start: {"a": 5, "b": 2}}), query, Granularity.DAY
    )

    told = marked(report_share(view, Request(query=query)), {"b"})

    assert names(told) == ["A", "★ B"]


def test_marked__nothing_watched():
    report = leaderboard()

    assert marked(report, frozenset()) is report
    assert marked(report, {"three"}) is report


def test_marked__column():
    column = Column("A", said="A", slugs=("one/x",))
    table = Table(caption="", columns=(Column("Day"), column), rows=())

    told = marked(Report(title="", finding="", table=table), {"one"})

    assert [each.heading for each in told.table.columns] == ["Day", "★ A"]
    assert told.table.columns[1].said == "A (watched)"


def test_marked__no_table():
    report = Report(title="", finding="")

    assert marked(report, {"one"}) is report
