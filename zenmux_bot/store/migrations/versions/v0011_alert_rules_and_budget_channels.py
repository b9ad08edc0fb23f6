"""Since when an alert has its rule, and why a budget's channel cannot be posted in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from zenmux_bot.store.types import UtcDateTime

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add both columns."""
    op.add_column("alerts", sa.Column("rule_since", UtcDateTime()))
    op.add_column("budgets", sa.Column("channel_error", sa.String(64)))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("budgets", "channel_error")
    op.drop_column("alerts", "rule_since")
