"""The other methods of the Web API: tokens, conversations, people, files, views."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import encode_basic_auth
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_demo.workspace.seed import (
    ARCHIVED,
    BOT_ID,
    BOT_USER_ID,
    COSTS,
    GENERAL,
    MAYA,
    PRIVATE,
    TOMAS,
    WITHOUT_BOT,
)
from zenmux_demo.workspace.server import SlackStandIn
from zenmux_demo.workspace.tokens import CLIENT_ID, CLIENT_SECRET

METADATA = {"event_type": "zenmux_digest", "event_payload": {"key": "s1:1"}}


async def code(call):
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


def plain(text="x"):
    return {"type": "plain_text", "text": text}


def modal(**more):
    block = {"type": "section", "text": plain()}
    return {"type": "modal", "title": plain(), "blocks": [block], **more}


async def test_a_token_is_asked_for_and_checked(slack, client):
    assert await code(client.auth_test(token="xoxb-other")) == "invalid_auth"
    assert await code(client.auth_test(token=slack.app_token)) == (
        "not_allowed_token_type"
    )
    bare = AsyncWebClient(base_url=slack.api_url, retry_handlers=[])
    assert await code(bare.auth_test()) == "not_authed"
    assert (await client.auth_test())["user_id"] == BOT_USER_ID


async def test_a_socket_needs_the_app_token(slack, client):
    assert await code(client.apps_connections_open(app_token=slack.bot_token)) == (
        "not_allowed_token_type"
    )
    assert await code(client.apps_connections_open(app_token="xapp-other")) == (
        "invalid_auth"
    )


async def test_an_unknown_method_is_named_so(client):
    assert await code(client.api_call("chat.shout")) == "unknown_method"


async def test_scopes_are_listed_and_missed(clock, manifest):
    manifest["oauth_config"] = {
        "scopes": {"bot": ["chat:write", "groups:history"]},
    }
    async with SlackStandIn(clock=clock, manifest=manifest).running() as slack:
        client = AsyncWebClient(
            token=slack.bot_token, base_url=slack.api_url, retry_handlers=[]
        )
        answer = await client.auth_test()
        assert answer.headers["x-oauth-scopes"] == "chat:write,groups:history"
        await client.conversations_history(channel=PRIVATE)
        with pytest.raises(SlackApiError) as caught:
            await client.conversations_history(channel=COSTS)

    assert caught.value.response["error"] == "missing_scope"
    assert caught.value.response["needed"] == "channels:history"
    assert caught.value.response["provided"] == "chat:write,groups:history"


async def test_chat_write_public_opens_public_channels(clock, manifest):
    manifest["oauth_config"] = {"scopes": {"bot": ["chat:write", "chat:write.public"]}}
    async with SlackStandIn(clock=clock, manifest=manifest).running() as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        await client.chat_postMessage(channel=WITHOUT_BOT, text="x")

        assert len(slack.messages(WITHOUT_BOT)) == 1


async def test_installing_gives_a_token_that_works(slack, client, http):
    async with http.get(
        "oauth/v2/authorize",
        params={"redirect_uri": "http://127.0.0.1/back", "state": "s"},
        allow_redirects=False,
    ) as consent:
        target = urlsplit(consent.headers["Location"])
    query = parse_qs(target.query)

    async def exchange(code, secret=CLIENT_SECRET):
        headers = {"Authorization": encode_basic_auth(CLIENT_ID, secret)}
        async with http.post(
            "api/oauth.v2.access", data={"code": code}, headers=headers
        ) as response:
            return await response.json()

    assert query["state"] == ["s"]
    assert (await exchange(query["code"][0], "wrong"))["error"] == "bad_client_secret"
    answer = await exchange(query["code"][0])
    assert answer["bot_user_id"] == BOT_USER_ID
    assert (await client.auth_test(token=answer["access_token"]))["bot_id"] == BOT_ID
    assert (await exchange(query["code"][0]))["error"] == "invalid_code"


async def test_a_revoked_token_no_longer_works(client):
    await client.auth_revoke(test=True)
    await client.auth_test()
    await client.auth_revoke()

    assert await code(client.auth_test()) == "token_revoked"


async def test_api_test_echoes(client):
    assert (await client.api_test(foo="bar"))["args"]["foo"] == "bar"
    assert await code(client.api_test(error="my_error")) == "my_error"


async def test_people_have_zones_and_roles(client):
    user = (await client.users_info(user=MAYA))["user"]

    assert (user["tz"], user["tz_offset"], user["is_admin"]) == (
        "Europe/Berlin",
        3600,
        True,
    )
    assert await code(client.users_info(user="U0NOBODY")) == "user_not_found"
    assert len((await client.users_list())["members"]) == 4
    assert (await client.bots_info(bot=BOT_ID))["bot"]["user_id"] == BOT_USER_ID
    assert await code(client.bots_info(bot="B0")) == "bot_not_found"


async def test_channels_say_what_they_are(client):
    async def info(channel):
        return (await client.conversations_info(channel=channel))["channel"]

    assert (await info(COSTS))["is_member"] is True
    assert (await info(WITHOUT_BOT))["is_member"] is False
    assert (await info(PRIVATE))["is_private"] is True
    assert (await info(ARCHIVED))["is_archived"] is True
    assert (await info("D0MAYA00001"))["user"] == MAYA
    assert await code(info("C0NOWHERE")) == "channel_not_found"
    full = await client.conversations_info(channel=COSTS, include_num_members=True)
    assert full["channel"]["num_members"] == 4


async def test_a_direct_message_is_opened(client):
    answer = await client.conversations_open(users=TOMAS)

    assert answer["channel"]["id"] == "D0TOMAS0001"
    assert await code(client.conversations_open(users=BOT_USER_ID)) == "user_not_found"


async def test_joining_a_public_channel(slack, client):
    await client.conversations_join(channel=WITHOUT_BOT)

    assert BOT_USER_ID in slack.state.channels[WITHOUT_BOT].members
    again = await client.conversations_join(channel=WITHOUT_BOT)
    assert again["warning"] == "already_in_channel"
    assert await code(client.conversations_join(channel=ARCHIVED)) == "is_archived"
    assert await code(client.conversations_join(channel=PRIVATE)) == (
        "method_not_supported_for_channel_type"
    )
    await slack.settled()


async def test_lists_are_filtered_and_paged(client):
    async def names(method, **args):
        return [c["name"] for c in (await method(**args))["channels"]]

    everything = await names(client.conversations_list)
    assert everything == [
        "general",
        "llm-costs",
        "research",
        "old-news",
        "partner",
    ]
    assert "old-news" not in await names(
        client.conversations_list, exclude_archived=True
    )
    assert await names(client.users_conversations, types="private_channel") == [
        "finance"
    ]
    first = await client.conversations_list(limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    assert await names(client.conversations_list, limit=2, cursor=cursor) == [
        "research",
        "old-news",
    ]
    assert await code(client.conversations_list(cursor="junk")) == "invalid_cursor"
    assert await code(client.conversations_list(types="secret")) == "invalid_types"
    members = (await client.conversations_members(channel=COSTS))["members"]
    assert BOT_USER_ID in members


async def test_history_is_newest_first_and_bounded(clock, client):
    stamps = []
    for text in ("one", "two", "three"):
        clock.advance(minutes=1)
        stamps.append((await client.chat_postMessage(channel=COSTS, text=text))["ts"])

    async def texts(**args):
        answer = await client.conversations_history(channel=COSTS, **args)
        return [m["text"] for m in answer["messages"]]

    assert await texts() == ["three", "two", "one"]
    assert await texts(oldest=stamps[0]) == ["three", "two"]
    assert await texts(oldest=stamps[0], inclusive=True) == ["three", "two", "one"]
    assert await texts(latest=stamps[1]) == ["one"]
    assert await texts(oldest="0", limit=1) == ["three"]
    page = await client.conversations_history(channel=COSTS, limit=2)
    assert page["has_more"] is True
    cursor = page["response_metadata"]["next_cursor"]
    assert await texts(limit=2, cursor=cursor) == ["one"]
    assert await code(texts(oldest="yesterday")) == "invalid_oldest"


async def test_history_is_for_members(client):
    assert await code(client.conversations_history(channel=WITHOUT_BOT)) == (
        "not_in_channel"
    )


async def test_metadata_comes_whole_only_when_asked_for(client):
    await client.chat_postMessage(channel=COSTS, text="x", metadata=METADATA)

    async def metadata(**args):
        answer = await client.conversations_history(channel=COSTS, **args)
        return answer["messages"][0]["metadata"]

    assert await metadata() == {"event_type": "zenmux_digest"}
    assert await metadata(include_all_metadata=True) == METADATA


async def test_a_thread_is_read_from_its_head(client):
    head = await client.chat_postMessage(channel=COSTS, text="head")
    await client.chat_postMessage(channel=COSTS, text="r1", thread_ts=head["ts"])
    await client.chat_postMessage(channel=COSTS, text="r2", thread_ts=head["ts"])

    thread = await client.conversations_replies(channel=COSTS, ts=head["ts"])
    history = await client.conversations_history(channel=COSTS)
    assert [m["text"] for m in thread["messages"]] == ["head", "r1", "r2"]
    assert [m["text"] for m in history["messages"]] == ["head"]
    assert history["messages"][0]["reply_count"] == 2
    assert (
        await code(client.conversations_replies(channel=COSTS, ts="1.2"))
        == "thread_not_found"
    )


async def test_a_file_travels_in_three_steps(slack, client, http):
    answer = await client.files_upload_v2(
        channel=GENERAL,
        filename="share.csv",
        content="a,b\n1,2\n",
        title="Share",
        initial_comment="here",
    )

    (message,) = slack.messages(GENERAL)
    assert message.text == "here"
    assert message.files[0].content == b"a,b\n1,2\n"
    assert answer["files"][0]["mimetype"] == "text/csv"
    async with http.get(f"ui/file/{answer['files'][0]['id']}") as response:
        assert await response.read() == b"a,b\n1,2\n"
        assert "share.csv" in response.headers["Content-Disposition"]


async def test_a_file_that_never_arrived_is_not_found(client):
    begun = await client.files_getUploadURLExternal(filename="a.csv", length=3)

    assert (
        await code(
            client.files_completeUploadExternal(files=[{"id": begun["file_id"]}])
        )
        == "file_not_found"
    )


async def test_a_file_shorter_than_announced_is_refused(client, http):
    begun = await client.files_getUploadURLExternal(filename="a.csv", length=3)
    async with http.post(urlsplit(begun["upload_url"]).path, data=b"12") as response:
        assert response.status == 400


async def test_bytes_may_come_as_a_form(client, http, slack):
    begun = await client.files_getUploadURLExternal(filename="a.bin", length=3)
    form = aiohttp.FormData()
    form.add_field("file", b"123", filename="a.bin")
    async with http.post(urlsplit(begun["upload_url"]).path, data=form) as response:
        assert response.status == 200
    await client.files_completeUploadExternal(files=[{"id": begun["file_id"]}])

    assert slack.core.files.finished[begun["file_id"]].content == b"123"


async def test_a_body_that_is_not_json_is_refused(http):
    headers = {"Content-Type": "application/json"}
    async with http.post("api/api.test", data=b"{", headers=headers) as response:
        assert (await response.json())["error"] == "invalid_json"


async def test_a_file_is_not_shared_where_the_bot_is_not(client):
    call = client.files_upload_v2(channel=WITHOUT_BOT, filename="a", content="b")

    assert await code(call) == "not_in_channel"


async def test_a_home_tab_is_published_and_guarded_by_its_hash(slack, client):
    home = {"type": "home", "blocks": modal()["blocks"]}
    first = await client.views_publish(user_id=MAYA, view=home)
    stale = first["view"]["hash"]
    two = {"type": "home", "blocks": [*home["blocks"], {"type": "divider"}]}
    await client.views_publish(user_id=MAYA, view=two, hash=stale)

    assert len(slack.home(MAYA).blocks) == 2
    assert (
        await code(client.views_publish(user_id=MAYA, view=home, hash=stale))
        == "hash_conflict"
    )
    assert slack.home(TOMAS) is None


async def test_a_home_tab_can_be_off(clock, manifest):
    manifest["features"]["app_home"]["home_tab_enabled"] = False
    async with SlackStandIn(clock=clock, manifest=manifest).running() as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        call = client.views_publish(user_id=MAYA, view={"type": "home", "blocks": []})

        assert await code(call) == "not_enabled"


async def test_modals_stack_three_high(slack, client):
    def trigger():
        return slack.core.triggers.issue(MAYA)

    assert (
        await code(client.views_push(trigger_id=trigger(), view=modal())) == "not_found"
    )
    first = await client.views_open(trigger_id=trigger(), view=modal())
    second = await client.views_push(trigger_id=trigger(), view=modal())
    third = await client.views_push(trigger_id=trigger(), view=modal())

    assert second["view"]["previous_view_id"] == first["view"]["id"]
    assert third["view"]["root_view_id"] == first["view"]["id"]
    assert slack.modal(MAYA).id == third["view"]["id"]
    assert (
        await code(client.views_push(trigger_id=trigger(), view=modal()))
        == "push_limit_reached"
    )


async def test_a_view_is_updated_by_either_id_and_keeps_what_was_typed(slack, client):
    typed = {
        "type": "input",
        "block_id": "name",
        "label": plain(),
        "element": {"type": "plain_text_input", "action_id": "name"},
    }
    form = modal(blocks=[typed], submit=plain(), external_id="mine")
    opened = await client.views_open(
        trigger_id=slack.core.triggers.issue(MAYA), view=form
    )
    view = slack.modal(MAYA)
    view.state["values"]["name"]["name"]["value"] = "kept"
    updated = await client.views_update(
        external_id="mine", view={**form, "title": plain("new")}
    )

    assert updated["view"]["id"] == opened["view"]["id"]
    assert updated["view"]["state"]["values"]["name"]["name"]["value"] == "kept"
    assert await code(client.views_update(view_id="V0", view=form)) == "not_found"
    assert (
        await code(
            client.views_update(view_id=view.id, view=form, hash=opened["view"]["hash"])
        )
        == "hash_conflict"
    )


async def test_views_that_slack_refuses(slack, client):
    def opening(view):
        trigger_id = slack.core.triggers.issue(MAYA)
        return client.api_call(
            "views.open", json={"trigger_id": trigger_id, "view": view}
        )

    assert await code(opening(modal(title=plain("x" * 25)))) == "invalid_arguments"
    assert await code(opening(modal(blocks=[{"type": "table"}]))) == "invalid_blocks"
    assert await code(opening("{")) == "invalid_arguments"
    big = [{"type": "section", "text": plain("x" * 3000)}] * 90
    assert await code(opening(modal(blocks=big))) == "view_too_large"
    assert (
        await code(client.views_open(trigger_id="1.2.3", view=modal()))
        == "invalid_trigger_id"
    )


async def test_blocks_are_validated_without_a_token(slack):
    bare = AsyncWebClient(base_url=slack.api_url, retry_handlers=[])
    bad = [{"type": "header", "text": plain("x" * 151)}]

    await bare.api_call("blocks.validate", json={"blocks": modal()["blocks"]})
    await bare.api_call("blocks.validate", json={"view": modal()})
    with pytest.raises(SlackApiError) as caught:
        await bare.api_call("blocks.validate", json={"message": {"blocks": bad}})
    assert caught.value.response["errors"][0]["pointer"] == "/blocks/0/text/text"
    assert await code(bare.api_call("blocks.validate", json={})) == "invalid_arguments"
