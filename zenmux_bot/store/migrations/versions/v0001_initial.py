"""The first tables: subscriptions, their ledger, and what else is remembered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "audit",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_team_id_at", "audit", ["team_id", "at"])
    op.create_index("ix_audit_team_id_subject", "audit", ["team_id", "subject"])
    op.create_table(
        "notices",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("recipient", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("retry_at", _INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("closed_at", _INSTANT),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_index(
        "ix_notices_closed_at_retry_at", "notices", ["closed_at", "retry_at"]
    )
    op.create_table(
        "seen_events",
        sa.Column("event_id", sa.String(length=128), nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_seen_events"),
    )
    op.create_index("ix_seen_events_seen_at", "seen_events", ["seen_at"])
    op.create_table(
        "settings",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("updated_by", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "channel_id", "key", name="pk_settings"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("channel_name", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("metric", sa.String(length=16), nullable=False),
        sa.Column("cadence", sa.String(length=16), nullable=False),
        sa.Column("weekday", sa.SmallInteger()),
        sa.Column("day", sa.SmallInteger()),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("minute", sa.SmallInteger(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("top", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text()),
        sa.Column("skip_below_pp", sa.String(40)),
        sa.Column("when_empty", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("paused_reason", sa.Text()),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("planned_until", _INSTANT, nullable=False),
        sa.Column("next_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
    )
    op.create_index(
        "ix_subscriptions_planned_until", "subscriptions", ["planned_until"]
    )
    op.create_index(
        "ix_subscriptions_state_next_at", "subscriptions", ["state", "next_at"]
    )
    op.create_index(
        "ix_subscriptions_team_id_channel_id",
        "subscriptions",
        ["team_id", "channel_id"],
    )
    op.create_index(
        "ix_subscriptions_team_id_owner_id", "subscriptions", ["team_id", "owner_id"]
    )
    op.create_table(
        "threads",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("thread_ts", sa.String(length=32), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint(
            "team_id", "channel_id", "thread_ts", name="pk_threads"
        ),
    )
    op.create_table(
        "welcomed_channels",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("welcomed_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "channel_id", name="pk_welcomed_channels"),
    )
    op.create_table(
        "occurrences",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("subscription_id", sa.String(length=16), nullable=False),
        sa.Column("nominal", sa.String(length=96), nullable=False),
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
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
        sa.Column("data_through", sa.Date()),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("reply_wanted", sa.Boolean(), nullable=False),
        sa.Column("settled_at", _INSTANT),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name="fk_occurrences_subscription_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_occurrences"),
        sa.UniqueConstraint(
            "subscription_id",
            "nominal",
            "part",
            name="uq_occurrences_subscription_id_nominal_part",
        ),
    )
    op.create_index(
        "ix_occurrences_state_lease_until", "occurrences", ["state", "lease_until"]
    )
    op.create_index(
        "ix_occurrences_state_retry_at", "occurrences", ["state", "retry_at"]
    )
    op.create_index(
        "ix_occurrences_subscription_id_due_at",
        "occurrences",
        ["subscription_id", "due_at"],
    )


def downgrade() -> None:
    """Drop them; what they held is lost."""
    for table in (
        "occurrences",
        "welcomed_channels",
        "threads",
        "subscriptions",
        "settings",
        "seen_events",
        "notices",
        "audit",
    ):
        op.drop_table(table)
