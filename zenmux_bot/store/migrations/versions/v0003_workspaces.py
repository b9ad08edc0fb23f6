"""Workspaces that install the app by themselves, and the keys that they bring."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_INSTANT = sa.DateTime(timezone=True)


def _id(name: str, *, needed: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=32), nullable=not needed)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=200))


def upgrade() -> None:
    """Create the tables; the first two are slack_sdk's, with room for ciphertext."""
    op.create_table(
        "slack_bots",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        _id("client_id", needed=True),
        _id("app_id", needed=True),
        _id("enterprise_id"),
        _text("enterprise_name"),
        _id("team_id"),
        _text("team_name"),
        sa.Column("bot_token", sa.Text()),
        _id("bot_id"),
        _id("bot_user_id"),
        sa.Column("bot_scopes", sa.Text()),
        sa.Column("bot_refresh_token", sa.Text()),
        sa.Column("bot_token_expires_at", sa.DateTime()),
        sa.Column("is_enterprise_install", sa.Boolean(), nullable=False),
        sa.Column("installed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_slack_bots"),
    )
    op.create_index(
        "slack_bots_idx",
        "slack_bots",
        ["client_id", "enterprise_id", "team_id", "installed_at"],
    )
    op.create_table(
        "slack_installations",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        _id("client_id", needed=True),
        _id("app_id", needed=True),
        _id("enterprise_id"),
        _text("enterprise_name"),
        _text("enterprise_url"),
        _id("team_id"),
        _text("team_name"),
        sa.Column("bot_token", sa.Text()),
        _id("bot_id"),
        _id("bot_user_id"),
        sa.Column("bot_scopes", sa.Text()),
        sa.Column("bot_refresh_token", sa.Text()),
        sa.Column("bot_token_expires_at", sa.DateTime()),
        _id("user_id", needed=True),
        sa.Column("user_token", sa.Text()),
        sa.Column("user_scopes", sa.Text()),
        sa.Column("user_refresh_token", sa.Text()),
        sa.Column("user_token_expires_at", sa.DateTime()),
        _text("incoming_webhook_url"),
        _text("incoming_webhook_channel"),
        _text("incoming_webhook_channel_id"),
        _text("incoming_webhook_configuration_url"),
        sa.Column("is_enterprise_install", sa.Boolean(), nullable=False),
        _id("token_type"),
        sa.Column("installed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_slack_installations"),
    )
    op.create_index(
        "slack_installations_idx",
        "slack_installations",
        ["client_id", "enterprise_id", "team_id", "user_id", "installed_at"],
    )
    op.create_table(
        "slack_org_teams",
        _id("team_id", needed=True),
        _id("enterprise_id", needed=True),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("team_id", name="pk_slack_org_teams"),
    )
    op.create_index(
        "ix_slack_org_teams_enterprise_id", "slack_org_teams", ["enterprise_id"]
    )
    op.create_table(
        "slack_oauth_states",
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("state", name="pk_slack_oauth_states"),
    )
    op.create_index(
        "ix_slack_oauth_states_expires_at", "slack_oauth_states", ["expires_at"]
    )
    op.create_table(
        "workspace_keys",
        _id("team_id", needed=True),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("set_at", _INSTANT, nullable=False),
        _id("set_by", needed=True),
        sa.PrimaryKeyConstraint("team_id", name="pk_workspace_keys"),
    )


def downgrade() -> None:
    """Drop them; every workspace has to install the app again."""
    for table in (
        "workspace_keys",
        "slack_oauth_states",
        "slack_org_teams",
        "slack_installations",
        "slack_bots",
    ):
        op.drop_table(table)
