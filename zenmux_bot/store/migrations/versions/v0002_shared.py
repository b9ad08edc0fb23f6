"""What processes share of ZenMux's answers, failures, rests, and whose turn it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "answers",
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("top", sa.Integer()),
        sa.Column("fetched_at", _INSTANT, nullable=False),
        sa.Column("request_id", sa.Text()),
        sa.PrimaryKeyConstraint("scope", "request", name="pk_answers"),
    )
    op.create_index("ix_answers_fetched_at", "answers", ["fetched_at"])
    op.create_table(
        "setbacks",
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("scope", "request", name="pk_setbacks"),
    )
    op.create_index("ix_setbacks_at", "setbacks", ["at"])
    op.create_table(
        "rests",
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=128), nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("scope", "path", name="pk_rests"),
    )
    op.create_table(
        "turns",
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.String(length=128), nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("scope", "name", name="pk_turns"),
    )


def downgrade() -> None:
    """Drop them; nothing in them is lost for good."""
    for table in ("turns", "rests", "setbacks", "answers"):
        op.drop_table(table)
