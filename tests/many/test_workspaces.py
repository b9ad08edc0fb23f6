"""Many workspaces: installed by themselves, each with its own, none with another's."""

from __future__ import annotations

import asyncio
import json
import re
import time
from datetime import timedelta

import aiohttp
import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from grid import CLIENT_SECRET, query_of
from grid_stage import NOW, staged
from pydantic import SecretStr
from secrecy import overhear

from zenmux_bot.cli import main
from zenmux_bot.core.actors import Location
from zenmux_bot.errors import ConfigError
from zenmux_bot.server import running
from zenmux_bot.slack import http
from zenmux_bot.store.conversations import Settings as StoredSettings
from zenmux_bot.store.database import open_database
from zenmux_bot.store.installations import bots, installations
from zenmux_bot.store.tables import (
    alerts,
    occurrences,
    org_teams,
    subscriptions,
    workspace_keys,
)
from zenmux_bot.store.tables import settings as settings_table
from zenmux_demo.sandbox.api import SANDBOX_KEY

# slack_sdk sends the client's secret so, which aiohttp will not know any more.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")

OPERATORS = "sk-mg-v1-operator-s-key"


@pytest.fixture
async def stage(sqlite_url):
    async with staged(sqlite_url) as stage:
        yield stage


@pytest.fixture
async def two(stage):
    for team in ("T1", "T2"):
        await stage.install(team)
    return stage


async def test_installing_asks_for_the_manifests_scopes_and_checks_the_state(stage):
    link, cookie = await stage.begin()
    asked = query_of(link)
    back = await stage.consent(link, "T1")
    state = "slack-app-oauth-state"

    other_browser = await stage.get(back)
    wrong_state = await stage.get(
        "/slack/oauth_redirect?code=x&state=y", **{state: "y"}
    )
    done = await stage.get(back, **{state: cookie})
    again = await stage.get(back, **{state: cookie})

    assert {"commands", "chat:write", "channels:history"} <= set(
        asked["scope"].split(",")
    )
    assert asked["redirect_uri"] == f"{stage.grid.bot_url}/slack/oauth_redirect"
    assert (other_browser.status, wrong_state.status) == (400, 401)
    assert (done.status, again.status) == (200, 401)
    for refused in (wrong_state, again):
        assert "invalid_state" in await refused.text()
    assert "leaderboard" in await stage.grid.command("T1", "help")


async def test_a_refused_consent_is_said(stage):
    done = await stage.get("/slack/oauth_redirect?error=access_denied&state=x")

    assert "access_denied" in await done.text()
    assert await stage.rows(bots) == []


async def test_no_token_is_stored_in_clear(two):
    kept = str(await two.rows(bots, installations))

    assert "T1" in kept
    assert "xoxb" not in kept
    assert "gAAAA" in kept


async def test_a_workspace_without_an_installation_gets_no_answer(two):
    said = await two.grid.command("T1", "help")
    two.grid.teams["T3"] = {"C3"}

    stranger = await two.grid.command("T3", "help")

    assert "leaderboard" in said
    assert "leaderboard" not in stranger
    assert "install the app again" in two.grid.of("response_url")[-1].text


async def test_each_workspace_is_answered_with_its_own_token(two):
    create = "digest create daily 9:00 UTC cost"
    for team in ("T1", "T2"):
        assert "every day" in await two.grid.command(team, create)

    two.clock.instant = NOW.replace(hour=9, minute=1)
    await two.bot.run_jobs()

    posts = two.grid.of("chat.postMessage")
    assert {(call.team, call.args["channel"]) for call in posts} == {
        ("T1", "C1"),
        ("T2", "C2"),
    }
    assert all(call.token.startswith(f"xoxb-{call.team}-") for call in posts)


