"""What `check` finds where many workspaces install the app."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from grid_stage import staged
from pydantic import SecretStr

from zenmux_bot.admin.check import check_all
from zenmux_bot.config import Settings

# slack_sdk sends the client's secret so, which aiohttp will not know any more.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")


@pytest.fixture
async def two(sqlite_url):
    async with staged(sqlite_url) as stage:
        for team in ("T1", "T2"):
            await stage.install(team)
        yield stage


async def found(settings: Settings) -> dict:
    """Return what is found while the bot runs."""
    return {check.name: check for check in (await check_all(settings)).checks}


async def test_check_workspaces__installations_that_work_are_counted_while_the_bot_runs(
    two,
):
    checks = await found(two.settings)

    assert checks["Installations"].ok
    assert "2, all accepted" in checks["Installations"].found
    assert checks["Encryption key"].ok
    assert checks["Database"].ok
    assert checks["Signing secret"].ok
    assert "Slack token" not in checks


async def test_check_workspaces__broken_installations_are_named_with_reasons(
    two,
):
    first, second = two.grid.grants.values()
    first.error, second.team = "token_revoked", "T9"

    check = (await found(two.settings))["Installations"]

    assert check.ok is False
    assert "T1 refused: token_revoked" in check.found
    assert "T2 has a token for T9" in check.found
    assert "/slack/install" in check.fix


async def test_check_workspaces__scopes_that_an_installation_lacks_are_named(two):
    two.grid.scopes = "chat:write,commands"

    check = (await found(two.settings))["Installations"]

    assert "T1 lacks app_mentions:read, channels:read" in check.found
    assert "channels:history" not in check.found, "which is optional"


async def test_check_workspaces__token_that_waits_to_be_renewed_is_left_to_the_bot(
    sqlite_url,
):
    async with staged(sqlite_url, grid={"rotating": True}) as stage:
        await stage.install("T1")
        await stage.let_tokens_end()
        for grant in stage.grid.grants.values():
            grant.error = "token_expired"

        assert (await found(stage.settings))["Installations"].ok
        assert stage.grid.refreshed == []


async def test_check_workspaces__keys_that_open_nothing_or_are_old_are_shown(two):
    new = SecretStr(Fernet.generate_key().decode())
    [old] = two.settings.zenmux_bot_encryption_key

    def keys(*given: SecretStr) -> Settings:
        return two.settings.model_copy(update={"zenmux_bot_encryption_key": given})

    lost = await found(keys(new))
    both = await found(keys(new, old))

    assert lost["Encryption key"].ok is False
    assert "opens 0 of 4" in lost["Encryption key"].found
    assert lost["Installations"].ok is None
    assert both["Encryption key"].ok is None
    assert "rekey" in both["Encryption key"].fix
    assert both["Installations"].ok


@pytest.mark.parametrize(
    ("address", "ok"),
    [
        (None, None),
        ("https://bot.example.com/slack/oauth_redirect", True),
        ("https://bot.example.com/slack/install", False),
    ],
)
async def test_check_workspaces__redirect_uri_leads_to_the_page_that_takes_people_back(
    two, address, ok
):
    settings = two.settings.model_copy(update={"slack_redirect_uri": address})

    assert (await found(settings))["Redirect URI"].ok is ok


async def test_check_workspaces__before_the_first_start_there_is_nothing_to_find(
    tmp_path,
):
    async with staged(f"sqlite:///{tmp_path}/other.db") as stage:
        unused = f"sqlite:///{tmp_path}/none/bot.db"
        settings = stage.settings.model_copy(update={"database_url": unused})

        checks = await found(settings)

    assert checks["Database"].ok is None
    assert "created at the first start" in checks["Database"].found
    assert checks["Installations"].ok is not False
    assert not (tmp_path / "none").exists()
