"""What people do, and what the app gets and answers."""

from __future__ import annotations

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from zenmux_demo.workspace.model import Refusal
from zenmux_demo.workspace.seed import (
    ARCHIVED,
    BOT_USER_ID,
    COSTS,
    MAYA,
    PRIVATE,
    TOMAS,
    WITHOUT_BOT,
    YUKI,
)
from zenmux_demo.workspace.server import SlackStandIn


def plain(text="x"):
    return {"type": "plain_text", "text": text}


OPTIONS = [
    {"text": plain("Tokens"), "value": "tokens"},
    {"text": plain("Cost"), "value": "cost"},
]
BLOCKS = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {
                "type": "button",
                "action_id": "again",
                "text": plain("Again"),
                "value": "share cost",
                "style": "primary",
            },
            {"type": "static_select", "action_id": "metric", "options": OPTIONS},
            {"type": "overflow", "action_id": "more", "options": OPTIONS},
            {
                "type": "timepicker",
                "action_id": "at",
                "initial_time": "09:00",
                "timezone": "UTC",
            },
        ],
    }
]
FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Digest"),
    "submit": plain("Save"),
    "private_metadata": "kept",
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": plain("Name"),
            "element": {
                "type": "plain_text_input",
                "action_id": "name",
                "min_length": 2,
            },
        },
        {
            "type": "input",
            "block_id": "metric",
            "label": plain("Metric"),
            "element": {
                "type": "static_select",
                "action_id": "metric",
                "options": OPTIONS,
                "initial_option": OPTIONS[0],
            },
        },
        {
            "type": "input",
            "block_id": "days",
            "optional": True,
            "label": plain("Days"),
            "element": {
                "type": "checkboxes",
                "action_id": "days",
                "options": OPTIONS,
            },
        },
        {
            "type": "input",
            "block_id": "where",
            "label": plain("Where"),
            "element": {
                "type": "conversations_select",
                "action_id": "where",
                "default_to_current_conversation": True,
                "response_url_enabled": True,
            },
        },
    ],
}


async def respond(url, **body):
    return await AsyncWebhookClient(url).send_dict(body)


async def test_a_command_carries_slacks_fields(slack, app):
    reply = await slack.command("/zenmux share in #finance", user=TOMAS)

    (fields,) = app.received
    assert fields["command"] == "/zenmux"
    assert fields["text"] == "share in <#C0FINANCE01|>"
    assert (fields["user_id"], fields["channel_id"]) == (TOMAS, COSTS)
    assert fields["channel_name"] == "llm-costs"
    assert fields["trigger_id"] == reply.trigger_id
    assert fields["response_url"] == reply.response_url
    assert "thread_ts" not in fields
    assert (reply.status, reply.body, reply.messages) == (200, None, ())
    assert 0 < reply.elapsed_seconds < 60


async def test_without_should_escape_text_stays_plain(slack, app):
    await slack.command("/plain ask @maya in #general", channel=PRIVATE)

    assert app.received[0]["text"] == "ask @maya in #general"
    assert app.received[0]["channel_name"] == "privategroup"


async def test_a_text_answer_is_for_the_asker_alone(slack, app):
    app.answer("hello")
    reply = await slack.command("/zenmux")

    (message,) = reply.messages
    assert (message.text, message.reader) == ("hello", MAYA)
    assert slack.messages(user=TOMAS) == []


async def test_a_public_answer_shows_the_typed_command(slack, app):
    app.answer({"response_type": "in_channel", "text": "hello"})
    await slack.command("/zenmux help")

    typed, answer = slack.messages(user=TOMAS)
    assert (typed.user, typed.text) == (MAYA, "/zenmux help")
    assert (answer.user, answer.text) == (BOT_USER_ID, "hello")


async def test_an_answer_with_bad_blocks_shows_an_error_instead(slack, app):
    app.answer({"text": "x", "blocks": [{"type": "header", "text": "bare"}]})
    reply = await slack.command("/zenmux")

    assert reply.notice == '/zenmux failed with the error "invalid_blocks"'
    assert "/blocks/0/text" in reply.errors["invalid_blocks"]
    assert slack.messages() == []


