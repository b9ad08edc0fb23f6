"""What the thread below a message of an alert or a budget is about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column."""
    op.add_column("outbound_messages", sa.Column("question", sa.Text()))


def downgrade() -> None:
    """Drop it; follow-ups in those threads have to say everything."""
    op.drop_column("outbound_messages", "question")
