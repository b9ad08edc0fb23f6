"""What becomes of answers that a restart cuts off."""

from __future__ import annotations

import pytest

from zenmux_bot import server
from zenmux_demo.sandbox.faults import Hold
from zenmux_demo.workspace.seed import MAYA

LEADERBOARD = "/statistics/leaderboard"


def answers(stage):
    return [m for m in stage.slack.messages() if "Top 10 models by" in m.text]


@pytest.fixture
async def cut_off(http_stage, tmp_path, monkeypatch):
    """Do something with a bot that is stopped before the API answers."""
    monkeypatch.setattr(server, "GRACE_SECONDS", 0)
    stage = http_stage
    url = f"sqlite+aiosqlite:///{tmp_path}/other.db"
    settings = stage.settings.model_copy(update={"database_url": url})

    async def cut(act):
        hold = Hold()
        async with server.running(settings, stage.clock) as bot:
            stage.slack.connect_http(f"http://127.0.0.1:{bot.port}/slack/events")
            stage.sandbox.weather.expect(LEADERBOARD, hold)
            await act()
            await hold.reached.wait()
        stage.sandbox.weather.script.clear()
        stage.slack.connect_http(f"http://127.0.0.1:{stage.bot.port}/slack/events")
        [said] = await stage.slack.wait_for(
            lambda: [m for m in stage.slack.messages() if "restarted" in m.text]
        )
        assert said.reader == MAYA
        return said

    return cut


async def test_a_command_that_was_cut_off_is_asked_again_by_a_click(
    http_stage, cut_off
):
    said = await cut_off(lambda: http_stage.slack.command("/zenmux lb cost 7d"))

    await http_stage.slack.press(said, "ask:again")

    [answer] = await http_stage.slack.wait_for(lambda: answers(http_stage))
    assert "by cost" in answer.text


async def test_a_follow_up_that_was_cut_off_keeps_what_the_thread_was_about(
    http_stage, cut_off
):
    slack = http_stage.slack

    async def ask():
        asked = await slack.mention("share cost 2026-W46")
        await slack.wait_for(lambda: [m for m in slack.messages() if m.is_bot])
        await slack.mention("lb", thread_ts=asked.message.ts)

    said = await cut_off(ask)
    await slack.press(said, "ask:again")

    [answer] = await slack.wait_for(lambda: answers(http_stage))
    assert answer.text.startswith("Top 10 models by cost, 9–15 Nov 2026")


async def test_a_button_that_was_cut_off_can_be_pressed_again(http_stage, cut_off):
    reply = await http_stage.slack.command("/zenmux leaderboard cost 7d")
    [private] = reply.messages

    said = await cut_off(
        lambda: http_stage.slack.select(private, "ask:more", "By tokens")
    )
    assert "by cost" in answers(http_stage)[0].text
    await http_stage.slack.press(said, "ask:again")

    await http_stage.slack.wait_for(
        lambda: [m for m in answers(http_stage) if "by tokens" in m.text]
    )