async def test_unknown_commands_and_commands_in_threads_never_leave(slack, app):
    assert "not a valid command" in (await slack.command("/foo bar")).notice
    refused = await slack.command("/zenmux", thread_ts="1.000000")

    assert refused.notice == "/zenmux is not supported in threads. Sorry!"
    assert app.received == []


async def test_an_app_that_fails_or_is_away_is_reported(slack, app):
    app.answer(status=500)
    assert "dispatch_failed" in (await slack.command("/zenmux")).notice
    slack.connect_http("http://127.0.0.1:1/")
    reply = await slack.command("/zenmux")

    assert reply.failure == "connection_failed"
    assert "dispatch_failed" in reply.notice


async def test_without_any_connection_delivery_fails(slack):
    assert (await slack.command("/zenmux")).failure == "connection_failed"


async def test_a_response_url_works_where_the_bot_is_not(slack, app):
    reply = await slack.command("/zenmux", channel=WITHOUT_BOT)
    await respond(reply.response_url, response_type="in_channel", text="x")

    assert [m.text for m in slack.messages(WITHOUT_BOT)] == ["x"]


async def test_responses_without_replacing_are_new_messages(slack, app):
    app.answer("one")
    reply = await slack.command("/zenmux")
    await respond(reply.response_url, text="two")

    assert [m.text for m in slack.messages()] == ["one", "two"]
    assert slack.messages(user=TOMAS) == []


async def test_a_response_in_a_thread(slack, app):
    head = (await slack.say("head")).message
    reply = await slack.command("/zenmux")
    await respond(
        reply.response_url, response_type="in_channel", text="x", thread_ts=head.ts
    )

    assert slack.state.thread(COSTS, head.ts)[1].text == "x"


async def test_a_response_url_runs_out(slack, app, clock):
    reply = await slack.command("/zenmux")
    for _ in range(5):
        assert (await respond(reply.response_url, text="x")).status_code == 200
    sixth = await respond(reply.response_url, text="x")
    fresh = await slack.command("/zenmux")
    clock.advance(minutes=31)
    late = await respond(fresh.response_url, text="x")

    assert (sixth.status_code, "used_url" in sixth.body) == (404, True)
    assert (late.status_code, "expired_url" in late.body) == (404, True)


async def test_a_response_is_checked_like_a_post(slack, app):
    reply = await slack.command("/zenmux")
    bad = await respond(reply.response_url, blocks=[{"type": "callout"}])
    empty = await respond(reply.response_url, response_type="ephemeral")

    assert (bad.status_code, "invalid_blocks" in bad.body) == (400, True)
    assert (empty.status_code, "no_text" in empty.body) == (400, True)


async def test_a_mention_reaches_the_app_with_its_thread(slack, app):
    reply = await slack.mention("share cost", thread_ts="1.000000")

    event = app.received[0]["event"]
    assert app.received[0]["event_id"] == reply.event_id
    assert (event["type"], event["thread_ts"]) == ("app_mention", "1.000000")
    assert event["text"] == f"<@{BOT_USER_ID}> share cost"
    assert event["ts"] == reply.message.ts


async def test_only_a_member_hears_a_mention(slack, app):
    reply = await slack.mention("x", channel=WITHOUT_BOT)

    assert (reply.status, reply.message.text) == (None, f"<@{BOT_USER_ID}> x")
    assert app.received == []


async def test_a_direct_message_reaches_the_app(slack, app):
    await slack.dm("share", user=YUKI)

    event = app.received[0]["event"]
    assert (event["type"], event["channel_type"]) == ("message", "im")
    assert (event["user"], event["channel"]) == (YUKI, "D0YUKI00001")


async def test_the_app_hears_its_own_direct_messages_and_edits(slack, app, client):
    posted = await client.chat_postMessage(channel=MAYA, text="x")
    await client.chat_update(channel="D0MAYA00001", ts=posted["ts"], text="y")
    await slack.settled()

    first, second = (body["event"] for body in app.received)
    assert first["bot_id"]
    assert second["subtype"] == "message_changed"
    assert (second["previous_message"]["text"], second["message"]["text"]) == ("x", "y")


