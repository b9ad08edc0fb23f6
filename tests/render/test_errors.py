"""Every expected error as a title that says what happened and a line that helps."""

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
NO_COPY = "There are no saved figures for this question."

TABLE = [
    (errors.BadInput("No such word.", **HINT), "No such word. Try this.", False),
    (errors.NotUnderstood("No question.", **HINT), "No question. Try this.", False),
    (errors.UnknownName("Bad. More.", **HINT), "Bad. More. Try this.", False),
    (errors.AmbiguousName("Many such.", **HINT), "Many such. Try this.", False),
    (errors.NotAllowed("Admins may."), "Only admins can see that. Admins may.", False),
    (errors.NotAllowed("Only admins can a. B."), "Only admins can a. B.", False),
    (errors.NoData("None here."), "No figures for these days. None here.", False),
    (
        errors.NotYet("They end yesterday."),
        "Not counted yet. They end yesterday. ZenMux counts a day",
        True,
    ),
    (
        errors.TooMuch("this channel", timedelta(seconds=3)),
        "Too many questions at once. They came from this channel. Try again in 3 sec",
        True,
    ),
    (
        errors.ConfigError("SLACK_BOT_TOKEN is missing."),
        "The bot isn't set up for this. SLACK_BOT_TOKEN is missing. Whoever runs",
        False,
    ),
    (
        errors.OrganizationKey("Not supported", **SAID),
        "ZenMux doesn't show own spend to this key. It gives usage and cost",
        False,
    ),
    (
        errors.KeyRefused("Invalid API key sk-…", **SAID),
        "ZenMux refuses the bot's key. An administrator has to set a management key",
        False,
    ),
    (
        errors.KeyRefused("No management key is set"),
        "No management key is set. An administrator has to set a management key",
        False,
    ),
    (
        errors.KeyRefused("This workspace has no key. An admin can add one"),
        "This workspace has no key. An admin can add one.",
        False,
    ),
    (
        errors.RateLimited("Too many", retry_after=timedelta(seconds=0.4)),
        f"ZenMux's rate limit is reached. {NO_COPY} Try again in 1 second.",
        True,
    ),
    (
        errors.RateLimited("Too many"),
        f"ZenMux's rate limit is reached. {NO_COPY} Try again in 60 seconds.",
        True,
    ),
    (errors.NotUnderstood("No such question."), "No such question.", False),
    (
        errors.RequestRefused("Moved", status=302),
        "ZenMux redirects to another address. The bot doesn't follow redirects",
        False,
    ),
    (
        errors.RequestRefused("Pay.", status=402),
        "ZenMux asks for payment. It said: Pay.",
        False,
    ),
    (
        errors.RequestRefused("Nothing.", status=404),
        "ZenMux doesn't know this address. It said: Nothing.",
        False,
    ),
    (
        errors.RequestRefused("Bad limit", status=400, request_id="req-1"),
        "ZenMux refused the question. It said: Bad limit.",
        False,
    ),
    (
        errors.Unreachable("The connection failed"),
        f"ZenMux isn't responding. The connection failed. {NO_COPY}",
        True,
    ),
    (
        errors.ServerFault("Oops", **SAID),
        f"ZenMux isn't responding (HTTP 500). {NO_COPY}",
        True,
    ),
    (
        errors.ServerFault("Slow", status=524),
        f"ZenMux isn't responding (HTTP 524). {NO_COPY} Try again in a few minutes. F",
        True,
    ),
    (
        errors.BadAnswer("It is HTML"),
        f"ZenMux sent an answer that can't be read. It is HTML. {NO_COPY}",
        True,
    ),
    (
        errors.BadAnswer("No", said_no=True),
        "ZenMux reported an error. It said: No.",
        True,
    ),
    *(
        (kind, f"Slack refused the request. It said: {kind}.", False)
        for kind in (
            errors.Refused("is_archived"),
            errors.PayloadRefused("invalid_blocks"),
        )
    ),
    (
        errors.Throttled(timedelta(seconds=3)),
        "Slack is limiting the bot. Try again in 3 seconds.",
        True,
    ),
    (
        errors.Ambiguous("timeout"),
        "Slack isn't responding. Try again in a minute. (It said: timeout.)",
        True,
    ),
]


@pytest.mark.parametrize(
    ("error", "words", "retried"),
    TABLE,
    ids=[f"{type(error).__name__}-{n}" for n, (error, _, _) in enumerate(TABLE)],
)
def test_report_error__title_and_line(error, words, retried):
    report = report_error(error, again=AGAIN, today=TODAY)

    assert f"{report.title}. {report.finding}".startswith(words)
    assert report.command is None
    assert (AGAIN in [button.command for button in report.buttons]) is retried
    assert problems(list(message(report).blocks), "message") == []


@pytest.mark.parametrize("error", [errors.Unreachable("No"), errors.RateLimited("No")])
def test_report_error__without_a_command_nothing_is_tried_again(error):
    assert report_error(error).buttons == ()


def test_report_error__who_may_is_the_title():
    error = errors.NotAllowed("Only admins can change budgets.", of_admins=True)

    report = report_error(error, again="budget list")

    assert report.title == "Only admins can change budgets"
    assert report.finding == "You can ask an admin to do it."


def test_report_error__every_error_is_in_the_table():
    def below(kind):
        return {kind}.union(*map(below, kind.__subclasses__()))

    here = {
        kind for kind in below(errors.BotError) if kind.__module__ == errors.__name__
    }
    bases = {errors.BotError, errors.ApiError, errors.SlackFault}
    assert here - bases == {type(error) for error, _, _ in TABLE}


def test_report_error__suggestions_are_buttons_in_words_that_run():
    offered = ("share cost 8w", "leaderboard tokens 1m", AGAIN, "share cost 8w")

    report = report_error(
        errors.BadInput("No.", suggestions=offered), again=AGAIN, today=TODAY
    )

    assert [(each.label, each.primary) for each in report.buttons] == [
        ("Market share by cost, last 8 weeks", True),
        ("Top models by tokens, last month", False),
    ]
    for button in report.buttons:
        assert parse(button.command, today=TODAY)
    assert "Try /zenmux share cost 8w" in message(report).text


def test_report_error__what_is_fixed_elsewhere_is_tried_again():
    error = errors.BadInput("I'm not in #a.", suggestions=(AGAIN,))

    [button] = report_error(error, again=AGAIN, today=TODAY).buttons

    assert (button.label, button.command) == ("Try again", AGAIN)


def test_report_fault__has_a_reference():
    report = report_fault("ab12cd34")

    assert report.finding.endswith("Reference: ab12cd34.")
    assert report.buttons == ()


def test_report_cut_off__can_be_asked_again():
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
        (errors.NotAllowed("No.", of_admins=True), AGAIN, ("Ask an admin", AGAIN)),
        (errors.NotAllowed("No.", of_admins=True), None, None),
    ],
)
def test_report_error__who_may_can_be_asked(error, again, way):
    buttons = report_error(error, again=again).buttons

    assert [(each.label, each.command) for each in buttons] == [way] * bool(way)


def test_report_error__unlisted():
    report = report_error(errors.BotError("Odd."))

    assert (report.title, report.finding) == ("That didn't work", "Odd.")
