"""Views as JSON: exact figures as numbers, bounds as bounds, unknown as null."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import singledispatch
from typing import Any

from zenmux_bot.core.bounded import Bounded
from zenmux_bot.core.periods import Period


@singledispatch
def jsonable(value: Any) -> Any:
    """Return a computed value in types that JSON has.

    Raises:
        TypeError: It has no JSON form.
    """
    if isinstance(value, Period):
        return str(value)
    if is_dataclass(value):
        return {f.name: jsonable(getattr(value, f.name)) for f in fields(value)}
    raise TypeError(f"{type(value).__name__} has no JSON form")


@jsonable.register(type(None))
@jsonable.register(str)
@jsonable.register(int)
@jsonable.register(float)
def _plain(value: Any) -> Any:
    return value


@jsonable.register
def _date(value: date) -> str:
    return value.isoformat()


@jsonable.register
def _decimal(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


@jsonable.register
def _figure(value: Bounded) -> Any:
    if value.value is not None:
        return jsonable(value.value)
    return {"low": jsonable(value.low), "high": jsonable(value.high)}


@jsonable.register(dict)
def _mapping(value: Any) -> dict[str, Any]:
    return {str(key): jsonable(each) for key, each in value.items()}


@jsonable.register(tuple)
@jsonable.register(list)
def _sequence(value: Any) -> list[Any]:
    return [jsonable(each) for each in value]