async def test_nobody_writes_where_they_cannot(slack):
    with pytest.raises(Refusal, match="is_archived"):
        await slack.say("x", channel=ARCHIVED)
    with pytest.raises(Refusal, match="channel_not_found"):
        await slack.say("x", channel=PRIVATE, user=YUKI)


async def test_pressing_a_button_of_a_public_message(slack, app, client):
    await client.chat_postMessage(channel=COSTS, text="x", blocks=BLOCKS)
    (message,) = slack.messages()
    reply = await slack.press(message, "Again", user=TOMAS)

    payload = app.received[0]
    action = payload["actions"][0]
    assert payload["type"] == "block_actions"
    assert payload["message"]["ts"] == message.ts
    assert payload["container"]["is_ephemeral"] is False
    assert payload["user"]["id"] == TOMAS
    assert (action["action_id"], action["block_id"]) == ("again", "row")
    assert (action["value"], action["type"]) == ("share cost", "button")
    assert payload["state"]["values"]["row"]["at"]["selected_time"] == "09:00"
    assert (payload["trigger_id"], payload["response_url"]) == (
        reply.trigger_id,
        reply.response_url,
    )


async def test_an_ephemeral_message_does_not_come_along(slack, app, client):
    await client.chat_postEphemeral(channel=COSTS, user=MAYA, text="x", blocks=BLOCKS)
    await slack.press(slack.messages()[0], "again")

    assert "message" not in app.received[0]
    assert app.received[0]["container"]["is_ephemeral"] is True


CHOICES = [
    ("metric", "cost", {"selected_option": OPTIONS[1]}),
    ("metric", "Cost", {"selected_option": OPTIONS[1]}),
    ("more", "tokens", {"selected_option": OPTIONS[0]}),
    ("at", "10:30", {"selected_time": "10:30", "timezone": "UTC"}),
]


@pytest.mark.parametrize("choice", CHOICES)
async def test_choosing_reports_what_was_chosen(slack, app, client, choice):
    action_id, value, reported = choice
    await client.chat_postMessage(channel=COSTS, text="x", blocks=BLOCKS)
    await slack.select(slack.messages()[0], action_id, value)

    assert reported.items() <= app.received[0]["actions"][0].items()


async def test_what_is_not_there_cannot_be_pressed(slack, client):
    await client.chat_postMessage(channel=COSTS, text="x", blocks=BLOCKS)
    (message,) = slack.messages()

    with pytest.raises(LookupError, match=r"again \(Again\)"):
        await slack.press(message, "Delete")
    with pytest.raises(LookupError, match="no option 'x'"):
        await slack.select(message, "metric", "x")


async def test_a_response_to_a_button_can_replace_its_message(slack, app, client):
    await client.chat_postMessage(channel=COSTS, text="x", blocks=BLOCKS)
    reply = await slack.press(slack.messages()[0], "again")
    await respond(reply.response_url, replace_original="true", text="y")

    (message,) = slack.messages()
    assert (message.text, message.blocks) == ("y", [])


async def test_a_press_without_an_answer_is_a_notice(slack, app, client):
    await client.chat_postMessage(channel=COSTS, text="x", blocks=BLOCKS)
    app.answer(status=404)
    reply = await slack.press(slack.messages()[0], "again")

    assert reply.notice == "ZenMux did not answer in time. Please try again."


async def open_form(slack, client, view=FORM):
    reply = await slack.command("/zenmux digest")
    await client.views_open(trigger_id=reply.trigger_id, view=view)
    return slack.modal()


