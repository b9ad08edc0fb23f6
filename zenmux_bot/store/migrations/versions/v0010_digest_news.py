"""What digests told as new, so that it is told once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column."""
    op.add_column("occurrences", sa.Column("news", sa.JSON()))


def downgrade() -> None:
    """Drop it; what is new may be told again."""
    op.drop_column("occurrences", "news")