async def test_no_digest_of_one_workspace_is_seen_or_touched_in_another(two):
    two.grid.admins.update({"U1", "U2"})
    created = await two.grid.command("T1", "digest create daily 9:00 UTC cost")
    id_ = re.search(r"d-[0-9a-z]{4}", created)[0]
    before = await two.rows(subscriptions)

    verbs = ("show", "preview", "send", "pause", "resume", "delete", "history", "undo")
    said = [
        await two.grid.command("T2", f"digest {verb} {id_}", user="U2")
        for verb in verbs
    ]
    said.append(await two.grid.command("T2", f"digest edit {id_} top 5", user="U2"))
    said.append(await two.grid.command("T2", "digest list", user="U2"))
    said.append(await two.grid.command("T2", "digest create daily in <#C1|x>"))
    await two.grid.interact(
        "T2",
        {
            "type": "block_actions",
            "user": "U2",
            "container": {"type": "message", "channel_id": "C2", "message_ts": "1.1"},
            "channel": {"id": "C2"},
            "actions": [
                {
                    "type": "button",
                    "action_id": f"digest:delete:{id_}",
                    "block_id": "b",
                    "value": f"digest delete {id_}",
                }
            ],
        },
    )
    await two.grid.event(
        "T2", {"type": "app_home_opened", "user": "U2", "tab": "home", "channel": "D2"}
    )
    await two.settled()

    [home] = two.grid.of("views.publish", "T2")
    everything = " ".join(
        [*said, home.text, *(c.text for c in two.grid.of("response_url"))]
    )
    assert "name-of-C1" not in everything
    assert "<@U1>" not in everything
    assert id_ not in home.text
    assert await two.rows(subscriptions) == before
    assert id_ in await two.grid.command("T1", "digest list")


async def test_no_setting_of_one_workspace_holds_in_another(two):
    # Even if both had a channel of the same id.
    two.grid.teams["T2"] = {"C1"}
    async with open_database(two.url, exclusive=False) as database:
        kept = StoredSettings(database)
        for scope in (Location("T1"), Location("T1", "C1")):
            await kept.set(scope, "top", "3", by="U1", now=NOW)

    own = await two.grid.command("T1", "leaderboard cost 7d")
    other = await two.grid.command("T2", "leaderboard cost 7d")

    assert "Top 3" in own
    assert "Top 10" in other


async def test_no_question_of_one_workspace_is_followed_up_in_another(two):
    two.grid.teams["T2"] = {"C1"}
    mention = {
        "type": "app_mention",
        "user": "U1",
        "channel": "C1",
        "ts": "5.5",
        "thread_ts": "1.1",
    }
    asked = mention | {"text": "<@UBOTT1> leaderboard tokens 2026-W40 top 3"}
    await two.grid.event("T1", asked)
    await two.settled()
    for team in ("T1", "T2"):
        await two.grid.event(team, mention | {"text": f"<@UBOT{team}> cost"})
        await two.settled()

    followed = two.grid.of("chat.postMessage", "T1")[-1]
    strange = two.grid.of("chat.postMessage", "T2")[-1]
    assert "W40" in followed.text
    assert "W40" not in strange.text


async def test_keys_and_what_they_open_stay_in_their_workspace(sqlite_url):
    operators = {"zenmux_management_api_key": SecretStr(OPERATORS)}
    async with staged(sqlite_url, **operators) as stage:
        stage.grid.admins.add("U1")
        for team in ("T1", "T2"):
            await stage.install(team)
        refused = await submit_key(stage, "T1", "sk-mg-v1-wrong")
        strangers = await submit_key(stage, "T1", SANDBOX_KEY, user="U9")
        inference = await submit_key(stage, "T1", "sk-ai-v1-abc")
        before = await stage.rows(workspace_keys)
        taken = await submit_key(stage, "T1", f" {SANDBOX_KEY[:9]}\n{SANDBOX_KEY[9:]} ")
        await stage.settled()

        own = await stage.grid.command("T1", "leaderboard cost 7d")
        other = await stage.grid.command("T2", "leaderboard cost 7d")
        account = await stage.grid.command("T1", "account")
        stage_keys = str(await stage.rows(workspace_keys))
        await stage.grid.event(
            "T1", {"type": "app_home_opened", "user": "U1", "tab": "home"}
        )
        await stage.settled()
        home = stage.grid.of("views.publish", "T1")[-1].text

    assert "refuses this key" in refused
    assert "admins and owners" in strangers
    assert "inference" in inference
    assert before == []
    assert taken == ""
    assert "Top 10" in own
    assert "key" in other
    assert "Top 10" not in other
    assert "no answer" not in account
    assert "sandbox" not in stage_keys
    assert "its own ZenMux key" in home
    everything = home + " ".join(call.text for call in stage.grid.calls)
    assert SANDBOX_KEY not in everything


