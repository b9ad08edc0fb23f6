"""Who did what, and the first message in a channel."""

from answer_worlds import AS_OF

from zenmux_bot.answers.help.welcome import report_welcome
from zenmux_bot.commands.parser import parse
from zenmux_bot.digests import phrases
from zenmux_bot.digests.audit import AuditEntry
from zenmux_bot.digests.replies import point, report_audit
from zenmux_bot.render.report import Point
from zenmux_bot.render.slack import message
from zenmux_demo.workspace.validation import problems


def change(actor, action, subject="", detail=""):
    return AuditEntry(
        at=AS_OF, actor=actor, action=action, subject=subject, detail=detail
    )


CHANGES = (
    change("U1", "digest.edit", "d-7kq3", "top: 10 → 5"),
    change("operator", "digest.import", "d-7kq3"),
    change("U2", "key.rotate", "T1"),
    change("U2", "digest.pause", "d-7kq3", "U2"),
    change("zenmux", "digest.pause", "d-7kq3", "is_archived"),
    change("U2", "alert.pause", "a-7kq3"),
    change("U1", "digest.takeover", "d-7kq3", "U2"),
)


def test_report_audit__names_people_and_what_they_did():
    report = report_audit(CHANGES, {"U1": "Maya", "U2": "Tomas"}, "Europe/Berlin")

    assert [[cell.text for cell in row[1:]] for row in report.table.rows] == [
        ["Maya", "changed it", "d-7kq3", "top: 10 → 5"],
        ["the bot's operator", "imported it", "d-7kq3", "–"],
        ["Tomas", "key.rotate", "–", "–"],
        ["Tomas", "paused it", "d-7kq3", "–"],
        ["ZenMux (the bot)", "paused it", "d-7kq3", "the channel is archived"],
        ["Tomas", "paused it", "–", "–"],
        ["Maya", "took it over", "d-7kq3", "Tomas"],
    ]
    assert report.finding == "The last 7 changes in this workspace."
    assert problems(list(message(report).blocks), "message") == []


def test_where_nothing_was_done_there_is_no_table():
    report = report_audit((), {}, "UTC")

    assert report.finding == "Nothing was changed in this workspace yet."
    assert report.table is None


def test_point__is_one_line():
    when = phrases.plain_moment(AS_OF, "UTC")

    assert point(CHANGES[0], {}, "UTC") == Point(when, "U1 changed it: top: 10 → 5")
    assert point(CHANGES[1], {}, "UTC") == Point(when, "the bot's operator imported it")


def test_a_channel_is_welcomed_with_commands_that_work():
    report = report_welcome()

    for button in report.buttons:
        assert parse(button.command, today=AS_OF.date()).query
    assert problems(list(message(report).blocks), "message") == []
