"""From words to a reply: late data, old copies, faults, and the bot's own."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from zenmux_bot.answers.service import AnswerService
from zenmux_bot.bootstrap import open_answers
from zenmux_bot.config import Settings
from zenmux_bot.core.actors import Actor
from zenmux_bot.errors import NotYet, RateLimited, Unreachable
from zenmux_demo.sandbox.api import SANDBOX_KEY
from zenmux_demo.sandbox.faults import Hold
from zenmux_demo.sandbox.replies import (
    Reply,
    access_denied,
    cut_json,
    gateway_page,
    said_no,
    too_many_requests,
    without_data,
    wrong_shape,
)
from zenmux_demo.sandbox.server import running_sandbox

LEADERBOARD = "/statistics/leaderboard"
SHARE = "/statistics/market_share"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "zenmux"


@pytest.fixture
async def service(clock, sandbox):
    async def sleep(seconds: float) -> None:
        clock.advance(seconds=seconds)

    settings = Settings(
        zenmux_base_url=sandbox.base_url,
        zenmux_management_api_key=SecretStr(SANDBOX_KEY),
    )
    async with open_answers(settings, clock, sleep=sleep) as service:
        yield service


async def test_service__comparing_asks_for_both_periods_with_the_largest_limit(
    service, sandbox
):
    await service.answer("leaderboard cost 2026-W40 top 5")

    asked = [dict(each.query) for each in sandbox.asked(LEADERBOARD)]
    assert asked == [
        {"metric": "cost", "starting_at": start, "ending_at": end, "limit": "50"}
        for start, end in [("2026-09-28", "2026-10-04"), ("2026-09-21", "2026-09-27")]
    ]
    assert sandbox.asked(SHARE) == []


async def test_service__adjacent_weeks_are_fetched_at_once_by_their_mondays(
    service, sandbox
):
    await service.answer("share cost 2026-W40")

    [asked] = sandbox.asked(SHARE)
    assert dict(asked.query) == {
        "metric": "cost",
        "bucket_width": "1w",
        "starting_at": "2026-09-21",
        "ending_at": "2026-09-28",
        "limit": "50",
    }


async def test_service__all_time_by_week_is_split_at_sixty_buckets_and_joined(
    service, sandbox, clock
):
    clock.instant = datetime(2026, 12, 1, 9, tzinfo=UTC)

    served = await service.answer("share tokens all")

    weekly = [
        each for each in sandbox.asked(SHARE) if each.query["bucket_width"] == "1w"
    ]
    assert len(weekly) == 2
    assert served.ok
    assert len(served.view.buckets) == 62


async def test_service__month_is_summed_from_its_days(service, sandbox):
    served = await service.answer("share cost 2026-10")

    asked = sandbox.asked(SHARE)
    assert {each.query["bucket_width"] for each in asked} == {"1d"}
    assert served.view.basis.span.days == 31
    assert served.view.basis.comparison.span.days == 30


async def test_service__yesterday_late_falls_back_to_the_day_before_and_says_so(
    service, sandbox
):
    sandbox.weather.late = True

    served = await service.answer("leaderboard tokens 7d")

    assert str(served.view.basis.span) == "2026-11-15..2026-11-21"
    assert str(served.view.basis.data_through) == "2026-11-21"
    late = "Sun 22 Nov isn't in yet; these figures end on 21 Nov 2026"
    assert served.view.basis.late == late
    assert late in served.report.headline


async def test_service__late_data_of_the_only_day_is_no_data(service, sandbox):
    sandbox.weather.late = True

    served = await service.answer("leaderboard tokens 2026-11-22")

    assert isinstance(served.error, NotYet)
    assert served.report.finding.startswith(
        "22 Nov 2026 has no figures yet; they end on 21 Nov 2026."
    )
    assert [each.command for each in served.report.buttons] == [
        "leaderboard tokens 2026-11-22"
    ]


async def test_service__late_data_of_a_week_that_began_yesterday(
    service, sandbox, clock
):
    clock.instant = datetime(2026, 11, 24, 0, 5, tzinfo=UTC)
    sandbox.weather.late = True

    served = await service.answer("share cost wtd")

    assert isinstance(served.error, NotYet)
    assert "today" not in served.report.finding


async def test_service__running_week_is_compared_with_the_same_days(service, clock):
    clock.instant = datetime(2026, 11, 26, 9, tzinfo=UTC)

    served = await service.answer("share cost wtd")

    assert str(served.view.basis.span) == "2026-11-23..2026-11-25"
    assert str(served.view.basis.comparison.span) == "2026-11-16..2026-11-18"


async def test_service__period_before_failing_leaves_the_answer(service, sandbox):
    true_answer = Hold()
    true_answer.released.set()
    sandbox.weather.expect(LEADERBOARD, true_answer, access_denied())

    served = await service.answer("leaderboard cost 2026-W41")

    assert served.ok
    assert served.view.basis.comparison.span is None
    assert "could not be fetched" in str(served.message())


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (access_denied(), "KeyRefused"),
        (gateway_page(502), "ServerFault"),
        (gateway_page(524), "ServerFault"),
        (cut_json(), "BadAnswer"),
        (wrong_shape(), "BadAnswer"),
        (without_data(), "BadAnswer"),
        (said_no(), "BadAnswer"),
        (too_many_requests(retry_after=60), "RateLimited"),
        (Reply(status=422, body=b"{}", headers={}), "RateLimited"),
    ],
)
async def test_service__each_failure_without_an_old_copy_is_a_reply(clock, fault, kind):
    async def sleep(seconds: float) -> None:
        clock.advance(seconds=seconds)

    bodies = {LEADERBOARD: fault, SHARE: fault}
    async with running_sandbox(clock, fixed_bodies=bodies) as sandbox:
        settings = Settings(
            zenmux_base_url=sandbox.base_url,
            zenmux_management_api_key=SecretStr(SANDBOX_KEY),
        )
        async with open_answers(settings, clock, sleep=sleep) as service:
            for text in ("leaderboard cost 7d", "share cost 8w"):
                served = await service.answer(text)
                assert type(served.error).__name__ == kind
                assert served.report.finding
                assert SANDBOX_KEY not in str(served.message())


async def test_service__fault_of_its_own_is_an_apology_with_a_reference(clock, caplog):
    class Broken:
        async def answer(self, *_: object, **__: object) -> None:
            raise RuntimeError("secret detail")

    served = await AnswerService(Broken(), clock).answer("help")

    assert not served.ok
    assert "Reference: " in served.report.finding
    assert "secret detail" not in str(served.message())


async def test_service__unknown_provider_offers_those_near_to_it(service):
    served = await service.answer("leaderboard provider antropic")

    assert served.as_json()["error"]["suggestions"][0] == (
        "leaderboard tokens 7d provider anthropic"
    )


async def test_service__status_looks_at_key_and_newest_day(service, sandbox):
    sandbox.weather.late = True
    sandbox.weather.expect("/flow_rate", access_denied())

    served = await service.answer("status")

    wrong = [check.name for check in served.view.checks if check.ok is False]
    assert wrong == ["ZenMux key", "Newest day"]


async def test_service__old_figures_are_used_after_midnight(service, sandbox, clock):
    clock.instant = datetime(2026, 11, 22, 23, 55, tzinfo=UTC)
    evening = await service.answer("leaderboard cost 7d")
    clock.instant = datetime(2026, 11, 23, 0, 5, tzinfo=UTC)
    sandbox.weather.rate_limited = True

    served = await service.answer("leaderboard cost 7d")

    basis = served.view.basis
    assert (basis.span, basis.stale) == (evening.view.basis.span, True)
    assert str(basis.data_through) == "2026-11-21"
    assert served.view.rows == evening.view.rows
    assert served.report.headline.startswith(
        "ZenMux's rate limit is reached; these figures are from 22 Nov 2026. All "
    )


async def test_service__nothing_in_memory_after_midnight_leaves_the_reason(
    service, sandbox, clock
):
    clock.instant = datetime(2026, 11, 23, 0, 5, tzinfo=UTC)
    sandbox.weather.rate_limited = True

    assert type((await service.answer("leaderboard cost 7d")).error) is RateLimited


async def test_service__newest_day_that_cannot_be_checked_is_said(service, sandbox):
    sandbox.weather.expect(SHARE, too_many_requests())

    served = await service.answer("leaderboard cost 7d")

    assert served.view.basis.notes == (
        "Whether 22 Nov 2026 is complete could not be checked.",
    )


async def test_answer__a_newest_day_from_an_old_look_makes_it_an_old_copy(
    service, sandbox, clock
):
    sandbox.weather.late = True
    await service.answer("leaderboard tokens 7d")
    clock.advance(hours=1)
    sandbox.weather.expect(SHARE, too_many_requests())

    served = await service.answer("leaderboard cost 7d")

    assert str(served.view.basis.span) == "2026-11-15..2026-11-21"
    assert served.view.basis.stale
    assert served.report.headline.startswith("ZenMux's rate limit is reached; ")


@pytest.mark.parametrize("text", ["leaderboard tokens 7d", "share tokens 7d"])
async def test_service__day_missing_in_the_middle_is_named_and_nothing_is_compared(
    service, sandbox, text
):
    def with_a_gap(reply: Reply) -> Reply:
        body = json.loads(reply.body)
        body["data"]["series"] = [
            each for each in body["data"]["series"] if each["date"] != "2026-11-18"
        ]
        return replace(reply, body=json.dumps(body).encode())

    async def gap(_request, answer):
        return with_a_gap(answer())

    sandbox.weather.expect(SHARE, gap, gap, gap)

    served = await service.answer(text)

    assert served.view.basis.comparison.span is None
    assert "18 Nov 2026" in " ".join(served.report.context)


async def test_answer__own_figures_of_yesterdays_copy_are_not_shown_as_todays(
    service, sandbox, clock
):
    clock.instant = datetime(2026, 11, 22, 22, tzinfo=UTC)
    assert (await service.answer("spend")).ok
    clock.instant = datetime(2026, 11, 23, 1, tzinfo=UTC)
    sandbox.weather.down = True

    kept = await service.answer("spend")
    today = await service.answer("spend today")

    assert (kept.view.stale, str(kept.view.running)) == (True, "2026-11-22")
    assert "these figures are from 22 Nov 2026. Your own" in kept.report.headline
    assert isinstance(today.error, Unreachable)
    assert "Figures are saved up to 22 Nov 2026." in today.report.finding


async def test_answer__help_says_who_sees_answers_where_it_is_asked(service):
    there = Actor(team_id="T1", user_id="U1", channel_id="C1")
    direct = replace(there, channel_id="D1")

    said = [
        await service.answer("help private", actor=each) for each in (there, direct)
    ]

    assert "In this channel, only you see" in said[0].message().text
    assert "its members see what is asked" in said[1].message().text


async def test_answer__during_an_outage_every_figure_says_from_when_it_is(
    service, sandbox, clock
):
    board = await service.answer("leaderboard cost 2026-W46")
    share = await service.answer("share cost 2026-W46")
    assert "responding" not in f"{board.report.headline} {share.report.headline}"
    clock.advance(minutes=3)
    sandbox.weather.expect("/statistics/performance", *[gateway_page(502)] * 20)

    failed = await service.answer("performance ttft 2026-W46")
    marked = await service.answer("leaderboard cost 2026-W46")
    status = await service.answer("status")

    down = "ZenMux isn't responding (HTTP 502 since "
    assert failed.report.title == "ZenMux isn't responding (HTTP 502)"
    assert marked.report.headline.startswith(down)
    assert "these figures are from 09:30 UTC." in marked.report.headline
    assert marked.view == board.view
    assert status.view.checks[0].ok is False
    assert status.view.checks[0].found.startswith(down)
    assert "Bad Gateway" not in str(status.view)
    clock.advance(minutes=9)
    assert (await service.answer("leaderboard cost 2026-W46")).report == board.report
