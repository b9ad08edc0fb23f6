"""A budget: an amount of USD that may be billed in a calendar month (UTC)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """An amount a month for the account, a model or a key.

    Attributes:
        id: Its id; empty until it is stored.
        team_id: The workspace.
        channel_id: The channel that hears of it.
        owner_id: Who set it.
        amount: USD a month.
        model: The slug of the one model it is for; None: all.
        key_id: The id of the one API key it is for; None: all.
        created_at: When it was set.
        told_mark: The month and the highest mark that was told in it: ``2026-11:80``.
        told_forecast: The month in which a forecast was told.
        channel_error: Why nobody can post in the channel, as Slack's error code. Its
            owner gets the messages meanwhile.
    """

    id: str = ""
    team_id: str
    channel_id: str
    owner_id: str
    amount: Decimal
    model: str | None = None
    key_id: str | None = None
    created_at: datetime
    told_mark: str | None = None
    told_forecast: str | None = None
    channel_error: str | None = None

    def with_id(self, id: str) -> Budget:  # noqa: A002 - the field's name
        """Return the same with an id."""
        return replace(self, id=id)

    def as_columns(self) -> dict[str, Any]:
        """Return the fields by name, as they are stored."""
        return asdict(self)
