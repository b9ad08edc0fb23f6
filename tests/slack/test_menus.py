"""Menus of names in forms: filled from memory while somebody types."""

from __future__ import annotations

import pytest

from zenmux_bot.digests.forms import PROVIDERS_ACTION
from zenmux_bot.render.ask_form import ABOUT, QUESTION
from zenmux_bot.render.defaults_form import WATCHED
from zenmux_bot.render.home import SET_WORKSPACE
from zenmux_bot.slack.listeners.shortcuts import ASK
from zenmux_demo.sandbox.replies import access_denied
from zenmux_demo.workspace.seed import MAYA, direct_channel


def offered(reply):
    """Return the values of all options, grouped or not."""
    assert reply.errors == {}
    assert not reply.failure, reply
    groups = reply.body.get("option_groups") or [reply.body]
    return [each["value"] for group in groups for each in group["options"]]


async def typed(stage, form, action, text):
    """Type until there is something to choose; the first time names are fetched."""
    for _ in range(50):
        reply = await stage.slack.options(form, action, text)
        if found := offered(reply):
            return found
    raise AssertionError


async def ask_form(stage):
    await stage.slack.shortcut(ASK)
    return await stage.slack.wait_for(stage.slack.modal)


async def test_providers_of_a_digest(stage):
    await stage.slack.command("/zenmux digest")
    form = await stage.slack.wait_for(stage.slack.modal)

    assert "anthropic" in await typed(stage, form, PROVIDERS_ACTION, "anth")
    everyone = await typed(stage, form, PROVIDERS_ACTION, "")
    assert {"anthropic", "openai", "google"} <= set(everyone)


async def test_the_watch_list_takes_providers_and_models(http_stage):
    stage = http_stage
    await stage.slack.open_home()
    home = await stage.slack.wait_for(stage.slack.home)
    await stage.slack.press(home, SET_WORKSPACE)
    form = await stage.slack.wait_for(stage.slack.modal)

    found = await typed(stage, form, WATCHED, "claude")
    await stage.slack.submit(form, {WATCHED: ["openai", found[0]]})

    said = f"watched: {' '.join(sorted(['openai', found[0]]))}"
    await stage.slack.wait_for(lambda: said in str(stage.slack.home().blocks))
    await stage.slack.press(stage.slack.home(), SET_WORKSPACE)
    again = await stage.slack.wait_for(stage.slack.modal)
    [chosen] = [
        report["selected_options"] for report in again.state["values"][WATCHED].values()
    ]
    assert {option["value"] for option in chosen} == {"openai", found[0]}


@pytest.mark.parametrize(
    ("question", "names", "command"),
    [
        ("share cost 8w", ["anth", "openai"], "share cost 8w"),
        ("", ["anth"], "share tokens 8w"),
        ("", ["opus"], "model anthropic/claude"),
    ],
)
async def test_a_question_is_about_what_is_chosen(http_stage, question, names, command):
    stage = http_stage
    form = await ask_form(stage)
    values = [(await typed(stage, form, ABOUT, each))[0] for each in names]

    reply = await stage.slack.submit(form, {QUESTION: question, ABOUT: values})

    assert reply.errors == {}
    [answer] = await stage.slack.wait_for(
        lambda: [m for m in stage.slack.messages(direct_channel(MAYA)) if m.is_bot]
    )
    asked = answer.text.rpartition("/zenmux ")[2]
    words = asked if command.startswith("share") else asked.replace("name ", "")
    assert words.startswith(command)
    assert all(value.removeprefix("name ") in words for value in values)


async def test_an_empty_question_is_not_sent(http_stage):
    form = await ask_form(http_stage)

    reply = await http_stage.slack.submit(form, {})

    assert reply.errors == {QUESTION: "Type a question, or choose what it is about."}


async def test_a_menu_says_why_it_has_no_names(http_stage):
    stage = http_stage
    for path in ("/statistics/leaderboard", "/api/v1/models"):
        stage.sandbox.weather.expect(path, *[access_denied()] * 9)
    form = await ask_form(stage)

    reply = await stage.slack.options(form, ABOUT, "anth")
    [option] = reply.body["options"]
    submitted = await stage.slack.submit(form, {ABOUT: [option["value"]]})

    assert "aren't available" in option["text"]["text"]
    assert set(submitted.errors) == {QUESTION}
