"""Rules of Slack that a kinder stand-in would not keep."""

from __future__ import annotations

import asyncio
import json

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from zenmux_demo.workspace.manifest import Installation
from zenmux_demo.workspace.seed import (
    ARCHIVED,
    BETWEEN_PEOPLE,
    BOT_USER_ID,
    COSTS,
    ENTERPRISE_ID,
    GROUP_DIRECT,
    MAYA,
    OTHER_TEAM_ID,
    OUTSIDER,
    PRIVATE,
    SHARED,
    TEAM_ID,
    TO_ONESELF,
    WITHOUT_BOT,
)
from zenmux_demo.workspace.server import SlackStandIn
from zenmux_demo.workspace.sockets import FRAME_BYTES

LONG = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}]
TABLE = {
    "type": "data_table",
    "caption": "t",
    "rows": [
        [{"type": "raw_text", "text": "x"}],
        [{"type": "raw_text", "text": "x" * 15_000}],
    ],
}


async def code(call):
    """Return the error of a refused call, or nothing."""
    try:
        await call
    except SlackApiError as error:
        return error.response["error"]
    return ""


async def respond(url, **body):
    await AsyncWebhookClient(url).send_dict(body)


def api(slack):
    return AsyncWebClient(
        token=slack.bot_token, base_url=slack.api_url, retry_handlers=[]
    )


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        (COSTS, ""),
        (SHARED, ""),
        (WITHOUT_BOT, "not_in_channel"),
        (ARCHIVED, "is_archived"),
        (BETWEEN_PEOPLE, "channel_not_found"),
        (TO_ONESELF, "channel_not_found"),
        (GROUP_DIRECT, "channel_not_found"),
    ],
)
async def test_post_message__where_the_bot_may(slack, client, app, channel, error):
    reply = await slack.command("/zenmux", channel=channel)
    await respond(reply.response_url, text="answer")

    assert await code(client.chat_postMessage(channel=channel, text="x")) == error
    assert "answer" in [m.text for m in slack.messages(channel)]


@pytest.mark.parametrize(
    ("blocks", "counts_cells", "error"),
    [
        (LONG * 4, False, ""),
        (LONG * 5, False, "msg_blocks_too_long"),
        ([TABLE], False, ""),
        ([TABLE], True, "msg_blocks_too_long"),
        ([], False, "invalid_blocks"),
    ],
)
async def test_post_message__length(slack, client, blocks, counts_cells, error):
    slack.faults.counts_cells = counts_cells
    posted = client.chat_postMessage(
        channel=COSTS, text="x", blocks=json.loads(json.dumps(blocks))
    )

    assert await code(posted) == error
    assert bool(slack.violations) == bool(error)


async def test_response_url__of_a_command_changes_nothing_before(slack, app):
    app.answer("fetching …")
    reply = await slack.command("/zenmux")
    await respond(reply.response_url, replace_original=True, text="done")
    await respond(reply.response_url, delete_original="true")

    assert [m.text for m in slack.messages()] == ["fetching …", "done"]


@pytest.mark.parametrize(
    ("declined", "granted"),
    [((), "chat:write,im:history"), (("im:history",), "chat:write")],
)
async def test_scopes__optional_ones(clock, manifest, declined, granted):
    manifest["oauth_config"] = {
        "scopes": {
            "bot": ["chat:write", "im:history"],
            "bot_optional": ["im:history", "groups:history"],
        }
    }
    installation = Installation(declined_scopes=frozenset(declined))
    stand_in = SlackStandIn(clock=clock, manifest=manifest, installation=installation)
    async with stand_in.running() as slack:
        answer = await api(slack).auth_test()

    assert answer.headers["x-oauth-scopes"] == granted


async def test_org_install__events_and_methods(clock, manifest):
    stand_in = SlackStandIn(
        clock=clock, manifest=manifest, installation=Installation(for_org=True)
    )
    async with stand_in.running() as slack:
        client = api(slack)
        await slack.mention("help")

        (event,) = slack.events
        assert event.body["authorizations"] == [
            {
                "enterprise_id": ENTERPRISE_ID,
                "team_id": None,
                "user_id": BOT_USER_ID,
                "is_bot": True,
                "is_enterprise_install": True,
            }
        ]
        assert (await client.auth_test())["is_enterprise_install"] is True
        for method in (
            client.users_list,
            client.users_conversations,
            client.conversations_list,
        ):
            assert await code(method()) == "missing_argument"
            assert await code(method(team_id=TEAM_ID)) == ""


