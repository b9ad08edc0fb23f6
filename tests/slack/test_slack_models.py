"""Every kind of answer about models through the workspace, which refuses bad blocks."""

from __future__ import annotations

import pytest

from zenmux_demo.workspace.seed import MAYA

COMMANDS = (
    "trend",
    "trend cost all by day top 50",
    "trend tokens 12w by week top 3 table",
    "trending",
    "trending cost day top 50",
    "trending tokens week chart",
    "model claude-opus-4.8",
    "model once in a while 90d",
    "model xiaomi/mimo-v2-flash-free cost 7d",
    "performance",
    "performance ttft chart",
    "performance cache 30d",
    "leaderboard cost rate top 50",
    "share anthropic openai google cost 12w",
    "share sample cost 4w",
    "leaderboard anthropic qwen",
)


@pytest.mark.parametrize("command", COMMANDS)
async def test_slack_takes_the_answer_with_its_table_or_chart(http_stage, command):
    reply = await http_stage.slack.command(f"/zenmux {command}")

    [answer] = reply.messages
    kinds = {block["type"] for block in answer.blocks}
    assert kinds & {"table", "data_table", "data_visualization"}
    assert answer.reader == MAYA
    assert not reply.notice
    assert "<!channel>" not in answer.text


@pytest.mark.parametrize(
    ("command", "label"),
    [
        ("trend tokens 14d", "By cost"),
        ("trend tokens 14d", "By week"),
        ("trend tokens 14d", "Models, ranked"),
        ("trend tokens 14d", "Trending models"),
        ("trending", "Over a day"),
        ("trending", "Trend by day"),
        ("model gpt-5.4 14d", "By cost"),
        ("model gpt-5.4 14d", "Models of OpenAI"),
        ("model gpt-5.4 14d", "Why OpenAI moved"),
        ("performance", "Cache hit rate"),
        ("performance", "Last 30 days"),
        ("leaderboard cost", "With prices"),
    ],
)
async def test_every_button_leads_to_an_answer(http_stage, command, label):
    slack = http_stage.slack
    reply = await slack.command(f"/zenmux {command}")
    [answer] = reply.messages
    before = answer.text

    if label == "By cost":
        await slack.press(answer, label)
    else:
        await slack.select(answer, "ask:more", label)

    [after] = await slack.wait_for(
        lambda: [m for m in slack.messages() if m.is_bot and m.text != before]
    )
    assert "Unknown" not in after.text
    assert {"table", "data_table"} & {block["type"] for block in after.blocks}


async def test_leaderboard__menu_opens_model(http_stage):
    slack = http_stage.slack
    reply = await slack.command("/zenmux leaderboard cost 7d")
    [answer] = reply.messages

    await slack.select(answer, "ask:more", "GPT-5.4")

    [after] = await slack.wait_for(
        lambda: [m for m in slack.messages() if m.text.startswith("GPT-5.4 by cost")]
    )
    assert after.reader == MAYA


async def test_several_models_are_buttons(http_stage):
    slack = http_stage.slack
    reply = await slack.command("/zenmux model opus cost")
    [answer] = reply.messages

    await slack.press(answer, "ask:1")

    await slack.wait_for(
        lambda: [m for m in slack.messages() if m.text.startswith("Claude Opus 4.6")]
    )
