"""Stores installations of the app: slack_sdk's store with encrypted tokens.

Also stores the OAuth states of running installations, and checks and renews stored
secrets: https://docs.slack.dev/authentication/installing-with-oauth
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.installation_store.sqlalchemy import (
    AsyncSQLAlchemyInstallationStore,
    SQLAlchemyInstallationStore,
)
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from sqlalchemy import Table, Text, delete, inspect, select, update

from zenmux_bot.alerts.alert import AlertState
from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.audit import THE_BOT
from zenmux_bot.errors import ConfigError
from zenmux_bot.store.database import Database
from zenmux_bot.store.subscriptions import pause_where
from zenmux_bot.store.tables import (
    alerts,
    metadata,
    oauth_states,
    org_teams,
    outbound_messages,
    said_answers,
    settings,
    subscriptions,
    threads,
    welcomed_channels,
    workspace_keys,
)
from zenmux_bot.store.vault import Encrypted, Vault

SECRETS = ("bot_token", "bot_refresh_token", "user_token", "user_refresh_token")
"""Encrypted columns of the two tables below."""

_TEXTS = (*SECRETS, "bot_scopes", "user_scopes")


def _widened(table: Table) -> Table:
    """Return a slack_sdk table with columns wide enough for encrypted tokens."""
    for name in _TEXTS:
        if name in table.columns:
            table.columns[name].type = Text()
    return table


bots = _widened(
    AsyncSQLAlchemyInstallationStore.build_bots_table(metadata, "slack_bots")
)
installations = _widened(
    AsyncSQLAlchemyInstallationStore.build_installations_table(
        metadata, "slack_installations"
    )
)


_SECRET_COLUMNS = tuple(
    (table, name)
    for table, names in (
        (bots, SECRETS),
        (installations, SECRETS),
        (workspace_keys, ("secret",)),
    )
    for name in names
    if name in table.columns
)


class EncryptedInstallations(AsyncSQLAlchemyInstallationStore):
    """The installations of one app.

    Args:
        client_id: The app.
        database: Where they are.
        vault: Encrypts tokens.
    """

    def __init__(self, client_id: str, database: Database, vault: Vault) -> None:
        super().__init__(client_id, database.engine)
        self._database = database
        for table in (self.bots, self.installations):
            for name in SECRETS:
                if name in table.columns:
                    table.columns[name].type = Encrypted(vault)

    async def bot_of_team(self, team_id: str) -> Bot | None:
        """Return the newest installation that covers a workspace.

        That is the workspace's own, or its organization's.
        """
        own = (
            select(self.bots.c.enterprise_id)
            .where(
                self.bots.c.client_id == self.client_id,
                self.bots.c.team_id == team_id,
            )
            .order_by(self.bots.c.installed_at.desc())
            .limit(1)
        )
        of_org = select(org_teams.c.enterprise_id).where(org_teams.c.team_id == team_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(own)).first()
            enterprise_id = (await connection.execute(of_org)).scalar_one_or_none()
        if row is not None:
            return await self.async_find_bot(
                enterprise_id=row.enterprise_id, team_id=team_id
            )
        if enterprise_id is None:
            return None
        return await self.async_find_bot(
            enterprise_id=enterprise_id, team_id=None, is_enterprise_install=True
        )

    async def every(self) -> list[Bot]:
        """Return the newest installation of each workspace and organization.

        Raises:
            ConfigError: A token is encrypted with a key that is missing.
        """
        query = (
            select(self.bots)
            .where(self.bots.c.client_id == self.client_id)
            .order_by(self.bots.c.installed_at)
        )
        async with self._database.reading() as connection:
            if not await connection.run_sync(
                lambda known: inspect(known).has_table(self.bots.name)
            ):
                return []
            rows = (await connection.execute(query)).mappings().all()
        newest = {(row["enterprise_id"], row["team_id"]): row for row in rows}
        return [
            SQLAlchemyInstallationStore.build_bot_entity(row) for row in newest.values()
        ]

    async def note_org_team(
        self, team_id: str, enterprise_id: str, now: datetime
    ) -> None:
        """Record that an organization's installation covers a workspace."""
        values = {"enterprise_id": enterprise_id, "seen_at": now}
        async with self._database.writing() as connection:
            await connection.execute(
                self._database.insert(org_teams)
                .values(team_id=team_id, **values)
                .on_conflict_do_update(index_elements=["team_id"], set_=values)
            )

    async def teams_of(self, enterprise_id: str | None) -> list[str]:
        """Return the workspaces that an organization's installation covers."""
        query = select(org_teams.c.team_id).where(
            org_teams.c.enterprise_id == enterprise_id
        )
        async with self._database.reading() as connection:
            return list(await connection.scalars(query))

    async def forget(
        self,
        *,
        team_id: str | None,
        enterprise_id: str | None,
        reason: str,
        now: datetime,
    ) -> None:
        """Delete an installation's tokens, settings and messages.

        For an organization this also pauses the digests and alerts of its workspaces,
        since the event names none of them. Those of a single workspace are paused by
        the caller.

        Args:
            team_id: The workspace; None for an organization's installation.
            enterprise_id: The organization, if there is one.
            reason: Why digests are paused.
            now: When they are.
        """
        teams = (
            [team_id]
            if team_id is not None
            else await self.teams_of(enterprise_id or "")
        )
        async with self._database.writing() as connection:
            if team_id is None:
                theirs = [subscriptions.c.team_id.in_(teams)]
                await pause_where(
                    connection, theirs, reason=reason, by=THE_BOT, now=now
                )
                await connection.execute(
                    update(alerts)
                    .where(
                        alerts.c.team_id.in_(teams),
                        alerts.c.state == AlertState.ACTIVE,
                    )
                    .values(state=AlertState.PAUSED, paused_reason=reason)
                )
            for table in (bots, installations):
                at = table.columns
                whose = (
                    at.team_id == team_id
                    if team_id is not None
                    else at.team_id.is_(None) & (at.enterprise_id == enterprise_id)
                )
                await connection.execute(
                    delete(table).where(at.client_id == self.client_id, whose)
                )
            tables = (
                workspace_keys,
                settings,
                said_answers,
                threads,
                outbound_messages,
                welcomed_channels,
                org_teams,
            )
            for table in tables:
                await connection.execute(
                    delete(table).where(table.columns.team_id.in_(teams))
                )


