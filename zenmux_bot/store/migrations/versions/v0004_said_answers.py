"""Answers whose messages Slack does not name, by channel and time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "said_answers",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "team_id", "channel_id", "said_at", name="pk_said_answers"
        ),
    )


def downgrade() -> None:
    """Drop it; threads below such answers begin anew."""
    op.drop_table("said_answers")
