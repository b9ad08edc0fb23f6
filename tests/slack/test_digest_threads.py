"""Follow-ups in the threads of digests inherit their week and metric."""

from __future__ import annotations

import pytest

from zenmux_demo.workspace.seed import COSTS

pytestmark = pytest.mark.parametrize("worker", [True])


def said(stage):
    return [m for m in stage.slack.messages(COSTS) if m.is_bot and not m.reader]


@pytest.fixture
async def posted(stage):
    """The digest of week 47, posted, with its reply."""
    reply = await stage.slack.command(
        f"/zenmux digest create weekly mon 09:00 UTC cost top 5 in <#{COSTS}>"
    )
    made = reply.messages[0].text.split()[1]
    await stage.slack.command(f"/zenmux digest send {made}")
    await stage.bot.run_jobs()
    found = await stage.slack.wait_for(
        lambda: found if len(found := said(stage)) == 2 else None
    )
    return found[0]


async def test_what_is_not_said_is_the_digests(stage, posted):
    await stage.slack.mention("leaderboard", thread_ts=posted.ts)

    found = await stage.slack.wait_for(
        lambda: found if len(found := said(stage)) == 3 else None
    )
    assert found[-1].thread_ts == posted.ts
    assert found[-1].text.endswith("/zenmux leaderboard cost 2026-W47")

    await stage.slack.mention("top 3", thread_ts=posted.ts)

    found = await stage.slack.wait_for(
        lambda: found if len(found := said(stage)) == 4 else None
    )
    assert found[-1].text.endswith("/zenmux leaderboard cost 2026-W47 top 3")


async def test_words_alone_change_the_digests_own_question(stage, posted):
    await stage.slack.mention("tokens", thread_ts=posted.ts)

    found = await stage.slack.wait_for(
        lambda: found if len(found := said(stage)) == 3 else None
    )
    assert found[-1].text.endswith("/zenmux share tokens 2026-W47 top 5")


async def test_its_buttons_and_its_menu_answer_in_its_thread(stage, posted):
    await stage.slack.press(posted, "Leaderboard")
    for label in ("Tokens instead", "Why?"):
        await stage.slack.select(posted, "ask:more", label)

    found = await stage.slack.wait_for(
        lambda: found if len(found := said(stage)) == 5 else None
    )
    assert {answer.thread_ts for answer in found[1:]} == {posted.ts}


async def test_its_figures_come_as_files_in_its_thread(stage, posted):
    await stage.slack.select(posted, "ask:more", "CSV")

    message = await stage.slack.wait_for(
        lambda: next((m for m in stage.slack.messages(COSTS) if m.files), None)
    )
    assert message.thread_ts == posted.ts
    assert "zenmux-share-cost-2026-w47-top-5.csv" in [f.name for f in message.files]
