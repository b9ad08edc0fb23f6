"""Each way in which the sandbox misbehaves, as a client sees it."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from zenmux_demo.sandbox.api import SANDBOX_KEY, Weather
from zenmux_demo.sandbox.faults import Broken, Flood, Hold
from zenmux_demo.sandbox.replies import (
    Reply,
    access_denied,
    cut_json,
    error,
    gateway_page,
    redirect,
    said_no,
    succeed,
    too_many_requests,
    unauthorized,
    without_data,
    wrong_shape,
)
from zenmux_demo.sandbox.server import SANDBOX, make_sandbox, running_sandbox

RATE = "/flow_rate"
LEADERBOARD = "/statistics/leaderboard"


async def test_when_down_everything_is_a_gateway_page(sandbox, get):
    sandbox.weather.down = True

    answers = [await get(RATE), await get(LEADERBOARD, metric="cost")]

    for answer in answers:
        assert answer.status_code == 502
        assert answer.headers["Content-Type"] == "text/html"
        assert "X-ZenMux-RequestId" not in answer.headers
    sandbox.weather.down = False
    assert (await get(RATE)).status_code == 200


@pytest.mark.parametrize("retry_after", [None, 90])
async def test_rate_limits_concern_statistics_alone(retry_after, sandbox, get):
    sandbox.weather.rate_limited = True
    sandbox.weather.retry_after = retry_after

    limited = await get(LEADERBOARD, metric="cost")

    assert limited.status_code == 422
    assert limited.json()["error"]["type"] == "rate_limit"
    assert limited.headers.get("Retry-After") == (retry_after and str(retry_after))
    assert (await get(RATE)).status_code == 200


async def test_requests_are_counted_per_endpoint_and_minute(clock, http):
    async with running_sandbox(clock, requests_per_minute=2) as sandbox:
        headers = {"Authorization": f"Bearer {sandbox.key}"}

        async def status(path: str) -> int:
            url = sandbox.base_url + path
            return (await http.get(url, headers=headers)).status_code

        assert [await status(RATE) for _ in range(3)] == [200, 200, 422]
        assert await status("/payg/balance") == 200
        clock.advance(minutes=1)
        assert [await status(RATE) for _ in range(3)] == [200, 200, 422]


async def test_refused_keys_are_not_counted(clock, http):
    async with running_sandbox(clock, requests_per_minute=1) as sandbox:
        for _ in range(3):
            assert (await http.get(sandbox.base_url + RATE)).status_code == 403


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        (access_denied(), 403, "access_denied"),
        (unauthorized(), 401, "unauthorized"),
        (error(402, "insufficient_credit", "Pay"), 402, "insufficient_credit"),
        (error(500, "internal_server_error", "Oh"), 500, "internal_server_error"),
        (gateway_page(524), 524, "<h1>524</h1>"),
        (said_no(), 200, '"success": false'),
        (without_data(), 200, '"data": null'),
        (wrong_shape(), 200, '"entries": "none"'),
        (cut_json(), 200, '{"success": true'),
        (succeed([1, 2]), 200, "[1, 2]"),
        (redirect("http://127.0.0.1:9/elsewhere"), 302, ""),
        (Reply(status=503, body=b"busy", headers={}), 503, "busy"),
    ],
)
async def test_a_scripted_fault_replaces_one_answer(fault, status, text, sandbox, get):
    sandbox.weather.expect(RATE, fault)

    answer = await get(RATE)

    assert answer.status_code == status
    assert text in answer.text
    assert (await get(RATE)).json()["data"]["currency"] == "usd"


async def test_faults_come_in_order_and_leave_other_endpoints_alone(sandbox, get):
    sandbox.weather.expect(RATE, gateway_page(502), too_many_requests(7))

    assert (await get("/payg/balance")).status_code == 200
    first, second, third = [await get(RATE) for _ in range(3)]

    assert [a.status_code for a in (first, second, third)] == [502, 429, 200]
    assert second.headers["Retry-After"] == "7"


async def test_platform_errors_carry_a_request_id(sandbox, get):
    sandbox.weather.expect(RATE, access_denied())

    assert (await get(RATE)).headers["X-ZenMux-RequestId"] == "req-00000001"


async def test_a_redirect_names_its_target(sandbox, get):
    sandbox.weather.expect(RATE, redirect("http://127.0.0.1:9/elsewhere"))

    assert (await get(RATE)).headers["Location"] == "http://127.0.0.1:9/elsewhere"


async def test_a_broken_transfer_ends_before_its_length(sandbox, get):
    sandbox.weather.expect(RATE, Broken())

    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        await get(RATE)
    assert (await get(RATE)).status_code == 200


async def test_a_flood_is_as_long_as_asked(sandbox, get):
    sandbox.weather.expect(RATE, Flood(3))

    assert len((await get(RATE)).content) == 3_000_000


async def test_a_client_may_leave_a_flood(sandbox, http):
    sandbox.weather.expect(RATE, Flood(1000))

    async with http.stream("GET", sandbox.base_url + RATE) as answer:
        async for piece in answer.aiter_raw():
            assert piece
            break


async def test_a_held_answer_comes_when_it_is_released(sandbox, get):
    hold = Hold()
    sandbox.weather.expect(RATE, hold)

    asking = asyncio.create_task(get(RATE))
    await hold.reached.wait()
    assert not asking.done()
    hold.released.set()

    assert (await asking).json()["success"] is True


async def test_a_held_answer_ends_when_the_client_leaves(sandbox, get):
    ended = asyncio.Event()

    class Watched(Hold):
        async def __call__(self, request, answer):
            try:
                return await Hold.__call__(self, request, answer)
            finally:
                ended.set()

    hold = Watched()
    sandbox.weather.expect(RATE, hold)
    asking = asyncio.create_task(get(RATE))
    await hold.reached.wait()
    asking.cancel()

    await asyncio.wait_for(ended.wait(), timeout=60)


async def test_a_held_answer_does_not_hold_up_the_end(clock, http):
    hold = Hold()
    async with running_sandbox(clock) as sandbox:
        sandbox.weather.expect(RATE, hold)
        asking = asyncio.create_task(http.get(sandbox.base_url + RATE))
        await hold.reached.wait()

    with pytest.raises(httpx.RemoteProtocolError):
        await asking


async def test_requests_are_recorded_without_the_key(sandbox, get):
    await get(RATE)
    await get(LEADERBOARD, metric="cost", limit=5)

    assert [request.path for request in sandbox.requests] == [RATE, LEADERBOARD]
    assert sandbox.asked(LEADERBOARD)[0].query == {"metric": "cost", "limit": "5"}
    assert sandbox.requests[0].headers["Accept-Encoding"]
    assert SANDBOX_KEY not in repr(sandbox.requests)


async def test_fixed_bodies_are_served_as_they_are(clock, http):
    kept = Reply(status=418, body=b'{"a": 1 }', headers={"Content-Type": "text/x"})
    first = Reply(body=b"first")
    async with running_sandbox(
        clock,
        fixed_bodies={
            "/api/v1/management/flow_rate": kept,
            "/statistics/leaderboard?starting_at=2026-06-08": first,
            "/statistics/leaderboard": Reply(body=b"else"),
        },
    ) as sandbox:
        rate = await http.get(sandbox.base_url + RATE)
        boards = [
            await http.get(
                sandbox.base_url + LEADERBOARD,
                params={"metric": "cost", "starting_at": day},
            )
            for day in ("2026-06-08", "2026-06-15")
        ]
        other = await http.get(sandbox.base_url + "/payg/balance")

    assert (rate.status_code, rate.content) == (418, b'{"a": 1 }')
    assert rate.headers["Content-Type"] == "text/x"
    assert [board.text for board in boards] == ["first", "else"]
    assert other.status_code == 404
    assert len(sandbox.requests) == 4


async def test_faults_come_before_fixed_bodies(clock, http):
    weather = Weather()
    weather.expect(RATE, gateway_page(502))
    async with running_sandbox(
        clock, weather=weather, fixed_bodies={RATE: Reply(body=b"kept")}
    ) as sandbox:
        answers = [await http.get(sandbox.base_url + RATE) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [502, 200]


def test_the_application_carries_its_handle(clock):
    weather = Weather(late=True)

    handle = make_sandbox(clock, key="sk-mg-v1-other", weather=weather)[SANDBOX]

    assert handle.weather is weather
    assert handle.key == "sk-mg-v1-other"
    assert handle.clock is clock