async def test_digests_are_composed_with_the_key_of_their_workspace(sqlite_url):
    operators = {"zenmux_management_api_key": SecretStr(OPERATORS)}
    async with staged(sqlite_url, **operators) as stage:
        stage.grid.admins.add("U1")
        for team in ("T1", "T2"):
            await stage.install(team)
            await stage.grid.command(team, "digest create daily 9:00 UTC cost")
        await submit_key(stage, "T1", SANDBOX_KEY)
        stage.clock.instant = NOW.replace(hour=9, minute=1)

        await stage.bot.run_jobs()

        posts = stage.grid.of("chat.postMessage")
        assert {c.team for c in posts if "Market share" in c.text} == {"T1"}


async def test_the_operators_account_is_nobody_elses(two):
    two.grid.admins.add("U1")

    said = await two.grid.command("T1", "account")

    assert "no ZenMux key of its own" in said
    assert not two.sandbox.asked("/payg/balance")


async def test_a_key_can_be_forgotten(two):
    two.grid.admins.add("U1")
    await submit_key(two, "T1", SANDBOX_KEY)
    button = {"type": "button", "action_id": "key:clear", "block_id": "b", "value": "k"}

    await two.grid.interact("T1", {"type": "block_actions", "actions": [button]})
    await two.settled()

    assert await two.rows(workspace_keys) == []
    assert "no ZenMux key of its own" in await two.grid.command("T1", "account")


def key_view(key: str) -> dict:
    return {
        "id": "V1",
        "type": "modal",
        "callback_id": "zenmux_key",
        "state": {
            "values": {"key": {"key": {"type": "plain_text_input", "value": key}}}
        },
    }


async def submit_key(stage, team: str, key: str, *, user: str = "U1") -> str:
    return await stage.grid.interact(
        team, {"type": "view_submission", "view": key_view(key), "user": user}
    )


@pytest.mark.parametrize(
    "event",
    [
        {"type": "app_uninstalled"},
        {"type": "tokens_revoked", "tokens": {"bot": ["UBOTT1"], "oauth": []}},
    ],
)
async def test_a_workspace_that_leaves_is_forgotten_and_the_others_stay(two, event):
    two.grid.admins.add("U1")
    for team in ("T1", "T2"):
        await two.grid.command(team, "digest create daily 9:00 UTC cost")
        await submit_key(two, team, SANDBOX_KEY)
        async with open_database(two.url, exclusive=False) as database:
            kept = StoredSettings(database)
            await kept.set(Location(team), "top", "3", by="U1", now=NOW)
    two.clock.instant += timedelta(minutes=1)

    await two.grid.event("T1", event)
    await two.settled()

    found = await two.rows(bots, installations, workspace_keys, settings_table)
    # Not in their text: what is encrypted may hold any two letters.
    assert {row.team_id for row in found} == {"T2"}
    states = {row.team_id: row.state for row in await two.rows(subscriptions)}
    assert states == {"T1": "paused", "T2": "active"}
    assert "Top" not in await two.grid.command("T1", "leaderboard cost 7d")
    assert "Top 3" in await two.grid.command("T2", "leaderboard cost 7d")


async def test_a_removal_that_is_told_late_leaves_the_new_installation(two):
    long_ago = int(time.time()) - 300

    await two.grid.event("T1", {"type": "app_uninstalled"}, event_time=long_ago)
    await two.settled()

    assert "leaderboard" in await two.grid.command("T1", "help")


async def test_a_form_of_a_shared_channel_is_of_the_workspace_with_the_app(two):
    two.grid.admins.add("U1")
    view = key_view(SANDBOX_KEY) | {"app_installed_team_id": "T1"}

    await two.grid.interact("T2", {"type": "view_submission", "view": view})
    await two.settled()

    assert [row.team_id for row in await two.rows(workspace_keys)] == ["T1"]


async def test_a_person_s_token_that_is_revoked_changes_nothing(two):
    tokens = {"oauth": ["U1"], "bot": []}

    await two.grid.event("T1", {"type": "tokens_revoked", "tokens": tokens})
    await two.settled()

    assert "leaderboard" in await two.grid.command("T1", "help")


