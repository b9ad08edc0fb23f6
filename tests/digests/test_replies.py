from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from digest_worlds import spend_specs, whole_specs
from hypothesis import given

from zenmux_bot.commands.digest_commands import About, Verb
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import DigestQuery, canonical
from zenmux_bot.digests import phrases, replies
from zenmux_bot.digests.delivery.entries import Entry, State
from zenmux_bot.digests.replies import DigestView
from zenmux_bot.digests.schedule import Cadence, Days, Occurrence, Schedule
from zenmux_bot.digests.specs import default_spec, new_subscription
from zenmux_bot.digests.subscriptions import SubscriptionState, WhenEmpty, sends_of
from zenmux_bot.render import slack
from zenmux_demo.workspace.validation import find_problems

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
WEEK = Days(first=date(2026, 11, 9), last=date(2026, 11, 15))
MONDAY = Occurrence(
    nominal="2026-11-16T09:00[Europe/Berlin]",
    at=datetime(2026, 11, 16, 8, tzinfo=UTC),
    days=WEEK,
)


def made(spec=None, **changes):
    spec = spec or default_spec("Europe/Berlin", "C1")
    subscription = new_subscription(spec, team_id="T1", owner_id="U1", now=NOW)
    named = replace(subscription, id="d-7kq3", channel_name="llm-costs")
    return replace(named, **changes)


def entry(state=State.SENT, **changes):
    fields = {
        "id": 1,
        "subscription_id": "d-7kq3",
        "occurrence": MONDAY,
        "state": state,
        "retry_at": NOW,
        "planned_at": NOW,
        "settled_at": datetime(2026, 11, 16, 8, 0, 2, tzinfo=UTC),
    }
    return Entry(**fields | changes)


def view(subscription=None, **changes):
    subscription = subscription or made()
    fields = {
        "subscription": subscription,
        "state": "active",
        "last": None,
        "sends": sends_of(subscription, NOW),
        "owner": "Maya",
        "may_change": True,
    }
    return DigestView(**fields | changes)


def labels(report):
    return [button.label for button in report.buttons]


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (
            Schedule(cadence=Cadence.DAILY, hour=9, zone="UTC"),
            "every day at 09:00 (UTC)",
        ),
        (
            Schedule(cadence=Cadence.WEEKLY, weekday=4, hour=17, minute=5, zone="UTC"),
            "every Friday at 17:05 (UTC)",
        ),
        (
            Schedule(cadence=Cadence.MONTHLY, day=1, hour=0, zone="Asia/Tokyo"),
            "on the 1st of every month at 00:00 (Asia/Tokyo)",
        ),
        (
            Schedule(cadence=Cadence.MONTHLY, day=31, hour=0, zone="UTC"),
            "on the last day of every month at 00:00 (UTC)",
        ),
    ],
)
def test_schedules_are_said_in_words(schedule, words):
    assert phrases.schedule(schedule) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        *((1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (10, "10th")),
        *((11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"), (30, "30th")),
    ],
)
def test_ordinals_are_english(number, words):
    assert phrases.ordinal(number) == words


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Berlin", "Mon 16 Nov 2026, 09:00 UTC+01:00"),
        ("America/New_York", "Mon 16 Nov 2026, 03:00 UTC-05:00"),
        ("Asia/Kathmandu", "Mon 16 Nov 2026, 13:45 UTC+05:45"),
        ("UTC", "Mon 16 Nov 2026, 08:00 UTC"),
    ],
)
def test_a_moment_says_its_offset(zone, words):
    assert phrases.moment(MONDAY.at, zone) == words


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "–"),
        (entry(), "sent Mon 16 Nov 2026, 08:00"),
        (entry(State.SKIPPED, reason="no move"), "skipped: no move"),
        (entry(State.FAILED, reason="gone"), "failed: gone"),
        (entry(State.DUE, settled_at=None), "waiting"),
        (entry(State.CLAIMED, settled_at=None), "on its way"),
        (
            entry(
                State.DUE,
                reason="the data of 2026-11-15 are not in yet",
                retry_at=datetime(2026, 11, 16, 8, 10, tzinfo=UTC),
            ),
            (
                "waiting: the data of 2026-11-15 are not in yet; next try 08:10, "
                "until 14:00"
            ),
        ),
        (entry(State.SKIPPED, reason="paused: U012AB"), "skipped: paused"),
        (
            entry(State.SKIPPED, reason="paused: is_archived"),
            "skipped: paused (the channel is archived)",
        ),
        (
            entry(State.UNKNOWN, reason="lost"),
            "may or may not have been sent: lost",
        ),
    ],
)
def test_results_are_said_with_their_reason(found, words):
    assert phrases.result(found, "UTC") == words