class OAuthStates(AsyncOAuthStateStore):
    """The OAuth states of all processes.

    Args:
        database: Where they are.
        clock: Tells the time.
        good_for: How long a state is valid.
    """

    def __init__(self, database: Database, clock: Clock, good_for: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._good_for = good_for

    async def async_issue(self, *_args: Any, **_kwargs: Any) -> str:
        """Return a new state."""
        state, now = secrets.token_urlsafe(32), self._clock.now()
        async with self._database.writing() as connection:
            await connection.execute(
                oauth_states.insert().values(
                    state=state, expires_at=now + self._good_for
                )
            )
        return state

    async def async_consume(self, state: str) -> bool:
        """Use up a state; return whether it was valid."""
        async with self._database.writing() as connection:
            used = await connection.execute(
                delete(oauth_states).where(
                    oauth_states.c.state == state,
                    oauth_states.c.expires_at > self._clock.now(),
                )
            )
        return used.rowcount == 1


async def rekey(database: Database, vault: Vault) -> int:
    """Encrypt all secrets with the newest key, and return how many there are.

    Raises:
        ConfigError: One is encrypted with a key that is missing; nothing is changed.
    """
    count = 0
    async with database.writing() as connection:
        for table, name in _SECRET_COLUMNS:
            column = table.columns[name]
            [key] = table.primary_key.columns
            query = select(key, column).where(column.is_not(None)).with_for_update()
            for identity, stored in (await connection.execute(query)).all():
                await connection.execute(
                    update(table)
                    .where(key == identity)
                    .values({column: vault.renew(stored)})
                )
                count += 1
    return count


async def count_secrets(
    database: Database, vault: Vault, newest: Vault
) -> tuple[int, int, int]:
    """Return how many secrets are stored, unreadable, and encrypted with an old key.

    Args:
        database: Where they are.
        vault: Has all keys.
        newest: Has only the newest key.
    """
    stored = await _stored_secrets(database)
    unreadable = sum(not _can_decrypt(vault, each) for each in stored)
    old = sum(not _can_decrypt(newest, each) for each in stored) - unreadable
    return len(stored), unreadable, old


async def can_decrypt_any(database: Database, vault: Vault) -> bool:
    """Tell whether the keys decrypt any stored secret, or none is stored."""
    stored = await _stored_secrets(database)
    return not stored or any(_can_decrypt(vault, each) for each in stored)


async def _stored_secrets(database: Database) -> list[str]:
    async with database.reading() as connection:
        if not await connection.run_sync(
            lambda known: inspect(known).has_table(workspace_keys.name)
        ):
            return []
        return [
            secret
            for table, name in _SECRET_COLUMNS
            for secret in await connection.scalars(
                select(table.columns[name]).where(table.columns[name].is_not(None))
            )
        ]


def _can_decrypt(vault: Vault, stored: str) -> bool:
    try:
        vault.decrypt(stored)
    except ConfigError:
        return False
    return True
