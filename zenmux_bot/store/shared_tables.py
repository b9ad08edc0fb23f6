"""The tables that processes share besides the bot's memory: what ZenMux told them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from zenmux_bot.store.tables import metadata
from zenmux_bot.store.types import UtcDateTime

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

setbacks = Table(
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

rests = Table(
    "rests",
    metadata,
    Column("scope", String(64), primary_key=True),
    Column("path", String(128), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("scope", String(64), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("holder", String(128), nullable=False),
    # By the database's clock, which is one for all.
    Column("until", UtcDateTime, nullable=False),
)
