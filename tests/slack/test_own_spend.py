"""Own spend in Slack: every way in, by person and channel, and nothing leaks."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from clocks import ManualClock
from digest_stage import buttons
from stage import staged

from zenmux_bot.render.defaults_form import CHANNEL, OWN_SPEND, OwnSpend
from zenmux_bot.render.home import SET_CHANNEL
from zenmux_demo.workspace.seed import COSTS, GENERAL, MAYA, TOMAS, direct_channel

FIGURES = re.compile(r"\$1,10\d|\$819|key_[0-9a-z]{3}|72M tokens")
MONDAY_NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
SEEN = {"administrator": MAYA, "member": TOMAS}


def leaks(messages) -> list:
    """Return the bot's messages that hold own figures."""
    return [m for m in messages if m.is_bot and FIGURES.search(f"{m.text}{m.blocks}")]


class Eyes:
    """What has come since the last look, as each person sees it."""

    def __init__(self, slack) -> None:
        self.slack, self.seen = slack, set()

    def fresh(self, person: str) -> list:
        user = SEEN[person]
        return [
            message
            for channel in (COSTS, GENERAL, direct_channel(user))
            for message in self.slack.messages(channel=channel, user=user)
            if (person, message.channel, message.ts) not in self.seen
        ]

    async def new(self) -> dict[str, list]:
        await self.slack.settled()
        found = {}
        for person in SEEN:
            fresh = self.fresh(person)
            self.seen |= {(person, m.channel, m.ts) for m in fresh}
            found[person] = leaks(fresh)
        return found


def replies(slack, user: str) -> int:
    """Count what the bot has said to a person."""
    places = (COSTS, GENERAL, direct_channel(user))
    said = (m for each in places for m in slack.messages(channel=each, user=user))
    return sum(message.is_bot for message in said)


async def answered(slack, user: str, asking) -> None:
    """Wait until the bot has said something to what is asked."""
    before = replies(slack, user)
    await asking
    await slack.wait_for(lambda: replies(slack, user) > before)
    await slack.settled()


async def ask(slack, way: str, words: str, user: str, channel: str) -> None:
    if way == "direct":
        asking = slack.dm(words, user=user)
    elif way == "mention":
        asking = slack.mention(words, user=user, channel=channel)
    else:
        asking = slack.command(f"/zenmux {words}", user=user, channel=channel)
    await answered(slack, user, asking)


@pytest.mark.parametrize(
    "words", ["spend", "usage public", "spend by key csv", "budget list"]
)
async def test_own_spend__each_way_by_person_and_channel(http_stage, words):
    slack = http_stage.slack
    eyes = Eyes(slack)
    await ask(slack, "command", f"spend allow <#{COSTS}|llm-costs>", MAYA, GENERAL)
    await ask(slack, "command", "budget set $5,000", MAYA, COSTS)
    await eyes.new()

    for way in ("command", "mention", "direct"):
        for person, user in SEEN.items():
            for channel in (COSTS, GENERAL):
                await ask(slack, way, words, user, channel)
                is_open = channel == COSTS and way != "direct"
                may = is_open or person == "administrator"
                if may:  # a file may come before the answer
                    await slack.wait_for(lambda who=person: leaks(eyes.fresh(who)))
                seen = await eyes.new()
                case = (way, person, channel)
                assert bool(seen[person]) is may, case
                if not is_open:
                    other = "member" if person == "administrator" else "administrator"
                    assert seen[other] == [], case


async def test_own_spend__old_messages_of_a_closed_channel_tell_nothing_new(http_stage):
    slack = http_stage.slack
    eyes = Eyes(slack)
    await ask(slack, "command", f"spend allow <#{COSTS}|llm-costs>", MAYA, COSTS)
    await ask(slack, "mention", "spend", TOMAS, COSTS)
    [answer] = (await eyes.new())["member"]
    await ask(slack, "command", f"spend deny <#{COSTS}|llm-costs>", MAYA, COSTS)

    await answered(slack, TOMAS, slack.press(answer, "By API key", user=TOMAS))
    assert (await eyes.new())["member"] == []
    for words in ("<@U0ZENMUX001> by key", "<@U0ZENMUX001> last month"):
        saying = slack.say(
            words, user=TOMAS, channel=COSTS, thread_ts=answer.thread_ts or answer.ts
        )
        await answered(slack, TOMAS, saying)
    assert (await eyes.new())["member"] == []

    await answered(slack, MAYA, slack.press(answer, "By API key", user=MAYA))
    seen = await eyes.new()
    assert seen["administrator"]
    assert seen["member"] == []


