"""Digests of several providers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; ``provider`` stays for as long as earlier versions may run."""
    op.add_column("subscriptions", sa.Column("providers", sa.JSON()))


def downgrade() -> None:
    """Drop it; digests of several providers are of all providers then."""
    op.drop_column("subscriptions", "providers")
