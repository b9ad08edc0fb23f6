"""Who did what, and the first message in a channel."""

from answer_worlds import AS_OF

from zenmux_bot.answers.help.welcome import report_welcome
from zenmux_bot.commands.parser import parse
from zenmux_bot.digests.audit import AuditEntry
from zenmux_bot.digests.audit_report import point, report_deeds
from zenmux_bot.render.report import Point
from zenmux_bot.render.slack import message
from zenmux_demo.workspace.validation import problems


def deed(actor, action, subject="", detail=""):
    return AuditEntry(
        at=AS_OF, actor=actor, action=action, subject=subject, detail=detail
    )


DEEDS = (
    deed("U1", "digest.edit", "d-7kq3", "top: 10 → 5"),
    deed("operator", "digest.import", "d-7kq3"),
    deed("U2", "key.rotate", "T1"),
)


def test_deeds_name_people_what_they_did_and_to_what():
    report = report_deeds(DEEDS, {"U1": "Maya"})

    assert [[cell.text for cell in row[1:]] for row in report.table.rows] == [
        ["Maya", "changed it", "d-7kq3", "top: 10 → 5"],
        ["whoever runs the bot", "imported it", "d-7kq3", "–"],
        ["U2", "key.rotate", "–", "–"],
    ]
    assert report.finding == "The last 3 changes in this workspace."
    assert problems(list(message(report).blocks), "message") == []


def test_where_nothing_was_done_there_is_no_table():
    report = report_deeds((), {})

    assert report.finding == "Nothing was changed in this workspace yet."
    assert report.table is None


def test_a_deed_is_one_line_of_a_digest():
    when = f"{AS_OF:%Y-%m-%d %H:%M} UTC"

    assert point(DEEDS[0], {}) == Point(when, "U1 changed it: top: 10 → 5")
    assert point(DEEDS[1], {}) == Point(when, "whoever runs the bot imported it")


def test_a_channel_is_welcomed_with_commands_that_work():
    report = report_welcome()

    for button in report.buttons:
        assert parse(button.command, today=AS_OF.date()).query
    assert problems(list(message(report).blocks), "message") == []
