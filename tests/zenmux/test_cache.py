from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
import structlog

from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.errors import (
    ApiError,
    BadAnswer,
    KeyRefused,
    RateLimited,
    RequestRefused,
    ServerFault,
    Unreachable,
)
from zenmux_bot.zenmux.cache import CachedApi, MemoryCacheBackend
from zenmux_bot.zenmux.models import Answer, FlowRate, Leaderboard, MarketShare
from zenmux_bot.zenmux.requests import (
    FlowRateRequest,
    LeaderboardRequest,
    MarketShareRequest,
)

YESTERDAY = date(2026, 6, 24)
BOARD = LeaderboardRequest(metric=Metric.COST, start=YESTERDAY, end=YESTERDAY)
OLD_BOARD = LeaderboardRequest(
    metric=Metric.COST, start=date(2026, 6, 1), end=date(2026, 6, 7)
)
SHARE = MarketShareRequest(
    metric=Metric.COST, width=Granularity.DAY, start=date(2026, 6, 23), end=YESTERDAY
)
SECOND = timedelta(seconds=1)


def board(*values: int) -> Leaderboard:
    return Leaderboard.model_validate(
        {
            "metric": "cost",
            "starting_at": "2026-06-24",
            "ending_at": "2026-06-24",
            "entries": [{"model": "a/b", "value": value} for value in values],
        }
    )


def share(request: MarketShareRequest, last: date) -> MarketShare:
    days = (last - request.start).days + 1
    return MarketShare.model_validate(
        {
            "metric": "cost",
            "bucket_width": request.width,
            "starting_at": request.start.isoformat(),
            "ending_at": request.end.isoformat(),
            "series": [
                {
                    "date": (request.start + timedelta(days=index)).isoformat(),
                    "authors": [{"author": "a", "value": index + 1}],
                }
                for index in range(days)
            ],
        }
    )


class Upstream:
    """Gives one step after the other: data, an error, or what a function awaits."""

    def __init__(self, clock, *steps) -> None:
        self.clock = clock
        self.steps = list(steps)
        self.asked = []

    async def fetch(self, request):
        self.asked.append(request)
        if not self.steps:
            raise AssertionError(f"unexpected {request}")
        step = self.steps.pop(0)
        if callable(step):
            step = await step(request)
        if isinstance(step, BaseException):
            raise step
        return Answer(
            data=step, limit=request.limit, fetched_at=self.clock.now(), request_id="r"
        )


@pytest.fixture
def make(clock):
    """Make a cache in front of the steps of an upstream."""

    def build(*steps, **kwargs):
        upstream = Upstream(clock, *steps)
        arguments = {"clock": clock, "sleep": clock.sleep, **kwargs}
        return upstream, CachedApi(upstream, **arguments)

    return build


def hold(outcome):
    """Return a step that waits until it is let go, and the event that does so."""
    release = asyncio.Event()

    async def step(request):
        await release.wait()
        return outcome

    return step, release


async def test_cache__good_answer_is_given_again(make, clock):
    upstream, api = make(board(1))

    first = await api.fetch(OLD_BOARD)
    clock.advance(hours=12)
    second = await api.fetch(OLD_BOARD)

    assert second == first
    assert len(upstream.asked) == 1


async def test_cache__new_day_asks_again(make, clock):
    upstream, api = make(board(1), board(2))

    await api.fetch(OLD_BOARD)
    clock.advance(hours=17)
    answer = await api.fetch(OLD_BOARD)

    assert answer.data.entries[0].value == 2
    assert not answer.stale
    assert len(upstream.asked) == 2


async def test_cache__other_questions_are_asked(make):
    upstream, api = make(board(1), board(2))

    await api.fetch(OLD_BOARD)
    await api.fetch(BOARD)

    assert upstream.asked == [OLD_BOARD, BOARD]


async def test_cache__yesterday_missing_is_asked_for_again_soon(make, clock):
    upstream, api = make(share(SHARE, date(2026, 6, 23)), share(SHARE, YESTERDAY))

    await api.fetch(SHARE)
    clock.advance(minutes=4)
    await api.fetch(SHARE)
    assert len(upstream.asked) == 1
    clock.advance(minutes=1)
    await api.fetch(SHARE)
    clock.advance(hours=10)
    await api.fetch(SHARE)

    assert len(upstream.asked) == 2


