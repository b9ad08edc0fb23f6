from __future__ import annotations

import asyncio
import gzip
import json
import traceback
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta

import httpx
import pytest
import structlog
from pydantic import SecretStr

from zenmux_bot.core.measures import Metric
from zenmux_bot.errors import (
    ApiError,
    BadAnswer,
    KeyRefused,
    OrganizationKey,
    RateLimited,
    RequestRefused,
    ServerFault,
    Unreachable,
)
from zenmux_bot.zenmux.client import (
    ACCOUNT_REQUESTS,
    MAX_BODY_BYTES,
    REQUESTS_AT_ONCE,
    RESERVED_REQUESTS,
    MemoryCooldowns,
    ZenMuxClient,
)
from zenmux_bot.zenmux.requests import (
    BILLED,
    BalanceRequest,
    CostRequest,
    FlowRateRequest,
    LeaderboardRequest,
    ModelListRequest,
    ModelUsageRequest,
    UsageRequest,
)

KEY = "sk-mg-v1-this-is-not-a-real-key"
BASE = "https://api.example.com/api/v1/management"
RATE = {
    "success": True,
    "data": {"base_usd_per_flow": 0.03283, "effective_usd_per_flow": 0.03283},
}


COST = CostRequest.month(date(2026, 6, 1), bill_types=BILLED)
NO_COST = {"success": True, "data": {"summary": {}, "analysis": {}}}


def rate(**kwargs) -> httpx.Response:
    return httpx.Response(200, json=RATE, **kwargs)


class Script:
    """Answers with one step after the other, and keeps what it was asked."""

    def __init__(self, *steps) -> None:
        self.steps = list(steps)
        self.asked: list[httpx.Request] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if not self.steps:
            raise AssertionError(f"unexpected {request.url}")
        step = self.steps.pop(0)
        if isinstance(step, BaseException):
            raise step
        if callable(step):
            return await step(request)
        return step


@asynccontextmanager
async def client_of(script, clock, **kwargs):
    transport = httpx.MockTransport(script)
    async with httpx.AsyncClient(transport=transport) as http:
        arguments = {
            "key": SecretStr(KEY),
            "base_url": BASE,
            "clock": clock,
            "sleep": clock.sleep,
            "jitter": lambda: 0.0,
            **kwargs,
        }
        yield ZenMuxClient(http, **arguments)


async def refusal(client, request=None) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await client.fetch(request or FlowRateRequest())
    return caught.value


async def test_client__answer_carries_its_time_limit_and_request_id(clock, samples):
    sample = samples["leaderboard_cost_seed.json"]
    script = Script(httpx.Response(200, headers=sample.headers, content=sample.body))

    async with client_of(script, clock) as client:
        answer = await client.fetch(sample.request)

    assert answer.limit == 5
    assert answer.fetched_at == clock.instant
    assert answer.request_id == "req-b4bc67a0"
    assert not answer.stale
    assert str(answer.data.entries[0].value)


async def test_client__request_says_all_in_its_query_and_the_key_in_its_header(clock):
    script = Script(httpx.Response(404))
    request = ModelUsageRequest(
        slug="a/b&c", metric=Metric.COST, start=date(2026, 6, 1), end=date(2026, 6, 2)
    )

    async with client_of(script, clock, base_url=BASE + "/") as client:
        await refusal(client, request)

    sent = script.asked[0]
    assert sent.method == "GET"
    assert str(sent.url) == (
        f"{BASE}/statistics/model_usage?model=a%2Fb%26c&metric=cost"
        "&starting_at=2026-06-01&ending_at=2026-06-02"
    )
    assert sent.headers["Authorization"] == f"Bearer {KEY}"
    assert sent.headers["Accept-Encoding"] == "identity"
    assert KEY not in str(sent.url)


@pytest.mark.parametrize(
    ("base_url", "models_url"),
    [
        (BASE, "https://api.example.com/api/v1/models"),
        ("http://127.0.0.1:8", "http://127.0.0.1:8/models"),
    ],
)
async def test_client__list_of_models_lies_beside_and_gets_no_key(
    clock, base_url, models_url
):
    script = Script(httpx.Response(200, json={"object": "list", "data": []}))

    async with client_of(script, clock, base_url=base_url, key=None) as client:
        await client.fetch(ModelListRequest())

    assert str(script.asked[0].url) == models_url
    assert "Authorization" not in script.asked[0].headers


async def test_client__without_a_key_nothing_is_sent(clock):
    script = Script()

    async with client_of(script, clock, key=None) as client:
        error = await refusal(client)

    assert type(error) is KeyRefused
    assert "key" in error.message


