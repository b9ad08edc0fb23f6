"""The buttons and menus of answers, and the files they send."""

from __future__ import annotations

import csv
import io
import json

import pytest

from zenmux_bot.render.home import SET_WORKSPACE
from zenmux_demo.sandbox.faults import Hold
from zenmux_demo.sandbox.replies import access_denied
from zenmux_demo.workspace.faults import Drop, Fail, Page
from zenmux_demo.workspace.inputs import elements
from zenmux_demo.workspace.seed import (
    BOT_USER_ID,
    COSTS,
    MAYA,
    TOMAS,
    WITHOUT_BOT,
    direct_channel,
)

LEADERBOARD = "/statistics/leaderboard"
DIRECT = direct_channel(MAYA)


def said(stage, channel=COSTS, *, user=MAYA):
    """Return what the bot has said, oldest first."""
    return [m for m in stage.slack.messages(channel, user=user) if m.is_bot]


async def ask(stage, words):
    """Ask by command, and return the answer."""
    reply = await stage.slack.command(f"/zenmux {words}")
    return (reply.messages or said(stage))[-1]


def controls(message):
    """Return what can be pressed or chosen: action id and what it would run."""
    for _, element in elements(message.blocks):
        groups = element.get("option_groups") or [element]
        if "options" in groups[0]:
            for option in (each for group in groups for each in group["options"]):
                yield element["action_id"], option["value"]
        else:
            yield element["action_id"], None


async def set_usual(stage, values):
    """Set what holds in the workspace where nothing is said."""
    await stage.slack.open_home()
    await stage.slack.press(await stage.slack.wait_for(stage.slack.home), SET_WORKSPACE)
    await stage.slack.submit(await stage.slack.wait_for(stage.slack.modal), values)


def is_elsewhere(command):
    """Tell whether what a menu offers comes as files, or opens a form."""
    return command.endswith(" csv") or command.startswith("digest")


async def use(stage, message, action_id, value):
    if value is None:
        return await stage.slack.press(message, action_id)
    return await stage.slack.select(message, action_id, value)


@pytest.mark.parametrize(
    "words",
    ["leaderboard cost 7d", "share tokens 2026-W46", "share mtd", "why cost last week"],
)
async def test_every_control_of_a_private_answer_gives_another_in_its_place(
    http_stage, words
):
    stage = http_stage
    found = [
        each
        for each in controls(await ask(stage, words))
        if each[0] not in {"publish", "ask:own"} and not is_elsewhere(each[1] or "")
    ]
    assert len(found) >= 9

    for action_id, value in found:
        answer = await ask(stage, words)
        before = answer.text, answer.blocks
        await use(stage, answer, action_id, value)
        await stage.slack.wait_for(
            lambda answer=answer, before=before: (answer.text, answer.blocks) != before
        )
        assert answer.reader == MAYA
        assert any(each["type"] == "actions" for each in answer.blocks)
        assert "Unknown" not in answer.text


async def test_a_menu_of_a_public_answer_answers_in_its_thread(stage):
    answer = await ask(stage, "share cost 2026-W46 public")

    await stage.slack.select(answer, "ask:more", "share cost 2026-W45", user=TOMAS)

    [_, other] = await stage.slack.wait_for(
        lambda: found if len(found := said(stage)) == 2 else None
    )
    assert other.thread_ts == answer.ts
    assert other.text.startswith("Market share by cost, 2–8 Nov 2026.")
    assert "publish" not in str(other.blocks)


async def test_follow_ups_to_a_button_inherit_from_its_answer(stage):
    answer = await ask(stage, "share cost 2026-W46 public")
    await stage.slack.select(answer, "ask:more", "Models")
    await stage.slack.wait_for(lambda: len(said(stage)) == 2)

    await stage.slack.mention("top 3", thread_ts=answer.ts)

    found = await stage.slack.wait_for(
        lambda: found if len(found := said(stage)) == 3 else None
    )
    assert found[-1].text.endswith("/zenmux leaderboard cost 2026-W46 top 3")


