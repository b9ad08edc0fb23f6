"""The account and single requests: who may see them, and what they are told."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from asked import (
    BALANCE,
    FAILURES,
    FLOW_RATE,
    GENERATION,
    RECORDED,
    SUBSCRIPTION,
    drawn,
    recording,
    service_before,
    service_with,
)
from structlog.testing import capture_logs

from zenmux_bot.answers.service import AnswerService
from zenmux_bot.commands.queries import Audience
from zenmux_bot.core.actors import Actor
from zenmux_bot.core.directory import Person
from zenmux_bot.errors import BadInput, NotAllowed
from zenmux_bot.permissions import Permissions
from zenmux_demo.sandbox.account import FRESH_GENERATION, SETTLED_GENERATION
from zenmux_demo.sandbox.replies import access_denied

RESTRICTED = ("account", f"generation {SETTLED_GENERATION}")
ALL_PARTS = {
    SUBSCRIPTION: "subscription_detail",
    FLOW_RATE: "flow_rate",
    BALANCE: "payg_balance",
}


async def account(clock, **parts):
    """Serve the account from recordings."""
    clock.instant = RECORDED
    bodies = {
        path: recording(parts.get(path, name)) for path, name in ALL_PARTS.items()
    }
    async with service_with(clock, bodies) as service:
        return await service.answer("account")


class People:
    """A directory that counts who was looked up."""

    def __init__(self):
        self.asked = []

    async def person(self, team_id, user_id):
        self.asked.append(user_id)
        return Person(id=user_id, name="", zone="UTC", is_admin=user_id == "U1ADMIN")


class Nothing:
    """Answers that nobody should get to."""

    async def is_ready(self, *_, **__):
        return False

    async def answer(self, *_, **__):
        raise AssertionError


def asker(user_id):
    return Actor(team_id="T1", user_id=user_id, channel_id="C1")


@pytest.mark.parametrize("user", ["U1ADMIN", "U1NAMED"])
@pytest.mark.parametrize("text", RESTRICTED)
async def test_account_fetch__administrators_may(clock, sandbox, user, text):
    async with service_before(sandbox, clock) as whole:
        service = AnswerService(
            whole._answers, clock, permissions=Permissions(People(), {"U1NAMED"})
        )

        served = await service.answer(text, actor=asker(user))

    assert served.ok


@pytest.mark.parametrize(
    ("text", "kept"), [*((each, False) for each in RESTRICTED), ("share cost 8w", True)]
)
async def test_account_fetch__answers_for_administrators_alone_are_not_kept(
    service, text, kept
):
    served = await service.answer(text)

    assert served.ok
    assert await service._answers.is_ready(served.request) is kept


@pytest.mark.parametrize("text", [*RESTRICTED, "account private"])
@pytest.mark.parametrize("who", [asker("U1OTHER"), None])
async def test_account_fetch__others_are_told_who_may_and_nothing_is_fetched(
    clock, text, who
):
    people = People()
    service = AnswerService(
        Nothing(), clock, permissions=Permissions(people, {"U1NAMED"})
    )

    served = await service.answer(text, actor=who, audience=Audience.PUBLIC)

    assert isinstance(served.error, NotAllowed)
    assert "ZENMUX_BOT_ADMINS" in served.report.finding
    assert "admins and owners" in served.report.finding
    assert not served.is_public
    assert served.request.audience is Audience.PRIVATE


async def test_account_fetch__nobody_may_where_rights_are_not_known(clock):
    served = await AnswerService(Nothing(), clock).answer(
        "account", actor=asker("U1ADMIN")
    )

    assert isinstance(served.error, NotAllowed)


async def test_account_fetch__ordinary_questions_ask_slack_nothing(clock, sandbox):
    people = People()
    async with service_before(sandbox, clock) as whole:
        service = AnswerService(
            whole._answers, clock, permissions=Permissions(people, ())
        )
        for text in ("help", "leaderboard cost 2026-W40", "leaderboard tokns"):
            await service.answer(text, actor=asker("U1OTHER"))

    assert people.asked == []


async def test_account_fetch__whom_the_settings_name_is_not_looked_up():
    people = People()

    await Permissions(people, {"U1NAMED"}).check_admin(asker("U1NAMED"))

    assert people.asked == []


@pytest.mark.parametrize("text", RESTRICTED)
async def test_account_fetch__it_is_never_public(service, text):
    asked = await service.answer(f"{text} public")
    forced = await service.answer(text, audience=Audience.PUBLIC)
    shown = {button.action for button in forced.report.buttons}

    assert isinstance(asked.error, BadInput)
    assert "to you alone" in asked.report.title
    assert forced.ok
    assert not forced.is_public
    assert "publish" not in shown


async def test_account_fetch__nothing_of_it_is_in_the_logs(service):
    with capture_logs() as lines:
        await service.answer("account")
        await service.answer(f"generation {SETTLED_GENERATION}")
        await service.answer("generation gen_unknown0001")

    logged = str(lines)
    for secret in (
        "ultra",
        "212.58",
        SETTLED_GENERATION,
        "gen_unknown0001",
        "0.010278",
    ):
        assert secret not in logged


async def test_account_fetch__account_is_told_part_by_part(clock):
    served = await account(clock)

    blocks, text = drawn(served)
    rows = [[cell.text for cell in row] for row in served.report.table.rows]
    assert rows == [
        ["5 hours", "7.2%", "57.2 of 800", "$1.88 of $26.26", "█░░░░░░░░░"],
        ["7 days", "6.7%", "416.11 of 6,182", "$13.66 of $202.96", "█░░░░░░░░░"],
        ["month", "–", "34,560", "$1,134.60", "–"],
    ]
    points = {point.label: point.words for point in served.report.points}
    assert points == {
        "Status": "healthy",
        "Plan": "ultra, $200.00 a month",
        "Credits": "$212.58 (topped up $150.00, bonus $62.58)",
        "One Flow": "$0.03283",
    }
    assert served.report.finding == "Nothing needs attention."
    resets = int(datetime(2026, 6, 25, 12, 35, 9, tzinfo=UTC).timestamp())
    assert f"<!date^{resets}^" in blocks["section"]["text"]["text"]
    assert "5-hour window resets: 25 Jun 2026 12:35 UTC." in text
    assert served.as_json()["credits"]["total"] == 212.58


async def test_account_fetch__what_is_nearly_used_and_what_is_not_healthy_is_said_first(
    clock,
):
    served = await account(clock, **{SUBSCRIPTION: "subscription_detail_monitored"})

    assert served.report.finding == (
        "Attention: the account's status is monitored. "
        "Attention: 100.0% of the 5-hour window is used. "
        "Attention: 84.8% of the 7-day window is used."
    )


async def test_account_fetch__two_values_of_a_flow_are_both_shown(clock):
    served = await account(
        clock,
        **{
            SUBSCRIPTION: "subscription_detail_monitored",
            FLOW_RATE: "error_500_internal",
        },
    )

    assert "This account's rate for a Flow differs" in served.report.finding
    points = {point.label: point.words for point in served.report.points}
    assert points["One Flow"] == "$0.04104 for this account, $0.03283 on the plan"


async def test_account_fetch__window_that_has_not_begun_has_no_reset(clock):
    served = await account(clock, **{SUBSCRIPTION: "subscription_detail_null_reset"})

    assert [each.words for each in served.report.instants] == [
        "The plan's period ends:"
    ]
    assert {point.label: point.words for point in served.report.points}[
        "Plan"
    ] == "starter, $20.00 a month"
    assert "0.0%" in served.message().text


async def test_account_fetch__overdue_credits_are_negative_and_said(clock):
    served = await account(clock, **{BALANCE: "payg_balance_overdue"})

    assert "Attention: the credit balance is −$1.27." in served.report.finding
    assert served.view.credits.total == Decimal("-1.27")


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(
    ("path", "part"),
    [
        (SUBSCRIPTION, "plan and quotas"),
        (BALANCE, "credits"),
        (FLOW_RATE, "Flow rate"),
    ],
)
async def test_account_fetch__part_that_fails_leaves_the_others(
    clock, failure, path, part
):
    served = await account(clock, **{path: failure})

    assert served.ok
    assert list(served.view.missing) == [part]
    assert f"The {part} couldn't be loaded" in served.report.finding
    assert served.message().text


@pytest.mark.parametrize("failure", FAILURES)
async def test_account_fetch__all_parts_failing_is_a_reply(clock, failure):
    served = await account(clock, **dict.fromkeys(ALL_PARTS, failure))

    assert not served.ok
    assert served.report.finding


async def test_account_fetch__account_without_plan_or_windows_is_unknown_not_empty(
    clock,
):
    clock.instant = RECORDED
    bare = recording("subscription_detail")
    body = (
        b'{"success": true, "data": {"plan": null, "account_status": "<!channel>", '
        b'"quota_5_hour": null, "quota_7_day": {"usage_percentage": 1.2}}}'
    )
    bodies = {SUBSCRIPTION: type(bare)(body=body)}
    async with service_with(clock, bodies) as service:
        served = await service.answer("account")

    rows = {
        row[0].text: [row[1].text, row[-1].text] for row in served.report.table.rows
    }
    assert rows == {
        "5 hours": ["–", "–"],
        "7 days": ["120.0%", "██████████"],
        "month": ["–", "–"],
    }
    points = {point.label: point.words for point in served.report.points}
    assert points["Plan"] == "none, or not known"
    assert "<!channel>" not in served.message().text


async def test_account_fetch__billed_request_is_told_to_the_last_digit(service):
    served = await service.answer(f"generation {SETTLED_GENERATION}")

    assert "Billed: $0.010278." in served.report.finding
    assert served.view.bill.billed == Decimal("0.010278")
    assert sum(item.billed for item in served.view.bill.items) == Decimal("0.010278")
    assert "first token after 0.91 s, done after 4.18 s" in served.message().text


async def test_account_fetch__not_billed_yet_is_not_free(service):
    served = await service.answer(f"generation {FRESH_GENERATION}")

    assert served.view.bill is None
    assert "There is no bill yet" in served.report.finding
    assert "$0" not in served.message().text
    [again] = served.report.buttons
    assert again.command.startswith(f"generation {FRESH_GENERATION}")


async def test_account_fetch__bill_of_zero_is_a_bill(clock):
    clock.instant = RECORDED
    whole = recording("generation_no_billing")
    body = whole.body.replace(b'"streamed"', b'"usage": 0, "streamed"')
    bodies = {GENERATION: type(whole)(body=body)}
    async with service_with(clock, bodies) as service:
        served = await service.answer("generation gen_01fixture0000001")

    assert "Billed: $0." in served.report.finding
    assert served.report.buttons == ()


async def test_account_fetch__id_keeps_its_case(service, sandbox):
    served = await service.answer("/zenmux  GENERATION gen_01ABCdef")

    assert sandbox.asked(GENERATION)[-1].query["id"] == "gen_01ABCdef"
    assert served.request.query.id == "gen_01ABCdef"


@pytest.mark.parametrize("name", ["generation", "generation_no_billing"])
async def test_account_fetch__every_recording_is_shown(clock, name):
    clock.instant = RECORDED
    async with service_with(clock, {GENERATION: recording(name)}) as service:
        served = await service.answer("generation gen_01fixture0000001")

    assert served.ok
    assert served.as_json()["kind"] == "generation"
    assert "anthropic/claude-sonnet-4.6" in served.message().text


@pytest.mark.parametrize("failure", FAILURES)
async def test_account_fetch__every_failure_of_a_generation_is_a_reply(clock, failure):
    clock.instant = RECORDED
    async with service_with(clock, {GENERATION: recording(failure)}) as service:
        served = await service.answer("generation gen_01fixture0000001")

    assert not served.ok
    assert served.report.finding


async def test_account_fetch__refused_generation_is_about_the_key(service, sandbox):
    sandbox.weather.expect(GENERATION, access_denied())

    served = await service.answer(f"generation {SETTLED_GENERATION}")

    assert type(served.error).__name__ == "KeyRefused"
