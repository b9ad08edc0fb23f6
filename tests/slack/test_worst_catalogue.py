"""Every answer and form with the largest catalogue, within the limits of Slack.

The stand-in refuses what Slack refuses, and closes a connection at a large frame.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from answer_worlds import HOSTILE
from stage import staged

from zenmux_bot.digests.forms import PROVIDERS_ACTION
from zenmux_bot.render.ask_form import ABOUT
from zenmux_bot.render.defaults_form import WATCHED
from zenmux_bot.render.home import SET_CHANNEL, SET_WORKSPACE
from zenmux_bot.slack.listeners.shortcuts import ASK
from zenmux_demo.sandbox.catalog import AUTHORS, MODELS, Author
from zenmux_demo.sandbox.world import World
from zenmux_demo.workspace.seed import COSTS, MAYA, direct_channel

PROVIDERS, MODEL_COUNT = 100, 400
NAME = "an-extraordinarily-long-name-of-an-author"
LABELS = (
    *HOSTILE,
    "Panorama Extended Context Instruct Preview 128B " * 4,
    "超长上下文预览版深度求索大模型·" * 8,
)
SLUG = f"{NAME}-7/model-with-a-remarkably-long-name-of-its-own-preview-7"
QUESTIONS = [
    "leaderboard tokens 7d top 50",
    "leaderboard cost last month top 50",
    f"leaderboard cost 7d provider {NAME}-1 provider {NAME}-2 provider {NAME}-3",
    "share tokens 8w top 50",
    "share cost 28d by day top 50",
    "trend tokens 28d by day top 12",
    "trend cost 12w by week top 12",
    "trending tokens week top 50",
    "trending cost day top 50",
    f"model {SLUG} tokens 8w",
    "model long-name",
    "performance throughput 7d",
    "performance cache 7d",
    "why tokens 8w",
    "why cost last week",
    "apps tokens 7d",
    "apps trending",
    "spend by model",
    "spend by key",
    "spend by day",
    "usage by model",
    "account",
    "budget list",
    "alert list",
    "digest list",
    "status",
    "help",
    "leaderbord",
    f"share cost 8w provider {'x' * 200}",
    "leaderboard cost 9999-12-31",
    f"why {NAME}",
]
FORMS = {
    "ask": (ABOUT, lambda slack: slack.shortcut(ASK)),
    "digest": (PROVIDERS_ACTION, lambda slack: slack.command("/zenmux digest")),
    "alert": (None, lambda slack: slack.command("/zenmux alert")),
    "workspace": (WATCHED, lambda slack: slack.press(slack.home(), SET_WORKSPACE)),
    "channel": (None, lambda slack: slack.press(slack.home(), SET_CHANNEL)),
}


@pytest.fixture
def world(monkeypatch):
    """Return a world of many, and make their authors known."""
    hosts = next(iter(AUTHORS.values())).hosts
    for n in range(PROVIDERS):
        author = Author(LABELS[n % len(LABELS)], hosts)
        monkeypatch.setitem(AUTHORS, f"{NAME}-{n}", author)
    return make_world()


@cache
def make_world():
    """Return a world that keeps the days that it has computed."""
    usual = [model for model in MODELS if not model.rare and not model.silent]
    return World(
        [
            replace(
                usual[n % len(usual)],
                slug=f"{NAME}-{n % PROVIDERS}/"
                f"model-with-a-remarkably-long-name-of-its-own-preview-{n}",
                label=f"{LABELS[n % len(LABELS)]} {n}",
            )
            for n in range(MODEL_COUNT)
        ]
    )


def said(slack):
    places = (COSTS, direct_channel(MAYA))
    return [m for each in places for m in slack.messages(each) if m.is_bot]


@pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket"])
async def test_answers_and_forms__of_a_large_catalogue(
    clock, tmp_path, world, logs, socket_mode
):
    async with staged(clock, tmp_path, socket_mode=socket_mode) as stage:
        slack = stage.slack
        stage.sandbox.world = world
        for words in QUESTIONS:
            count = len(said(slack))
            await slack.command(f"/zenmux {words}")
            await slack.wait_for(lambda n=count: len(said(slack)) > n)
            await slack.settled()
            assert len(said(slack)) == count + 1, words
            assert slack.violations == [], words
        await slack.open_home()
        await slack.wait_for(slack.home)
        for name, (menu, opened) in FORMS.items():
            await opened(slack)
            form = await slack.wait_for(slack.modal)
            for typed in ("", "long") if menu else ():
                reply = await slack.options(form, menu, typed)
                assert (reply.errors, bool(reply.failure)) == ({}, False), name
            await slack.close(form)
            assert slack.violations == [], name
        assert stage.sandbox.world.models[0].slug.startswith(NAME)
        events = {line["event"] for line in logs}
        assert not events & {"slack.blocks_refused", "slack.reply_refused"}
        assert not events & {"answer.fault", "tasks.failed", "slack.listener_failed"}
