"""Which workspaces the bot serves, and with which keys: assembled from the settings."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import structlog
from pydantic import SecretStr
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.apis import Apis, process_name
from zenmux_bot.config import Settings
from zenmux_bot.conversations.keys import WorkspaceKeys
from zenmux_bot.core.clock import Clock
from zenmux_bot.slack.installed import InstalledTeams
from zenmux_bot.slack.installing import STATE_SECONDS, Installing
from zenmux_bot.slack.outbox import make_posting_session
from zenmux_bot.slack.teams import OneTeam, Teams
from zenmux_bot.store.availability import AWAY, doing_without
from zenmux_bot.store.database import Database
from zenmux_bot.store.installations import EncryptedInstallations
from zenmux_bot.store.locks import Locks
from zenmux_bot.store.oauth_states import OAuthStates
from zenmux_bot.store.rekeying import opens_any
from zenmux_bot.store.vault import Vault, derived_key, no_key_fits
from zenmux_bot.store.workspace_keys import StoredKeys
from zenmux_bot.zenmux.account_requests import FlowRateRequest
from zenmux_bot.zenmux.team_api import NoKeys, TeamApi

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspaces:
    """The workspaces that are served.

    Attributes:
        teams: Who they are to Slack.
        installed: Those that installed the app by themselves; None if there is one.
        installing: The pages on which they do; likewise.
        keys: The ZenMux keys that they bring; None where they bring none.
    """

    teams: Teams
    installed: InstalledTeams | None = None
    installing: Installing | None = None
    keys: WorkspaceKeys | None = None

    @property
    def oauth_flow(self) -> AsyncOAuthFlow | None:
        """Return the flow for Bolt, which makes up its own where it is given none."""
        return None if self.installing is None else self.installing.flow("")

    def api(self, apis: Apis, settings: Settings) -> TeamApi:
        """Return the API with the key of whichever workspace asks."""
        return TeamApi(
            apis.of,
            self.keys or NoKeys(),
            settings.zenmux_management_api_key,
            many=settings.serves_many,
        )


def make_vault(settings: Settings) -> Vault | None:
    """Return what encrypts secrets, or None where the operator gave no key for it.

    Without a key of its own it follows from the app's client secret, which also goes
    on opening what was stored before there was one.
    """
    keys = [key.get_secret_value() for key in settings.zenmux_bot_encryption_key]
    if settings.slack_client_secret is not None:
        keys.append(derived_key(settings.slack_client_secret.get_secret_value()))
    return Vault(keys) if keys else None


async def expect_keys_fit(settings: Settings, database: Database) -> None:
    """Complain about keys that open nothing of what is stored, if that can be seen.

    Raises:
        ConfigError: They are not those that it was stored with.
    """
    vault = make_vault(settings)
    async with doing_without("vault.look"):
        if vault is not None and not await opens_any(database, vault):
            raise no_key_fits()


def probe_with(apis: Apis) -> Callable[[SecretStr], Awaitable[None]]:
    """Return a test of keys."""

    async def probe(key: SecretStr) -> None:
        await apis.of(key).fetch(FlowRateRequest())

    return probe


@asynccontextmanager
async def open_workspaces(
    settings: Settings,
    clock: Clock,
    *,
    database: Database,
    session: aiohttp.ClientSession,
) -> AsyncIterator[Workspaces]:
    """Give the workspaces that the settings tell of.

    Raises:
        ConfigError: The settings tell of none.
    """
    vault = make_vault(settings)
    keys = None
    if vault is not None:
        keys = WorkspaceKeys(StoredKeys(database, vault), clock)
    async with make_posting_session() as posting_session:
        if not settings.serves_many or vault is None:
            teams = OneTeam(settings, session, posting_session)
            yield Workspaces(teams=teams, keys=keys)
            return
        if not settings.zenmux_bot_encryption_key:
            log.warning("vault.key_derived", variable="ZENMUX_BOT_ENCRYPTION_KEY")
        yield _many(
            settings,
            clock,
            database=database,
            session=session,
            posting_session=posting_session,
            vault=vault,
            keys=keys,
        )


def _many(
    settings: Settings,
    clock: Clock,
    *,
    database: Database,
    session: aiohttp.ClientSession,
    posting_session: aiohttp.ClientSession,
    vault: Vault,
    keys: WorkspaceKeys | None,
) -> Workspaces:
    client_id, secret = settings.slack_client_id, settings.slack_client_secret
    assert client_id is not None  # noqa: S101 - many are served
    assert secret is not None  # noqa: S101 - likewise
    installations = EncryptedInstallations(client_id, database, vault)
    installed = InstalledTeams(
        installations=installations,
        rotator=AsyncTokenRotator(
            client_id=client_id,
            client_secret=secret.get_secret_value(),
            client=AsyncWebClient(base_url=settings.slack_api_url, session=session),
        ),
        turn=_turns(database, client_id),
        away=AWAY,
        clock=clock,
        base_url=settings.slack_api_url,
        session=session,
        posting_session=posting_session,
    )
    installing = Installing(
        settings,
        installations=installations,
        states=OAuthStates(database, clock, timedelta(seconds=STATE_SECONDS)),
        session=session,
        installed=installed.look_again,
    )
    return Workspaces(
        teams=installed, installed=installed, installing=installing, keys=keys
    )


def _turns(
    database: Database, scope: str
) -> Callable[[str], AbstractAsyncContextManager[None]]:
    """Return what lets one task, of however many processes, do a thing at a time."""
    own: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
    turns = None
    if database.is_shared:
        turns = Locks(database, scope, holder=process_name())

    @asynccontextmanager
    async def turn(name: str) -> AsyncIterator[None]:
        async with own[name]:
            if turns is None:
                yield
                return
            async with turns.turn(name):
                yield

    return turn
