"""The outbox against a workspace that fails in every way that Slack can."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.core.actors import Location
from zenmux_bot.digests.delivery.context import CannotSearch
from zenmux_bot.digests.delivery.entries import Posted
from zenmux_bot.errors import Ambiguous, PayloadRefused, Refused, Throttled
from zenmux_bot.render.message import Message
from zenmux_bot.slack.outbox import (
    MAX_PAGES,
    PAGE,
    SlackOutbox,
    make_posting_client,
)
from zenmux_demo.workspace.faults import Drop, Fail, Hang, Limit, Page
from zenmux_demo.workspace.model import Message as Stored
from zenmux_demo.workspace.seed import (
    ARCHIVED,
    BOT_USER_ID,
    COSTS,
    MAYA,
    PRIVATE,
    TEAM_ID,
    TOMAS,
    WITHOUT_BOT,
    direct_channel,
)
from zenmux_demo.workspace.server import SlackStandIn

POST = "chat.postMessage"
HISTORY = "conversations.history"
KEY = "d-7kq3:2026-11-23T09:00[Europe/Berlin]"
HERE = Location(TEAM_ID, COSTS)
CHART = {"type": "data_visualization", "title": "Share", "chart": {}}
DIGEST = Message(
    "Market share.", ({"type": "section", "text": {"type": "mrkdwn", "text": "*47*"}},)
)


def marker(key: str = KEY) -> dict[str, object]:
    return {"event_type": "zenmux_digest", "event_payload": {"key": key}}


def manifest(*scopes: str) -> dict:
    return {
        "display_information": {"name": "ZenMux"},
        "oauth_config": {"scopes": {"bot": list(scopes)}},
        "settings": {"event_subscriptions": {"bot_events": ["app_uninstalled"]}},
    }


@pytest.fixture
async def slack(clock) -> AsyncIterator[SlackStandIn]:
    async with SlackStandIn(clock=clock, manifest=manifest()).running() as stand_in:
        yield stand_in


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def own_id(_team_id: str) -> str:
    return BOT_USER_ID


def in_thread(ts: str) -> Location:
    return replace(HERE, thread_ts=ts)


def outbox_of(
    slack: SlackStandIn, session: aiohttp.ClientSession, **options
) -> SlackOutbox:
    client = make_posting_client(
        slack.bot_token, base_url=slack.api_url, session=session
    )
    return SlackOutbox(lambda team: {TEAM_ID: client}[team], own_id, **options)


@pytest.fixture
def outbox(slack, session) -> SlackOutbox:
    return outbox_of(slack, session)


def posts(slack: SlackStandIn) -> int:
    return sum(call.method == POST for call in slack.calls)


def store(slack: SlackStandIn, clock, count: int, **fields) -> list[Stored]:
    """Let the bot have said something ``count`` times."""
    said = []
    for _ in range(count):
        clock.advance(seconds=1)
        fresh = {"channel": COSTS, "ts": slack.state.next_ts(), "user": MAYA}
        said.append(slack.state.add(Stored(text="hi", **fresh | fields)))
    return said


async def test_a_post_carries_its_marker_and_shows_no_previews(slack, outbox):
    posted = await outbox.post(HERE, DIGEST, metadata=marker())

    (message,) = slack.messages()
    assert posted == Posted(COSTS, message.ts)
    assert (message.text, message.metadata) == ("Market share.", marker())
    assert message.thread_ts is None
    args = slack.calls[-1].args
    assert (args["unfurl_links"], args["unfurl_media"]) == (False, False)


async def test_a_reply_goes_to_its_thread(slack, outbox):
    main = await outbox.post(HERE, DIGEST, metadata=marker())

    await outbox.post(in_thread(main.ts), DIGEST, metadata=marker("r"))

    assert slack.messages()[1].thread_ts == main.ts


@pytest.mark.parametrize(
    ("fault", "posted"),
    [
        (Drop(), 0),
        (Drop(after_accepting=True), 1),
        (Page(502), 0),
        (Page(503), 0),
        (Fail("fatal_error", after_accepting=True), 1),
        (Fail("internal_error"), 0),
        (Fail("request_timeout"), 0),
        (Fail("service_unavailable"), 0),
    ],
    ids=str,
)
async def test_what_may_have_been_posted_is_ambiguous_and_sent_once(
    slack, outbox, fault, posted
):
    slack.faults.script(POST, fault)

    with pytest.raises(Ambiguous):
        await outbox.post(HERE, DIGEST, metadata=marker())

    assert posts(slack) == 1
    assert len(slack.messages()) == posted


async def test_a_call_that_hangs_is_given_up_and_ambiguous(slack):
    slack.faults.script(POST, hang := Hang(after_accepting=True))
    timeout = aiohttp.ClientTimeout(total=0.2)
    async with aiohttp.ClientSession(timeout=timeout) as hasty:
        with pytest.raises(Ambiguous):
            await outbox_of(slack, hasty).post(HERE, DIGEST, metadata=marker())
    hang.release()

    assert posts(slack) == 1


async def test_post__rate_limit_raises_without_waiting(slack, outbox):
    slack.faults.script(POST, Limit(7))

    with pytest.raises(Throttled) as caught:
        await outbox.post(HERE, DIGEST, metadata=marker())

    assert caught.value.retry_after == timedelta(seconds=7)
    assert posts(slack) == 1
    assert slack.messages() == []


@pytest.mark.parametrize(
    ("code", "minutes"),
    [("ratelimited", 0.5), ("rate_limited", 0.5), ("message_limit_exceeded", 60)],
)
async def test_a_limit_in_the_body_is_one_too(slack, outbox, code, minutes):
    slack.faults.script(POST, Fail(code))

    with pytest.raises(Throttled) as caught:
        await outbox.post(HERE, DIGEST, metadata=marker())

    assert caught.value.retry_after == timedelta(minutes=minutes)


async def test_refused_blocks_say_what_is_wrong_with_them(slack, outbox):
    with pytest.raises(PayloadRefused) as caught:
        await outbox.post(HERE, Message("t", (CHART,)), metadata=marker())

    assert caught.value.code == "invalid_blocks"
    assert "json-pointer" in caught.value.detail
    assert slack.messages() == []


@pytest.mark.parametrize(
    "code", ["msg_too_long", "msg_blocks_too_many", "metadata_too_large"]
)
async def test_other_faults_of_the_payload_are_its_own(slack, outbox, code):
    slack.faults.script(POST, Fail(code))

    with pytest.raises(PayloadRefused, match=code):
        await outbox.post(HERE, DIGEST, metadata=marker())


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        (ARCHIVED, "is_archived"),
        (WITHOUT_BOT, "not_in_channel"),
        ("C0NOWHERE01", "channel_not_found"),
    ],
)
async def test_a_channel_that_will_not_have_it_is_a_refusal(outbox, channel, code):
    with pytest.raises(Refused) as caught:
        await outbox.post(Location(TEAM_ID, channel), DIGEST, metadata=marker())

    assert caught.value.code == code


async def test_a_revoked_token_is_a_refusal(slack, outbox):
    await slack.revoke_tokens()

    with pytest.raises(Refused, match="token_revoked"):
        await outbox.post(HERE, DIGEST, metadata=marker())


async def test_a_thread_that_is_gone_is_a_refusal(outbox):
    with pytest.raises(Refused, match="cannot_reply_to_message"):
        await outbox.post(in_thread("1.000000"), DIGEST, metadata=marker())


async def test_what_never_reached_slack_waits_and_is_not_ambiguous(session):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api/"
    client = make_posting_client("xoxb-0", base_url=url, session=session)

    with pytest.raises(Throttled) as caught:
        await SlackOutbox(lambda _: client, own_id).post(
            HERE, DIGEST, metadata=marker()
        )

    assert caught.value.retry_after == timedelta(seconds=15)


async def test_what_waited_in_vain_for_a_connection_was_not_sent(slack):
    slack.faults.script(POST, hang := Hang())
    timeout = aiohttp.ClientTimeout(total=5, connect=0.1)
    connector = aiohttp.TCPConnector(limit=1)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as narrow:
        outbox = outbox_of(slack, narrow)
        first = asyncio.create_task(outbox.post(HERE, DIGEST, metadata=marker()))
        await hang.reached.wait()
        with pytest.raises(Throttled):
            await outbox.post(HERE, DIGEST, metadata=marker("second"))
        hang.release()
        await first

    assert posts(slack) == 1


@pytest.mark.parametrize(
    ("body", "status", "content_type"),
    [
        ("[]", 200, "application/json"),
        ("null", 200, "application/json"),
        ('{"ok": tr', 200, "application/json"),
        ('{"ok": true}', 200, "application/json"),
        ('{"ok": false}', 200, "application/json"),
        ('{"ok": false, "error": "invalid_blocks"}', 503, "application/json"),
        ("ok", 200, "text/plain"),
        ("upstream request timeout", 504, "text/plain"),
        ("<html>", 200, "text/html"),
        ("", 200, "application/json"),
    ],
)
async def test_an_answer_that_cannot_be_read_is_ambiguous(
    session, body, status, content_type
):
    async with answering(body, status, content_type, session) as outbox:
        with pytest.raises(Ambiguous):
            await outbox.post(HERE, DIGEST, metadata=marker())


async def test_a_limit_of_a_gateway_counts_without_its_header(session):
    async with answering("<html>", 429, "text/html", session) as outbox:
        with pytest.raises(Throttled) as caught:
            await outbox.post(HERE, DIGEST, metadata=marker())

    assert caught.value.retry_after == timedelta(seconds=30)


class answering:  # noqa: N801 - reads as a verb where it is used
    """A server that always answers the same, and an outbox that posts to it."""

    def __init__(self, body, status, content_type, session) -> None:
        self.reply = {"text": body, "status": status, "content_type": content_type}
        self.session = session

    async def __aenter__(self) -> SlackOutbox:
        app = web.Application()
        app.router.add_post("/api/{method}", self.answer)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        port = self.runner.addresses[0][1]
        client = make_posting_client(
            "xoxb-0", base_url=f"http://127.0.0.1:{port}/api/", session=self.session
        )
        return SlackOutbox(lambda _: client, own_id)

    async def answer(self, request: web.Request) -> web.Response:
        await request.read()
        return web.Response(**self.reply)

    async def __aexit__(self, *_exc: object) -> None:
        await self.runner.cleanup()


async def test_a_lost_post_is_found_by_its_marker(slack, outbox, clock):
    since = clock.now()
    store(slack, clock, 3)
    slack.faults.script(POST, Drop(after_accepting=True))
    with pytest.raises(Ambiguous):
        await outbox.post(HERE, DIGEST, metadata=marker())
    store(slack, clock, PAGE + 5)

    found = await outbox.find_marker(HERE, KEY, since=since)

    (post,) = [m for m in slack.messages() if m.metadata]
    assert found == Posted(COSTS, post.ts)


async def test_a_marker_is_not_taken_for_another(slack, outbox, clock):
    since = clock.now()
    await outbox.post(HERE, DIGEST, metadata=marker(f"{KEY}:reply"))
    other = {"event_type": "other_app", "event_payload": {}}
    store(slack, clock, 1, metadata=other)

    assert await outbox.find_marker(HERE, KEY, since=since) is None


async def test_find_marker__of_another_app_or_person(slack, outbox, clock):
    """Whoever reads a marker can write it; only the bot's own messages count."""
    since = clock.now()
    store(slack, clock, 1, metadata=marker(), user=MAYA)

    assert await outbox.find_marker(HERE, KEY, since=since) is None


