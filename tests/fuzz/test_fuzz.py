"""Whatever people, Slack and ZenMux send: no error that nobody expected.

``HYPOTHESIS_PROFILE=fuzz`` tries a hundred thousand of each.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
import time
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp
import httpx
import pytest
from aiohttp import web
from asked import service_before
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from stage import staged
from structlog.testing import capture_logs

from zenmux_bot.answers.service import Answers, AnswerService
from zenmux_bot.answers.status.fetch import Health
from zenmux_bot.commands.grammar import BY_WORD, PERIOD_WORDS, WORDS
from zenmux_bot.errors import BotError
from zenmux_bot.permissions import OPERATOR
from zenmux_bot.zenmux.api import OneApi
from zenmux_bot.zenmux.cache import CachedApi
from zenmux_bot.zenmux.client import ZenMuxClient
from zenmux_demo.sandbox.api import SANDBOX_KEY, Fault, Weather
from zenmux_demo.sandbox.server import running_sandbox

UNEXPECTED = {
    "answer.fault",
    "http.request_failed",
    "slack.listener_failed",
    "tasks.failed",
}

vocabulary = st.sampled_from(
    [
        *BY_WORD,
        *PERIOD_WORDS,
        *WORDS,
        *("7d", "8w", "2026-W46", "2026-11-01..2026-11-15", "vs", "none", "top", "10"),
        *("by", "week", "provider", "name", "anthropic", "openai/gpt-5", "d-7kq3"),
        *("create", "list", "show", "edit", "mon", "09:00", "Europe/Berlin", "in"),
        *("<#C0LLMCOSTS1|llm-costs>", "<@U0MAYA00001>", "“cost”", "—", "&amp;", "\x00"),
    ]
)
texts = (
    st.lists(vocabulary, max_size=8).map(" ".join)
    | st.text(max_size=200)
    | st.lists(vocabulary | st.text(max_size=20), max_size=8).map(" ".join)
)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=5,
)


@contextmanager
def run(*, world):
    """Give what an asynchronous world gives, and a way to run calls in it."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        given_ = runner.run(stack.enter_async_context(world))
        try:
            yield given_, runner.run
        finally:
            runner.run(stack.aclose())


@pytest.fixture
def logs():
    with capture_logs() as lines:
        yield lines


def test_any_words(logs, clock):
    async def service(stack):
        sandbox = await stack.enter_async_context(
            running_sandbox(clock, requests_per_minute=10**9)
        )
        return await stack.enter_async_context(service_before(sandbox, clock))

    with run(world=_Entered(service)) as (served_by, call):

        @given(texts)
        def check(text):
            served = call(served_by.answer(text))

            assert served.error is None or isinstance(served.error, BotError)
            assert served.message().payload()
            logs.clear()

        check()


QUESTIONS = (
    "leaderboard cost 7d rate",
    "share tokens 8w",
    "why cost last week",
    "trend tokens 28d",
    "trending tokens week",
    "model claude opus",
    "performance ttft",
    "account",
    "generation 01fixture",
    "status",
)


@st.composite
def mutilated(draw, whole, leaves):
    """Draw a value like ``whole`` in which some things are gone or are others."""
    if draw(st.integers(0, 11)) == 0:
        return draw(leaves)
    if isinstance(whole, dict):
        kept = [key for key in whole if draw(st.integers(0, 15))]
        return {key: draw(mutilated(whole[key], leaves)) for key in kept}
    if isinstance(whole, list):
        return [draw(mutilated(each, leaves)) for each in whole[:3]]
    return whole


ODD = (
    *(None, True, 0, -1, -0.0, 10**30, -(10**400), 1e308, float("nan"), "", "9" * 400),
    *("NaN", "1e9", "<!channel>", "2026-11-16", "0001-01-01", "2026-13-45", [], {}),
)


class Foul(Weather):
    """The same fault for whoever asks."""

    fault: Fault | None = None

    def next_fault(self, _path):
        return self.fault


