"""Digests of own spend, and digests that wait no longer for late data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the columns; without a subject a digest is about market share."""
    op.add_column("subscriptions", sa.Column("subject", sa.String(length=16)))
    op.add_column("subscriptions", sa.Column("by_key", sa.Boolean()))
    op.add_column("occurrences", sa.Column("waits_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Drop them; digests of own spend would be about market share."""
    op.drop_column("occurrences", "waits_until")
    op.drop_column("subscriptions", "by_key")
    op.drop_column("subscriptions", "subject")