async def test_client__redirect_is_not_followed(clock):
    script = Script(httpx.Response(302, headers={"Location": "https://evil.example/"}))

    async with client_of(script, clock) as client:
        error = await refusal(client)

    assert type(error) is RequestRefused
    assert len(script.asked) == 1


def fault_steps():
    yield httpx.Response(500)
    yield httpx.Response(502, html="<h1>502</h1>")
    yield httpx.Response(200, content=b'{"success": tr')
    yield httpx.ConnectError("refused")
    yield httpx.ReadTimeout("slow")
    yield httpx.RemoteProtocolError("cut")


@pytest.mark.parametrize("step", list(fault_steps()), ids=repr)
async def test_client__passing_fault_is_asked_again(clock, step):
    script = Script(step, rate())

    async with client_of(script, clock) as client:
        answer = await client.fetch(FlowRateRequest())

    assert str(answer.data.base_usd_per_flow) == "0.03283"
    assert clock.naps == [1]


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: httpx.Response(502), ServerFault),
        (lambda: httpx.Response(200, text="<html>"), BadAnswer),
        (lambda: httpx.ConnectError("refused"), Unreachable),
        (lambda: httpx.ConnectTimeout("slow"), Unreachable),
        (lambda: httpx.RemoteProtocolError("cut"), BadAnswer),
        (lambda: httpx.DecodingError("garbled"), BadAnswer),
    ],
)
async def test_client__lasting_fault_is_reported_after_four_attempts(clock, make, kind):
    script = Script(*(make() for _ in range(4)))

    async with client_of(script, clock) as client:
        error = await refusal(client)

    assert type(error) is kind
    assert error.path == "/flow_rate"
    assert clock.naps == [1, 2, 4]


async def test_client__jitter_is_added_to_the_waits(clock):
    script = Script(*(httpx.Response(500) for _ in range(4)))

    async with client_of(script, clock, jitter=lambda: 1.0) as client:
        await refusal(client)

    assert clock.naps == [1.25, 2.5, 5]


async def test_client__no_is_asked_once_more(clock):
    no = {"success": False, "message": "not today"}
    script = Script(*(httpx.Response(200, json=no) for _ in range(2)))

    async with client_of(script, clock) as client:
        error = await refusal(client)

    assert (type(error), error.message) == (BadAnswer, "not today")
    assert clock.naps == [1]


@pytest.mark.parametrize("status", [400, 402, 404])
async def test_client__refused_request_is_not_asked_again(clock, status):
    script = Script(httpx.Response(status))

    async with client_of(script, clock) as client:
        error = await refusal(client)

    assert (type(error), error.status) == (RequestRefused, status)
    assert clock.naps == []


@pytest.mark.parametrize("status", [401, 403])
async def test_client__refused_key_is_spared_for_a_minute(clock, status):
    script = Script(httpx.Response(status), rate())

    async with client_of(script, clock) as client:
        for _ in range(200):
            assert type(await refusal(client)) is KeyRefused
        clock.advance(seconds=61)
        await client.fetch(FlowRateRequest())

    assert len(script.asked) == 2


async def test_client__key_refused_by_one_endpoint_may_serve_another(clock):
    balance = {"success": True, "data": {"total_credits": 1}}
    script = Script(httpx.Response(403), httpx.Response(200, json=balance))

    async with client_of(script, clock) as client:
        await refusal(client)
        await client.fetch(BalanceRequest())


@pytest.mark.parametrize("status", [422, 429])
@pytest.mark.parametrize(("header", "seconds"), [({}, 45), ({"Retry-After": "7"}, 7)])
async def test_client__limited_endpoint_cools_down_for_all_callers(
    clock, status, header, seconds
):
    balance = {"success": True, "data": {"total_credits": 1}}
    script = Script(
        httpx.Response(status, headers=header),
        httpx.Response(200, json=balance),
        rate(),
    )

    async with client_of(script, clock, cooldown=timedelta(seconds=45)) as client:
        first = await refusal(client)
        clock.advance(seconds=2)
        second = await refusal(client)
        await client.fetch(BalanceRequest())
        clock.advance(seconds=seconds - 2)
        await client.fetch(FlowRateRequest())

    assert type(first) is type(second) is RateLimited
    assert first.retry_after == timedelta(seconds=seconds)
    assert second.retry_after == timedelta(seconds=seconds - 2)
    assert [request.url.path.rsplit("/")[-1] for request in script.asked] == [
        "flow_rate",
        "balance",
        "flow_rate",
    ]