@dataclass
class Mutilated:
    """The true answer, in which some things are gone or are others."""

    dice: random.Random

    async def __call__(self, request, answer):
        del request
        body = self.mutilate(json.loads(answer().body))
        return web.Response(body=json.dumps(body), content_type="application/json")

    def mutilate(self, whole):
        if self.dice.random() < 0.02:
            return self.dice.choice(ODD)
        if isinstance(whole, dict):
            return {
                key: self.mutilate(value)
                for key, value in whole.items()
                if self.dice.random() > 0.01
            }
        if isinstance(whole, list):
            times = self.dice.choice([1] * 20 + [0, 2])
            return [self.mutilate(each) for each in whole * times]
        return whole


def test_any_body_of_zenmux(logs, clock):
    async def sleep(_seconds):
        return None

    weather = Foul()

    async def enter(stack):
        sandbox = await stack.enter_async_context(
            running_sandbox(clock, requests_per_minute=10**9, weather=weather)
        )
        return sandbox, await stack.enter_async_context(httpx.AsyncClient())

    async def ask(sandbox, http, question, seed):
        weather.fault = Mutilated(random.Random(seed))
        url = sandbox.base_url
        key = SecretStr(SANDBOX_KEY)
        client = ZenMuxClient(http, key=key, base_url=url, clock=clock, sleep=sleep)
        api = CachedApi(client, clock=clock, sleep=sleep)
        answers = Answers(OneApi(api), clock, Health(OneApi(api), clock))
        served = await AnswerService(answers, clock, permissions=OPERATOR).answer(
            question
        )
        sandbox.requests.clear()
        return served

    with run(world=_Entered(enter)) as ((sandbox, http), call):

        @given(st.sampled_from(QUESTIONS), st.integers(0, 2**32))
        def check(question, seed):
            served = call(ask(sandbox, http, question, seed))

            wrong = [line for line in logs if line["event"] in UNEXPECTED]
            assert not wrong, wrong
            assert served.message().payload()
            assert json.dumps(served.as_json(), allow_nan=False)
            logs.clear()

        check()


ids = st.integers(0, 50)


def person(number):
    return {"id": f"U{number}", "team_id": "T0WORKSPACE", "name": "x"}


def interaction(kind, number, **more):
    return {
        "type": kind,
        "user": person(number),
        "team": {"id": "T0WORKSPACE", "domain": "x"},
        "api_app_id": "A0ZENMUX001",
        "trigger_id": "1.2.3",
        "response_url": "http://127.0.0.1:9/none",
        **more,
    }


ACTIONS = (
    *("ask:0", "ask:csv", "ask:period", "publish", "digest:form", "digest:pause"),
    *("home:do:x", "home:defaults:workspace", "home:defaults:channel", "other"),
)


@st.composite
def actions(draw):
    value = draw(texts)
    chosen = {"selected_option": draw(st.none() | st.just({"value": value}))}
    action = draw(st.sampled_from([{"value": value}, chosen, {}]))
    ephemeral = draw(st.booleans())
    return interaction(
        "block_actions",
        draw(ids),
        container={
            "type": "message",
            "message_ts": "1795426200.000100",
            "channel_id": "C0LLMCOSTS1",
            "is_ephemeral": ephemeral,
        },
        channel={"id": "C0LLMCOSTS1", "name": "llm-costs"},
        actions=[{"action_id": draw(st.sampled_from(ACTIONS)), **action}],
    )


@st.composite
def reports(draw):
    """Draw what our forms say: menus hold their own options, fields anything."""

    def chosen(*options):
        option = draw(st.sampled_from(options))
        return {"selected_option": {"text": {}, "value": option}}

    typed = {"value": draw(st.none() | texts)}
    number = {"value": draw(st.none() | st.integers(0, 60).map(str))}
    channel = draw(st.sampled_from(["C0LLMCOSTS1", "C0GENERAL01"]))
    chosen_channel = {"selected_conversation": channel}
    named = draw(st.lists(texts.filter(bool), max_size=3))
    names = {"selected_options": [{"text": {}, "value": name} for name in named]}
    menus = draw(st.sampled_from([{}, {"providers": {"digest_providers": names}}]))
    metric, zone = chosen("tokens", "cost"), chosen("Europe/Berlin", "UTC")
    return {
        "channel": {"digest_channel": chosen_channel, "channel": chosen_channel},
        "metric": {"digest_metric": metric, "metric": metric},
        "frequency": {"digest_frequency": chosen("daily", "weekly mon", "day 31")},
        "at": {"digest_at": {"selected_time": "09:00"}},
        "zone": {"digest_zone": zone, "zone": typed},
        "top": {"digest_top": number, "top": number},
        "skip_below_pp": {"digest_skip_below_pp": typed},
        "when_empty": {"digest_when_empty": chosen("skip", "say")},
        "audience": {"audience": chosen("public", "private")},
        "watched": {"watched": names},
        "about": {"about": names},
        "question": {"question": typed},
        # one that was opened before they came has none
        **menus,
    }