async def test_an_organization_installs_for_all_its_workspaces(sqlite_url):
    grid = {"teams": {"T1": {"C1"}, "T2": {"C2"}, "T3": {"C3"}}}
    grid["orgs"] = {"T1": "E1", "T2": "E1"}
    async with staged(sqlite_url, grid=grid) as stage:
        await stage.install("E1")
        for team in ("T1", "T2"):
            said = await stage.grid.command(team, "digest create daily 9:00 UTC cost")
            assert "every day" in said
            said = await stage.grid.command(team, "alert newcomer in top 10")
            assert "created" in said
        assert "leaderboard" not in await stage.grid.command("T3", "help")
        stage.clock.instant = NOW.replace(hour=9, minute=1)

        await stage.bot.run_jobs()

        posts = stage.grid.of("chat.postMessage")
        assert {call.args["channel"] for call in posts} == {"C1", "C2"}
        assert {call.team for call in posts} == {"E1"}
        await stage.grid.event(
            None,
            {"type": "app_uninstalled"},
            enterprise_id="E1",
            authorizations=[{"enterprise_id": "E1", "is_enterprise_install": True}],
            is_enterprise_install=True,
        )
        await stage.settled()
        assert await stage.rows(bots, installations, org_teams) == []
        for table in (subscriptions, alerts):
            kept = await stage.rows(table)
            assert [each.paused_reason for each in kept] == ["account_inactive"] * 2


async def test_questions_of_both_at_once_are_not_mixed_up(sqlite_url):
    operators = {"zenmux_management_api_key": SecretStr(OPERATORS)}
    async with staged(sqlite_url, **operators) as stage:
        stage.grid.admins.add("U1")
        for team in ("T1", "T2"):
            await stage.install(team)
        await submit_key(stage, "T1", SANDBOX_KEY)

        said = await asyncio.gather(
            *(
                stage.grid.command(team, f"leaderboard cost {days}d")
                for days in range(5, 15)
                for team in ("T1", "T2")
            )
        )

    assert all("Top 10" in each for each in said[::2])
    assert not any("Top 10" in each for each in said[1::2])


async def test_the_encryption_key_can_be_changed(sqlite_url):
    old, new = (Fernet.generate_key().decode() for _ in range(2))

    def keys(*given: str) -> dict:
        return {"zenmux_bot_encryption_key": tuple(SecretStr(key) for key in given)}

    async with staged(sqlite_url, **keys(old)) as stage:
        await stage.install("T1")
        grants = stage.grid.grants

    async with staged(sqlite_url, **keys(new, old)) as stage:
        stage.grid.grants = grants
        assert "leaderboard" in await stage.grid.command("T1", "help")

    await run_rekey(sqlite_url, f"{new},{old}")
    async with staged(sqlite_url, **keys(new)) as stage:
        stage.grid.grants = grants
        assert "leaderboard" in await stage.grid.command("T1", "help")


async def test_keys_that_open_nothing_are_named_at_the_start(sqlite_url):
    async with staged(sqlite_url) as stage:
        await stage.install("T1")

    with pytest.raises(ConfigError, match="fits none of the stored secrets"):
        async with staged(sqlite_url):
            pass


async def test_a_token_that_no_key_opens_holds_up_its_own_workspace_alone(sqlite_url):
    async with staged(sqlite_url) as stage:
        await stage.install("T1")
        await stage.grid.command("T1", "digest create daily 9:00 UTC cost")
        [lost] = stage.settings.zenmux_bot_encryption_key
    new = SecretStr(Fernet.generate_key().decode())
    async with staged(sqlite_url, zenmux_bot_encryption_key=(new, lost)) as stage:
        await stage.install("T2")
        grants = stage.grid.grants

    async with staged(sqlite_url, zenmux_bot_encryption_key=(new,)) as stage:
        stage.grid.grants = grants
        assert "leaderboard" not in await stage.grid.command("T1", "help")
        assert "leaderboard" in await stage.grid.command("T2", "help")
        stage.clock.instant = NOW.replace(hour=9, minute=1)
        await stage.bot.run_jobs()

        assert {row.state for row in await stage.rows(occurrences)} == {"due"}


async def run_rekey(url: str, keys: str) -> None:
    runner = CliRunner(env={"DATABASE_URL": url, "ZENMUX_BOT_ENCRYPTION_KEY": keys})
    result = await asyncio.to_thread(runner.invoke, main, ["rekey"])
    overhear(result.output)
    assert result.exit_code == 0, result.output
    assert "2 secrets" in result.output