async def test_cache__sum_from_before_yesterday_came_in_is_asked_for_again(make, clock):
    upstream, api = make(board(1), share(SHARE, YESTERDAY), board(2))

    await api.fetch(BOARD)
    clock.advance(minutes=10)
    await api.fetch(BOARD)
    assert len(upstream.asked) == 1
    await api.fetch(SHARE)
    answer = await api.fetch(BOARD)
    clock.advance(hours=10)
    await api.fetch(BOARD)

    assert answer.data.entries[0].value == 2
    assert len(upstream.asked) == 3


async def test_cache__sum_from_after_yesterday_came_in_is_kept(make, clock):
    tokens = replace(SHARE, metric=Metric.TOKENS)
    upstream, api = make(share(SHARE, YESTERDAY), board(1), share(tokens, YESTERDAY))

    for request in (SHARE, BOARD, tokens):
        await api.fetch(request)
        clock.advance(minutes=1)
    clock.advance(hours=10)
    await api.fetch(BOARD)

    assert upstream.asked == [SHARE, BOARD, tokens]


async def test_cache__two_hundred_equal_questions_are_one_request(make):
    step, release = hold(board(1))
    upstream, api = make(step)

    callers = [asyncio.create_task(api.fetch(OLD_BOARD)) for _ in range(200)]
    await asyncio.sleep(0)
    release.set()
    answers = await asyncio.gather(*callers)

    assert len(upstream.asked) == 1
    assert all(answer == answers[0] for answer in answers)


async def test_cache__failure_reaches_all_who_share_it(make):
    step, release = hold(RequestRefused("no", status=400))
    upstream, api = make(step)

    callers = [asyncio.create_task(api.fetch(OLD_BOARD)) for _ in range(200)]
    await asyncio.sleep(0)
    release.set()
    errors = await asyncio.gather(*callers, return_exceptions=True)

    assert len(upstream.asked) == 1
    assert {type(error) for error in errors} == {RequestRefused}
    assert {error.status for error in errors} == {400}
    assert len({id(error) for error in errors}) == 200


async def test_cache__bug_in_the_upstream_reaches_the_caller(make):
    _, api = make(ZeroDivisionError("a bug"))

    with pytest.raises(ZeroDivisionError):
        await api.fetch(OLD_BOARD)


async def test_cache__cancelled_caller_does_not_end_the_request_of_the_others(make):
    step, release = hold(board(1))
    upstream, api = make(step)
    first, second = (asyncio.create_task(api.fetch(OLD_BOARD)) for _ in range(2))
    await asyncio.sleep(0)

    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    release.set()

    assert (await second).data == board(1)
    assert first.cancelled()
    assert len(upstream.asked) == 1


async def test_cache__caller_without_patience_leaves_and_the_answer_is_kept(make):
    step, release = hold(board(1))
    upstream, api = make(step)
    patient = asyncio.create_task(api.fetch(OLD_BOARD, patience=60 * SECOND))

    with pytest.raises(Unreachable) as caught:
        await api.fetch(OLD_BOARD, patience=timedelta())
    release.set()
    await patient

    assert caught.value.path == "/statistics/leaderboard"
    assert (await api.fetch(OLD_BOARD)).data == board(1)
    assert len(upstream.asked) == 1


TRANSIENT = [
    Unreachable("gone"),
    ServerFault("down", status=502),
    BadAnswer("cut off", status=200),
    RateLimited("rests", status=422, retry_after=timedelta(hours=1)),
]


@pytest.mark.parametrize("fault", TRANSIENT, ids=lambda fault: type(fault).__name__)
async def test_cache__old_answer_serves_when_no_new_one_comes(make, clock, fault):
    _, api = make(board(1), fault)
    good = await api.fetch(OLD_BOARD)
    clock.advance(days=1)

    with structlog.testing.capture_logs() as logs:
        answer = await api.fetch(OLD_BOARD)

    assert answer.stale
    assert answer.data == good.data
    assert answer.fetched_at == good.fetched_at
    assert [line["event"] for line in logs] == ["zenmux.cache", "zenmux.served_stale"]