METADATA = {
    "digest": '["", "weekly mon 09:00", ""]',
    "ask_form": '{"channel_id": "C0LLMCOSTS1", "thread_ts": "1795426200.000100"}',
    "defaults_form": "",
    "other": "",
}


@st.composite
def forms(draw):
    callback = draw(st.sampled_from(list(METADATA)))
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": callback,
        "private_metadata": METADATA[callback],
        "state": {"values": draw(reports())},
    }
    kind = draw(st.sampled_from(["view_submission", "view_closed"]))
    return interaction(kind, draw(ids), view=view)


EVENTS = (
    *("app_mention", "message", "app_home_opened", "member_joined_channel"),
    *("member_left_channel", "channel_archive", "channel_deleted", "reaction_added"),
)


@st.composite
def events(draw):
    event = {
        "type": draw(st.sampled_from(EVENTS)),
        "user": f"U{draw(ids)}",
        "channel": draw(st.sampled_from(["C0LLMCOSTS1", "D1", "C9"])),
        "channel_type": draw(st.sampled_from(["im", "channel"])),
        "ts": "1795426200.000100",
        "text": draw(texts),
        "tab": "home",
    }
    return {
        "type": "event_callback",
        "team_id": "T0WORKSPACE",
        "api_app_id": "A0ZENMUX001",
        "event_id": f"Ev{draw(st.integers(0, 10**12))}",
        "event": event,
    }


def shortcuts():
    place = {
        "channel": {"id": "C0LLMCOSTS1", "name": "x"},
        "message": {"ts": "1795426200.000100", "text": "x"},
    }
    kinds = st.sampled_from(
        [
            ("shortcut", {"callback_id": "ask_zenmux"}),
            ("message_action", {"callback_id": "reply_with_statistics"} | place),
            ("message_action", {"callback_id": "other"} | place),
        ]
    )
    return st.builds(lambda kind, who: interaction(kind[0], who, **kind[1]), kinds, ids)


@st.composite
def commands(draw):
    number = draw(ids)
    return {
        "command": draw(st.sampled_from(["/zenmux", "/zenmux", "/other"])),
        "text": draw(texts),
        "team_id": "T0WORKSPACE",
        "user_id": f"U{number}",
        "channel_id": draw(st.sampled_from(["C0LLMCOSTS1", "D1", f"C{number}"])),
        "response_url": "http://127.0.0.1:9/none",
        "trigger_id": "1.2.3",
    }


payloads = st.one_of(commands(), actions(), events(), shortcuts(), forms())


def encode(payload):
    """Return a payload as Slack sends it, and its content type."""
    if isinstance(payload, dict) and payload.get("type") == "event_callback":
        return json.dumps(payload).encode(), "application/json"
    if isinstance(payload, dict) and "command" in payload:
        form = {key: str(value) for key, value in payload.items()}
    else:
        form = {"payload": json.dumps(payload)}
    body = urlencode(form, errors="replace").encode()
    return body, "application/x-www-form-urlencoded"


class _Entered:
    """Everything that a function enters into a stack, as one context manager."""

    def __init__(self, enter):
        self._enter = enter
        self._stack = AsyncExitStack()

    async def __aenter__(self):
        return await self._enter(self._stack)

    async def __aexit__(self, *_):
        await self._stack.aclose()


