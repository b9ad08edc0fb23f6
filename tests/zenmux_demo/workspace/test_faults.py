"""Misbehaving on purpose, seen through the official client."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from zenmux_demo.workspace.faults import Drop, Fail, Hang, Limit, Page
from zenmux_demo.workspace.seed import COSTS

POST = "chat.postMessage"


def post(client):
    return client.chat_postMessage(channel=COSTS, text="x")


@pytest.mark.parametrize(("after", "stored"), [(False, 0), (True, 1)])
async def test_a_cut_line_before_or_after_accepting(slack, client, after, stored):
    slack.faults.script(POST, Drop(after_accepting=after))

    with pytest.raises(aiohttp.ClientError):
        await post(client)
    assert len(slack.messages()) == stored
    assert len(slack.calls) == 1


@pytest.mark.parametrize(("after", "stored"), [(False, 0), (True, 1)])
async def test_a_hanging_call_goes_on_when_released(slack, client, after, stored):
    hang = Hang(after_accepting=after)
    slack.faults.script(POST, hang)
    waiting = asyncio.create_task(post(client))
    await hang.reached.wait()

    assert len(slack.messages()) == stored
    hang.release()
    assert (await waiting)["ok"] is True
    assert len(slack.messages()) == 1


async def test_too_many_requests(slack, client):
    slack.faults.script(POST, Limit(30))
    with pytest.raises(SlackApiError) as caught:
        await post(client)

    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "30"
    assert caught.value.response["error"] == "ratelimited"
    assert slack.messages() == []


async def test_a_gateways_page(slack, http):
    slack.faults.script(POST, Page(503))
    async with http.post(f"api/{POST}", json={}) as response:
        assert (response.status, response.content_type) == (503, "text/html")


@pytest.mark.parametrize(("after", "stored"), [(False, 0), (True, 1)])
async def test_an_error_code_with_and_without_the_work(slack, client, after, stored):
    slack.faults.script(POST, Fail("fatal_error", after_accepting=after))
    with pytest.raises(SlackApiError, match="fatal_error"):
        await post(client)

    assert len(slack.messages()) == stored


async def test_faults_come_in_order_and_end(slack, client):
    slack.faults.script(POST, Fail("internal_error"), Fail("fatal_error"))
    for error in ("internal_error", "fatal_error"):
        with pytest.raises(SlackApiError, match=error):
            await post(client)
    await post(client)

    assert len(slack.messages()) == 1


async def test_a_lasting_fault_lasts_until_cleared(slack, client):
    slack.faults.always(POST, Fail("account_inactive"))
    for _ in range(2):
        with pytest.raises(SlackApiError, match="account_inactive"):
            await post(client)
    slack.faults.clear()

    assert (await post(client))["ok"] is True


@pytest.mark.parametrize("store", ["script", "always"])
async def test_clearing_lets_go_of_who_hangs(slack, client, store):
    hang = Hang()
    getattr(slack.faults, store)(POST, hang)
    waiting = asyncio.create_task(post(client))
    await hang.reached.wait()
    slack.faults.clear()

    assert (await waiting)["ok"] is True


async def test_response_urls_and_uploads_fail_too(slack, app, client):
    reply = await slack.command("/zenmux")
    slack.faults.script("response_url", Page(500))
    answer = await AsyncWebhookClient(reply.response_url).send(text="x")
    slack.faults.script("upload", Page(500))

    assert answer.status_code == 500
    with pytest.raises(SlackRequestError, match="500"):
        await client.files_upload_v2(channel=COSTS, filename="a", content="b")