@pytest.mark.parametrize("fault", TRANSIENT, ids=lambda fault: type(fault).__name__)
async def test_cache__without_an_old_answer_the_failure_is_raised(make, fault):
    _, api = make(fault)

    with pytest.raises(type(fault)):
        await api.fetch(OLD_BOARD)


@pytest.mark.parametrize("fault", [KeyRefused("no"), RequestRefused("no")])
async def test_cache__refusal_is_not_covered_up_by_an_old_answer(make, clock, fault):
    _, api = make(board(1), fault)
    await api.fetch(OLD_BOARD)
    clock.advance(days=1)

    with pytest.raises(type(fault)):
        await api.fetch(OLD_BOARD)


@pytest.mark.parametrize("fault", TRANSIENT[:3], ids=lambda each: type(each).__name__)
async def test_cache__failure_is_remembered_for_a_short_while(make, clock, fault):
    upstream, api = make(fault, board(1))

    for _ in range(3):
        with pytest.raises(type(fault)):
            await api.fetch(OLD_BOARD)
    assert len(upstream.asked) == 1
    clock.advance(seconds=20)

    assert not (await api.fetch(OLD_BOARD)).stale


async def test_cache__remembered_failure_still_lets_the_old_answer_serve(make, clock):
    upstream, api = make(board(1), ServerFault("down"))
    await api.fetch(OLD_BOARD)
    clock.advance(days=1)

    answers = [await api.fetch(OLD_BOARD) for _ in range(3)]

    assert all(answer.stale for answer in answers)
    assert len(upstream.asked) == 2


async def test_cache__when_the_api_hangs_only_the_first_waits_to_find_out(make, clock):
    step, release = hold(board(2))
    upstream, api = make(board(1), step)
    await api.fetch(OLD_BOARD)
    clock.advance(days=1)
    first = asyncio.create_task(api.fetch(OLD_BOARD))
    await asyncio.sleep(0)
    clock.advance(seconds=25)

    async with asyncio.timeout(20):
        later = await api.fetch(OLD_BOARD)

    assert later.stale
    release.set()
    assert (await first).data == board(2)
    assert len(upstream.asked) == 2


async def test_cache__empty_answer_is_given_for_a_minute_and_replaces_nothing(
    make, clock
):
    upstream, api = make(board(1), board(), ServerFault("down"))
    await api.fetch(OLD_BOARD)
    clock.advance(days=1)

    empty = await api.fetch(OLD_BOARD)
    clock.advance(seconds=59)
    again = await api.fetch(OLD_BOARD)
    clock.advance(seconds=1)
    old = await api.fetch(OLD_BOARD)

    assert empty.data.entries == again.data.entries == ()
    assert (old.data, old.stale) == (board(1), True)
    assert len(upstream.asked) == 3


def limited(seconds: float) -> RateLimited:
    return RateLimited("rests", status=422, retry_after=seconds * SECOND)


async def test_cache__rest_within_the_patience_is_waited_for(make, clock):
    upstream, api = make(limited(10), limited(10), board(1))

    answer = await api.fetch(OLD_BOARD)

    assert answer.data == board(1)
    assert len(upstream.asked) == 3
    assert clock.naps == [pytest.approx(10, abs=0.1)] * 2


async def test_cache__rest_beyond_the_patience_is_told_at_once(make, clock):
    _, api = make(limited(60))

    with pytest.raises(RateLimited) as caught:
        await api.fetch(OLD_BOARD)

    assert caught.value.retry_after == 60 * SECOND
    assert clock.naps == []


async def test_cache__three_cooldowns_are_enough(make, clock):
    upstream, api = make(*(limited(60) for _ in range(4)))

    with pytest.raises(RateLimited):
        await api.fetch(OLD_BOARD, patience=timedelta(hours=1))

    assert len(upstream.asked) == 4
    assert len(clock.naps) == 3


