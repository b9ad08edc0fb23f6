"""Digests in Slack, from the words and the form to the store, over both ways in."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from digest_stage import buttons, staged, texts

from zenmux_bot.commands.defaults import Defaults
from zenmux_bot.core.actors import Location
from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.audit import AuditEntry
from zenmux_bot.digests.delivery.context import Skip, Wait
from zenmux_bot.digests.delivery.entries import State
from zenmux_bot.digests.schedule import Cadence, Schedule
from zenmux_bot.digests.subscriptions import SubscriptionState, WhenEmpty
from zenmux_bot.errors import Unreachable
from zenmux_demo.workspace.faults import Fail, Hang, Page
from zenmux_demo.workspace.seed import (
    ARCHIVED,
    COSTS,
    GENERAL,
    MAYA,
    PRIVATE,
    TEAM_ID,
    TOMAS,
    WITHOUT_BOT,
    YUKI,
    direct_channel,
)

MONDAYS = "digest create weekly mon 09:00 Europe/Berlin cost in #llm-costs"
FIRST = "d-bbbb"


@pytest.fixture(params=["http", "socket"])
async def both(request, tmp_path):
    async with staged(tmp_path, socket_mode=request.param == "socket") as stage:
        yield stage


@pytest.fixture
async def stage(tmp_path):
    async with staged(tmp_path, socket_mode=False) as stage:
        yield stage


async def stored(stage, id_=FIRST):
    return await stage.subscriptions.get(TEAM_ID, id_)


async def test_words_make_a_digest_and_show_its_next_sends(both):
    answer = await both.type(f"{MONDAYS} top 5 provider anthropic skip below 0.5pp")

    made = await stored(both)
    assert made.schedule == Schedule(
        cadence=Cadence.WEEKLY, weekday=0, hour=9, zone="Europe/Berlin"
    )
    assert (made.channel_id, made.channel_name) == (COSTS, "llm-costs")
    assert (made.owner_id, made.team_id) == (MAYA, TEAM_ID)
    assert (made.metric, made.top, made.providers) == (
        Metric.COST,
        5,
        ("anthropic",),
    )
    assert made.skip_below_pp == Decimal("0.5")
    assert answer.is_ephemeral
    for send in ("Mon 23 Nov", "Mon 30 Nov", "Mon 7 Dec 2026, 09:00 UTC+01:00"):
        assert send in answer.text
    assert buttons(answer) == ["Preview", "Edit", "Delete"]


async def test_a_digest_of_which_nothing_is_said_is_in_the_owners_zone_and_here(stage):
    await stage.type("subscribe weekly", user=YUKI, channel=GENERAL)

    made = await stored(stage)
    assert made.schedule.zone == "Asia/Tokyo"
    assert (made.schedule.weekday, made.schedule.hour) == (0, 9)
    assert made.channel_id == GENERAL
    assert made.when_empty is WhenEmpty.SAY


async def test_the_zone_that_is_set_for_a_channel_holds_before_the_owners(stage):
    scope = Location(TEAM_ID, GENERAL)
    await stage.preferences.save(scope, Defaults(zone="America/Chicago"), by=MAYA)

    await stage.type("subscribe weekly", channel=GENERAL)

    assert (await stored(stage)).schedule.zone == "America/Chicago"


async def test_a_digest_can_go_to_a_direct_message(stage):
    answer = await stage.type("digest create weekly", channel=direct_channel(MAYA))

    assert "goes to a direct message" in answer.text
    assert (await stored(stage)).channel_id == direct_channel(MAYA)


@pytest.mark.parametrize(
    ("channel", "why", "fix"),
    [
        ("#research", "I'm not in #research.", "/invite @ZenMux"),
        ("#old-news", "#old-news is archived.", "Unarchive it"),
        ("<#C0NOWHERE00>", "I can't see that channel.", "/invite @ZenMux"),
    ],
)
async def test_a_channel_that_cannot_be_posted_to_is_refused_at_once(
    stage, channel, why, fix
):
    answer = await stage.type(f"digest create daily 9am in {channel}")

    assert why in answer.text
    assert fix in answer.text
    assert await stage.subscriptions.of_team(TEAM_ID) == []


async def test_create__a_zone_that_is_said_is_not_asked_for(stage):
    stage.slack.faults.always("users.info", Fail("internal_error"))

    await stage.type("digest create daily 9am Europe/Berlin in #llm-costs")

    assert (await stored(stage)).schedule.zone == "Europe/Berlin"


async def test_create__after_the_invitation_the_same_words_make_the_digest(stage):
    words = "digest create daily 9am in #research"
    refused = await stage.type(words)
    assert buttons(refused) == ["Try again"]
    await stage.slack.invite_bot(WITHOUT_BOT)

    await stage.press(refused, "Try again")

    assert (await stored(stage)).channel_id == WITHOUT_BOT


async def test_a_private_channel_is_hidden_from_those_who_are_not_in_it(stage):
    answer = await stage.type(f"digest create in <#{PRIVATE}>", user=YUKI)

    assert "I can't see that channel." in answer.text
    assert await stage.subscriptions.of_team(TEAM_ID) == []

    await stage.type(f"digest create in <#{PRIVATE}>", user=TOMAS)
    answer = await stage.type(f"digest show {FIRST}", user=YUKI)

    assert f"There is no digest {FIRST} here." in answer.text
    assert "finance" not in texts(answer)


async def test_the_same_digest_is_not_made_twice(stage):
    await stage.type(MONDAYS)
    answer = await stage.type(MONDAYS, user=TOMAS)

    assert f"Digest {FIRST} posts exactly that" in answer.text
    assert len(await stage.subscriptions.of_team(TEAM_ID)) == 1


async def test_two_clicks_at_once_make_one_digest(stage):
    await asyncio.gather(*(stage.slack.command(f"/zenmux {MONDAYS}") for _ in range(2)))

    assert len(await stage.subscriptions.of_team(TEAM_ID)) == 1


@pytest.mark.parametrize(
    ("name", "why", "offered"),
    [
        ("anthropc", "No provider", "New digest of Anthropic"),
        ("ai", "may mean several", "New digest of xAI"),
        ("qqqq", "No provider", "New digest"),
    ],
)
async def test_a_provider_nobody_knows_is_refused_with_neighbours(
    stage, name, why, offered
):
    answer = await stage.type(f"digest create provider {name}")

    assert why in answer.text
    assert offered in buttons(answer)
    assert await stage.subscriptions.of_team(TEAM_ID) == []


async def test_a_name_is_kept_as_typed_while_the_api_is_down(stage):
    stage.providers.is_down = True

    await stage.type("digest create provider anthropc")

    assert (await stored(stage)).providers == ("anthropc",)


async def test_wrong_words_are_answered_with_commands_that_run(both):
    answer = await both.type("digest create wekly fri")

    assert "Unknown word “wekly”." in answer.text
    await both.press(answer, "New weekly digest, every Friday")
    form = both.slack.modal(MAYA)
    assert form is not None
    assert "Every Friday" in json.dumps(form.blocks)


async def test_a_list_holds_ones_own_and_the_channels_digests(stage):
    await stage.type(MONDAYS)
    await stage.type("digest create daily in #general", user=TOMAS)
    await stage.type("digest create monthly in #general", user=YUKI)

    mine = await stage.type("digests", user=YUKI)
    there = await stage.type("digest list", user=YUKI, channel=GENERAL)
    of_all = await stage.type("digest list", user=MAYA, channel=WITHOUT_BOT)

    def listed(answer) -> set[str]:
        return {each for each in ("d-bbbb", "d-bbbc", "d-bbbd") if each in answer.text}

    assert listed(mine) == {"d-bbbb", "d-bbbd"}
    assert listed(there) == {"d-bbbc", "d-bbbd"}
    assert listed(of_all) == {"d-bbbb", "d-bbbc", "d-bbbd"}


async def test_an_empty_list_opens_the_form(stage):
    answer = await stage.type("digest list")

    await stage.press(answer, "New digest")

    assert stage.slack.modal().body["title"]["text"] == "New digest"


async def test_a_list_shows_what_is_paused(stage):
    await stage.type(MONDAYS)
    await stage.type(f"digest pause {FIRST}")

    assert "paused by hand" in (await stage.type("digest list")).text


async def test_show_tells_owner_state_and_next_sends(stage):
    await stage.type(MONDAYS)

    answer = await stage.type(f"digest show {FIRST.upper()}", user=TOMAS)

    assert "Owner: maya" in answer.text
    assert "Mon 23 Nov 2026, 09:00 UTC+01:00" in answer.text
    assert buttons(answer) == ["Preview", "History"]


async def test_a_preview_goes_to_the_asker_alone(both):
    made = await both.type(MONDAYS)

    await both.press(made, "Preview")

    preview = both.last()
    assert preview.reader == MAYA
    assert "Share 2026-11-09 to 2026-11-15" in preview.text
    assert preview not in both.slack.messages(user=TOMAS)
    assert "is set up" in both.slack.messages()[-2].text
    (asked,) = both.composer.asked
    assert asked[0].id == FIRST
    assert asked[2:] == (False, True)
    assert await both.history.of(FIRST, limit=5) == []


async def test_a_preview_of_nothing_says_why(stage):
    await stage.type(MONDAYS)
    stage.composer.answer = Skip("no share moved by 0.5 pp or more")

    answer = await stage.type(f"digest preview {FIRST}")

    assert "no share moved by 0.5 pp or more." in answer.text


async def test_a_preview_that_fails_can_be_tried_again(stage):
    await stage.type(MONDAYS)
    stage.composer.answer = Unreachable("connection refused")

    answer = await stage.type(f"digest preview {FIRST}")
    stage.composer.answer = None
    await stage.press(answer, "Try again")

    assert "Share 2026-11-09" in stage.last().text


async def test_send_goes_out_and_asks_before_it_goes_twice(stage):
    await stage.type(MONDAYS)

    await stage.type(f"digest send {FIRST}")
    await stage.run_due()
    asked = await stage.type(f"digest send {FIRST}")

    posted = [m for m in stage.slack.messages() if m.metadata]
    assert [m.text for m in posted] == ["Share 2026-11-09 to 2026-11-15"]
    assert "people there get it twice." in asked.text
    await stage.run_due()
    assert len([m for m in stage.slack.messages() if m.metadata]) == 1

    stage.clock.instant = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)
    await stage.press(asked, "Send again")
    await stage.run_due()

    assert len([m for m in stage.slack.messages() if m.metadata]) == 2


async def test_send__of_one_that_waits_says_for_what_and_offers_not_to_wait(stage):
    await stage.type(MONDAYS)
    wait = Wait(stage.clock.now() + timedelta(minutes=10), "Sunday isn't in yet")
    stage.composer.answer = wait
    await stage.type(f"digest send {FIRST}")
    await stage.run_due()

    answer = await stage.type(f"digest send {FIRST}")
    assert "not gone out yet: Sunday isn't in yet. I try again at 13:10" in answer.text
    assert buttons(answer) == ["Send without waiting", "Preview"]
    history = await stage.type(f"digest history {FIRST}")
    assert "waiting: Sunday isn't in yet; next try 13:10, until 19:00" in history.text

    stage.composer.answer = None
    await stage.press(answer, "Send without waiting")
    await stage.run_due()

    assert stage.composer.asked[-1][-1] is True
    (entry,) = await stage.history.of(FIRST, limit=5)
    assert entry.state is State.SENT


async def test_create__own_spend_goes_to_open_channels_alone(stage):
    words = "digest create weekly mon 09:00 spend by key in #llm-costs"
    refused = await stage.type(words)
    assert "Own spend isn't shown in #llm-costs" in refused.text
    assert "/zenmux spend allow" in refused.text
    assert "Open the channel" in str(refused.blocks)

    costs = Location(TEAM_ID, COSTS)
    await stage.preferences.show_own_spend(costs, shown=True, by=MAYA)
    made = await stage.type(words)
    assert "Own spend by key, top 10 goes to #llm-costs" in made.text

    elsewhere = await stage.type(f"digest preview {FIRST}", channel=GENERAL, user=TOMAS)
    assert stage.composer.asked == []
    assert "Only admins can see own spend here" in elsewhere.text


async def test_takeover__of_a_digest_whose_owner_has_left(stage):
    await stage.type(MONDAYS)
    command = f"digest takeover {FIRST}"
    assert "who is still here" in (await stage.type(command, user=TOMAS)).text

    stage.slack.deactivate(MAYA)
    listed = await stage.type("digest list", user=TOMAS)
    assert "owner maya (left)" in listed.text
    assert "makes it yours" in listed.text
    answer = await stage.type(command, user=TOMAS)

    assert "It is yours now." in answer.text
    assert (await stored(stage)).owner_id == TOMAS
    history = await stage.type(f"digest history {FIRST}", user=TOMAS)
    assert "tomas took it over: maya" in history.text


async def test_history_shows_what_went_out(stage):
    await stage.type(MONDAYS)
    stage.clock.instant = datetime(2026, 11, 23, 8, 0, 1, tzinfo=UTC)
    await stage.run_due()

    answer = await stage.type(f"digest history {FIRST}")

    assert "reports 16–22 Nov 2026" in answer.text
    assert "sent Mon 23 Nov 2026, 09:00" in answer.text


async def test_pause_and_resume(both):
    made = await both.type(MONDAYS)
    shown = await both.type(f"digest show {FIRST}")

    await both.select(shown, "digest:more", "Pause")
    paused = await stored(both)
    shown = both.last()
    assert (paused.state, paused.paused_reason) == (SubscriptionState.PAUSED, MAYA)
    assert "paused by maya" in shown.text
    assert buttons(shown) == ["Resume", "Delete"]

    await both.press(shown, "Resume")
    assert (await stored(both)).state is SubscriptionState.ACTIVE
    assert "It is active." in both.last().text
    assert "is set up" in made.text


async def test_pausing_twice_changes_nothing(stage):
    await stage.type(MONDAYS)
    await stage.type(f"digest pause {FIRST}")
    before = await stored(stage)

    await stage.type(f"digest pause {FIRST}")

    assert await stored(stage) == before


async def test_resuming_what_works_changes_nothing(stage):
    await stage.type(MONDAYS)
    before = await stored(stage)

    await stage.type(f"digest resume {FIRST}")

    assert await stored(stage) == before


async def test_what_is_not_fixed_is_not_resumed(stage):
    await stage.type(MONDAYS)
    await stage.slack.archive(COSTS)
    await stage.settle()

    answer = await stage.type(f"digest resume {FIRST}", channel=GENERAL)

    assert "#llm-costs is archived." in answer.text
    assert (await stored(stage)).state is SubscriptionState.PAUSED


async def test_a_digest_moved_out_of_an_archived_channel_goes_on(stage):
    await stage.type(MONDAYS)
    await stage.slack.archive(COSTS)
    await stage.settle()

    await stage.type(f"digest edit {FIRST} in #general", channel=GENERAL)

    moved = await stored(stage)
    assert (moved.channel_id, moved.channel_name) == (GENERAL, "general")
    assert moved.state is SubscriptionState.ACTIVE


async def test_delete_can_be_undone(both):
    made = await both.type(MONDAYS)

    await both.press(made, "Delete")
    deleted = both.last()
    assert (await stored(both)).state is SubscriptionState.DELETED
    assert buttons(deleted) == ["Undo"]
    assert f"digest restore {FIRST}" in texts(deleted)

    await both.press(deleted, "Undo")
    assert (await stored(both)).state is SubscriptionState.ACTIVE
    assert "It is restored." in both.last().text


async def test_what_is_deleted_is_not_shown_but_can_be_restored(stage):
    await stage.type(MONDAYS)
    await stage.type(f"digest delete {FIRST}")

    answer = await stage.type(f"digest show {FIRST}")
    await stage.press(answer, f"Restore digest {FIRST}")

    assert (await stored(stage)).state is SubscriptionState.ACTIVE
    answer = await stage.type(f"digest restore {FIRST}")
    assert "is not deleted." in answer.text


async def test_what_was_made_anew_meanwhile_is_not_restored_beside_it(stage):
    await stage.type(MONDAYS)
    await stage.type(f"digest delete {FIRST}")
    await stage.type(MONDAYS)

    answer = await stage.type(f"digest restore {FIRST}")

    assert "Digest d-bbbc posts exactly that to the channel already" in texts(answer)
    assert (await stored(stage)).state is SubscriptionState.DELETED


async def test_words_change_only_what_they_name(stage):
    await stage.type(f"{MONDAYS} top 5")

    answer = await stage.type(f"digest edit {FIRST} fri 17:30 tokens")

    changed = await stored(stage)
    assert changed.schedule == Schedule(
        cadence=Cadence.WEEKLY, weekday=4, hour=17, minute=30, zone="Europe/Berlin"
    )
    assert (changed.metric, changed.top) == (Metric.TOKENS, 5)
    assert "Saved: " in answer.text


async def test_an_edit_finds_the_provider_by_a_part_of_its_name(stage):
    await stage.type(MONDAYS)

    await stage.type(f"digest edit {FIRST} provider anthro")

    assert (await stored(stage)).providers == ("anthropic",)


async def test_an_edit_to_an_unknown_provider_offers_edits(stage):
    await stage.type(MONDAYS)

    answer = await stage.type(f"digest edit {FIRST} provider anthropc")

    assert f"Edit digest {FIRST} to Anthropic" in buttons(answer)
    assert (await stored(stage)).providers == ()


async def test_the_next_week_is_sent_without_asking(stage):
    await stage.type(MONDAYS)
    await stage.type(f"digest send {FIRST}")
    await stage.run_due()
    stage.clock.instant = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)

    answer = await stage.type(f"digest send {FIRST}")

    assert "is on its way" in answer.text


async def test_on_command__a_slow_answer_follows_the_line_that_asks_to_wait(tmp_path):
    async with staged(tmp_path, socket_mode=False, patience=0) as stage:
        answer = await stage.type(MONDAYS)

        assert "is set up" in answer.text


async def test_on_command__a_slow_form_is_opened_all_the_same(tmp_path):
    async with staged(tmp_path, socket_mode=False, patience=0) as stage:
        await stage.type("digest")

        assert stage.slack.modal() is not None


async def test_an_edit_to_a_bad_channel_changes_nothing(stage):
    await stage.type(MONDAYS)
    before = await stored(stage)

    answer = await stage.type(f"digest edit {FIRST} in #research top 3")

    assert "I'm not in #research." in answer.text
    assert await stored(stage) == before


class TestPermission:
    @pytest.mark.parametrize(
        "words", ["pause", "resume", "delete", "send", "edit", "edit {} top 3"]
    )
    async def test_digest_change__refusal_names_owner(self, stage, words):
        await stage.type(MONDAYS, user=TOMAS)
        before = await stored(stage)
        words = words.format(FIRST) if "{" in words else f"{words} {FIRST}"

        answer = await stage.type(f"digest {words}", user=YUKI)

        assert f"Digest {FIRST} belongs to tomas." in answer.text
        assert "admin" in answer.text
        assert answer.reader == YUKI
        assert await stored(stage) == before

    async def test_a_workspace_admin_may(self, stage):
        await stage.type(MONDAYS, user=TOMAS)

        await stage.type(f"digest pause {FIRST}", user=MAYA)

        assert (await stored(stage)).paused_reason == MAYA

    async def test_the_bots_admins_may(self, tmp_path):
        admins = frozenset({YUKI})
        async with staged(tmp_path, socket_mode=False, admins=admins) as stage:
            await stage.type(MONDAYS, user=TOMAS)

            await stage.type(f"digest delete {FIRST}", user=YUKI)

            assert (await stored(stage)).state is SubscriptionState.DELETED

    async def test_a_digest_of_another_workspace_is_not_found(self, stage):
        await stage.type(MONDAYS)
        foreign = await stored(stage)
        await stage.subscriptions.create(replace(foreign, team_id="T2"))

        for words in ("show d-bbbc", "pause d-bbbc", "edit d-bbbc top 3"):
            answer = await stage.type(f"digest {words}")
            assert "There is no digest d-bbbc here." in answer.text

    async def test_every_change_leaves_a_line(self, stage):
        await stage.type(MONDAYS)
        for words in ("pause", "resume", "send", "delete", "restore"):
            await stage.type(f"digest {words} {FIRST}")
        await stage.type(f"digest edit {FIRST} top 3")

        lines = await stage.audit.of_team(TEAM_ID, limit=20)

        assert {line.action for line in lines} == {
            f"digest.{name}"
            for name in ("create", "pause", "resume", "send", "delete", "restore")
        } | {"digest.edit"}
        assert {(line.actor, line.subject) for line in lines} == {(MAYA, FIRST)}

    async def test_the_history_says_who_did_what(self, stage):
        await stage.type(MONDAYS)
        await stage.type(f"digest pause {FIRST}", user=MAYA)
        await stage.type("digest create daily 07:00 tokens", user=TOMAS)

        answer = await stage.type(f"digest history {FIRST}", user=TOMAS)

        said = texts(answer)
        assert "maya paused it" in said
        assert "maya created it" in said
        assert "tomas" not in said

    async def test_the_history_is_there_for_all_that_slack_keeps_of_people(self, stage):
        await stage.type(MONDAYS)
        stage.slack.faults.script("users.info", Fail("user_not_found"))

        answer = await stage.type(f"digest history {FIRST}")

        assert f"{MAYA} created it" in texts(answer)

    async def test_administrators_see_who_did_what_in_their_workspace(self, stage):
        await stage.type("digest create daily 07:00 tokens", user=TOMAS)
        await stage.type(MONDAYS)
        await stage.audit.add(
            "T2",
            AuditEntry(
                at=stage.clock.now(),
                actor="U0OTHER",
                action="digest.create",
                subject="d-zzzz",
                detail="",
            ),
        )

        answer = await stage.type("digest audit")

        said = texts(answer)
        assert "The last 2 changes in this workspace." in said
        assert "tomas" in said
        assert "created it" in said
        assert "d-zzzz" not in said
        assert "U0OTHER" not in said

    async def test_others_do_not(self, stage):
        await stage.type(MONDAYS)

        answer = await stage.type("digest audit", user=TOMAS)

        assert "workspace's admins and owners" in answer.text
        assert "maya" not in texts(answer)
        assert FIRST not in texts(answer)


async def test_without_the_scope_for_people_a_digest_is_in_utc_and_says_so(stage):
    stage.slack.faults.always("users.info", Fail("missing_scope"))

    answer = await stage.type("digest create daily 9:00")

    assert (await stored(stage)).schedule.zone == "UTC"
    assert "the time zone is UTC" in texts(answer)


async def test_who_may_not_asks_the_owner_with_a_button(both):
    await both.type(MONDAYS, user=TOMAS)

    answer = await both.type(f"digest pause {FIRST}", user=YUKI)
    assert buttons(answer) == ["Ask the owner"]
    await both.press(answer, "Ask the owner", user=YUKI)
    await both.run_due()

    assert "Request sent" in texts(both.last(user=YUKI))
    [told] = both.slack.messages(direct_channel(TOMAS), user=TOMAS)
    assert f"<@{YUKI}> asks you" in told.text
    assert f"`/zenmux digest pause {FIRST}`" in told.text
    assert (await stored(both)).state is SubscriptionState.ACTIVE


@pytest.mark.parametrize(
    "words", ["ask", "ask pause", "ask list", f"ask show {FIRST} x"]
)
async def test_what_cannot_be_asked_for_is_said(stage, words):
    await stage.type(MONDAYS)

    assert "Such as ask pause d-7kq3." in texts(await stage.type(f"digest {words}"))


async def test_what_the_asker_may_do_is_done_instead_of_asked_for(stage):
    await stage.type(MONDAYS)

    await stage.type(f"digest ask pause {FIRST}")

    assert (await stored(stage)).state is SubscriptionState.PAUSED


class TestForm:
    async def open(self, stage, text="digest", **where):
        reply = await stage.slack.command(f"/zenmux {text}", **where)
        assert reply.status == 200
        await stage.settle()
        return stage.slack.modal(where.get("user", MAYA))

    async def submit(self, stage, view, user=MAYA, **values):
        filled = {f"digest_{name}": value for name, value in values.items()}
        reply = await stage.slack.submit(view, filled, user=user)
        await stage.settle()
        return reply

    async def test_the_form_makes_a_digest(self, both):
        view = await self.open(both)

        reply = await self.submit(
            both,
            view,
            metric="tokens",
            frequency="monthly day last",
            at="17:30",
            zone="America/New_York",
            top="5",
            providers=["anthropic", "x-ai"],
            skip_below_pp="0.5",
            when_empty="skip",
        )

        assert reply.errors == {}
        made = await stored(both)
        assert made.schedule == Schedule(
            cadence=Cadence.MONTHLY,
            day=31,
            hour=17,
            minute=30,
            zone="America/New_York",
        )
        assert (made.channel_id, made.metric, made.top) == (COSTS, Metric.TOKENS, 5)
        assert made.providers == ("anthropic", "x-ai")
        assert made.skip_below_pp == Decimal("0.5")
        assert made.when_empty is WhenEmpty.SKIP
        assert "is set up" in both.last().text
        assert both.last().reader == MAYA
        assert both.slack.modal() is None

    async def test_it_begins_with_the_usual_in_the_askers_zone(self, stage):
        view = await self.open(stage, user=YUKI)

        await self.submit(stage, view, user=YUKI)

        made = await stored(stage)
        assert made.schedule == Schedule(
            cadence=Cadence.WEEKLY, weekday=0, hour=9, zone="Asia/Tokyo"
        )
        assert (made.owner_id, made.channel_id) == (YUKI, COSTS)

    async def test_it_has_no_channel_if_that_has_the_digest(self, stage):
        await self.submit(stage, await self.open(stage))
        view = await self.open(stage, "digest form cost weekly")

        assert f"Digest {FIRST} posts exactly this" in json.dumps(view.blocks)
        empty = await self.submit(stage, view)
        assert "channel" in empty.errors
        reply = await self.submit(stage, view, channel=COSTS, top="5")

        assert reply.errors == {}
        assert len(await stage.subscriptions.of_team(TEAM_ID)) == 2

    async def test_what_is_said_is_filled_in(self, stage):
        view = await self.open(stage, "digest form tokens daily x-ai z-ai")

        await self.submit(stage, view)

        made = await stored(stage)
        assert (made.metric, made.providers) == (Metric.TOKENS, ("x-ai", "z-ai"))
        assert made.schedule.cadence is Cadence.DAILY

    @pytest.mark.parametrize(
        ("values", "block", "why"),
        [
            ({"channel": WITHOUT_BOT}, "channel", "/invite @ZenMux"),
            ({"channel": ARCHIVED}, "channel", "#old-news is archived."),
            ({"providers": ["qqqq"]}, "providers", "No provider"),
            ({"top": "51"}, "top", "from 1 to 50"),
            ({"skip_below_pp": "101"}, "skip_below_pp", "from 0 to 100"),
        ],
    )
    async def test_what_is_wrong_stands_beside_its_field(
        self, both, values, block, why
    ):
        view = await self.open(both)

        reply = await self.submit(both, view, **values)

        assert why in reply.errors[block]
        assert both.slack.modal() is not None
        assert await both.subscriptions.of_team(TEAM_ID) == []

    async def test_fixed_the_form_passes(self, stage):
        view = await self.open(stage)
        await self.submit(stage, view, channel=WITHOUT_BOT)

        reply = await self.submit(stage, view, channel=GENERAL)

        assert reply.errors == {}
        assert (await stored(stage)).channel_id == GENERAL

    async def test_an_edit_begins_with_what_is(self, both):
        await both.type(f"{MONDAYS} top 5 provider x-ai")
        before = await stored(both)

        view = await self.open(both, f"digest edit {FIRST}")
        assert view.body["title"]["text"] == f"Edit digest {FIRST}"
        reply = await self.submit(both, view)

        assert reply.errors == {}
        assert await stored(both) == before

    async def test_two_people_who_change_different_things_both_get_their_way(
        self, stage
    ):
        await stage.type(MONDAYS)
        view = await self.open(stage, f"digest edit {FIRST}")
        await stage.type(f"digest edit {FIRST} tokens")

        await self.submit(stage, view, top="3")

        changed = await stored(stage)
        assert (changed.metric, changed.top) == (Metric.TOKENS, 3)

    async def test_the_edit_button_opens_the_form(self, both):
        made = await both.type(MONDAYS)

        await both.press(made, "Edit")
        await self.submit(both, both.slack.modal(), frequency="daily")

        assert (await stored(both)).schedule.cadence is Cadence.DAILY

    async def test_those_who_may_not_get_no_form(self, stage):
        await stage.type(MONDAYS, user=TOMAS)

        answer = await stage.type(f"digest edit {FIRST}", user=YUKI)

        assert "belongs to tomas" in answer.text
        assert stage.slack.modal(YUKI) is None

    async def test_rights_lost_meanwhile_are_noticed(self, stage):
        await stage.type(MONDAYS)
        view = await self.open(stage, f"digest edit {FIRST}")
        await stage.type(f"digest delete {FIRST}")

        reply = await self.submit(stage, view, top="3")

        assert "was deleted" in reply.errors["channel"]

    async def test_zones_are_offered_while_somebody_types(self, both):
        view = await self.open(both)

        typed = await both.slack.options(view, "digest_zone", "york")
        nothing = await both.slack.options(view, "digest_zone", "")

        assert [o["value"] for o in typed.body["options"]] == ["America/New_York"]
        assert nothing.body["options"][0]["value"] == "Europe/Berlin"

    async def test_a_form_that_cannot_be_opened_is_offered_again(self, stage):
        stage.slack.faults.script("views.open", Fail("expired_trigger_id"))

        answer = await stage.type("digest")
        assert stage.slack.modal() is None
        await stage.press(answer, "Open the form")

        assert stage.slack.modal() is not None

    async def test_a_button_whose_time_is_over_answers_directly(self, stage):
        answer = await stage.type("digest list")
        stage.slack.faults.always("response_url", Page(404))
        stage.slack.faults.always("views.open", Fail("expired_trigger_id"))

        await stage.press(answer, "digest:form")

        assert "New digest" in stage.last(channel=direct_channel(MAYA)).text

    async def test_submit__expired_url_sends_direct_message(self, stage):
        view = await self.open(stage)
        stage.slack.faults.always("response_url", Page(404))

        await self.submit(stage, view)

        assert stage.slack.messages() == []
        assert "is set up" in stage.last(channel=direct_channel(MAYA)).text
        assert await stored(stage) is not None

    @pytest.mark.parametrize(
        ("channel", "told"),
        [(COSTS, "is set up"), (WITHOUT_BOT, "I'm not in #research.")],
    )
    async def test_a_slow_form_closes_and_its_answer_follows(
        self, tmp_path, channel, told
    ):
        async with staged(tmp_path, socket_mode=False) as stage:
            view = await self.open(stage)
            stage.tasks.patience = 0
            slow = Hang()
            stage.slack.faults.script("conversations.info", slow)
            filled = {"digest_channel": channel}

            reply = await stage.slack.submit(view, filled)
            await slow.reached.wait()
            slow.release()
            await stage.settle()

            assert reply.errors == {}
            assert stage.slack.modal() is None
            assert told in texts(stage.last())

    async def test_an_answer_after_half_an_hour_goes_to_the_channel_chosen(self, stage):
        view = await self.open(stage)
        stage.clock.instant = datetime(2026, 11, 20, 12, 40, tzinfo=UTC)

        await self.submit(stage, view, channel=GENERAL)

        assert "is set up" in stage.last(channel=GENERAL).text


async def test_slack_that_gives_no_answer_is_no_permission(stage):
    await stage.type(MONDAYS, user=TOMAS)
    stage.slack.faults.always("users.info", Fail("internal_error"))

    answer = await stage.type(f"digest pause {FIRST}", user=YUKI)

    assert "internal_error" in texts(answer)
    assert (await stored(stage)).state is SubscriptionState.ACTIVE


async def test_a_digest_comes_on_monday_at_nine_in_berlin(both):
    await both.type(MONDAYS)

    both.clock.instant = datetime(2026, 11, 23, 7, 59, 59, tzinfo=UTC)
    await both.run_due()
    assert [m for m in both.slack.messages() if m.metadata] == []
    both.clock.instant = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    await both.run_due()

    (posted,) = [m for m in both.slack.messages() if m.metadata]
    assert posted.text == "Share 2026-11-16 to 2026-11-22"
    (entry,) = await both.history.of(FIRST, limit=5)
    assert (entry.state, entry.ts) == (State.SENT, posted.ts)
