"""Messages of other features than digests, posted once through the same ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "outbound_messages",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("recipient_id", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("message", sa.JSON(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("thread_key", sa.String(length=200)),
        sa.Column("expires_at", _INSTANT),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("retry_at", _INSTANT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=128)),
        sa.Column("lease_until", _INSTANT),
        sa.Column("claimed_at", _INSTANT),
        sa.Column("planned_at", _INSTANT, nullable=False),
        sa.Column("channel_id", sa.String(length=32)),
        sa.Column("ts", sa.String(length=32)),
        sa.Column("thread_ts", sa.String(length=32)),
        sa.Column("settled_at", _INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_outbound_messages"),
        sa.UniqueConstraint("key", name="uq_outbound_messages_key"),
    )
    for columns in (
        ("state", "retry_at"),
        ("state", "lease_until"),
        ("team_id", "settled_at"),
    ):
        op.create_index(
            f"ix_outbound_messages_{'_'.join(columns)}",
            "outbound_messages",
            list(columns),
        )


def downgrade() -> None:
    """Drop it; what was not posted yet is lost."""
    op.drop_table("outbound_messages")
