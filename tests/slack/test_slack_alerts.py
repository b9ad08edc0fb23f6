"""Alerts in Slack, from the form to the message in the channel and what is under it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from clocks import ManualClock
from digest_stage import buttons, texts
from stage import staged

from zenmux_demo.workspace.seed import COSTS, MAYA, TOMAS

EARLY = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
"""A few months of figures are collected quickly."""


@pytest.fixture
async def stage(tmp_path):
    clock = ManualClock(EARLY)
    async with staged(clock, tmp_path, socket_mode=False, worker=True) as running:
        yield running


async def typed(stage, text, *, user=MAYA):
    """Return the answer to a command, once it is there."""
    await stage.slack.command(f"/zenmux {text}", user=user, channel=COSTS)

    def answer():
        said = stage.slack.messages(COSTS, user=user)
        return said and said[-1].reader == user and "moment" not in said[-1].text

    await stage.slack.wait_for(answer)
    return stage.slack.messages(COSTS, user=user)[-1]


def posted(stage):
    return [m for m in stage.slack.messages(COSTS, user=TOMAS) if m.is_bot]


async def pressed(stage, message, label, *, menu=""):
    """Return what a button, or a line of a menu, answers."""
    before = texts(stage.slack.messages(COSTS, user=MAYA)[-1])
    if menu:
        await stage.slack.select(message, menu, label)
    else:
        await stage.slack.press(message, label)
    await stage.slack.wait_for(
        lambda: texts(stage.slack.messages(COSTS, user=MAYA)[-1]) != before
    )
    return stage.slack.messages(COSTS, user=MAYA)[-1]


async def next_days(stage, count):
    for _ in range(count):
        stage.clock.advance(days=1)
        for _ in range(5):
            stage.clock.advance(seconds=30)
            await stage.bot.run_jobs()


async def test_alert__from_the_form_to_its_message(stage):
    await stage.slack.command("/zenmux alert", user=MAYA, channel=COSTS)
    view = await stage.slack.wait_for(lambda: stage.slack.modal(MAYA))
    missing = await stage.slack.submit(view, {"alert_kind": "share above"})
    assert missing.errors == {"names": "Choose a provider or model."}
    filled = {
        "alert_kind": "tokens above",
        "alert_names": ["anthropic"],
        "alert_amount": "1B",
    }
    assert (await stage.slack.submit(view, filled)).errors == {}
    created = await stage.slack.wait_for(
        lambda: [m for m in stage.slack.messages(COSTS, user=MAYA) if m.reader == MAYA]
    )
    assert "it would have fired once: 29 Sep 2025" in created[-1].text
    assert buttons(created[-1]) == ["Stricter", "Looser", "Delete"]

    stricter = await pressed(stage, created[-1], "Stricter")
    assert "above 1.10B tokens" in stricter.text
    rehearsal = await pressed(stage, stricter, "Rehearse", menu="alert:more")
    assert "Rehearsal of alert" in rehearsal.text

    weekend = await typed(stage, "alert tokens anthropic below 10B")
    assert "times" in weekend.text
    await typed(stage, "alert any unusual in top 10")
    await next_days(stage, 8)

    head, recovery = posted(stage)
    assert head.thread_ts is None
    assert "Anthropic is below 10.0B tokens a day" in head.text
    assert recovery.thread_ts == head.ts
    assert "after 2 days" in recovery.text
    assert buttons(head) == ["Why", "Chart", "Rehearsal"]
    history = await pressed(stage, head, "Rehearsal")
    assert "Rehearsal of alert" in history.text
    [menu] = [
        element
        for block in head.blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if element["type"] == "static_select"
    ]
    choices = [option["value"] for option in menu["options"]]
    assert any(choice.startswith("alert snooze ") for choice in choices)
    before = len(stage.slack.messages(COSTS, user=MAYA))
    await stage.slack.select(head, menu["action_id"], choices[0])
    await stage.slack.wait_for(
        lambda: len(stage.slack.messages(COSTS, user=MAYA)) > before
    )
    assert "snoozed until" in stage.slack.messages(COSTS, user=MAYA)[-1].text

    for words, expected in (("cost", "share cost"), ("why", "why cost")):
        before = len(posted(stage))
        await stage.slack.mention(words, user=TOMAS, channel=COSTS, thread_ts=head.ts)
        await stage.slack.wait_for(lambda said=before: len(posted(stage)) > said)
        answer = texts(posted(stage)[-1])
        assert f"{expected} 2026-01-04..2026-01-10" in answer
        assert "anthropic" in answer


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("alert share nobody moves 3pp", "No provider in these figures"),
        ("alert share anthropic moves 3pp in <#C0NOWHERE00>", "I can't see that"),
        ("alert show a-zzzz", "There is no alert a-zzzz here"),
        ("alert list", "neither has this channel"),
        ("alert google passes google", "names the same provider twice"),
        ("alert share google above 100%", "needs a percentage"),
        ("alert share google moves 3pp in 200d", "within 1 to 90 days"),
    ],
)
async def test_alert__refused(stage, words, expected):
    assert expected in (await typed(stage, words)).text


@pytest.mark.parametrize(
    "words", ["alert share nobody moves 2 pp", "alert google passes google"]
)
async def test_alert__wrong_name_offers_the_form(stage, words):
    assert buttons(await typed(stage, words)) == ["New alert"]


async def test_alert__somebody_elses(stage):
    created = await typed(stage, "alert share anthropic moves 3pp")
    id_ = created.text.split()[1]

    refused = await typed(stage, f"alert delete {id_}", user=TOMAS)
    shown = await typed(stage, f"alert history {id_}", user=TOMAS)

    expected = await typed(stage, f"alert expected {id_}")

    assert "belongs to" in refused.text
    assert "doesn't compare with what is usual" in expected.text
    assert "create" in texts(shown)
    assert "deleted" in (await typed(stage, f"alert delete {id_}")).text
    assert "no alert" in (await typed(stage, f"alert show {id_}")).text
