"""How everything is, line by line."""

from answer_worlds import AS_OF

from zenmux_bot.answers.status.report import report_status
from zenmux_bot.answers.status.view import Check, StatusView
from zenmux_bot.render.report import Point
from zenmux_bot.render.slack import message
from zenmux_demo.workspace.validation import problems

FINE = Check("ZenMux API", ok=True, found="answers.")
NOT_KNOWN = Check("Newest day", ok=None, found="not known.")
WRONG = Check("ZenMux key", ok=False, found="refused.", fix="Set another.")


def test_status_report__all_is_well_also_where_something_is_not_known():
    report = report_status(StatusView((FINE, NOT_KNOWN), AS_OF))

    assert report.finding == "Everything works."
    assert report.points == (
        Point("ok: ZenMux API", "answers."),
        Point("note: Newest day", "not known."),
    )
    assert report.as_of == AS_OF


def test_status_report__what_is_wrong_is_named_with_how_to_fix_it():
    view = StatusView((FINE, WRONG), AS_OF)

    report = report_status(view)

    assert not view.ok
    assert report.finding == "Needs attention: ZenMux key."
    assert report.points[1] == Point("problem: ZenMux key", "refused. Set another.")
    assert problems(list(message(report).blocks), "message") == []
