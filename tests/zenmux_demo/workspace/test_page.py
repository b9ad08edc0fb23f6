"""What the page asks for and does, over HTTP."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import aiohttp
import pytest

from zenmux_demo.workspace.controls import Switch, clock_target
from zenmux_demo.workspace.model import Refusal
from zenmux_demo.workspace.seed import (
    ARCHIVED,
    BOT_USER_ID,
    COSTS,
    GENERAL,
    MAYA,
    PRIVATE,
    TOMAS,
    WITHOUT_BOT,
    YUKI,
)
from zenmux_demo.workspace.server import SlackStandIn


def plain(text="x"):
    return {"type": "plain_text", "text": text}


BUTTON = {"type": "button", "action_id": "go", "text": plain("Go"), "value": "v"}
BLOCKS = [{"type": "actions", "block_id": "row", "elements": [BUTTON]}]
FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Digest"),
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
def get(http):
    async def ask(path, **query):
        async with http.get(f"ui/{path}", params=query) as response:
            return await response.json()

    return ask


@pytest.fixture
def post(http):
    async def send(path, **body):
        async with http.post(f"ui/{path}", json=body) as response:
            return await response.json()

    return send


class Listener:
    """The open stream of one person's page."""

    def __init__(self, response):
        self._response = response

    async def next(self, *kinds):
        async for line in self._response.content:
            if line.startswith(b"data: "):
                change = json.loads(line[6:])
                if not kinds or change["type"] in kinds:
                    return change
        raise AssertionError("the stream ended")


@pytest.fixture
async def listen(slack):
    opened = []

    async def open_stream(user=MAYA):
        session = aiohttp.ClientSession(slack.page_url)
        response = await session.get("ui/stream", params={"user": user})
        opened.append((session, response))
        await response.content.readline()
        return Listener(response)

    yield open_stream
    for session, response in opened:
        response.close()
        await session.close()


async def test_the_state_has_what_the_page_draws(get):
    state = await get("state", user=TOMAS)

    assert state["me"]["id"] == TOMAS
    assert [u["id"] for u in state["users"]] == [MAYA, TOMAS, YUKI]
    assert state["bot"]["name"] == "ZenMux"
    assert state["commands"][0] == {
        "command": "/zenmux",
        "description": "Ask",
        "usage_hint": "help",
    }
    assert state["shortcuts"][0]["callback_id"] == "ask"
    assert state["clock"] == "2026-11-23T08:00:00+00:00"
    assert state["outages"] == {}
    assert state["transport"] == "socket"
    assert state["controls"] == {"clock": False, "outages": False}
    channels = {c["id"]: c for c in state["channels"]}
    assert channels[WITHOUT_BOT]["bot_is_member"] is False
    assert channels[PRIVATE]["kind"] == "private"
    assert channels[ARCHIVED]["is_archived"] is True
    assert [c for c in channels if c.startswith("D")] == ["D0TOMAS0001"]


async def test_the_first_person_is_the_default_and_others_see_less(get):
    assert (await get("state"))["me"]["id"] == MAYA
    seen = await get("state", user=YUKI)

    assert PRIVATE not in [c["id"] for c in seen["channels"]]
    assert (await get("messages", user=YUKI, channel=PRIVATE))["ok"] is False
    assert (await get("state", user="U0NOBODY"))["error"] == "user_not_found"


async def test_messages_come_oldest_first_with_the_persons_ephemerals(
    slack, client, get
):
    head = await client.chat_postMessage(channel=COSTS, text="head")
    await client.chat_postMessage(channel=COSTS, text="reply", thread_ts=head["ts"])
    await client.chat_postEphemeral(channel=COSTS, user=MAYA, text="secret")
    await slack.say("mine", user=TOMAS)

    mine = (await get("messages", user=MAYA, channel=COSTS))["messages"]
    theirs = (await get("messages", user=TOMAS, channel=COSTS))["messages"]
    thread = await get("thread", user=TOMAS, channel=COSTS, ts=head["ts"])
    assert [m["text"] for m in mine] == ["head", "secret", "mine"]
    assert [m["text"] for m in theirs] == ["head", "mine"]
    assert [m["text"] for m in thread["messages"]] == ["head", "reply"]
    assert mine[0]["reply_count"] == 1
    assert (mine[1]["ephemeral"], mine[1]["is_bot"]) == (True, True)
    assert (mine[2]["username"], mine[2]["is_bot"]) == ("Tomás", False)


