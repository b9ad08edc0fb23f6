"""What a workspace or channel watches is marked whatever way an answer is asked for."""

from __future__ import annotations

import pytest

from zenmux_bot.render.highlight import LEGEND
from zenmux_bot.render.home import SET_WORKSPACE
from zenmux_demo.workspace.seed import COSTS, MAYA, direct_channel

SHARE = "share cost 2026-W46"


def said(stage, channel=COSTS):
    """Return what the bot has said, oldest first."""
    return [m for m in stage.slack.messages(channel) if m.is_bot]


async def heard(stage, count, channel=COSTS):
    """Return the messages once there are ``count``."""
    return await stage.slack.wait_for(
        lambda: found if len(found := said(stage, channel)) == count else None
    )


def is_marked(message):
    return "★" in str(message.blocks) and LEGEND in message.text


@pytest.fixture
async def watching(http_stage):
    """A workspace that watches two providers, set on the Home tab."""
    stage = http_stage
    await stage.slack.open_home()
    view = await stage.slack.wait_for(stage.slack.home)
    await stage.slack.press(view, SET_WORKSPACE)
    form = await stage.slack.wait_for(stage.slack.modal)
    reply = await stage.slack.submit(form, {"watched": ["anthropic", "google"]})
    assert reply.errors == {}
    await stage.slack.wait_for(
        lambda: "watched: anthropic google" in str(stage.slack.home().blocks)
    )
    return stage


async def test_the_answer_to_a_command(watching):
    reply = await watching.slack.command(f"/zenmux {SHARE}")

    assert is_marked(reply.messages[-1])


@pytest.mark.parametrize("label", ["Models", "By tokens", "Why it moved"])
async def test_a_choice_of_a_private_answer(watching, label):
    answer = (await watching.slack.command(f"/zenmux {SHARE}")).messages[-1]
    before = answer.text

    await watching.slack.select(answer, "ask:more", label)

    await watching.slack.wait_for(lambda: answer.text != before)
    assert is_marked(answer)


async def test_a_button_of_a_public_answer_and_a_follow_up(watching):
    await watching.slack.command(f"/zenmux {SHARE} public")
    [answer] = await heard(watching, 1)
    await watching.slack.select(answer, "ask:more", "Models")
    await heard(watching, 2)
    await watching.slack.mention("top 3", thread_ts=answer.ts)

    assert all(map(is_marked, await heard(watching, 3)))


async def test_what_is_shared_to_the_channel(watching):
    reply = await watching.slack.command(f"/zenmux {SHARE}")

    await watching.slack.press(reply.messages[-1], "publish")

    public = await watching.slack.wait_for(
        lambda: next((m for m in said(watching) if m.reader is None), None)
    )
    assert is_marked(public)


@pytest.mark.parametrize("worker", [True])
async def test_a_digest_its_preview_its_reply_and_its_buttons(watching):
    reply = await watching.slack.command(
        f"/zenmux digest create weekly mon 09:00 UTC cost in <#{COSTS}>"
    )
    made = reply.messages[0].text.split()[1]
    preview = await watching.slack.command(f"/zenmux digest preview {made}")
    await watching.slack.command(f"/zenmux digest send {made}")
    await watching.bot.run_jobs()
    posted = await watching.slack.wait_for(
        lambda: found if len(found := public(watching)) == 2 else None
    )
    await watching.slack.select(posted[0], "ask:more", "Tokens instead")
    posted = await watching.slack.wait_for(
        lambda: found if len(found := public(watching)) == 3 else None
    )

    assert is_marked(preview.messages[-1])
    assert all(map(is_marked, posted))


def public(stage):
    return [m for m in said(stage) if m.reader is None]


async def test_an_example_on_the_home_tab(watching):
    await watching.slack.press(watching.slack.home(), "Top models by cost, last 7 days")

    [answer] = await heard(watching, 1, direct_channel(MAYA))
    assert is_marked(answer)


@pytest.mark.parametrize(
    "words", ["trend cost 14d", "trending cost week", "performance cache 7d"]
)
async def test_other_kinds_that_list_models(watching, words):
    reply = await watching.slack.command(f"/zenmux {words}")

    assert is_marked(reply.messages[-1])