async def test_client__cooldown_is_shared_through_the_memory_of_cooldowns(clock):
    cooldowns = MemoryCooldowns()
    script = Script(httpx.Response(422))

    async with client_of(script, clock, cooldowns=cooldowns) as one:
        await refusal(one)
    async with client_of(Script(), clock, cooldowns=cooldowns) as other:
        assert type(await refusal(other)) is RateLimited


async def test_client__clock_set_back_does_not_make_a_cooldown_endless(clock):
    script = Script(httpx.Response(422), rate())

    async with client_of(script, clock) as client:
        await refusal(client)
        clock.advance(days=-30)
        await client.fetch(FlowRateRequest())


async def test_client__few_requests_of_an_endpoint_are_under_way_at_once(clock):
    under_way, most = 0, 0

    async def slow(request: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return rate()

    async with client_of(slow, clock) as client:
        await asyncio.gather(*(client.fetch(FlowRateRequest()) for _ in range(20)))

    assert most == REQUESTS_AT_ONCE


async def test_client__request_that_waited_is_not_sent_into_a_cooldown(clock):
    script = Script(*[httpx.Response(422)] * REQUESTS_AT_ONCE)

    async with client_of(script, clock) as client:
        outcomes = await asyncio.gather(
            *(client.fetch(FlowRateRequest()) for _ in range(20)),
            return_exceptions=True,
        )

    assert {type(outcome) for outcome in outcomes} == {RateLimited}
    assert len(script.asked) <= REQUESTS_AT_ONCE


async def test_client__usage_and_cost_share_one_cooldown(clock):
    script = Script(httpx.Response(429, headers={"Retry-After": "60"}))
    async with client_of(script, clock) as client:
        await refusal(client, COST)

        error = await refusal(client, UsageRequest.month(date(2026, 6, 1)))

    assert isinstance(error, RateLimited)
    assert error.retry_after == timedelta(seconds=60)
    assert len(script.asked) == 1


async def test_client__accounts_minute_keeps_some_requests_for_the_background(clock):
    async def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=NO_COST)

    async def fill(client, request) -> int:
        for count in range(100):
            try:
                await client.fetch(request)
            except RateLimited:
                return count
        raise AssertionError("never limited")

    async with client_of(answer, clock) as client:
        asked = await fill(client, COST)
        reserved = await fill(client, replace(COST, background=True))
        clock.instant += timedelta(minutes=1)
        again = await fill(client, COST)

    assert asked == again == ACCOUNT_REQUESTS - RESERVED_REQUESTS
    assert asked + reserved == ACCOUNT_REQUESTS


@pytest.mark.parametrize(
    ("keys", "kind", "asked"),
    [((), OrganizationKey, 1), (("key_gone",), RequestRefused, 2)],
)
async def test_client__refused_own_figure_says_what_was_refused(
    clock, keys, kind, asked
):
    script = Script(httpx.Response(403), httpx.Response(403))
    async with client_of(script, clock) as client:
        first = await refusal(client, replace(COST, keys=keys))
        await refusal(client, replace(COST, keys=keys))

    assert type(first) is kind
    assert len(script.asked) == asked


async def test_client__endpoints_do_not_wait_for_each_other(clock):
    release = asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("flow_rate"):
            await release.wait()
            return rate()
        release.set()
        return httpx.Response(200, json={"success": True, "data": {"total_credits": 1}})

    async with client_of(answer, clock) as client, asyncio.timeout(60):
        await asyncio.gather(
            client.fetch(FlowRateRequest()), client.fetch(BalanceRequest())
        )


class Endless(httpx.AsyncByteStream):
    """A body of zeros without an end, that counts what was taken of it."""

    def __init__(self) -> None:
        self.taken = 0
        self.closed = False

    async def __aiter__(self):
        while True:
            self.taken += 1 << 20
            yield bytes(1 << 20)

    async def aclose(self) -> None:
        self.closed = True


async def test_client__body_without_end_is_cut_off(clock):
    bodies = [Endless() for _ in range(4)]
    script = Script(*(httpx.Response(200, stream=body) for body in bodies))

    async with client_of(script, clock) as client:
        error = await refusal(client)

    assert (type(error), error.message) == (BadAnswer, "The answer is too large")
    assert all(body.taken <= MAX_BODY_BYTES + (1 << 20) for body in bodies)
    assert all(body.closed for body in bodies)