async def test_sending_a_command_answers_through_the_stream(app, post, listen):
    stream = await listen()
    app.answer("hello")
    accepted = await post("send", channel=COSTS, text="/zenmux help")
    change = await stream.next()

    assert accepted == {"ok": True}
    assert change["type"] == "message"
    assert (change["message"]["text"], change["message"]["ephemeral"]) == (
        "hello",
        True,
    )


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"text": "/foo x"}, "/foo is not a valid command"),
        ({"text": "/zenmux", "thread_ts": "1.0"}, "not supported in threads"),
        ({"text": "hi", "channel": ARCHIVED}, "archived"),
        ({"text": "/zenmux", "channel": ARCHIVED}, "archived"),
        ({"text": "hi", "channel": "C0"}, "no such channel"),
        ({"text": "hi", "user": YUKI, "channel": PRIVATE}, "no such channel"),
        ({"text": "hi", "user": "U0"}, "no such person"),
        ({}, "Missing in the request: 'text'"),
    ],
)
async def test_what_cannot_be_sent_is_explained(post, body, word):
    answer = await post("send", **{"channel": COSTS, **body})

    assert answer["ok"] is False
    assert word in answer["message"]


async def test_a_message_reaches_everyone_in_the_channel_and_the_app(
    slack, app, post, listen
):
    stream = await listen(TOMAS)
    await post("send", user=MAYA, channel=GENERAL, text="@ZenMux share")
    change = await stream.next("message")
    await slack.settled()

    assert change["message"]["text"] == "<@U0ZENMUX001> share"
    assert app.received[0]["event"]["type"] == "app_mention"


async def test_private_words_stay_private_in_the_stream(slack, client, listen):
    stream = await listen(YUKI)
    await client.chat_postMessage(channel=PRIVATE, text="hidden")
    await client.chat_postEphemeral(channel=COSTS, user=MAYA, text="hidden")
    await client.chat_postMessage(channel=COSTS, text="open")

    assert (await stream.next())["message"]["text"] == "open"


async def test_changes_and_deletions_are_streamed(client, listen):
    posted = await client.chat_postMessage(channel=COSTS, text="x")
    stream = await listen()
    place = {"channel": COSTS, "ts": posted["ts"]}
    await client.chat_postMessage(channel=COSTS, text="r", thread_ts=posted["ts"])
    assert (await stream.next("message"))["message"]["thread_ts"] == posted["ts"]
    assert (await stream.next())["message"]["reply_count"] == 1
    await client.chat_update(**place, text="y")
    assert (await stream.next("message_changed"))["message"]["edited"] is True
    await client.reactions_add(channel=COSTS, timestamp=posted["ts"], name="eyes")
    changed = await stream.next("message_changed")
    assert changed["message"]["reactions"][0]["name"] == "eyes"
    await client.chat_delete(**place)
    assert (await stream.next())["type"] == "message_deleted"


async def test_a_button_of_a_message(app, client, post):
    posted = await client.chat_postMessage(channel=COSTS, text="x", blocks=BLOCKS)
    action = {"type": "button", "action_id": "go", "block_id": "row", "value": "v"}
    place = {"channel": COSTS, "message_ts": posted["ts"]}

    assert await post("action", **place, action=action) == {"ok": True}
    assert app.received[0]["actions"][0]["text"] == plain("Go")
    app.answer(status=500)
    failed = await post("action", **place, action=action)
    assert "did not answer in time" in failed["message"]
    gone = await post("action", channel=COSTS, message_ts="1.0", action=action)
    assert gone["error"] == "not_found"
    other = await post("action", **place, action={**action, "action_id": "x"})
    assert "nothing called 'x'" in other["message"]