async def test_cache__those_who_waited_for_a_rest_share_the_next_request(make, clock):
    asleep, over = asyncio.Barrier(51), asyncio.Event()

    async def sleep(seconds: float) -> None:
        await asleep.wait()
        await over.wait()

    upstream, api = make(limited(10), board(1), sleep=sleep)
    callers = [asyncio.create_task(api.fetch(OLD_BOARD)) for _ in range(50)]
    await asleep.wait()
    clock.advance(seconds=11)
    over.set()
    answers = await asyncio.gather(*callers)

    assert len(upstream.asked) == 2
    assert all(answer == answers[0] for answer in answers)


async def test_cache__patience_is_each_callers_own_even_in_a_shared_request(
    make, clock
):
    upstream, api = make(limited(60), board(1))

    hurried, patient = await asyncio.gather(
        api.fetch(OLD_BOARD),
        api.fetch(OLD_BOARD, patience=timedelta(minutes=5)),
        return_exceptions=True,
    )

    assert isinstance(hurried, RateLimited)
    assert patient.data == board(1)
    assert len(upstream.asked) == 2


LONG = MarketShareRequest(
    metric=Metric.COST, width=Granularity.DAY, start=date(2026, 3, 1), end=YESTERDAY
)


async def answer_part(request):
    return share(request, request.end)


async def test_cache__long_range_is_asked_in_parts_that_are_kept(make):
    upstream, api = make(answer_part, answer_part)

    first = await api.fetch(LONG)
    second = await api.fetch(LONG)

    assert len(upstream.asked) == 2
    assert len(first.data.series) == (YESTERDAY - LONG.start).days + 1
    assert first == second


async def test_cache__one_stale_part_makes_the_whole_stale(make, clock):
    _, api = make(answer_part, answer_part, ServerFault("down"), answer_part)
    await api.fetch(LONG)
    clock.advance(days=1)

    answer = await api.fetch(LONG)

    assert answer.stale
    assert answer.fetched_at == clock.now() - timedelta(days=1)


async def test_cache__account_data_are_asked_for_again_after_a_minute(make, clock):
    rates = [
        FlowRate(base_usd_per_flow=each, effective_usd_per_flow=each) for each in (1, 2)
    ]
    upstream, api = make(*rates)

    await api.fetch(FlowRateRequest())
    clock.advance(seconds=59)
    await api.fetch(FlowRateRequest())
    clock.advance(seconds=1)
    answer = await api.fetch(FlowRateRequest())

    assert answer.data == rates[1]
    assert len(upstream.asked) == 2


async def test_cache__clock_set_back_does_not_keep_an_answer_alive(make, clock):
    upstream, api = make(board(1), board(2))
    await api.fetch(OLD_BOARD)

    clock.advance(days=-1)
    answer = await api.fetch(OLD_BOARD)

    assert answer.data == board(2)
    assert len(upstream.asked) == 2


async def test_cache__closing_abandons_what_is_under_way(make):
    step, _ = hold(board(1))
    _, api = make(step)
    caller = asyncio.create_task(api.fetch(OLD_BOARD))
    await asyncio.sleep(0)

    await api.aclose()

    with pytest.raises(Unreachable):
        await caller


async def test_cache__failures_are_remembered_within_bounds(make):
    days = [date(2026, 1, 1) + timedelta(days=index % 150) for index in range(300)]
    requests = [
        LeaderboardRequest(metric=Metric.COST, start=day, end=day, limit=1 + n // 150)
        for n, day in enumerate(days)
    ]
    upstream, api = make(*(ServerFault("down") for _ in range(301)))
    for request in requests:
        with pytest.raises(ApiError):
            await api.fetch(request)

    for request in (requests[-1], requests[0]):
        with pytest.raises(ApiError):
            await api.fetch(request)

    assert len(upstream.asked) == 301


async def test_cache__backend_may_be_shared(make):
    backend = MemoryCacheBackend()
    _, one = make(board(1), backend=backend)
    _, other = make(backend=backend)

    await one.fetch(OLD_BOARD)

    assert (await other.fetch(OLD_BOARD)).data == board(1)
