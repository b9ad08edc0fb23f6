"""The account in Slack: administrators alone, and nobody else ever sees it."""

from __future__ import annotations

import pytest

from zenmux_demo.workspace.faults import Fail
from zenmux_demo.workspace.seed import MAYA, TOMAS, direct_channel


async def test_a_workspace_admin_sees_it_alone(stage):
    reply = await stage.slack.command("/zenmux account")

    [answer] = reply.messages
    assert answer.reader == MAYA
    assert "Credits: $1,912.58" in answer.text
    assert "Share to channel" not in str(answer.blocks)
    assert not any("$1,912.58" in m.text for m in stage.slack.messages(user=TOMAS))


async def test_account__refusal_names_admins(stage):
    reply = await stage.slack.command("/zenmux account", user=TOMAS)

    [answer] = reply.messages
    assert answer.reader == TOMAS
    assert "ZENMUX_BOT_ADMINS" in answer.text
    assert stage.sandbox.asked("/flow_rate") == []


async def test_its_button_works_for_the_same_person(stage):
    reply = await stage.slack.command("/zenmux account")
    [answer] = reply.messages

    await stage.slack.press(answer, "Refresh")
    await stage.slack.settled()

    seen = stage.slack.messages()
    assert [m.text.startswith("ZenMux account") for m in seen if m.is_bot] == [True]
    assert not any("$1,912.58" in m.text for m in stage.slack.messages(user=TOMAS))


async def test_a_mention_in_a_channel_is_answered_to_the_asker_alone(stage):
    await stage.slack.mention("account")

    [answer] = await stage.slack.wait_for(
        lambda: [m for m in stage.slack.messages() if "$1,912.58" in m.text]
    )
    assert answer.reader == MAYA
    assert not any("$1,912.58" in m.text for m in stage.slack.messages(user=TOMAS))


@pytest.mark.parametrize("command", ["account", "generation gen_01sandbox0000001"])
async def test_another_can_ask_an_administrator_once(http_stage, command):
    stage = http_stage
    reply = await stage.slack.command(f"/zenmux {command}", user=TOMAS)
    [refusal] = reply.messages

    await stage.slack.press(refusal, "admins:ask", user=TOMAS)

    direct = direct_channel(MAYA)
    [request] = await stage.slack.wait_for(
        lambda: stage.slack.messages(direct, user=MAYA)
    )
    assert request.text.startswith(f"<@{TOMAS}> asks for “/zenmux {command}”")
    await stage.slack.wait_for(lambda: refusal.text == f"I asked <@{MAYA}>.")
    assert refusal.blocks == []


async def test_who_asks_once_more_on_one_day_is_sent_to_them(http_stage):
    stage = http_stage

    async def ask(command: str) -> str:
        reply = await stage.slack.command(f"/zenmux {command}", user=TOMAS)
        [refusal] = reply.messages
        await stage.slack.press(refusal, "admins:ask", user=TOMAS)
        await stage.slack.wait_for(lambda: refusal.blocks == [])
        return refusal.text

    said = [await ask("account"), await ask("generation gen_01sandbox0000001")]
    stage.clock.advance(hours=25)
    said.append(await ask("account"))

    assert [each.split(" for ")[0] for each in said] == [
        f"I asked <@{MAYA}>.",
        "I pass on one request per person a day. Please ask an admin yourself.",
        f"I asked <@{MAYA}>.",
    ]
    assert len(stage.slack.messages(direct_channel(MAYA), user=MAYA)) == 2


async def test_nobody_to_ask_is_said(http_stage):
    stage = http_stage
    reply = await stage.slack.command("/zenmux account", user=TOMAS)
    stage.slack.faults.always("users.list", Fail("missing_scope"))

    await stage.slack.press(reply.messages[0], "admins:ask", user=TOMAS)

    await stage.slack.wait_for(
        lambda: reply.messages[0].text.startswith("I couldn't reach")
    )
