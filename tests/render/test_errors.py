"""Every expected error as a sentence that a person can act on."""

from datetime import timedelta

import pytest
from answer_worlds import TODAY

from zenmux_bot import errors
from zenmux_bot.commands.parser import parse
from zenmux_bot.render.errors import report_cut_off, report_error, report_fault
from zenmux_bot.render.slack import message
from zenmux_demo.workspace.validation import problems

AGAIN = "share tokens 8w"
HINT = {"allowed": "Try this.", "suggestions": ("share cost 8w", "share cost 4w")}
SAID = {"status": 500, "request_id": "req-1", "path": "/statistics/leaderboard"}

TABLE = [
    (errors.BadInput("No such word.", **HINT), "No such word. Try this.", False),
    (errors.UnknownName("No such name.", **HINT), "No such name. Try this.", False),
    (errors.AmbiguousName("Many such.", **HINT), "Many such. Try this.", False),
    (errors.NotAllowed("Admins may."), "Admins may.", False),
    (
        errors.NoData("ZenMux has no cost data for 2026-11-22."),
        (
            "ZenMux has no cost data for 2026-11-22. Other days may have some: "
            "data run from 2025-09-29 to yesterday (UTC)."
        ),
        False,
    ),
    (
        errors.NotYet("wtd has no data yet. Data after 2026-11-22 are not in yet."),
        (
            "wtd has no data yet. Data after 2026-11-22 are not in yet. ZenMux counts "
            "a day some time after it ends at midnight UTC: try again in an hour, or "
            "ask about earlier days."
        ),
        True,
    ),
    (
        errors.TooMuch("this channel", timedelta(seconds=3)),
        (
            "A great many questions came from this channel just now. I am glad to "
            "answer the next one in 3 seconds."
        ),
        True,
    ),
    (
        errors.ConfigError("SLACK_BOT_TOKEN is missing; it begins with xoxb-."),
        (
            "SLACK_BOT_TOKEN is missing; it begins with xoxb-. "
            "That is for whoever runs the bot."
        ),
        False,
    ),
    (
        errors.OrganizationKey("Organization keys are not supported", **SAID),
        (
            "ZenMux gives usage and cost to management keys of personal accounts only. "
            "The bot's key seems to belong to an organization, or it has expired. "
            "Everything else keeps working. (request req-1)"
        ),
        False,
    ),
    (
        errors.KeyRefused("Invalid API key sk-…", **SAID),
        (
            "A management key is needed (it begins with sk-mg-v1-); the bot takes it "
            "from ZENMUX_MANAGEMENT_API_KEY. The key needs an administrator: "
            "/zenmux status tells more. (request req-1)"
        ),
        False,
    ),
    (
        errors.RateLimited("Too many", retry_after=timedelta(seconds=0.4)),
        (
            "Too many questions in a minute, and there is no earlier answer to this "
            "one. Try again in 1 second."
        ),
        True,
    ),
    (
        errors.RateLimited("Too many"),
        (
            "Too many questions in a minute, and there is no earlier answer to this "
            "one. Try again in 60 seconds."
        ),
        True,
    ),
    (
        errors.RequestRefused("Bad range.", status=400),
        (
            "It said: Bad range. Asking again will not help; other days or another "
            "metric may."
        ),
        False,
    ),
    (
        errors.RequestRefused("Moved Permanently", status=301, request_id="req-3"),
        (
            "It sends the bot to another address (HTTP 301), which the bot does not "
            "follow, so that its key stays with it. An administrator can look at "
            "ZENMUX_BASE_URL. (request req-3)"
        ),
        False,
    ),
    (
        errors.RequestRefused("Insufficient credit.", status=402),
        (
            "It said: Insufficient credit. Whoever pays for the account of the bot's "
            "key can add credit; asking again before that will not help."
        ),
        False,
    ),
    (
        errors.RequestRefused("No such path", status=404),
        (
            "It said: No such path. Asking again will not help; "
            "an administrator can look at ZENMUX_BASE_URL."
        ),
        False,
    ),
    (
        errors.Unreachable("No answer came in time"),
        (
            "No answer came in time, and there is no earlier answer to this question. "
            "Try again in some minutes."
        ),
        True,
    ),
    (
        errors.ServerFault("Bad gateway", status=502, request_id="req-2"),
        (
            "It answers with HTTP 502, and there is no earlier answer to this "
            "question. Try again in some minutes. (request req-2)"
        ),
        True,
    ),
    (
        errors.ServerFault("The platform took too long", status=524),
        (
            "It answers with HTTP 524, and there is no earlier answer to this "
            "question. Try again in some minutes, or ask for fewer days."
        ),
        True,
    ),
    (
        errors.BadAnswer("The answer was cut off"),
        (
            "The answer was cut off. It may heal by itself: try again in some minutes, "
            "and tell an administrator if it stays."
        ),
        True,
    ),
    (
        errors.BadAnswer("Quota <exceeded>.", said_no=True),
        (
            "It said: Quota <exceeded>. It may heal by itself: try again in some "
            "minutes, and tell an administrator if it stays."
        ),
        True,
    ),
    (
        errors.Refused("is_archived"),
        (
            "It said: is_archived. /zenmux status tells more; "
            "an administrator can mend it."
        ),
        False,
    ),
    (
        errors.PayloadRefused("invalid_blocks", "no text"),
        (
            "It said: invalid_blocks: no text. /zenmux status tells more; "
            "an administrator can mend it."
        ),
        False,
    ),
    (
        errors.Throttled(timedelta(seconds=3)),
        (
            "It said: ratelimited. /zenmux status tells more; "
            "an administrator can mend it."
        ),
        False,
    ),
    (
        errors.Ambiguous("timeout"),
        "It said: timeout. /zenmux status tells more; an administrator can mend it.",
        False,
    ),
    (errors.BotError("Something else."), "Something else.", False),
]