def test_a_new_digest_shows_its_next_three_sends_in_its_zone():
    report = replies.report_created(view())

    assert report.title == "Digest d-7kq3 is set up"
    assert "#llm-costs every Monday at 09:00 (Europe/Berlin)" in report.finding
    assert [[cell.text for cell in row] for row in report.table.rows] == [
        ["Mon 23 Nov 2026, 09:00 UTC+01:00", "16–22 Nov 2026"],
        ["Mon 30 Nov 2026, 09:00 UTC+01:00", "23–29 Nov 2026"],
        ["Mon 7 Dec 2026, 09:00 UTC+01:00", "30 Nov – 6 Dec 2026"],
    ]
    assert labels(report) == ["Preview", "Edit", "Delete"]


def test_a_paused_digest_can_be_resumed_and_has_no_next_send():
    paused = made(state=SubscriptionState.PAUSED, paused_reason="is_archived")
    report = replies.report_digest_view(
        view(paused, state="paused: the channel is archived", last=entry())
    )

    assert report.title == "Digest d-7kq3: paused: the channel is archived"
    assert report.table is None
    assert "Resume" in labels(report)
    assert "Pause" not in labels(report)
    assert any("sent Mon 16 Nov" in point.words for point in report.points)


def test_who_may_not_change_a_digest_is_offered_no_change():
    report = replies.report_digest_view(view(may_change=False))

    assert labels(report) == ["Preview", "History"]


def test_a_list_shows_state_last_and_next():
    lines = [
        DigestView(
            subscription=made(),
            state="active",
            last=entry(),
            sends=sends_of(made(), NOW),
        ),
        DigestView(
            subscription=made(id="d-9xyz", channel_name=""),
            state="paused by hand",
            last=None,
        ),
    ]

    report = replies.report_list(lines)

    first, second = ([cell.text for cell in row] for row in report.table.rows)
    assert first[0] == "d-7kq3"
    assert first[-2:] == [
        "sent Mon 16 Nov 2026, 09:00",
        "Mon 23 Nov 2026, 09:00 UTC+01:00",
    ]
    assert second[1] == "a direct message"
    assert second[-4:] == ["paused by hand", "–", "–", "–"]
    assert labels(report) == ["New digest"]
    [menu] = report.menus
    assert [each.command for each in menu.choices] == [
        "digest show d-7kq3",
        "digest show d-9xyz",
    ]


def test_an_empty_list_offers_the_form():
    report = replies.report_list([])

    assert report.table is None
    assert [(b.action, b.command) for b in report.buttons] == [
        ("digest:form", "digest")
    ]


def test_a_long_list_is_cut_and_says_so():
    line = DigestView(subscription=made(), state="active", last=None)
    lines = [
        replace(line, subscription=made(id=f"d-{number:04}")) for number in range(300)
    ]

    report = replies.report_list(lines)

    assert len(report.table.rows) == replies.MAX_ROWS
    assert "300 digests, yours" in report.finding
    assert "The first 50 are shown." in report.finding
    assert problems_of(report) == []


def test_a_history_lists_what_became_of_each_time():
    report = replies.report_history(
        made(), [entry(State.SKIPPED, reason="no move", by_hand=True), entry()], [], {}
    )

    assert [row[-1].text for row in report.table.rows] == [
        "skipped: no move (by hand)",
        "sent Mon 16 Nov 2026, 09:00",
    ]


def test_a_history_of_nothing_says_so():
    report = replies.report_history(made(), [], [], {})

    assert report.table is None
    assert "Nothing was due yet." in report.finding


def test_sending_again_is_asked_first():
    report = replies.report_sent_before(made(), entry())

    assert "9–15 Nov 2026" in report.finding
    assert report.buttons[0].command == "digest send d-7kq3 again"


def test_report_open__says_what_it_waits_for_and_until_when():
    waiting = entry(
        State.DUE,
        reason="the data of 2026-11-15 are not in yet",
        retry_at=datetime(2026, 11, 16, 8, 10, tzinfo=UTC),
    )

    report = replies.report_open(made(), waiting, MONDAY.at)

    assert report.title == "Digest d-7kq3 is waiting"
    assert report.finding == (
        "The digest of 9–15 Nov 2026 has not gone out yet: the data of 2026-11-15 are "
        "not in yet. I try again at 09:10, and at 15:00 (Europe/Berlin) at the latest "
        "it goes out with the data that are in."
    )
    assert report.buttons[0].label == "Send without waiting"
    assert report.buttons[0].command == "digest send d-7kq3 again"