async def test_find_marker__distributed_app(slack, session, clock):
    """Fifteen messages a call are all that Slack gives, and one call a minute."""
    outbox = outbox_of(slack, session, is_distributed=True)
    since = clock.now()
    posted = await outbox.post(HERE, DIGEST, metadata=marker())
    store(slack, clock, 14)

    assert await outbox.find_marker(HERE, KEY, since=since) == posted
    store(slack, clock, 1)
    with pytest.raises(Ambiguous, match="too_many_messages"):
        await outbox.find_marker(HERE, KEY, since=since)
    looked = [call.args for call in slack.calls if call.method == HISTORY]
    assert [args["limit"] for args in looked] == ["15", "15"]


async def test_a_lost_reply_is_found_in_its_thread_and_only_there(slack, outbox, clock):
    since = clock.now()
    main = await outbox.post(HERE, DIGEST, metadata=marker())
    store(slack, clock, PAGE + 5, thread_ts=main.ts)
    key = f"{KEY}:reply"
    reply = await outbox.post(in_thread(main.ts), DIGEST, metadata=marker(key))

    found = await outbox.find_marker(in_thread(main.ts), key, since=since)

    assert found == reply
    assert await outbox.find_marker(HERE, key, since=since) is None


async def test_a_thread_is_read_to_its_end_however_old_its_beginning(
    slack, outbox, clock
):
    main = await outbox.post(HERE, DIGEST, metadata=marker())
    store(slack, clock, PAGE + 5, thread_ts=main.ts)
    clock.advance(hours=2)
    since = clock.now()
    reply = await outbox.post(in_thread(main.ts), DIGEST, metadata=marker("r"))

    assert await outbox.find_marker(in_thread(main.ts), "r", since=since) == reply