async def test_what_is_shared_to_the_channel_begins_a_conversation(stage):
    private = await ask(stage, "share cost 2026-W46")
    await stage.slack.press(private, "publish")
    [public] = await stage.slack.wait_for(lambda: said(stage, user=TOMAS))

    await stage.slack.mention("tokens", thread_ts=public.ts, user=TOMAS)

    found = await stage.slack.wait_for(
        lambda: found if len(found := said(stage, user=TOMAS)) == 2 else None
    )
    assert found[-1].text.endswith("/zenmux share tokens 2026-W46")


async def test_sharing_works_where_the_bot_is_no_member(http_stage):
    stage = http_stage
    reply = await stage.slack.command("/zenmux share cost 8w", channel=WITHOUT_BOT)

    await stage.slack.press(reply.messages[0], "publish")

    [public] = await stage.slack.wait_for(lambda: said(stage, WITHOUT_BOT, user=TOMAS))
    assert f"Shared by <@{MAYA}>" in str(public.blocks)
    await stage.slack.wait_for(
        lambda: not [m for m in said(stage, WITHOUT_BOT) if m.reader]
    )


@pytest.mark.parametrize(
    ("route", "fault"),
    [
        ("chat.postMessage", Drop()),
        ("chat.postMessage", Page(502)),
    ],
)
async def test_what_may_not_have_been_shared_stays(http_stage, route, fault):
    stage = http_stage
    private = await ask(stage, "share cost 8w")
    stage.slack.faults.script(route, fault)

    await stage.slack.press(private, "publish")

    await stage.slack.wait_for(
        lambda: [call for call in stage.slack.calls if call.method == route]
    )
    [_, told] = await stage.slack.wait_for(
        lambda: found if len(found := said(stage)) == 2 else None
    )
    assert "check the conversation" in told.text
    assert told.reader == MAYA
    await stage.slack.select(private, "ask:more", "By tokens")
    await stage.slack.wait_for(lambda: "share by tokens" in private.text)
    assert said(stage) == [private, told]


async def test_share__unsharable_answer_explained_to_asker(http_stage):
    stage = http_stage
    private = await ask(stage, "leaderboard cost 2026-W46")
    stage.slack.core.state.channels[COSTS].members.discard(BOT_USER_ID)
    stage.slack.faults.always("response_url", Page(404))

    await stage.slack.press(private, "publish")

    await stage.slack.wait_for(
        lambda: [call for call in stage.slack.calls if call.method == "response_url"]
    )
    assert said(stage, user=TOMAS) == []


async def test_share__failure_explained_to_asker(http_stage):
    stage = http_stage
    private = await ask(stage, "leaderboard cost 2026-W46")
    stage.clock.advance(days=2)
    stage.sandbox.weather.expect(LEADERBOARD, access_denied(), access_denied())
    button = next(
        element
        for _, element in elements(private.blocks)
        if element["action_id"] == "publish"
    )
    button["value"] = "leaderboard cost 2026-W45"

    await stage.slack.press(private, "publish")

    found = await stage.slack.wait_for(
        lambda: found if len(found := said(stage)) == 2 else None
    )
    assert found[1].text.startswith("ZenMux refuses the bot's key")
    assert found[1].reader == MAYA


async def test_files_of_a_question_that_fails_are_its_failure(http_stage):
    stage = http_stage
    answer = await ask(stage, "leaderboard cost 2026-W46")
    option = next(
        option
        for _, element in elements(answer.blocks)
        for group in element.get("option_groups", ())
        for option in group["options"]
        if option["value"].endswith(" csv")
    )
    option["value"] = "leaderboard costt csv"

    await stage.slack.select(answer, "ask:more", "Download as CSV")

    found = await stage.slack.wait_for(
        lambda: found if len(found := said(stage)) == 2 else None
    )
    assert "Unknown word “costt”" in found[1].text


