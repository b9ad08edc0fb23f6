"""Deliveries that fail: retries by the clock, and ends to them."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from zenmux_demo.workspace.delivery import sign
from zenmux_demo.workspace.server import SlackStandIn


def test_a_signature_is_that_of_the_documentation():
    # https://docs.slack.dev/authentication/verifying-requests-from-slack
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA"
        b"&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J"
        b"%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )

    assert sign("8f742231b10e8888abcd99yyyzzz85a5", 1531420618, body) == (
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    )


async def test_an_event_that_arrives_is_sent_once(slack, app, clock):
    await slack.mention("x")
    clock.advance(hours=1)

    assert await slack.retry_due() == []
    assert "X-Slack-Retry-Num" not in app.headers[0]


async def test_a_failed_event_comes_three_more_times(slack, app, clock):
    for _ in range(4):
        app.answer(status=500)
    reply = await slack.mention("x")
    await slack.retry_due()
    assert await slack.retry_due() == []
    clock.advance(minutes=1)
    await slack.retry_due()
    clock.advance(minutes=5)
    await slack.retry_due()
    clock.advance(hours=1)

    assert await slack.retry_due() == []
    assert {body["event_id"] for body in app.received} == {reply.event_id}
    retries = [
        (h["X-Slack-Retry-Num"], h["X-Slack-Retry-Reason"]) for h in app.headers[1:]
    ]
    assert retries == [("1", "http_error"), ("2", "http_error"), ("3", "http_error")]


async def test_the_app_can_ask_for_no_retry(slack, app):
    app.answer(status=500, **{"x-slack-no-retry": "1"})
    await slack.mention("x")

    assert await slack.retry_due() == []


async def test_any_event_can_be_sent_twice(slack, app):
    reply = await slack.event({"type": "app_mention", "text": "x"})
    await slack.redeliver(reply.event_id, reason="http_timeout")

    first, second = app.received
    assert first == second
    assert app.headers[1]["X-Slack-Retry-Reason"] == "http_timeout"


@pytest.fixture
async def impatient(clock, manifest):
    """A workspace that waits a moment instead of three seconds."""
    stand_in = SlackStandIn(clock=clock, manifest=manifest, acknowledge_seconds=0.05)
    async with stand_in.running() as slack:
        yield slack


@pytest.fixture
async def sleepy_app(impatient):
    wakes = asyncio.Event()

    async def handle(request):
        await wakes.wait()
        return web.Response()

    server = web.Application()
    server.router.add_post("/", handle)
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    impatient.connect_http(f"http://{host}:{port}/")
    yield
    wakes.set()
    await runner.cleanup()


@pytest.mark.usefixtures("sleepy_app")
async def test_a_command_not_acknowledged_in_time_is_reported(impatient):
    reply = await impatient.command("/zenmux")

    assert reply.failure == "http_timeout"
    assert reply.notice == '/zenmux failed with the error "operation_timeout"'
    assert reply.elapsed_seconds >= 0.05


@pytest.mark.usefixtures("sleepy_app")
async def test_an_event_not_acknowledged_in_time_is_retried(impatient):
    await impatient.mention("x")

    (due,) = await impatient.retry_due()
    assert [answer.failure for answer in due.answers] == ["http_timeout"] * 2