async def test_a_thread_that_is_gone_holds_no_reply(outbox, clock):
    found = await outbox.find_marker(in_thread("1.000000"), KEY, since=clock.now())

    assert found is None


async def test_a_channel_is_read_no_further_back_than_needed(slack, outbox, clock):
    store(slack, clock, 3 * PAGE)
    clock.advance(minutes=30)

    await outbox.find_marker(HERE, KEY, since=clock.now())

    (look,) = [call for call in slack.calls if call.method == HISTORY]
    assert "oldest" not in look.args


async def test_a_page_is_read_whatever_the_clocks_say(slack, outbox, clock):
    posted = await outbox.post(HERE, DIGEST, metadata=marker())

    since = clock.now() + timedelta(days=300)

    assert await outbox.find_marker(HERE, KEY, since=since) == posted


async def test_a_channel_with_too_much_in_it_is_not_called_empty(slack, outbox, clock):
    since = clock.now()
    store(slack, clock, PAGE * MAX_PAGES + 1)

    with pytest.raises(Ambiguous, match="too_many_messages"):
        await outbox.find_marker(HERE, KEY, since=since)


async def test_find_marker__failed_search_raises(slack, outbox, clock):
    slack.faults.script(HISTORY, Fail("internal_error"), Limit(3), Fail("invalid_auth"))

    for fault in (Ambiguous, Throttled, Refused):
        with pytest.raises(fault):
            await outbox.find_marker(HERE, KEY, since=clock.now())


