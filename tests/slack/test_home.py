"""The Home tab: what it shows to whom, its buttons, and the defaults set on it."""

from __future__ import annotations

import asyncio

import pytest

from zenmux_bot.render.home import SET_CHANNEL, SET_WORKSPACE
from zenmux_bot.slack.posts import NOT_OPENED
from zenmux_demo.workspace.faults import Fail, Page
from zenmux_demo.workspace.inputs import elements
from zenmux_demo.workspace.payloads import home_opened
from zenmux_demo.workspace.seed import COSTS, MAYA, PRIVATE, TOMAS, YUKI, direct_channel

WEEKLY = "weekly mon {} Europe/Berlin cost in <#{}>"


def words(view):
    """Return every text of a view, in order."""
    found = []

    def walk(node):
        if isinstance(node, dict):
            if isinstance(node.get("text"), str):
                found.append(node["text"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(view.blocks)
    return "\n".join(found)


def actions(view):
    return [element["action_id"] for _, element in elements(view.blocks)]


async def home(stage, user=MAYA):
    """Open the Home tab and return it once it is published anew."""
    published = len(publishings(stage, user))
    await stage.slack.open_home(user=user)
    await stage.slack.wait_for(lambda: len(publishings(stage, user)) > published)
    return stage.slack.home(user)


def publishings(stage, user=MAYA):
    return [
        call
        for call in stage.slack.calls
        if call.method == "views.publish"
        and call.args["user_id"] == user
        and call.answer is not None
    ]


async def digest(stage, channel=COSTS, user=MAYA, at="09:00"):
    """Make a digest and return its id."""
    words = WEEKLY.format(at, channel)
    reply = await stage.slack.command(f"/zenmux digest create {words}", user=user)
    return reply.messages[0].text.split()[1]


async def test_it_shows_what_one_can_ask_and_how_the_bot_is(stage):
    view = await home(stage)

    said = words(view)
    assert "Your digests\nNone yet." in said
    assert "No defaults set." in said
    assert "Status\nEverything works." in said
    assert said.startswith("ZenMux last week\n")
    assert SET_WORKSPACE in actions(view)


async def test_who_administers_nothing_sees_less(stage):
    view = await home(stage, YUKI)

    assert "Status" not in words(view)
    assert SET_WORKSPACE not in actions(view)
    assert SET_CHANNEL in actions(view)


async def test_an_example_is_answered_directly(stage):
    view = await home(stage, TOMAS)

    await stage.slack.press(view, "Market share by cost, last 8 weeks", user=TOMAS)

    [answer] = await stage.slack.wait_for(
        lambda: [
            m
            for m in stage.slack.messages(direct_channel(TOMAS), user=TOMAS)
            if m.is_bot
        ]
    )
    assert answer.text.startswith("Market share by cost")


async def test_digests_are_shown_to_those_whom_they_concern(http_stage):
    stage = http_stage
    own = await digest(stage, COSTS, TOMAS)
    hidden = await digest(stage, PRIVATE, MAYA)

    tomas, yuki, maya = [await home(stage, user) for user in (TOMAS, YUKI, MAYA)]

    assert words(tomas).index("Your digests") < words(tomas).index(own)
    assert hidden in words(tomas)  # Tomás is in the private channel, too
    assert own in words(yuki)
    assert hidden not in words(yuki)
    assert "All other digests" not in words(yuki)
    assert words(maya).index(hidden) < words(maya).index("Digests in your channels")
    assert "Next: Mon 30 Nov 2026, 09:00 UTC+01:00" in words(maya)


async def test_only_those_who_may_change_a_digest_get_its_buttons(http_stage):
    stage = http_stage
    own = await digest(stage, COSTS, TOMAS)

    yuki, maya = await home(stage, YUKI), await home(stage, MAYA)

    assert [each for each in actions(yuki) if own in each] == [f"home:do:more:{own}"]
    assert f"home:do:send:{own}" in actions(maya)
    assert f"home:do:delete:{own}" in actions(maya)


async def choose(stage, made, words):
    view = stage.slack.home()
    await stage.slack.select(view, f"home:do:more:{made}", words)


async def test_home__tells_there_what_a_button_did(stage):
    made = await digest(stage)
    await home(stage)

    await choose(stage, made, f"digest pause {made}")

    await stage.slack.wait_for(
        lambda: "until somebody resumes it" in words(stage.slack.home())
    )
    assert "paused by hand" in words(stage.slack.home())
    assert not [m for m in stage.slack.messages(direct_channel(MAYA)) if m.is_bot]


async def test_home__a_deleted_digest_keeps_its_place_and_can_be_restored(http_stage):
    stage = http_stage
    made = await digest(stage)
    stage.clock.advance(minutes=1)
    later = await digest(stage, at="10:00")
    view = await home(stage)

    await stage.slack.press(view, f"home:do:delete:{made}")

    await stage.slack.wait_for(
        lambda: f"home:do:restore:{made}" in actions(stage.slack.home())
    )
    found = actions(stage.slack.home())
    assert found.index(f"home:do:restore:{made}") < found.index(f"home:do:more:{later}")
    await stage.slack.press(stage.slack.home(), f"home:do:restore:{made}")
    await stage.slack.wait_for(
        lambda: f"home:do:delete:{made}" in actions(stage.slack.home())
    )


async def test_a_form_opened_there_changes_what_is_shown(stage):
    made = await digest(stage)
    view = await home(stage)
    assert "top 10" in words(view)
    await choose(stage, made, f"digest edit {made}")
    form = await stage.slack.wait_for(stage.slack.modal)

    rows = next(b["element"] for b in form.blocks if b["block_id"] == "top")
    await stage.slack.submit(form, {rows["action_id"]: "7"})

    await stage.slack.wait_for(lambda: "top 7" in words(stage.slack.home()))


async def test_many_digests_fit(http_stage):
    stage = http_stage
    for hour in range(10, 22):
        await digest(stage, COSTS, TOMAS, f"{hour}:00")

    view = await home(stage, TOMAS)

    assert "And 2 more: /zenmux digest list shows them." in words(view)


async def test_the_messages_tab_and_channels_are_left_alone(http_stage):
    stage = http_stage
    channel = stage.slack.state.channels[direct_channel(MAYA)]
    event = home_opened(MAYA, channel, None, "1700000000.000100") | {"tab": "messages"}

    await stage.slack.event(event)
    await home(stage, TOMAS)

    assert publishings(stage, MAYA) == []


async def test_publish__hash_conflict_rebuilds_view(http_stage):
    stage = http_stage
    await home(stage)
    stage.slack.faults.script("views.publish", Fail("hash_conflict"))

    await stage.slack.open_home()

    await stage.slack.wait_for(lambda: len(publishings(stage)) == 2)
    assert not publishings(stage)[-1].args.get("hash")


async def test_publishings_of_one_person_follow_one_another(http_stage):
    stage = http_stage
    await home(stage)

    await asyncio.gather(*(stage.slack.open_home() for _ in range(5)))

    await stage.slack.wait_for(lambda: len(publishings(stage)) == 6)
    assert all(call.answer["ok"] for call in publishings(stage))


@pytest.mark.parametrize(
    ("route", "fault"),
    [
        ("users.info", Fail("user_not_found")),
        ("users.conversations", Page(503)),
    ],
)
async def test_what_slack_does_not_tell_is_said(http_stage, route, fault):
    stage = http_stage
    stage.slack.faults.script(route, fault)

    view = await home(stage)

    assert "Not known right now" in words(view)


@pytest.mark.parametrize(
    ("faults", "shown"),
    [
        ([Page(502)], "Your digests"),
        ([Fail("hash_conflict"), Page(502)], "can't be shown right now"),
        ([Fail("invalid_arguments")], "it said: invalid_arguments"),
    ],
)
async def test_publish__refused(http_stage, faults, shown):
    stage = http_stage
    stage.slack.faults.script("views.publish", *faults)

    await stage.slack.open_home()

    view = await stage.slack.wait_for(stage.slack.home)
    assert shown in words(view)


async def test_publish__refused_in_every_form_sends_direct_message(http_stage):
    stage = http_stage
    stage.slack.faults.always("views.publish", Page(502))

    await stage.slack.open_home()

    [told] = await stage.slack.wait_for(
        lambda: stage.slack.messages(direct_channel(MAYA))
    )
    assert "/zenmux digest list" in told.text


async def set_defaults(stage, action, values, *, user=MAYA):
    view = await home(stage, user)
    await stage.slack.press(view, action, user=user)
    form = await stage.slack.wait_for(lambda: stage.slack.modal(user))
    return await stage.slack.submit(form, values, user=user)


async def test_defaults_of_the_workspace_hold_where_nothing_is_said(stage):
    reply = await set_defaults(
        stage,
        SET_WORKSPACE,
        {"metric": "cost", "top": "5", "audience": "public", "zone": "berlin"},
    )

    assert reply.errors == {}
    await stage.slack.wait_for(
        lambda: (
            "In this workspace: by cost, top 5, public answers, "
            "new digests in Europe/Berlin." in words(stage.slack.home())
        )
    )
    await stage.slack.command("/zenmux share", user=TOMAS)
    answer = stage.slack.messages()[-1]
    assert answer.reader is None
    assert answer.text.endswith("/zenmux share cost 8w top 5")
    other = await stage.slack.command("/zenmux share tokens top 3 private")
    assert other.messages[-1].reader == MAYA
    assert other.messages[-1].text.endswith("/zenmux share tokens 8w top 3")


async def test_a_mention_is_answered_for_all_whatever_the_default(http_stage):
    stage = http_stage
    await set_defaults(stage, SET_WORKSPACE, {"audience": "private", "metric": "cost"})

    await stage.slack.mention("share")

    answer = await stage.slack.wait_for(
        lambda: next((m for m in stage.slack.messages() if m.is_bot), None)
    )
    assert answer.reader is None
    assert answer.text.endswith("/zenmux share cost 8w")


async def test_defaults_of_a_channel_go_before_those_of_the_workspace(http_stage):
    stage = http_stage
    await set_defaults(stage, SET_WORKSPACE, {"metric": "cost", "top": "5"})
    reply = await set_defaults(
        stage, SET_CHANNEL, {"channel": PRIVATE, "metric": "tokens"}, user=TOMAS
    )
    assert reply.errors == {}

    there = await stage.slack.command("/zenmux share", channel=PRIVATE)
    elsewhere = await stage.slack.command("/zenmux share")

    assert there.messages[-1].text.endswith("/zenmux share tokens 8w top 5")
    assert elsewhere.messages[-1].text.endswith("/zenmux share cost 8w top 5")
    told = await stage.slack.wait_for(
        lambda: [
            m
            for m in stage.slack.messages(direct_channel(TOMAS), user=TOMAS)
            if m.is_bot
        ]
    )
    assert told[0].text == f"Defaults in <#{PRIVATE}>: by tokens."


async def test_defaults_can_be_taken_back(http_stage):
    stage = http_stage
    await set_defaults(stage, SET_WORKSPACE, {"metric": "cost", "top": "5"})
    await stage.slack.wait_for(lambda: "by cost" in words(stage.slack.home()))

    await set_defaults(stage, SET_WORKSPACE, {"metric": "As usual", "top": None})

    answer = (await stage.slack.command("/zenmux share")).messages[-1]
    assert answer.text.endswith("/zenmux share tokens 8w")


async def test_what_a_button_carries_is_not_changed_by_defaults(http_stage):
    stage = http_stage
    answer = (await stage.slack.command("/zenmux share tokens 8w")).messages[-1]
    await set_defaults(stage, SET_WORKSPACE, {"metric": "cost", "top": "5"})

    await stage.slack.select(answer, "ask:more", "Models")

    await stage.slack.wait_for(
        lambda: answer.text.startswith("Top 10 models by tokens")
    )


@pytest.mark.parametrize(
    ("values", "user", "field", "said"),
    [
        ({"zone": "atlantis"}, MAYA, "zone", "“atlantis” isn't a known time zone."),
        ({"zone": "berlni"}, MAYA, "zone", "Did you mean Europe/Berlin?"),
    ],
)
async def test_what_cannot_be_set_is_said_in_the_form(
    http_stage, values, user, field, said
):
    reply = await set_defaults(http_stage, SET_WORKSPACE, values, user=user)

    assert said in reply.errors[field]


async def test_a_form_does_not_outlive_the_right_to_it(http_stage):
    stage = http_stage
    view = await home(stage)
    await stage.slack.press(view, SET_WORKSPACE)
    form = await stage.slack.wait_for(stage.slack.modal)
    form.user = TOMAS
    stage.slack.core.surfaces._stacks[TOMAS] = [form]

    reply = await stage.slack.submit(form, {"metric": "cost"}, user=TOMAS)

    assert "Only admins" in reply.errors["metric"]


async def test_a_channels_defaults_are_set_by_those_in_it(http_stage):
    stage = http_stage
    reply = await set_defaults(
        stage, SET_CHANNEL, {"channel": PRIVATE, "metric": "cost"}, user=YUKI
    )

    assert "Only members of the channel" in reply.errors["channel"]


async def test_where_nobody_knows_who_is_there_nothing_is_set(http_stage):
    stage = http_stage
    view = await home(stage, TOMAS)
    await stage.slack.press(view, SET_CHANNEL, user=TOMAS)
    form = await stage.slack.wait_for(lambda: stage.slack.modal(TOMAS))
    stage.slack.faults.always("conversations.members", Fail("channel_not_found"))

    reply = await stage.slack.submit(form, {"channel": COSTS}, user=TOMAS)

    assert "I can't see that channel" in reply.errors["channel"]


async def test_a_form_that_cannot_be_opened_is_said_to_be_shut(http_stage):
    stage = http_stage
    view = await home(stage)
    stage.slack.faults.script("views.open", Fail("expired_trigger_id"))

    reply = await stage.slack.press(view, SET_CHANNEL)

    assert reply.status == 200
    [told] = await stage.slack.wait_for(
        lambda: stage.slack.messages(direct_channel(MAYA))
    )
    assert told.text == NOT_OPENED.text
