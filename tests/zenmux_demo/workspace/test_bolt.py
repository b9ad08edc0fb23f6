"""A Bolt app against the workspace, over HTTP and over Socket Mode."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_demo.workspace.seed import COSTS
from zenmux_demo.workspace.server import SlackStandIn


def plain(text):
    return {"type": "plain_text", "text": text}


BLOCKS = [
    {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "edit", "text": plain("Edit")}],
    }
]
FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Name"),
    "submit": plain("Save"),
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": plain("Name"),
            "element": {"type": "plain_text_input", "action_id": "name"},
        }
    ],
}


@pytest.fixture
def bolt(slack, client):
    app = AsyncApp(
        client=client,
        signing_secret=slack.signing_secret,
        logger=logging.getLogger("quiet"),
    )

    @app.command("/zenmux")
    async def answer(ack, respond, command):
        await ack(f"fetching {command['text']}")
        await respond(text="done", blocks=BLOCKS, replace_original=True)

    @app.action("edit")
    async def edit(ack, body, client):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.view("form")
    async def save(ack, view):
        if view["state"]["values"]["name"]["name"]["value"] == "taken":
            await ack(response_action="errors", errors={"name": "Taken."})
        else:
            await ack()

    @app.event("app_mention")
    async def reply(event, say):
        await say(text="hi", thread_ts=event["ts"])

    @app.event("message")
    async def ignore():
        pass

    return app


@pytest.fixture
async def over_http(slack, bolt):
    runner = web.AppRunner(bolt.web_app(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    slack.connect_http(f"http://{host}:{port}/slack/events")
    yield
    await runner.cleanup()


@pytest.fixture
async def over_socket(slack, bolt):
    handler = AsyncSocketModeHandler(bolt, slack.app_token)
    await handler.connect_async()
    await slack.sockets.wait_opened()
    yield handler
    await handler.close_async()


@pytest.mark.usefixtures("over_http")
async def test_a_conversation_with_a_bolt_app_over_http(slack):
    await converse(slack)


@pytest.mark.usefixtures("over_socket")
async def test_a_conversation_with_a_bolt_app_over_sockets(slack):
    await converse(slack)


async def converse(slack):
    reply = await slack.command("/zenmux share")
    assert reply.messages[0].text in ("fetching share", "done")
    message = await slack.wait_for(
        lambda: next((m for m in slack.messages() if m.text == "done"), None)
    )
    await slack.press(message, "Edit")
    form = await slack.wait_for(slack.modal)
    refused = await slack.submit(form, {"name": "taken"})
    assert refused.errors == {"name": "Taken."}
    saved = await slack.submit(form, {"name": "free"})
    assert saved.view is None
    said = (await slack.mention("share")).message
    await slack.wait_for(lambda: slack.state.replies(said))

    assert slack.state.replies(said)[0].text == "hi"


async def test_each_envelope_goes_to_one_of_the_connections(slack):
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(base_url=slack.api_url, session=session)
        links = []
        for count in (1, 2):
            opened = await client.apps_connections_open(app_token=slack.app_token)
            links.append(await session.ws_connect(opened["url"]))
            assert (await links[-1].receive_json())["num_connections"] == count
        for link in (1, 0):
            answered = await acknowledged(links[link], slack.command("/zenmux"))
            assert answered.body == {"text": "ok"}
        for link in links:
            await link.close()


async def acknowledged(link, act):
    """Run an act while its envelope is acknowledged on a link."""
    running = asyncio.create_task(act)
    envelope = await link.receive_json()
    assert envelope["type"] == "slash_commands"
    assert envelope["accepts_response_payload"] is True
    await link.send_json(
        {"envelope_id": envelope["envelope_id"], "payload": {"text": "ok"}}
    )
    return await running


async def test_a_link_is_used_once(slack):
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(base_url=slack.api_url, session=session)
        opened = await client.apps_connections_open(app_token=slack.app_token)
        link = await session.ws_connect(opened["url"])
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(opened["url"])
        await link.close()


async def test_there_are_at_most_ten_connections(slack):
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(base_url=slack.api_url, session=session)
        links = []
        for _ in range(10):
            opened = await client.apps_connections_open(app_token=slack.app_token)
            links.append(await session.ws_connect(opened["url"]))
        opened = await client.apps_connections_open(app_token=slack.app_token)
        eleventh = await session.ws_connect(opened["url"])
        told = await eleventh.receive_json()
        assert (told["type"], told["reason"]) == ("disconnect", "too_many_websockets")
        assert (await eleventh.receive()).type is aiohttp.WSMsgType.CLOSE
        for link in links:
            await link.close()


async def test_an_envelope_without_ack_is_retried_with_its_reason(clock, manifest):
    stand_in = SlackStandIn(clock=clock, manifest=manifest, acknowledge_seconds=0.05)
    async with stand_in.running() as slack, aiohttp.ClientSession() as session:
        client = AsyncWebClient(base_url=slack.api_url, session=session)
        opened = await client.apps_connections_open(app_token=slack.app_token)
        link = await session.ws_connect(opened["url"])
        await link.receive_json()
        reply = await slack.mention("x")
        await slack.retry_due()
        first, second = await link.receive_json(), await link.receive_json()
        await link.close()

    assert reply.failure == "http_timeout"
    assert first["retry_attempt"] == 0
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "http_timeout")
    assert first["payload"] == second["payload"]


async def test_a_bolt_app_comes_back_after_a_refresh(slack, over_socket):
    first = over_socket.client.current_session
    await slack.sockets.disconnect("refresh_requested")
    await slack.sockets.wait_opened(2)
    reply = await slack.command("/zenmux", channel=COSTS)

    assert over_socket.client.current_session is not first
    assert reply.status == 200
