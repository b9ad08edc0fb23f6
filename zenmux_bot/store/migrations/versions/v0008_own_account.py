"""Names of the own account's API keys, and budgets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from zenmux_bot.store.types import UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "key_names",
        sa.Column("team_id", sa.String(32), primary_key=True),
        sa.Column("key_id", sa.String(128), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", sa.String(32), nullable=False),
    )
    op.create_table(
        "budgets",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("team_id", sa.String(32), nullable=False),
        sa.Column("channel_id", sa.String(32), nullable=False),
        sa.Column("owner_id", sa.String(32), nullable=False),
        sa.Column("amount", sa.String(40), nullable=False),
        sa.Column("model", sa.Text()),
        sa.Column("key_id", sa.String(128)),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("told_mark", sa.String(16)),
        sa.Column("told_forecast", sa.String(16)),
    )
    op.create_index("ix_budgets_team_id", "budgets", ["team_id"])


def downgrade() -> None:
    """Drop both; names and budgets are lost."""
    op.drop_table("budgets")
    op.drop_table("key_names")
