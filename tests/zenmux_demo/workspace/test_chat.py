"""Saying something through the Web API, with the official client."""

from __future__ import annotations

import json

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from zenmux_demo.workspace.seed import (
    ARCHIVED,
    BOT_USER_ID,
    COSTS,
    GENERAL,
    MAYA,
    PRIVATE,
    WITHOUT_BOT,
    YUKI,
)
from zenmux_demo.workspace.server import SlackStandIn

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}
METADATA = {"event_type": "zenmux_digest", "event_payload": {"key": "s1:1"}}


async def refused(call):
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response


async def code(call):
    return (await refused(call))["error"]


async def test_a_post_is_stored_and_answered_whole(slack, client):
    answer = await client.chat_postMessage(
        channel=COSTS, text="hi", blocks=[SECTION], metadata=METADATA
    )

    (message,) = slack.messages()
    assert answer["ts"] == message.ts
    assert answer["message"]["blocks"][0]["block_id"]
    assert answer["message"]["metadata"] == METADATA
    assert (message.text, message.user, message.is_bot) == ("hi", BOT_USER_ID, True)


async def test_each_call_is_done_and_recorded_once(slack, client):
    await client.chat_postMessage(channel=COSTS, text="hi")

    assert len(slack.messages()) == 1
    (call,) = slack.calls
    assert (call.method, call.args["channel"]) == ("chat.postMessage", COSTS)
    assert call.answer["ok"] is True


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        (ARCHIVED, "is_archived"),
        (WITHOUT_BOT, "not_in_channel"),
        ("C0NOWHERE", "channel_not_found"),
        ("#general", "channel_not_found"),
    ],
)
async def test_where_the_bot_cannot_post(client, channel, error):
    assert await code(client.chat_postMessage(channel=channel, text="x")) == error


async def test_a_private_channel_without_the_bot_is_not_found(slack, client):
    await slack.remove_bot(PRIVATE)

    assert (
        await code(client.chat_postMessage(channel=PRIVATE, text="x"))
        == "channel_not_found"
    )


async def test_a_user_id_leads_to_the_direct_message(client):
    answer = await client.chat_postMessage(channel=MAYA, text="x")

    assert answer["channel"] == "D0MAYA00001"


async def test_the_messages_tab_can_be_off(clock, manifest):
    manifest["features"]["app_home"]["messages_tab_enabled"] = False
    async with SlackStandIn(clock=clock, manifest=manifest).running() as slack:
        answer = await call_api(slack, "chat.postMessage", channel=MAYA, text="x")

    assert answer["error"] == "messages_tab_disabled"


async def call_api(slack, method, **args):
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with (
        aiohttp.ClientSession(slack.api_url, headers=headers) as session,
        session.post(method, data=args) as response,
    ):
        return await response.json()


async def test_forms_carry_json_in_strings(slack):
    answer = await call_api(
        slack,
        "chat.postMessage",
        channel=COSTS,
        blocks=json.dumps([SECTION]),
        metadata=json.dumps(METADATA),
    )

    assert answer["ok"] is True
    assert slack.messages()[0].blocks[0]["type"] == "section"
    assert slack.messages()[0].metadata == METADATA


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"blocks": "[{"}, "invalid_blocks_format"),
        ({"blocks": [{"type": "divider"}] * 51}, "msg_blocks_too_many"),
        ({"text": "x", "attachments": [{"text": "a"}] * 101}, "too_many_attachments"),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"markdown_text": "y" * 12001}, "msg_too_long"),
        ({"text": "x", "metadata": "{"}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_schema"),
        (
            {
                "text": "x",
                "metadata": {"event_type": "a", "event_payload": {"k": "x" * 9000}},
            },
            "metadata_too_large",
        ),
        ({"text": "x", "thread_ts": "1.000000"}, "cannot_reply_to_message"),
    ],
)
async def test_what_the_bot_cannot_post(slack, client, args, error):
    assert (
        await code(client.api_call("chat.postMessage", json={"channel": COSTS, **args}))
        == error
    )
    assert slack.messages() == []


async def test_bad_blocks_are_refused_with_pointers_and_nothing_is_posted(
    slack, client
):
    answer = await refused(
        client.chat_postMessage(
            channel=COSTS, text="x", blocks=[{"type": "header", "text": "bare"}]
        )
    )

    problem = "must provide an object [json-pointer:/blocks/0/text]"
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == [problem]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {problem}"]
    assert slack.messages() == []


async def test_blocks_of_attachments_are_checked_too(client):
    bad = {"blocks": [{"type": "callout"}]}

    assert (
        await code(client.chat_postMessage(channel=COSTS, text="x", attachments=[bad]))
        == "invalid_blocks"
    )


async def test_a_type_that_is_not_rolled_out_is_refused_until_it_is(slack, client):
    chart = {
        "type": "data_visualization",
        "title": "t",
        "chart": {"type": "pie", "segments": [{"label": "a", "value": 1}]},
    }
    slack.faults.forbidden_blocks.add("data_visualization")
    answer = await refused(
        client.chat_postMessage(channel=COSTS, text="x", blocks=[SECTION, chart])
    )
    slack.faults.clear()

    assert answer["error"] == "invalid_blocks"
    assert "/blocks/1" in answer["errors"][0]
    await client.chat_postMessage(channel=COSTS, text="x", blocks=[chart])