@pytest.fixture
def posted(logs, clock, tmp_path):
    """Post signed payloads to a running bot; returns their status."""

    async def enter(stack):
        stage = await stack.enter_async_context(
            staged(clock, tmp_path, socket_mode=False)
        )
        session = await stack.enter_async_context(aiohttp.ClientSession())
        return stage, session

    with run(world=_Entered(enter)) as ((stage, session), call):
        url = f"http://127.0.0.1:{stage.bot.port}/slack/events"
        secret = stage.slack.signing_secret.encode()

        async def post(payload):
            body, kind = encode(payload)
            stamp = str(int(time.time()))
            base = b"v0:" + stamp.encode() + b":" + body
            signature = hmac.new(secret, base, hashlib.sha256).hexdigest()
            headers = {
                "Content-Type": kind,
                "X-Slack-Request-Timestamp": stamp,
                "X-Slack-Signature": f"v0={signature}",
            }
            async with session.post(url, data=body, headers=headers) as reply:
                await reply.read()
                return reply.status

        yield lambda payload: call(post(payload))


def test_any_payload_of_slack(logs, posted):
    """Slack's shapes with any content: each listener copes with all of it."""

    @given(payloads)
    def check(payload):
        logs.clear()
        assert posted(payload) == 200, payload
        wrong = [line for line in logs if line["event"] in UNEXPECTED]
        assert not wrong, (payload, wrong)

    check()


def test_any_mutilated_payload(logs, posted):
    """Shapes that Slack never sends: said in the log, and nothing comes down."""

    @given(payloads.flatmap(lambda whole: mutilated(whole, junk)))
    def check(payload):
        logs.clear()
        status = posted(payload)
        events = {line["event"] for line in logs}
        caught = events & {"slack.listener_failed", "http.request_failed"}
        assert status < 500 or caught, payload

    check()
    assert posted({"command": "/zenmux", "text": "help", "user_id": "U1"}) == 200


PATHS = ("/statistics/leaderboard", "/statistics/market_share", "/generation")


@pytest.mark.parametrize("server", ["slack", "zenmux"])
def test_the_stand_ins_refuse_whatever_it_is(clock, tmp_path, server):
    async def enter(stack):
        stage = await stack.enter_async_context(
            staged(clock, tmp_path, socket_mode=False)
        )
        return stage, await stack.enter_async_context(aiohttp.ClientSession())

    methods = st.sampled_from(
        [
            *("chat.postMessage", "chat.postEphemeral", "views.open", "views.publish"),
            *("conversations.open", "conversations.history", "users.info", "x.y"),
            *("files.getUploadURLExternal", "reactions.add", "blocks.validate"),
        ]
    )
    arguments = st.dictionaries(
        st.sampled_from(["channel", "text", "blocks", "view", "user", "users", "ts"]),
        junk | st.sampled_from(["C0LLMCOSTS1", "U0MAYA00001"]),
    )
    paths = st.sampled_from([*PATHS, "/flow_rate", "/payg/balance", "/nothing"])
    queries = st.dictionaries(
        st.sampled_from(["metric", "limit", "starting_at", "bucket_width", "id"]),
        st.text(max_size=12) | st.sampled_from(["tokens", "1d", "2026-06-21", "-1"]),
    )

    with run(world=_Entered(enter)) as ((stage, session), call):

        async def slack(method, values):
            headers = {"Authorization": f"Bearer {stage.slack.bot_token}"}
            url = f"{stage.slack.api_url}{method}"
            async with session.post(url, json=values, headers=headers) as reply:
                return reply.status, (await reply.json())["ok"] in {True, False}

        async def zenmux(path, query):
            headers = {"Authorization": f"Bearer {SANDBOX_KEY}"}
            url = f"{stage.sandbox.base_url}{path}"
            async with session.get(url, params=query, headers=headers) as reply:
                return reply.status, isinstance(await reply.json(), dict)

        ask, first, second = {
            "slack": (slack, methods, arguments),
            "zenmux": (zenmux, paths, queries),
        }[server]

        @given(first, second)
        def check(where, values):
            status, is_readable = call(ask(where, values))
            assert status < 500
            assert is_readable

        check()