async def open_form(slack, client):
    reply = await slack.command("/zenmux digest")
    await client.views_open(trigger_id=reply.trigger_id, view=FORM)
    return slack.modal()


async def test_a_form_is_filled_until_it_fits(slack, app, client, post):
    view_id = (await open_form(slack, client)).id
    values = {"name": {"name": {"type": "plain_text_input", "value": "weekly"}}}

    empty = await post("submit", view_id=view_id, values={})
    assert empty["errors"] == {"name": "Please complete this required field."}
    app.answer({"response_action": "errors", "errors": {"name": "Taken."}})
    refused = await post("submit", view_id=view_id, values=values)
    assert refused == {"ok": True, "errors": {"name": "Taken."}}
    app.answer(status=500)
    trouble = await post("submit", view_id=view_id, values=values)
    assert "trouble connecting" in trouble["message"]
    foreign = await post("submit", user=TOMAS, view_id=view_id, values=values)
    assert foreign["error"] == "not_found"
    assert await post("submit", view_id=view_id, values=values) == {"ok": True}


@pytest.mark.usefixtures("app")
async def test_a_form_comes_and_goes_through_the_stream(slack, client, post, listen):
    stream = await listen()
    view = await open_form(slack, client)
    opened = (await stream.next())["view"]
    await post("close", view_id=view.id)
    closed = await stream.next()

    assert (opened["id"], opened["submit"]) == (view.id, plain("Save"))
    assert (closed["type"], closed["view"]["id"]) == ("view_closed", view.id)
    assert slack.modal() is None


async def test_opening_the_home_tab_tells_the_app(slack, app, get, post):
    assert (await get("home"))["view"] is None
    await post("home/open")
    await slack.settled()

    assert app.received[0]["event"]["type"] == "app_home_opened"


async def test_a_published_home_tab_is_shown(client, get, listen):
    stream = await listen()
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    await client.views_publish(user_id=MAYA, view=home)

    assert (await stream.next())["type"] == "home"
    assert (await get("home"))["view"]["blocks"][0]["type"] == "divider"


async def test_an_external_menu_offers_what_the_app_says(app, client, post):
    menu = {"type": "external_select", "action_id": "model"}
    blocks = [{"type": "actions", "block_id": "row", "elements": [menu]}]
    posted = await client.chat_postMessage(channel=COSTS, text="x", blocks=blocks)
    options = [{"text": plain("Claude"), "value": "claude"}]
    app.answer({"options": options})
    answer = await post(
        "options",
        channel=COSTS,
        message_ts=posted["ts"],
        action_id="model",
        block_id="row",
        value="cla",
    )

    assert answer == {"ok": True, "options": options}


async def test_shortcuts(app, client, post):
    posted = await client.chat_postMessage(channel=COSTS, text="x")
    await post("shortcut", callback_id="ask", type="global")
    await post(
        "shortcut",
        callback_id="explain",
        type="message",
        channel=COSTS,
        message_ts=posted["ts"],
    )

    assert [p["type"] for p in app.received] == ["shortcut", "message_action"]


async def test_channels_are_changed_from_the_page(slack, app, post, listen):
    stream = await listen()
    for channel, act in [
        (WITHOUT_BOT, "invite_bot"),
        (WITHOUT_BOT, "remove_bot"),
        (COSTS, "archive"),
        (COSTS, "unarchive"),
    ]:
        assert await post("channel", channel=channel, do=act) == {"ok": True}
        assert (await stream.next())["type"] == "channels"
    await post("channel", channel=COSTS, do="rename", name="spend")
    taken = await post("channel", channel=COSTS, do="rename", name="general")

    assert slack.state.channels[COSTS].name == "spend"
    assert "exists already" in taken["message"]
    assert (await post("channel", channel=COSTS, do="explode"))["ok"] is False