async def test_an_answer_in_a_thread_is_shared_there(http_stage):
    stage = http_stage
    head = (await stage.slack.mention("leaderboard cost 7d private")).message
    [private] = await stage.slack.wait_for(lambda: said(stage))

    await stage.slack.press(private, "publish")

    [public] = await stage.slack.wait_for(lambda: said(stage, user=TOMAS))
    assert public.thread_ts == head.ts


async def test_press__error_keeps_the_answer(http_stage):
    stage = http_stage
    answer = await ask(stage, "leaderboard cost 2026-W46")
    stage.sandbox.weather.expect(LEADERBOARD, access_denied(), access_denied())

    await stage.slack.select(answer, "ask:more", "By tokens")

    found = await stage.slack.wait_for(
        lambda: found if len(found := said(stage)) == 2 else None
    )
    assert found[0].text == answer.text
    assert found[1].text.startswith("ZenMux refuses the bot's key")


async def test_a_button_of_an_older_grammar_says_why_it_does_nothing(http_stage):
    stage = http_stage
    answer = await ask(stage, "leaderboard cost 7d")
    button = next(
        option
        for _, element in elements(answer.blocks)
        for group in element.get("option_groups", ())
        for option in group["options"]
        if option["text"]["text"] == "By tokens"
    )
    button["value"] = "leaderboard costt 7d"

    await stage.slack.select(answer, "ask:more", "By tokens")

    found = await stage.slack.wait_for(
        lambda: found if len(found := said(stage)) == 2 else None
    )
    assert "Unknown word “costt”" in found[1].text
    assert found[1].reader == MAYA
    assert "/zenmux leaderboard cost 7d" in found[1].text


@pytest.mark.parametrize("words", ["leaderboard cost 7d", "share cost 8w public"])
async def test_an_answer_whose_response_url_is_over_comes_directly(http_stage, words):
    stage = http_stage
    answer = await ask(stage, words)
    stage.slack.faults.always("response_url", Page(404))

    await stage.slack.select(answer, "ask:more", "By tokens")

    [direct] = await stage.slack.wait_for(lambda: said(stage, DIRECT))
    assert "by tokens" in direct.text


@pytest.mark.parametrize("patience", [0])
async def test_a_slow_answer_whose_response_url_is_over_comes_directly(http_stage):
    stage = http_stage
    hold = Hold()
    stage.sandbox.weather.expect(LEADERBOARD, hold)
    await stage.slack.command("/zenmux leaderboard cost 7d")
    stage.slack.faults.always("response_url", Page(404))
    hold.released.set()

    [direct] = await stage.slack.wait_for(lambda: said(stage, DIRECT))
    assert "Top 10 models" in direct.text


async def test_blocks_refused_with_a_status_of_success_go_again(http_stage):
    stage = http_stage
    answer = await ask(stage, "leaderboard cost 7d")
    stage.slack.faults.script("response_url", Fail("invalid_blocks"))

    await stage.slack.select(answer, "ask:more", "By tokens")

    await stage.slack.wait_for(lambda: "models by tokens" in answer.text)


async def test_files_that_failed_are_not_said_to_be_there(http_stage):
    stage = http_stage
    answer = await ask(stage, "leaderboard cost 2026-W46")
    stage.slack.faults.always("files.getUploadURLExternal", Fail("fatal_error"))

    await stage.slack.select(answer, "ask:more", "Download as CSV")

    await stage.slack.wait_for(lambda: said(stage, DIRECT))
    await stage.slack.select(answer, "ask:more", "By tokens")
    await stage.slack.wait_for(lambda: "models by tokens" in answer.text)
    assert said(stage) == [answer]


async def test_mention__unconfirmed_answer_reported_to_asker(http_stage):
    stage = http_stage
    stage.slack.faults.script("chat.postMessage", Fail("internal_error"))

    await stage.slack.mention("leaderboard cost 7d")

    [told] = await stage.slack.wait_for(lambda: said(stage))
    assert "check the conversation" in told.text
    assert told.reader == MAYA


def table(file):
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))