async def test_long_text_is_cut(slack, client):
    await client.chat_postMessage(channel=COSTS, text="x" * 40_001)

    assert len(slack.messages()[0].text) == 40_000


async def test_markdown_text_becomes_a_block(slack, client):
    await client.api_call(
        "chat.postMessage", json={"channel": COSTS, "markdown_text": "**x**"}
    )

    assert slack.messages()[0].blocks[0]["type"] == "markdown"


async def test_replies_and_broadcasts(slack, client):
    head = await client.chat_postMessage(channel=COSTS, text="head")
    reply = await client.chat_postMessage(
        channel=COSTS, text="reply", thread_ts=head["ts"], reply_broadcast=True
    )

    assert slack.messages()[1].subtype == "thread_broadcast"
    assert (
        await code(
            client.chat_postMessage(channel=COSTS, text="x", thread_ts=reply["ts"])
        )
        == "cannot_reply_to_message"
    )


async def test_an_ephemeral_message_needs_a_member_to_read_it(slack, client):
    answer = await client.chat_postEphemeral(channel=COSTS, user=YUKI, text="x")

    assert slack.messages(user=YUKI)[0].ts == answer["message_ts"]
    assert slack.messages(user=MAYA) == []
    assert (
        await code(client.chat_postEphemeral(channel=PRIVATE, user=YUKI, text="x"))
        == "user_not_in_channel"
    )
    assert (
        await code(client.chat_update(channel=COSTS, ts=answer["message_ts"], text="y"))
        == "message_not_found"
    )


async def test_an_update_of_text_removes_blocks_and_keeps_metadata(slack, client):
    posted = await client.chat_postMessage(
        channel=COSTS, text="x", blocks=[SECTION], metadata=METADATA
    )
    await client.chat_update(channel=COSTS, ts=posted["ts"], text="y")

    (message,) = slack.messages()
    assert (message.text, message.blocks, message.metadata) == ("y", [], METADATA)
    assert message.edited_ts is not None


async def test_empty_metadata_clears_it(slack, client):
    posted = await client.chat_postMessage(channel=COSTS, text="x", metadata=METADATA)
    await client.chat_update(channel=COSTS, ts=posted["ts"], text="y", metadata={})

    assert slack.messages()[0].metadata is None


async def test_what_cannot_be_updated_or_deleted(slack, client):
    said = (await slack.say("mine")).message

    assert (
        await code(client.chat_update(channel=COSTS, ts=said.ts, text="y"))
        == "cant_update_message"
    )
    assert (
        await code(client.chat_delete(channel=COSTS, ts=said.ts))
        == "cant_delete_message"
    )
    assert (
        await code(client.chat_delete(channel=COSTS, ts="1.2")) == "message_not_found"
    )
    posted = await client.chat_postMessage(channel=COSTS, text="x")
    assert (
        await code(client.chat_update(channel=COSTS, ts=posted["ts"], text="y" * 4001))
        == "msg_too_long"
    )
    await slack.archive(COSTS)
    assert (
        await code(client.chat_update(channel=COSTS, ts=posted["ts"], text="y"))
        == "is_archived"
    )


async def test_a_deleted_message_is_gone(slack, client):
    posted = await client.chat_postMessage(channel=COSTS, text="x")
    await client.chat_delete(channel=COSTS, ts=posted["ts"])

    assert slack.messages() == []


async def test_a_permalink_names_channel_and_message(client):
    posted = await client.chat_postMessage(channel=COSTS, text="x")
    answer = await client.chat_getPermalink(channel=COSTS, message_ts=posted["ts"])

    digits = posted["ts"].replace(".", "")
    assert answer["permalink"].endswith(f"/archives/{COSTS}/p{digits}")
    assert (
        await code(client.chat_getPermalink(channel=COSTS, message_ts="1.2"))
        == "message_not_found"
    )


async def test_reactions_come_and_go_once(slack, client):
    said = (await slack.say("x")).message
    place = {"channel": COSTS, "timestamp": said.ts, "name": "eyes"}

    await client.reactions_add(**place)
    assert said.reactions == {"eyes": [BOT_USER_ID]}
    assert await code(client.reactions_add(**place)) == "already_reacted"
    await client.reactions_remove(**place)
    assert said.reactions == {}
    assert await code(client.reactions_remove(**place)) == "no_reaction"


async def test_a_status_becomes_a_notice(slack, client):
    notices = []
    slack.state.watchers.append(
        lambda change: notices.append((change.kind, change.text, change.user))
    )
    await client.assistant_threads_setStatus(
        channel_id="D0MAYA00001", thread_ts="1.2", status="is counting…"
    )

    assert notices == [("notice", "ZenMux is counting…", MAYA)]


async def test_posting_is_paced_on_demand(clock, manifest):
    stand_in = SlackStandIn(clock=clock, manifest=manifest, pacing=True)
    async with stand_in.running() as slack:
        for _ in range(4):
            await call_api(slack, "chat.postMessage", channel=GENERAL, text="x")
        headers = {"Authorization": f"Bearer {slack.bot_token}"}
        async with (
            aiohttp.ClientSession(slack.api_url, headers=headers) as session,
            session.post(
                "chat.postMessage", json={"channel": GENERAL, "text": "x"}
            ) as response,
        ):
            assert response.status == 429
            assert response.headers["Retry-After"] == "1"
            assert (await response.json())["error"] == "ratelimited"