async def test_the_bot_is_invited_as_it_asks_to_be(slack, app, post):
    invite = "/invite @ZenMux"

    assert await post("send", channel=WITHOUT_BOT, text=invite) == {"ok": True}
    archived = await post("send", channel=ARCHIVED, text=invite)

    assert BOT_USER_ID in slack.state.channels[WITHOUT_BOT].members
    assert archived["ok"] is False


async def test_clock_and_outages(clock, manifest):
    turned = []

    async def set_clock(instant):
        clock.instant = instant

    async def turn(is_on):
        turned.append(is_on)

    stand_in = SlackStandIn(
        clock=clock,
        manifest=manifest,
        on_clock=set_clock,
        outages={"api_down": Switch(label="API down", turn=turn)},
    )
    async with (
        stand_in.running() as slack,
        aiohttp.ClientSession(slack.page_url) as http,
    ):

        async def post(path, **body):
            async with http.post(f"ui/{path}", json=body) as response:
                return await response.json()

        moved = await post("clock", do="next_day")
        switched = await post("outages", name="api_down", on=True)
        assert moved["clock"] == "2026-11-24T08:00:00+00:00"
        assert switched["outages"] == {"api_down": {"on": True, "label": "API down"}}
        assert turned == [True]
        assert (await post("outages", name="hail", on=True))["ok"] is False
        assert (await post("clock", do="set", to="noon"))["ok"] is False
        async with http.get("ui/state") as response:
            controls = (await response.json())["controls"]
    assert controls == {"clock": True, "outages": True}


async def test_without_a_callback_the_clock_stays(post):
    assert (await post("clock", do="next_day"))["error"] == "not_found"


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        ("2026-11-23T07:00:00", "Europe/Berlin", "2026-11-23T07:59:50"),
        ("2026-11-23T07:59:50", "Europe/Berlin", "2026-11-30T07:59:50"),
        ("2026-11-25T12:00:00", "UTC", "2026-11-30T08:59:50"),
        ("2026-11-22T20:00:00", "Asia/Tokyo", "2026-11-22T23:59:50"),
        ("2026-03-28T12:00:00", "Europe/Berlin", "2026-03-30T06:59:50"),
    ],
)
def test_next_monday_is_just_before_nine_where_the_person_is(now, zone, expected):
    instant = datetime.fromisoformat(now).replace(tzinfo=UTC)

    found = clock_target("next_monday", None, now=instant, zone=zone)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize("to", [None, "noon", "2026-11-23T08:00:00"])
def test_an_instant_needs_a_zone(to):
    now = datetime(2026, 11, 23, tzinfo=UTC)
    with pytest.raises(Refusal, match="invalid_time"):
        clock_target("set", to, now=now, zone="UTC")
    assert clock_target("set", "2026-11-23T09:00:00+01:00", now=now, zone="UTC") == (
        datetime(2026, 11, 23, 8, tzinfo=UTC)
    )


async def test_other_hosts_and_origins_are_turned_away(slack, http):
    port = slack.page_url.rsplit(":", 1)[1].strip("/")
    body = {"channel": COSTS, "text": "hi"}

    async def status(**headers):
        async with http.post("ui/send", json=body, headers=headers) as response:
            return response.status

    assert await status(Host="evil.example") == 403
    assert await status(Origin="http://evil.example") == 403
    assert await status(Host=f"localhost:{port}") == 200
    assert await status(Origin=slack.page_url.rstrip("/")) == 200
    async with http.post("ui/send", data=body) as response:
        assert response.status == 415
    await slack.settled()
    assert len(slack.messages()) == 2


async def test_the_page_is_served_under_a_strict_policy(http):
    async with http.get("") as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    async with http.get("static/app.js") as response:
        assert response.content_type == "text/javascript"


@pytest.mark.parametrize("path", ["nothing.js", "%2e%2e/server.py", "../server.py"])
async def test_only_the_pages_files_are_served(http, path):
    async with http.get(f"static/{path}") as response:
        assert response.status == 404


async def test_a_file_that_is_not_there(http):
    async with http.get("ui/file/F0") as response:
        assert response.status == 404
