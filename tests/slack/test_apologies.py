"""Failures outside the answers reach whoever asked, once, by whichever way."""

from __future__ import annotations

import re

import pytest
from stage import staged

from zenmux_bot.answers.service import AnswerService
from zenmux_bot.render.ask_form import QUESTION
from zenmux_bot.slack.apologies import Apologies, begin_request
from zenmux_bot.slack.listeners.shortcuts import ASK, REPLY
from zenmux_bot.slack.tasks import Tasks
from zenmux_demo.workspace.seed import (
    BOT_USER_ID,
    COSTS,
    MAYA,
    WITHOUT_BOT,
    WORKFLOW_BOT_ID,
    direct_channel,
)

DIRECT = direct_channel(MAYA)
REFERENCE = re.compile(r"Reference: [0-9a-f]{8}\.")


async def command(slack, _reply):
    await slack.command("/zenmux share cost 8w")


async def command_elsewhere(slack, _reply):
    await slack.command("/zenmux share cost 8w", channel=WITHOUT_BOT)


async def digest_command(slack, _reply):
    await slack.command("/zenmux digest list")


async def alert_command(slack, _reply):
    await slack.command("/zenmux alert list")


async def mention(slack, _reply):
    await slack.mention("share cost 8w")


async def workflow(slack, _reply):
    said = f"<@{BOT_USER_ID}> share cost 8w"
    event = {"type": "app_mention", "text": said, "bot_id": WORKFLOW_BOT_ID}
    await slack.event(event | {"ts": "1795426000.000100", "channel": COSTS})


async def direct_message(slack, _reply):
    await slack.dm("share cost 8w")


async def menu(slack, reply):
    await slack.select(reply, "ask:more", "By tokens")


async def files(slack, reply):
    await slack.select(reply, "ask:more", "Download as CSV")


async def share(slack, reply):
    await slack.press(reply, "publish")


async def ask_form(slack, _reply):
    await slack.shortcut(ASK)
    form = await slack.wait_for(slack.modal)
    await slack.submit(form, {QUESTION: "share cost 8w"})


async def reply_form(slack, reply):
    await slack.shortcut(REPLY, message=reply)
    form = await slack.wait_for(slack.modal)
    await slack.submit(form, {QUESTION: "share cost 8w"})


WAYS = [
    command,
    command_elsewhere,
    digest_command,
    alert_command,
    mention,
    workflow,
    direct_message,
    menu,
    files,
    share,
    ask_form,
    reply_form,
]


def apologies(slack):
    return [
        message
        for channel in (COSTS, WITHOUT_BOT, DIRECT)
        for message in slack.messages(channel, user=MAYA)
        if REFERENCE.search(message.text)
    ]


@pytest.mark.parametrize("patience", [100.0, 0.0], ids=["quick", "slow"])
async def test_apologies__by_every_way_once(
    clock, tmp_path, monkeypatch, logs, patience
):
    async def fail(*_, **__):
        raise RuntimeError("broken")

    async with staged(clock, tmp_path, socket_mode=False, patience=patience) as stage:
        slack = stage.slack
        await slack.command("/zenmux share cost 8w")
        [reply] = await slack.wait_for(
            lambda: [m for m in slack.messages() if "Market share" in m.text]
        )
        posted = (await slack.say("Who leads?")).message
        monkeypatch.setattr(AnswerService, "answer", fail)
        for count, way in enumerate(WAYS, start=1):
            await way(slack, posted if way is reply_form else reply)

            await slack.wait_for(lambda n=count: len(apologies(slack)) >= n)
            await slack.settled()
            assert len(apologies(slack)) == count, way.__name__
        assert any(line["event"] == "tasks.failed" for line in logs)
        assert slack.violations == []


class Told:
    """Keeps what people are told."""

    def __init__(self):
        self.messages = []

    async def answer(self, _urls, _location, message):
        self.messages.append(message)


MESSAGE = {"type": "block_actions", "container": {"type": "message"}}


@pytest.mark.parametrize(
    ("body", "is_told"),
    [
        (MESSAGE | {"actions": [{"action_id": "old"}]}, True),
        (MESSAGE | {"actions": [{"action_id": "old", "url": "https://x"}]}, False),
        (MESSAGE | {"container": {"type": "view"}, "actions": [{}]}, False),
        ({"type": "view_submission", "view": {}}, True),
        ({"type": "view_closed", "view": {}}, False),
        ({"type": "shortcut"}, True),
        ({"type": "message_action"}, True),
    ],
)
async def test_on_rest__outdated_button_is_explained(body, is_told):
    told, tasks, acknowledged = Told(), Tasks(), []

    async def ack():
        acknowledged.append(body)

    body |= {"user": {"id": "U1"}}
    await Apologies(told, tasks).on_rest(ack, body)
    await tasks.finish(1)

    assert acknowledged == [body]
    assert ["older version" in each.text for each in told.messages] == [True] * is_told


@pytest.mark.parametrize(("tab", "count"), [("home", 1), ("messages", 0)])
async def test_send__whoever_opened_the_home_tab(tab, count):
    told = Told()
    event = {"type": "app_home_opened", "user": "U1", "tab": tab}
    begin_request({"team_id": "T1", "event": event})

    await Apologies(told, Tasks()).send()

    assert len(told.messages) == count
