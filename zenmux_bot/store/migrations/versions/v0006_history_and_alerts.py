"""Daily figures as they were published, and the alerts that watch them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_INSTANT = sa.DateTime(timezone=True)


def _series() -> list[sa.Column[str]]:
    return [
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("dimension", sa.String(length=16), nullable=False),
        sa.Column("metric", sa.String(length=16), nullable=False),
    ]


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "daily_lists",
        *_series(),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seen_from", _INSTANT, nullable=False),
        sa.Column("seen_to", _INSTANT),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "source", "dimension", "metric", "day", "seen_from", name="pk_daily_lists"
        ),
    )
    op.create_index(
        "uq_daily_lists_current",
        "daily_lists",
        ["source", "dimension", "metric", "day"],
        unique=True,
        sqlite_where=sa.text("seen_to IS NULL"),
        postgresql_where=sa.text("seen_to IS NULL"),
    )
    op.create_table(
        "list_labels",
        *_series()[:2],
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "dimension", "slug", name="pk_list_labels"),
    )
    op.create_table(
        "history_blocks",
        *_series(),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("looked_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint(
            "source", "dimension", "metric", "first_day", name="pk_history_blocks"
        ),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("channel_name", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("dimension", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("paused_reason", sa.Text()),
        sa.Column("snoozed_until", sa.String(length=16)),
        sa.Column("expected", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("evaluated_through", sa.Date()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    op.create_index("ix_alerts_team_id_channel_id", "alerts", ["team_id", "channel_id"])
    op.create_index("ix_alerts_team_id_owner_id", "alerts", ["team_id", "owner_id"])
    op.create_index("ix_alerts_state", "alerts", ["state"])
    op.create_table(
        "alert_events",
        sa.Column("alert_id", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("message_key", sa.String(length=128)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name="fk_alert_events_alert_id"
        ),
        sa.PrimaryKeyConstraint(
            "alert_id", "day", "kind", "subject", name="pk_alert_events"
        ),
    )


def downgrade() -> None:
    """Drop them; the figures are fetched anew, as they are then."""
    for table in (
        "alert_events",
        "alerts",
        "history_blocks",
        "list_labels",
        "daily_lists",
    ):
        op.drop_table(table)