async def test_own_spend__is_not_shared_into_a_closed_channel(http_stage):
    slack = http_stage.slack
    eyes = Eyes(slack)
    await ask(slack, "command", "spend", MAYA, GENERAL)
    [answer] = (await eyes.new())["administrator"]

    await answered(slack, MAYA, slack.press(answer, "Share to channel", user=MAYA))

    assert await eyes.new() == {"administrator": [], "member": []}
    refused = slack.messages(GENERAL, user=MAYA)[-1]
    assert refused.text.startswith("This channel isn't open for own spend")

    await ask(slack, "command", "spend public", MAYA, GENERAL)
    [kept] = (await eyes.new())["administrator"]
    assert "so only you see this. Your own account: $" in kept.text
    await slack.press(kept, "Open it", user=MAYA)
    await slack.wait_for(lambda: kept.text.startswith("Own spend is now shown in #"))
    await slack.press(answer, "Share to channel", user=MAYA)
    assert await slack.wait_for(lambda: eyes.fresh("member"))


async def test_own_spend__only_administrators_set_something(http_stage):
    slack = http_stage.slack
    for words in (
        f"spend allow <#{COSTS}|llm-costs>",
        'spend name key_7f2 "CI"',
        "budget set $500",
        "budget delete b-7kq3",
    ):
        await ask(slack, "command", words, TOMAS, COSTS)

    said = [m.text for m in slack.messages(channel=COSTS, user=TOMAS) if m.is_bot]
    assert all("admin" in text for text in said)
    assert len(said) == 4


@pytest.mark.parametrize("worker", [True])
async def test_own_spend__a_budget_speaks_in_its_channel_and_the_audit_tells(
    http_stage,
):
    slack = http_stage.slack
    await ask(slack, "command", f"spend allow <#{COSTS}|llm-costs>", MAYA, COSTS)
    await ask(slack, "command", 'spend name key_7f2 "CI pipeline"', MAYA, COSTS)
    await ask(slack, "command", "budget set $300 for key ci", MAYA, COSTS)
    await http_stage.bot.jobs.run_once()

    [told] = [
        m
        for m in slack.messages(channel=COSTS, user=TOMAS)
        if m.text.startswith("Over budget") and "for CI pipeline" in m.text
    ]
    assert told.reader is None
    assert "of $300.00 is billed in November" in told.text
    await ask(slack, "command", "digest audit", MAYA, COSTS)
    audit = str(slack.messages(channel=COSTS, user=MAYA)[-1].blocks)
    for said in ("opened a channel", "named an API key", "set a budget", "#llm-costs"):
        assert said in audit


@pytest.mark.parametrize(
    ("words", "labels", "expected"),
    [
        (
            "budget set $150 in <#{}>",
            ["Set a budget of $150 a month", "Undo"],
            "used so far, so $150.00 is already passed. #general gets a message now.",
        ),
        (
            "digest create weekly fri 09:00 spend by key in <#{}>",
            [
                "New weekly digest of our own spend by key, every Friday at 09:00",
                "Undo",
            ],
            "Own spend by key, top 10 goes to #general",
        ),
    ],
)
async def test_own_spend__what_a_closed_channel_refused_is_offered_once_it_is_open(
    http_stage, words, labels, expected
):
    slack = http_stage.slack
    await ask(slack, "command", words.format(GENERAL), MAYA, COSTS)
    reply = slack.messages(channel=COSTS, user=MAYA)[-1]
    assert reply.text.startswith("Own spend isn't shown in #general")

    await slack.press(reply, "Open the channel", user=MAYA)
    await slack.wait_for(
        lambda: reply.text.startswith("Own spend is now shown in #general")
    )
    assert buttons(reply) == labels
    await slack.press(reply, labels[0], user=MAYA)

    await slack.wait_for(lambda: expected in reply.text)