def test_report_saved__says_what_is_true_now_and_what_changed():
    before = made()
    after = made(
        channel_id="C2",
        channel_name="finance",
        schedule=Schedule(
            cadence=Cadence.WEEKLY, weekday=1, hour=10, zone="Europe/Berlin"
        ),
    )

    report = replies.report_saved(view(after), phrases.changes(before, after))

    assert report.title == "Saved: every Tuesday 10:00 in #finance"
    assert report.finding.startswith(
        "Changed: moved from #llm-costs to #finance; every Monday → every Tuesday; "
        "09:00 → 10:00. Market share by cost"
    )


def test_report_list__marks_digests_whose_owner_left():
    lines = [
        DigestView(
            subscription=made(),
            state="active",
            last=None,
            owner="Maya",
            is_orphaned=True,
        )
    ]

    report = replies.report_list(lines)

    assert "Maya (left)" in [cell.text for cell in report.table.rows[0]]
    assert "/zenmux digest takeover d-7kq3 makes it yours" in report.finding


def problems_of(report):
    return find_problems(list(slack.message(report).blocks), "message")


@given(spec=whole_specs | spend_specs)
def test_slack_takes_every_report_and_every_button_runs(spec):
    kept = made(spec)
    whole = view(kept, last=entry(State.FAILED, reason="x" * 3000))
    line = DigestView(subscription=kept, state="active", last=whole.last)
    drawn = [
        replies.report_created(whole),
        replies.report_digest_view(whole, news="It is changed."),
        replies.report_list([line]),
        replies.report_history(kept, [whole.last], [], {}),
        replies.report_sending(kept, WEEK),
        replies.report_sent_before(kept, entry()),
        replies.report_open(kept, entry(State.DUE, reason="late"), NOW),
        replies.report_saved(whole, "09:00 → 10:00"),
        replies.report_deleted(kept),
        replies.report_not_sent(kept, WEEK, "no share moved"),
        replies.report_preview(kept, WEEK, "words"),
        replies.report_form(kept),
        replies.report_form(None),
    ]

    for report in drawn:
        assert problems_of(report) == []
        for command in (report.command, *(each.command for each in report.buttons)):
            request = parse(command, today=TODAY)
            assert isinstance(request.query, DigestQuery)
            assert canonical(request) == command
        actions = [each.action for each in report.buttons]
        assert len(actions) == len(set(actions))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"skip_below_pp": None, "when_empty": WhenEmpty.SAY},
            "sent whether or not shares move; without data, the channel is told why",
        ),
        (
            {"skip_below_pp": Decimal("0.50"), "when_empty": WhenEmpty.SKIP},
            (
                "skipped if no share moves by 0.5 pp or more; "
                "without data, nothing is sent"
            ),
        ),
    ],
)
def test_exceptions_are_said_in_words(changes, said):
    assert phrases.exceptions(made(**changes)) == said


def test_a_digest_tells_how_its_last_post_went():
    sent = replies.report_digest_view(view(last=entry()))

    words = {point.label: point.words for point in sent.points}
    assert "9–15 Nov 2026: sent" in words["Last"]


def test_an_owner_is_asked_with_the_command_that_does_it():
    wanted = About(Verb.PAUSE, "d-7kq3")

    assert replies.request_to_owner("U2", made(), wanted) == (
        "<@U2> asks you to change digest `d-7kq3` in <#C1>: "
        "`/zenmux digest pause d-7kq3` does it."
    )
    assert replies.report_asked(made(), wanted).command == "digest ask pause d-7kq3"


@pytest.mark.parametrize(("zone", "is_said"), [("UTC", True), ("Asia/Tokyo", False)])
def test_a_zone_that_may_not_have_been_chosen_is_said(zone, is_said):
    created = replies.report_created(view(made(default_spec(zone, "C1"))))

    said = "the time zone is UTC; /zenmux digest edit d-7kq3 Europe/Berlin sets another"
    assert (said in created.context) is is_said


def test_state__waiting():
    waiting = entry(State.DUE, reason="Sunday isn't in yet", settled_at=None)

    assert phrases.state(made(), {}, waiting).startswith("waiting until ")
    assert phrases.state(made(), {}, replace(waiting, reason="")) == "active"
    assert phrases.state(made(), {}, entry()) == "active"