async def test_find_marker__missing_scope(clock, session):
    scopes = manifest("chat:write", "channels:history")
    async with SlackStandIn(clock=clock, manifest=scopes).running() as slack:
        outbox = outbox_of(slack, session)
        private = Location(TEAM_ID, PRIVATE)

        assert await outbox.find_marker(HERE, KEY, since=clock.now()) is None
        found = await outbox.find_marker(private, KEY, since=clock.now())
        assert isinstance(found, CannotSearch)


async def test_find_marker__bot_not_in_channel(outbox, clock):
    place = Location(TEAM_ID, WITHOUT_BOT)

    found = await outbox.find_marker(place, KEY, since=clock.now())

    assert isinstance(found, CannotSearch)


async def test_notify__person_or_channel(slack, outbox):
    await outbox.notify(TEAM_ID, TOMAS, Message("It is paused."))
    await outbox.notify(TEAM_ID, COSTS, Message("One is paused."))

    (direct,) = slack.messages(direct_channel(TOMAS), user=TOMAS)
    (public,) = slack.messages()
    assert (direct.text, public.text) == ("It is paused.", "One is paused.")


async def test_a_person_who_is_not_there_is_a_refusal(outbox):
    with pytest.raises(Refused, match="user_not_found"):
        await outbox.notify(TEAM_ID, "U0NOBODY001", Message("Hello?"))


async def test_clients_for_posting_never_send_again(session):
    client = make_posting_client("xoxb-0", base_url="http://x/api/", session=session)

    assert isinstance(client, AsyncWebClient)
    assert client.retry_handlers == []