async def test_without_a_key_of_its_own_it_follows_from_the_client_secret(sqlite_url):
    async with staged(sqlite_url, zenmux_bot_encryption_key=()) as stage:
        await stage.install("T1")
        assert "xoxb" not in str(await stage.rows(bots))
        assert "leaderboard" in await stage.grid.command("T1", "help")


async def test_tokens_that_end_are_renewed_for_digests_too(sqlite_url):
    async with staged(sqlite_url, grid={"rotating": True}) as stage:
        await stage.install("T1")
        await stage.grid.command("T1", "digest create daily 9:00 UTC cost")
        first = next(iter(stage.grid.grants))
        await stage.let_tokens_end()
        stage.grid.grants[first].error = "token_expired"
        stage.clock.instant = NOW.replace(hour=9, minute=1)

        await stage.bot.run_jobs()

        posts = [c for c in stage.grid.of("chat.postMessage") if c.token != first]
        assert posts
        assert stage.grid.refreshed == [first]
        assert "xoxe" not in str(await stage.rows(bots))


@pytest.mark.postgres
async def test_of_several_processes_one_renews_a_token(postgres_url):
    grid = {"rotating": True}
    async with staged(postgres_url, grid=grid) as stage:
        await stage.install("T1")
        await stage.let_tokens_end()
        first = next(iter(stage.grid.grants))
        async with running(stage.settings, stage.clock) as second:
            urls = [stage.grid.bot_url, f"http://127.0.0.1:{second.port}"]
            said = []
            for url in urls * 3:
                stage.grid.bot_url = url
                said.append(asyncio.create_task(stage.grid.command("T1", "help")))
                await asyncio.sleep(0)
            answers = await asyncio.gather(*said)

    assert all("leaderboard" in answer for answer in answers)
    assert stage.grid.refreshed == [first]


@pytest.mark.postgres
async def test_an_event_that_two_processes_get_is_answered_once(postgres_url):
    mention = {
        "type": "app_mention",
        "user": "U1",
        "channel": "C1",
        "ts": "5.5",
        "text": "<@UBOTT1> leaderboard cost 7d",
    }
    async with staged(postgres_url) as stage:
        await stage.install("T1")
        # What runs ends before the second process does.
        async with running(stage.settings, stage.clock) as second:
            urls = [stage.grid.bot_url, f"http://127.0.0.1:{second.port}"]
            for url in urls * 2:
                stage.grid.bot_url = url
                await stage.grid.event("T1", mention, event_id="EvTwice")
            await stage.settled()

        assert len(stage.grid.of("chat.postMessage", "T1")) == 1


async def test_a_token_that_is_not_renewed_pauses_its_workspace(sqlite_url):
    async with staged(sqlite_url, grid={"rotating": True}) as stage:
        await stage.install("T1")
        await stage.grid.command("T1", "digest create daily 9:00 UTC cost")
        for grant in stage.grid.grants.values():
            grant.error, grant.refresh = "token_expired", ""
        await stage.let_tokens_end()
        stage.clock.instant = NOW.replace(hour=9, minute=1)

        await stage.bot.run_jobs()

        [digest] = await stage.rows(subscriptions)
        assert (digest.state, digest.paused_reason) == ("paused", "token_revoked")


async def test_nothing_secret_is_in_the_logs(two, capsys):
    two.grid.admins.add("U1")
    await submit_key(two, "T1", SANDBOX_KEY)
    await two.grid.command("T1", "account")
    await two.settled()

    logged = "".join(capsys.readouterr())
    assert SANDBOX_KEY not in logged
    assert "xoxb-" not in logged
    assert json.dumps(CLIENT_SECRET) not in logged


@pytest.mark.parametrize("path", ["/slack/install", "/slack/oauth_redirect"])
async def test_a_browser_that_trickles_is_cut_off(stage, monkeypatch, path):
    monkeypatch.setattr(http, "BODY_SECONDS", 0.1)
    never = asyncio.Event()

    async def pieces():
        yield b"code="
        await never.wait()

    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{stage.grid.bot_url}{path}", data=pieces()) as reply,
    ):
        assert reply.status == 408
