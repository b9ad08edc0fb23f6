"""The tables, as the newest migration leaves them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from zenmux_bot.store.types import DecimalText, Figures, Names, RowId, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("team_id", String(32), nullable=False),
    Column("channel_id", String(32), nullable=False),
    Column("channel_name", Text, nullable=False),
    Column("owner_id", String(32), nullable=False),
    Column("metric", String(16), nullable=False),
    Column("cadence", String(16), nullable=False),
    Column("weekday", SmallInteger),
    Column("day", SmallInteger),
    Column("hour", SmallInteger, nullable=False),
    Column("minute", SmallInteger, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("top", Integer, nullable=False),
    # A single provider is in the first, several are in the second, so that an older
    # version that only knows the first can run beside this one.
    Column("provider", Text),
    Column("providers", Names),
    Column("skip_below_pp", DecimalText),
    Column("when_empty", String(16), nullable=False),
    # NULL means market share, the only subject of earlier versions.
    Column("subject", String(16)),
    Column("by_key", Boolean),
    Column("state", String(16), nullable=False),
    Column("paused_reason", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
    # For the planner: up to when the schedule is planned, and when it is next due
    # (derived, and recomputed at each start).
    Column("planned_until", UtcDateTime, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Index(None, "team_id", "channel_id"),
    Index(None, "team_id", "owner_id"),
    Index(None, "state", "next_at"),
    Index(None, "planned_until"),
)


def _delivery_columns() -> tuple[Column[Any], ...]:
    """Return the columns of both ledger tables: the state of a delivery."""
    return (
        Column("state", String(16), nullable=False),
        Column("reason", Text, nullable=False),
        Column("retry_at", UtcDateTime, nullable=False),
        Column("failures", Integer, nullable=False),
        Column("version", Integer, nullable=False),
        Column("holder", String(128)),
        Column("lease_until", UtcDateTime),
        Column("claimed_at", UtcDateTime),
        Column("planned_at", UtcDateTime, nullable=False),
        Column("channel_id", String(32)),
        Column("ts", String(32)),
        Column("thread_ts", String(32)),
        Column("settled_at", UtcDateTime),
    )


occurrences = Table(
    "occurrences",
    metadata,
    Column("id", RowId, primary_key=True),
    Column(
        "subscription_id", String(16), ForeignKey("subscriptions.id"), nullable=False
    ),
    Column("nominal", String(96), nullable=False),
    Column("part", String(8), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("by_hand", Boolean, nullable=False),
    *_delivery_columns(),
    Column("data_through", Date),
    Column("figures", Figures, nullable=False),
    Column("reply_wanted", Boolean, nullable=False),
    Column("waits_until", UtcDateTime),
    Column("news", Names),
    UniqueConstraint("subscription_id", "nominal", "part"),
    Index(None, "state", "retry_at"),
    Index(None, "state", "lease_until"),
    Index(None, "subscription_id", "due_at"),
)

outbound_messages = Table(
    "outbound_messages",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", String(200), nullable=False),
    Column("team_id", String(32), nullable=False),
    Column("recipient_id", String(32), nullable=False),
    Column("owner_id", String(32), nullable=False),
    # Text and blocks; empty once it is settled.
    Column("message", JSON, nullable=False),
    Column("subject", Text, nullable=False),
    Column("thread_key", String(200)),
    Column("expires_at", UtcDateTime),
    # The canonical query that a thread below it is about.
    Column("question", Text),
    *_delivery_columns(),
    UniqueConstraint("key"),
    Index(None, "state", "retry_at"),
    Index(None, "state", "lease_until"),
    Index(None, "team_id", "settled_at"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("team_id", String(32), nullable=False),
    Column("recipient", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("retry_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("failure", Text, nullable=False),
    Index(None, "closed_at", "retry_at"),
)

seen_events = Table(
    "seen_events",
    metadata,
    Column("event_id", String(128), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False, index=True),
)

welcomed_channels = Table(
    "welcomed_channels",
    metadata,
    Column("team_id", String(32), primary_key=True),
    Column("channel_id", String(32), primary_key=True),
    Column("welcomed_at", UtcDateTime, nullable=False),
)

threads = Table(
    "threads",
    metadata,
    Column("team_id", String(32), primary_key=True),
    Column("channel_id", String(32), primary_key=True),
    Column("thread_ts", String(32), primary_key=True),
    Column("query", Text, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

said_answers = Table(
    "said_answers",
    metadata,
    Column("team_id", String(32), primary_key=True),
    Column("channel_id", String(32), primary_key=True),
    Column("said_at", UtcDateTime, primary_key=True),
    Column("query", Text, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("team_id", String(32), primary_key=True),
    # Empty for the workspace's own settings: a key cannot be NULL.
    Column("channel_id", String(32), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("updated_by", String(32), nullable=False),
)

key_names = Table(
    "key_names",
    metadata,
    Column("team_id", String(32), primary_key=True),
    Column("key_id", String(128), primary_key=True),
    Column("name", Text, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("updated_by", String(32), nullable=False),
)

budgets = Table(
    "budgets",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("team_id", String(32), nullable=False, index=True),
    Column("channel_id", String(32), nullable=False),
    Column("owner_id", String(32), nullable=False),
    # USD a calendar month (UTC).
    Column("amount", DecimalText, nullable=False),
    # For one model or one API key; if both are NULL, for the whole account.
    Column("model", Text),
    Column("key_id", String(128)),
    Column("created_at", UtcDateTime, nullable=False),
    # The month and the highest mark reported in it: 2026-11:80.
    Column("told_mark", String(16)),
    # The month in which a forecast was reported.
    Column("told_forecast", String(16)),
    # Slack's error code if the bot cannot post in its channel.
    Column("channel_error", String(64)),
)

audit = Table(
    "audit",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("team_id", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("detail", Text, nullable=False),
    Index(None, "team_id", "at"),
    Index(None, "team_id", "subject"),
)

daily_lists = Table(
    "daily_lists",
    metadata,
    # A hash of ZenMux's address, to keep the sandbox's figures apart.
    Column("source", String(64), primary_key=True),
    Column("dimension", String(16), primary_key=True),
    Column("metric", String(16), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("seen_from", UtcDateTime, primary_key=True),
    # When ZenMux restated it; NULL if it is current.
    Column("seen_to", UtcDateTime),
    Column("figures", Text, nullable=False),
)
Index(
    "uq_daily_lists_current",
    daily_lists.c.source,
    daily_lists.c.dimension,
    daily_lists.c.metric,
    daily_lists.c.day,
    unique=True,
    # On PostgreSQL likewise, as the migration says; the option would load its dialect
    # in every process.
    sqlite_where=daily_lists.c.seen_to.is_(None),
)

list_labels = Table(
    "list_labels",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("dimension", String(16), primary_key=True),
    Column("slug", Text, primary_key=True),
    Column("label", Text, nullable=False),
)

history_blocks = Table(
    "history_blocks",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("dimension", String(16), primary_key=True),
    Column("metric", String(16), primary_key=True),
    Column("first_day", Date, primary_key=True),
    # The block was fetched up to this day.
    Column("through", Date, nullable=False),
    Column("looked_at", UtcDateTime, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("team_id", String(32), nullable=False),
    Column("channel_id", String(32), nullable=False),
    Column("channel_name", Text, nullable=False),
    Column("owner_id", String(32), nullable=False),
    # The rule as JSON, its names as slugs.
    Column("rule", Text, nullable=False),
    Column("dimension", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("paused_reason", Text),
    Column("snoozed_until", String(16)),
    Column("expected", Names, nullable=False),
    Column("evaluated_through", Date),
    Column("status", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
    # When its rule was last changed; NULL if never.
    Column("rule_since", UtcDateTime),
    Index(None, "team_id", "channel_id"),
    Index(None, "team_id", "owner_id"),
    Index(None, "state"),
)

alert_events = Table(
    "alert_events",
    metadata,
    Column("alert_id", String(16), ForeignKey("alerts.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("said", Text, nullable=False),
    # The message that reported it; NULL if there was none, for the reason.
    Column("message_key", String(128)),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)


# What processes share of ZenMux's answers. Some tables keep old names, since renaming
# them would break the previous release.

answers = Table(
    "answers",
    metadata,
    # A hash of the key that asked, so that no other key reads the answer.
    Column("scope", String(64), primary_key=True),
    Column("request", String(64), primary_key=True),
    Column("body", Text, nullable=False),
    Column("top", Integer),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("request_id", Text),
    Index(None, "fetched_at"),
)

failures = Table(
    "setbacks",
    metadata,
    Column("scope", String(64), primary_key=True),
    Column("request", String(64), primary_key=True),
    # The name of an error, or "empty" for an answer that holds nothing.
    Column("kind", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "at"),
)

cooldowns = Table(
    "rests",
    metadata,
    Column("scope", String(64), primary_key=True),
    Column("path", String(128), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)

locks = Table(
    "turns",
    metadata,
    Column("scope", String(64), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("holder", String(128), nullable=False),
    # By the database's clock, the same for all processes.
    Column("until", UtcDateTime, nullable=False),
)

org_teams = Table(
    "slack_org_teams",
    metadata,
    # A workspace of an organization that installed the app for all of them.
    Column("team_id", String(32), primary_key=True),
    Column("enterprise_id", String(32), nullable=False, index=True),
    Column("seen_at", UtcDateTime, nullable=False),
)

oauth_states = Table(
    "slack_oauth_states",
    metadata,
    Column("state", String(64), primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

workspace_keys = Table(
    "workspace_keys",
    metadata,
    Column("team_id", String(32), primary_key=True),
    Column("secret", Text, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("set_by", String(32), nullable=False),
)