async def test_shared_channel__envelope_and_outsiders(slack, app, client):
    await slack.mention("help", user=OUTSIDER, channel=SHARED)

    (body,) = app.received
    assert body["team_id"] == OTHER_TEAM_ID
    assert body["authorizations"][0]["team_id"] == TEAM_ID
    assert body["event"]["team"] == OTHER_TEAM_ID
    user = (await client.users_info(user=OUTSIDER))["user"]
    assert (user["team_id"], user["is_stranger"]) == (OTHER_TEAM_ID, True)
    assert OUTSIDER not in [u["id"] for u in (await client.users_list())["members"]]


async def test_mentions__of_everybody_and_nobody(slack, app):
    await slack.say("and yesterday?", is_stray=True)
    reply = await slack.say_by_workflow(f"<@{BOT_USER_ID}> help")
    mine = (await slack.say("hm")).message
    await slack.edit(mine, f"<@{BOT_USER_ID}> share")

    stray, flow, edited = (body["event"] for body in app.received)
    assert (stray["type"], stray["text"]) == ("app_mention", "and yesterday?")
    assert flow["bot_id"] == reply.message.bot_id
    assert "user" not in flow
    assert edited["edited"]["user"] == MAYA


@pytest.mark.parametrize(("channel", "count"), [(WITHOUT_BOT, 2), (COSTS, 1)])
async def test_mention__where_the_bot_is_not(slack, channel, count):
    await slack.mention("help", channel=channel)

    found = slack.messages(channel)
    assert len(found) == count
    assert (found[-1].reader == MAYA) is (count == 2)


async def test_history__of_distributed_apps(clock, manifest):
    stand_in = SlackStandIn(
        clock=clock, manifest=manifest, installation=Installation(is_distributed=True)
    )
    async with stand_in.running() as slack:
        for _ in range(20):
            await slack.say("x")
        client = api(slack)
        first = await client.conversations_history(channel=COSTS, limit=100)
        assert await code(client.conversations_history(channel=COSTS)) == "ratelimited"
        clock.advance(minutes=1)
        assert await code(client.conversations_history(channel=COSTS)) == ""

    assert len(first["messages"]) == 15


async def test_removal__may_be_withheld(slack, app, client):
    await slack.remove_bot(PRIVATE, is_told=False)

    assert app.received == []
    posted = client.chat_postMessage(channel=PRIVATE, text="x")
    assert await code(posted) == "channel_not_found"


@pytest.mark.parametrize(("alt", "shown"), [("", True), ("a table", False)])
async def test_files__alt_text_hides_a_text_file(slack, client, alt, shown):
    answer = await client.files_upload_v2(
        channel=COSTS, filename="a.csv", content="a", alt_txt=alt
    )
    found = await client.files_info(file=answer["files"][0]["id"])

    assert bool(found["file"]["shares"]) is shown
    assert bool(slack.messages()) is shown


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("model z.ai", "model <http://z.ai|z.ai>"),
        ("model gpt-4.1", "model gpt-4.1"),
        ("ask a@b.com", "ask <mailto:a@b.com|a@b.com>"),
    ],
)
async def test_command__links_in_its_text(slack, app, typed, sent):
    await slack.command(f"/zenmux {typed}")

    assert app.received[0]["text"] == sent


async def test_list__pages_may_be_short(slack, client):
    slack.core.page_limit = 1
    first = await client.conversations_members(channel=COSTS, limit=200)

    assert len(first["members"]) == 1
    assert first["response_metadata"]["next_cursor"]


async def test_socket__a_long_frame_closes_and_is_redelivered(slack, http):
    async def connect(say):
        address = await AsyncWebClient(
            token=slack.app_token, base_url=slack.api_url
        ).apps_connections_open(app_token=slack.app_token)
        async with http.ws_connect(address["url"]) as socket:
            await socket.receive_json()
            async for message in socket:
                envelope = json.loads(message.data)
                if envelope["type"] != "disconnect":
                    ack = {"envelope_id": envelope["envelope_id"]}
                    await socket.send_json(ack | {"payload": {"text": say}})
            return socket.close_code

    async with asyncio.TaskGroup() as group:
        long = group.create_task(connect("x" * FRAME_BYTES))
        await slack.sockets.wait_opened()
        asked = group.create_task(slack.command("/zenmux"))
        assert await long == 1009
        group.create_task(connect("short"))
        reply = await asked
        await slack.sockets.disconnect("link_disabled")

    assert [m.text for m in reply.messages] == ["short"]
    assert slack.violations == ["frame too long"]