class Packed(httpx.AsyncByteStream):
    """A body as it travels; httpx unpacks what it gets as content."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def __aiter__(self):
        half = len(self.body) // 2
        yield self.body[:half]
        yield self.body[half:]

    async def aclose(self) -> None:
        pass


def packed(body: bytes, encoding: str = "gzip") -> httpx.Response:
    headers = {"Content-Encoding": encoding}
    return httpx.Response(200, headers=headers, stream=Packed(body))


async def test_client__body_that_is_packed_unasked_is_unpacked(clock):
    body = gzip.compress(json.dumps(RATE).encode())

    async with client_of(Script(packed(body, "GZIP")), clock) as client:
        answer = await client.fetch(FlowRateRequest())

    assert str(answer.data.base_usd_per_flow) == "0.03283"


@pytest.mark.parametrize(
    ("body", "encoding", "message"),
    [
        (gzip.compress(bytes(MAX_BODY_BYTES + 1)), "gzip", "The answer is too large"),
        (gzip.compress(b'{"success": true}')[:-9], "gzip", "The answer was cut off"),
        (b'{"success": true}', "gzip", "The answer is packed"),
        (b"\x0b\x02\x80", "br", "The answer is packed"),
    ],
    ids=["large", "cut off", "not packed", "otherwise packed"],
)
async def test_client__what_cannot_be_unpacked_is_a_bad_answer(
    clock, body, encoding, message
):
    head = f"Content-Encoding: {encoding}\r\nContent-Length: {len(body)}"
    raw = f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + body
    async with server_of(raw) as base_url:
        error = await refusal_at(base_url, clock)

    assert (type(error), error.message) == (BadAnswer, message)


@pytest.mark.parametrize("key", [KEY, "of-another-prefix-0123456789"])
@pytest.mark.parametrize(
    "make",
    [
        lambda key: httpx.Response(403, json={"error": f"bad key {key}"}),
        lambda key: httpx.Response(200, json={"success": False, "message": key}),
        lambda key: httpx.ConnectError(f"header Bearer {key}"),
        lambda key: httpx.LocalProtocolError(f"Illegal header value Bearer {key}"),
        lambda key: httpx.Response(500, json={"error": {"type": key, "message": key}}),
    ],
)
async def test_client__key_shows_up_nowhere(clock, make, key):
    script = Script(*(make(key) for _ in range(4)))

    with structlog.testing.capture_logs() as logs:
        async with client_of(script, clock, key=SecretStr(key)) as client:
            error = await refusal(client)

    shown = "".join(traceback.format_exception(error, chain=True))
    assert error.__context__ is None or isinstance(error.__context__, ApiError)
    for text in (shown, repr(error), str(error), repr(vars(client)), json.dumps(logs)):
        assert key not in text
    assert {line["event"] for line in logs} >= {"zenmux.failed"}


async def test_client__key_that_no_header_can_hold_is_no_crash(clock):
    async def refuse(request: httpx.Request) -> httpx.Response:
        return httpx.Response(403)

    async with client_of(refuse, clock, key=SecretStr("schlüssel\ud800")) as client:
        assert type(await refusal(client)) is KeyRefused


@asynccontextmanager
async def server_of(raw: bytes):
    """Serve the same bytes to each connection over loopback, then hang up."""

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1")
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def refusal_at(base_url: str, clock) -> ApiError:
    async with httpx.AsyncClient() as http:
        client = ZenMuxClient(
            http,
            key=SecretStr(KEY),
            base_url=base_url,
            clock=clock,
            sleep=clock.sleep,
        )
        return await refusal(client)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"", BadAnswer),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{", BadAnswer),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz", BadAnswer),
        (b"SSH-2.0-nothing\r\n\r\n", BadAnswer),
        (b"HTTP/1.1 204 No Content\r\n\r\n", BadAnswer),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\nbusy", ServerFault),
    ],
)
async def test_client__real_connection_that_goes_wrong(clock, raw, kind):
    async with server_of(raw) as base_url:
        error = await refusal_at(base_url, clock)

    assert type(error) is kind


async def test_client__nobody_listening_is_unreachable(clock):
    async with server_of(b"") as base_url:
        pass

    error = await refusal_at(base_url, clock)

    assert type(error) is Unreachable
    assert error.message == "No connection to 127.0.0.1"


async def test_client__unexpected_error_is_not_asked_again(clock):
    script = Script(ZeroDivisionError("a bug"))

    async with client_of(script, clock) as client:
        with pytest.raises(ZeroDivisionError):
            await client.fetch(
                LeaderboardRequest(
                    metric=Metric.COST, start=date(2026, 6, 1), end=date(2026, 6, 1)
                )
            )

    assert len(script.asked) == 1