@pytest.mark.parametrize(
    ("error", "finding", "retried"),
    TABLE,
    ids=[type(error).__name__ for error, _, _ in TABLE],
)
def test_reply(error, finding, retried):
    report = report_error(error, again=AGAIN)

    assert report.finding == finding
    assert report.command is None
    assert (AGAIN in [button.command for button in report.buttons]) is retried
    assert problems(list(message(report).blocks), "message") == []
    assert "<exceeded>" not in message(report).text


@pytest.mark.parametrize("error", [errors.Unreachable("No"), errors.RateLimited("No")])
def test_what_has_no_command_cannot_be_tried_again(error):
    assert report_error(error).buttons == ()


def test_every_error_is_in_the_table():
    def below(kind):
        return {kind}.union(*map(below, kind.__subclasses__()))

    here = {
        kind for kind in below(errors.BotError) if kind.__module__ == errors.__name__
    }
    bases = {errors.ApiError, errors.SlackFault}
    assert here - bases == {type(error) for error, _, _ in TABLE}


@pytest.mark.parametrize(
    ("suggestions", "words"),
    [
        ((), []),
        (("share cost 8w",), ["perhaps this?"]),
        (("share cost 8w", "share cost 4w"), ["perhaps one of these?", ""]),
    ],
)
def test_suggestions_are_buttons_that_run(suggestions, words):
    report = report_error(errors.BadInput("No.", suggestions=suggestions))

    assert report.finding == "No."
    assert [point.words for point in report.points] == words
    assert [button.command for button in report.buttons] == list(suggestions)
    assert [button.primary for button in report.buttons] == [
        number == 0 for number in range(len(suggestions))
    ]
    for button in report.buttons:
        assert parse(button.command, today=TODAY)


def test_own_fault_has_a_reference():
    report = report_fault("ab12cd34")

    assert report.finding.endswith("Reference: ab12cd34.")
    assert report.buttons == ()


def test_an_answer_that_was_cut_off_can_be_asked_again():
    [button] = report_cut_off(AGAIN).buttons

    assert button.command == AGAIN


@pytest.mark.parametrize(
    ("error", "again", "way"),
    [
        (
            errors.NotAllowed("No.", ask="digest ask pause d-7kq3"),
            None,
            ("Ask the owner", "digest ask pause d-7kq3"),
        ),
        (
            errors.NotAllowed("No.", of_admins=True),
            AGAIN,
            ("Ask an administrator", AGAIN),
        ),
        (errors.NotAllowed("No.", of_admins=True), None, None),
    ],
)
def test_who_may_can_be_asked(error, again, way):
    buttons = report_error(error, again=again).buttons

    assert [(each.label, each.command) for each in buttons] == [way] * bool(way)