async def test_budget__delete_buttons_are_in_words(http_stage):
    slack = http_stage.slack
    await ask(slack, "command", f"spend allow <#{COSTS}|llm-costs>", MAYA, COSTS)
    for amount in ("$9,000", "$8,000"):
        await ask(slack, "command", f"budget set {amount}", MAYA, COSTS)

    reply = slack.messages(channel=COSTS, user=MAYA)[-1]

    expected = ["Budgets", "Delete this budget", "Delete the budget of $9,000.00"]
    assert buttons(reply) == expected


async def test_own_spend__an_organizations_key_is_said_kindly(http_stage):
    http_stage.sandbox.organization = True

    await ask(http_stage.slack, "command", "spend", MAYA, COSTS)
    await ask(http_stage.slack, "command", "leaderboard cost 7d", MAYA, COSTS)

    texts = [m.text for m in http_stage.slack.messages(channel=COSTS, user=MAYA)]
    assert any("personal accounts only" in text for text in texts)
    assert any(text.startswith("Top 10 models") for text in texts)


async def test_own_spend__no_figure_is_logged(http_stage, caplog, capsys):
    slack = http_stage.slack
    await ask(slack, "command", "spend by key", MAYA, COSTS)
    assert leaks(slack.messages(channel=COSTS, user=MAYA))

    logged = f"{caplog.text}{capsys.readouterr()}"
    assert "/cost" in logged
    assert not FIGURES.search(logged)


async def test_own_spend__a_channel_opened_in_the_form_is_in_the_audit(http_stage):
    slack = http_stage.slack
    await slack.open_home()
    view = await slack.wait_for(slack.home)
    await slack.press(view, SET_CHANNEL)
    form = await slack.wait_for(slack.modal)

    reply = await slack.submit(form, {CHANNEL: COSTS, OWN_SPEND: OwnSpend.OPEN.value})

    assert reply.errors == {}
    await slack.settled()
    await ask(slack, "command", "spend", TOMAS, COSTS)
    assert leaks(slack.messages(channel=COSTS, user=TOMAS))
    await ask(slack, "command", "digest audit", MAYA, COSTS)
    audit = str(slack.messages(channel=COSTS, user=MAYA)[-1].blocks)
    assert "opened a channel for own spend" in audit


@pytest.mark.parametrize("fate", ["moved", "deleted"])
async def test_own_spend__follows_its_channel(http_stage, fate):
    slack, eyes = http_stage.slack, Eyes(http_stage.slack)
    await ask(slack, "command", f"spend allow <#{COSTS}|llm-costs>", MAYA, GENERAL)
    new = "C0MOVED0001"
    if fate == "moved":
        await slack.change_channel_id(COSTS, new)
    else:
        state = slack.core.state
        state.channels[new] = replace(state.channels[COSTS], id=new, name="another")
        await slack.delete_channel(COSTS)
    await http_stage.tasks.finish(60)
    await eyes.new()

    reply = await slack.command("/zenmux spend", user=TOMAS, channel=new)

    assert bool(leaks(reply.messages)) is (fate == "moved")


async def test_budget__lost_channel(tmp_path):
    """Its owner hears of it, once, and gets what it has to say meanwhile."""
    clock = ManualClock(MONDAY_NINE)
    async with staged(clock, tmp_path, socket_mode=False, worker=True) as stage:
        slack = stage.slack

        async def heard() -> list[str]:
            await slack.settled()
            await stage.bot.run_jobs()
            await stage.bot.run_jobs()
            direct = slack.messages(channel=direct_channel(MAYA), user=MAYA)
            return [message.text for message in direct if message.is_bot]

        await ask(slack, "command", f"spend allow <#{COSTS}>", MAYA, COSTS)
        await ask(slack, "command", "budget set $2,500", MAYA, COSTS)
        await ask(slack, "command", "budget set $9,000", MAYA, COSTS)
        await slack.archive(COSTS)
        [told] = await heard()
        assert "I can't post in" in told
        assert "the channel is archived" in told

        clock.advance(days=4)
        assert "Budget for the account: 50% used" in (await heard())[1]
        await slack.unarchive(COSTS)
        assert "gets their messages again" in (await heard())[-1]
