"""Column types that hold the project's values the same way in every database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, String
from sqlalchemy.types import TypeDecorator

RowId = BigInteger().with_variant(Integer, "sqlite")
"""A generated key; SQLite generates only keys of type INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored as UTC.

    SQLite has no time zones and stores naive text in UTC.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Store an aware instant as UTC and refuse a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Return the instant with its zone."""
        del dialect
        if value is None:
            return None
        return (
            value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        )


class Figures(TypeDecorator[Mapping[str, Decimal]]):
    """Exact figures by name, as JSON strings; floats would round them."""

    impl = JSON
    cache_ok = True

    def process_bind_param(
        self, value: Mapping[str, Decimal] | None, dialect: Dialect
    ) -> Any:
        """Store each figure as text."""
        del dialect
        return {name: str(figure) for name, figure in (value or {}).items()}

    def process_result_value(
        self, value: Any, dialect: Dialect
    ) -> Mapping[str, Decimal]:
        """Return the figures as decimals."""
        del dialect
        return {name: Decimal(figure) for name, figure in (value or {}).items()}


class Names(TypeDecorator[tuple[str, ...]]):
    """Names in their order, as a JSON list."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(
        self, value: tuple[str, ...] | list[str] | None, dialect: Dialect
    ) -> Any:
        """Store them as a list."""
        del dialect
        return None if value is None else list(value)

    def process_result_value(
        self, value: Any, dialect: Dialect
    ) -> tuple[str, ...] | None:
        """Return them as a tuple."""
        del dialect
        return None if value is None else tuple(value)


class DecimalText(TypeDecorator[Decimal]):
    """An exact decimal as text; SQLite's numeric type is a float."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Store the decimal's text."""
        del dialect
        return None if value is None else str(value)

    def process_result_value(
        self, value: str | None, dialect: Dialect
    ) -> Decimal | None:
        """Return the decimal."""
        del dialect
        return None if value is None else Decimal(value)