async def test_a_form_is_filled_and_submitted(slack, app, client):
    view = await open_form(slack, client)
    reply = await slack.submit(view, {"name": "weekly", "days": ["cost"]})

    payload = app.received[-1]
    values = payload["view"]["state"]["values"]
    assert payload["type"] == "view_submission"
    assert payload["view"]["private_metadata"] == "kept"
    assert values["name"]["name"] == {"type": "plain_text_input", "value": "weekly"}
    assert values["metric"]["metric"]["selected_option"] == OPTIONS[0]
    assert values["days"]["days"]["selected_options"] == [OPTIONS[1]]
    assert values["where"]["where"]["selected_conversation"] == COSTS
    assert payload["response_urls"][0]["channel_id"] == COSTS
    assert (reply.view, slack.modal()) == (None, None)


async def test_a_form_takes_reports_by_block_too(slack, app, client):
    view = await open_form(slack, client)
    await slack.submit(
        view, {"name": {"name": {"type": "plain_text_input", "value": "daily"}}}
    )

    values = app.received[-1]["view"]["state"]["values"]
    assert values["name"]["name"]["value"] == "daily"


async def test_an_incomplete_form_is_not_sent(slack, app, client):
    view = await open_form(slack, client)
    empty = await slack.submit(view, {})
    short = await slack.submit(view, {"name": "x"})

    assert empty.errors == {"name": "Please complete this required field."}
    assert short.errors == {"name": "Please enter at least 2 characters."}
    assert len(app.received) == 1


async def test_the_app_can_refuse_fields(slack, app, client):
    view = await open_form(slack, client)
    app.answer({"response_action": "errors", "errors": {"name": "Taken."}})
    reply = await slack.submit(view, {"name": "weekly"})

    assert reply.errors == {"name": "Taken."}
    assert slack.modal() is view


async def test_the_app_can_update_push_and_clear(slack, app, client):
    view = await open_form(slack, client)
    done = {
        "type": "modal",
        "title": plain("Done"),
        "submit": plain(),
        "blocks": [{"type": "section", "text": plain()}],
    }
    app.answer({"response_action": "update", "view": done})
    updated = await slack.submit(view, {"name": "weekly"})
    assert updated.view is view
    assert view.body["title"]["text"] == "Done"
    app.answer({"response_action": "push", "view": done})
    pushed = await slack.submit(view, {})
    assert pushed.view is not view
    app.answer({"response_action": "clear"})
    cleared = await slack.submit(pushed.view, {})
    assert cleared.view is None


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors"},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "shout"},
    ],
)
async def test_an_answer_that_slack_does_not_take_leaves_the_form_open(
    slack, app, client, answer
):
    view = await open_form(slack, client)
    app.answer(answer)
    reply = await slack.submit(view, {"name": "weekly"})

    assert reply.notice == "We had some trouble connecting. Try again?"
    assert reply.errors
    assert slack.modal() is view


async def test_a_form_that_is_not_acknowledged_stays(slack, app, client):
    view = await open_form(slack, client)
    app.answer(status=500)
    reply = await slack.submit(view, {"name": "weekly"})

    assert reply.failure == "http_error"
    assert slack.modal() is view


async def test_closing_tells_the_app_only_if_it_asked(slack, app, client):
    await slack.close(await open_form(slack, client))
    assert len(app.received) == 1
    await slack.close(await open_form(slack, client, {**FORM, "notify_on_close": True}))

    assert app.received[-1]["type"] == "view_closed"
    assert slack.modal() is None


async def test_choosing_in_a_modal_is_remembered(slack, app, client):
    view = await open_form(slack, client)
    await slack.select(view, "metric", "cost")

    payload = app.received[-1]
    assert payload["container"] == {"type": "view", "view_id": view.id}
    assert "response_url" not in payload
    values = payload["view"]["state"]["values"]
    assert values["metric"]["metric"]["selected_option"] == OPTIONS[1]
    assert view.state["values"] == values