async def files(stage, channel=COSTS):
    """Return the files that come, and the message with them."""
    message = await stage.slack.wait_for(
        lambda: next((m for m in stage.slack.messages(channel) if m.files), None)
    )
    return message, {file.name: file for file in message.files}


async def test_files_of_a_public_answer_come_in_its_thread(stage):
    answer = await ask(stage, "share cost 2026-W45..2026-W46 public")

    await stage.slack.select(answer, "ask:more", "Download as CSV")

    message, found = await files(stage)
    assert message.thread_ts == answer.ts
    stem = "zenmux-share-cost-2026-11-02..2026-11-15"
    assert set(found) == {f"{stem}.csv", f"{stem}-by-week.csv", f"{stem}.json"}
    rows = table(found[f"{stem}.csv"])
    assert {row["query"] for row in rows} == {"share cost 2026-11-02..2026-11-15"}
    assert [row["row"] for row in rows][-2:] == ["others", "total"]
    whole = json.loads(found[f"{stem}.json"].content)
    assert whole["source"] == "ZenMux, all customers together"
    assert len(said(stage)) == 2


async def test_files_of_a_private_answer_come_directly(stage):
    answer = await ask(stage, "leaderboard cost 2026-W46")

    await stage.slack.select(answer, "ask:more", "Download as CSV")

    _, found = await files(stage, DIRECT)
    assert len(table(found["zenmux-leaderboard-cost-2026-w46.csv"])) == 12
    told = await stage.slack.wait_for(
        lambda: next((m for m in said(stage) if "direct messages" in m.text), None)
    )
    assert told.reader == MAYA
    assert answer.text.startswith("Top 10 models by cost")


@pytest.mark.parametrize("words", ["why tokens 2026-W46 csv", "share tokens 8w csv"])
async def test_the_word_csv_sends_the_files_too(http_stage, words):
    stage = http_stage
    await stage.slack.mention(words)

    message, found = await files(stage)
    assert message.thread_ts is not None
    assert any(name.endswith(".json") for name in found)


async def test_help_has_no_files(http_stage):
    stage = http_stage
    await stage.slack.mention("leaderboard csv help")

    await stage.slack.wait_for(lambda: said(stage))
    assert not [call for call in stage.slack.calls if call.method.startswith("files.")]


async def test_files_that_may_not_be_in_the_channel_come_directly(http_stage):
    stage = http_stage
    stage.slack.faults.script("files.completeUploadExternal", Fail("not_in_channel"))

    await stage.slack.mention("share cost 2026-W46 csv")

    _, found = await files(stage, DIRECT)
    assert len(found) == 2


@pytest.mark.parametrize("code", ["missing_scope", "fatal_error"])
async def test_files_that_cannot_be_sent_are_said_to_be_missing(http_stage, code):
    stage = http_stage
    stage.slack.faults.always("files.getUploadURLExternal", Fail(code))

    await stage.slack.mention("share cost 2026-W46 csv")

    [told] = await stage.slack.wait_for(lambda: said(stage, DIRECT))
    assert f"The files could not be sent: Slack said {code}" in told.text


async def test_a_button_that_is_silent_about_rows_means_ten(http_stage):
    stage = http_stage
    greeting = await ask(stage, "help leaderboard")
    await set_usual(stage, {"top": "5"})

    await stage.slack.press(greeting, "ask:0")

    await stage.slack.wait_for(lambda: "Top 10 models" in greeting.text)
    assert greeting.text.endswith("/zenmux leaderboard cost 7d top 10")


async def test_ten_rows_stay_ten_where_five_are_usual(http_stage):
    stage = http_stage
    await set_usual(stage, {"top": "5"})
    answer = await ask(stage, "leaderboard cost 7d top 10")
    assert answer.text.endswith("/zenmux leaderboard cost 7d top 10")

    await stage.slack.select(answer, "ask:more", "By tokens")

    await stage.slack.wait_for(lambda: "by tokens" in answer.text)
    assert answer.text.endswith(
        "/zenmux leaderboard tokens 2026-11-16..2026-11-22 top 10"
    )
