"""The tables of workspaces: where the app is installed, and the keys they brought."""

from __future__ import annotations

from slack_sdk.oauth.installation_store.sqlalchemy import (
    AsyncSQLAlchemyInstallationStore,
)
from sqlalchemy import Column, String, Table, Text

from zenmux_bot.store.tables import metadata
from zenmux_bot.store.types import UtcDateTime

SECRETS = ("bot_token", "bot_refresh_token", "user_token", "user_refresh_token")
"""Columns of the two tables below that hold encrypted texts."""

_TEXTS = (*SECRETS, "bot_scopes", "user_scopes")


def _widened(table: Table) -> Table:
    """Return a table of slack_sdk with room for encrypted tokens and many scopes."""
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

org_teams = Table(
    "slack_org_teams",
    metadata,
    # A workspace of an organization that installed the app for all of them.
    Column("team_id", String(32), primary_key=True),
    Column("enterprise_id", String(32), nullable=False, index=True),
    Column("seen_at", UtcDateTime, nullable=False),
)

oauth_states = Table(
    "slack_oauth_states",
    metadata,
    Column("state", String(64), primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

workspace_keys = Table(
    "workspace_keys",
    metadata,
    Column("team_id", String(32), primary_key=True),
    Column("secret", Text, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("set_by", String(32), nullable=False),
)