async def test_an_external_menu_asks_the_app(slack, app, client):
    menu = {"type": "external_select", "action_id": "model"}
    blocks = [{"type": "actions", "elements": [menu]}]
    await client.chat_postMessage(channel=COSTS, text="x", blocks=blocks)
    app.answer({"options": OPTIONS})
    reply = await slack.options(slack.messages()[0], "model", "cla")

    assert app.received[0]["type"] == "block_suggestion"
    assert app.received[0]["value"] == "cla"
    assert reply.body == {"options": OPTIONS}


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ({}, "options"),
        ({"options": OPTIONS * 51}, "100"),
        ({"options": [OPTIONS[0] | {"value": "x" * 151}]}, "151"),
        ({"option_groups": [{"label": OPTIONS[0]["text"], "options": []}]}, "options"),
    ],
)
async def test_options_that_slack_would_refuse_are_not_shown(
    slack, app, client, answer, wrong
):
    menu = {"type": "external_select", "action_id": "model"}
    blocks = [{"type": "actions", "elements": [menu]}]
    await client.chat_postMessage(channel=COSTS, text="x", blocks=blocks)
    app.answer(answer)

    reply = await slack.options(slack.messages()[0], "model", "cla")

    assert reply.body is None
    assert wrong in reply.errors["model"]


async def test_shortcuts_reach_the_app(slack, app):
    said = (await slack.say("x")).message
    await slack.shortcut("ask")
    await slack.shortcut("explain", message=said)

    ask, explain = app.received
    assert (ask["type"], ask["callback_id"]) == ("shortcut", "ask")
    assert (explain["type"], explain["message"]["ts"]) == ("message_action", said.ts)
    with pytest.raises(LookupError, match="explain"):
        await slack.shortcut("explain")


async def test_opening_the_home_tab(slack, app, client):
    await slack.open_home(user=YUKI)
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    await client.views_publish(user_id=YUKI, view=home)
    await slack.open_home(user=YUKI)

    first, second = (body["event"] for body in app.received)
    assert (first["type"], first["tab"], "view" in first) == (
        "app_home_opened",
        "home",
        False,
    )
    assert second["view"]["type"] == "home"


async def test_members_come_and_go(slack, app):
    await slack.invite_bot(WITHOUT_BOT, user=TOMAS)
    await slack.remove_bot(WITHOUT_BOT)

    joined, left = (body["event"] for body in app.received)
    assert (joined["type"], joined["user"]) == ("member_joined_channel", BOT_USER_ID)
    assert joined["inviter"] == TOMAS
    assert left["type"] == "channel_left"
    assert (left["actor_id"], "user" in left) == (MAYA, False)
    with pytest.raises(Refusal, match="is_archived"):
        await slack.invite_bot(ARCHIVED)


async def test_channels_change(slack, app):
    await slack.archive(COSTS)
    await slack.archive(PRIVATE)
    await slack.unarchive(COSTS)
    await slack.rename(COSTS, "spend")
    await slack.change_channel_id(COSTS, "C0MOVED")
    await slack.delete_channel("C0MOVED")

    events = [body["event"] for body in app.received]
    assert [event["type"] for event in events] == [
        "channel_archive",
        "group_archive",
        "channel_unarchive",
        "channel_rename",
        "channel_id_changed",
        "channel_deleted",
    ]
    assert events[3]["channel"]["name"] == "spend"
    assert events[4]["new_channel_id"] == "C0MOVED"
    with pytest.raises(Refusal, match="name_taken"):
        await slack.rename(WITHOUT_BOT, "general")


async def test_uninstalling_ends_tokens_and_tells_the_app(slack, app, client):
    await slack.uninstall()
    answer = await client.api_call("api.test")

    assert answer["ok"] is True
    types = [body["event"]["type"] for body in app.received]
    assert sorted(types) == ["app_uninstalled", "tokens_revoked"]
    assert app.received[0]["event"]["tokens"]["bot"] == [BOT_USER_ID]
    assert slack.core.tokens.grants[slack.bot_token].ended == "account_inactive"


async def test_what_was_not_subscribed_is_not_sent(clock, manifest):
    manifest["settings"]["event_subscriptions"]["bot_events"] = ["app_mention"]
    async with SlackStandIn(clock=clock, manifest=manifest).running() as slack:
        await slack.dm("x")
        await slack.archive(COSTS)

        assert slack.events == []
