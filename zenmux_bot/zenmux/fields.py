"""The kinds of field that ZenMux's answers are made of, and how each is read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*", re.ASCII)
_BIZ_TIME = re.compile(r"\d{8}(\d\d){0,2}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

# Far beyond any figure the API can mean; keeps a hostile ``1e999999`` from growing
# into a million digits when it is added up or shown.
_LARGEST_POWER = 30
_SMALLEST_POWER = -60


class Body(BaseModel):
    """A part of an answer: frozen, with unknown fields ignored."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        validate_by_name=True,
        validate_by_alias=True,
        # Most processes meet a few of the shapes; each is built when it is first met.
        defer_build=True,
    )


def _misfit(what: str) -> PydanticCustomError:
    return PydanticCustomError("misfit", "not {what}", {"what": what})


def _read_number(value: Any) -> Decimal | None:
    """Read a number, a numeric string or null, which means unknown.

    Numbers come as strings and nulls on some of ZenMux's endpoints, so both are
    accepted everywhere: https://docs.zenmux.ai/api/platform/
    """
    if value is None or isinstance(value, Decimal):
        number = value
    elif isinstance(value, str) and _NUMBER.fullmatch(value):
        number = Decimal(value.strip())
    elif isinstance(value, int) and not isinstance(value, bool):
        number = Decimal(value)
    else:
        raise _misfit("a number")
    if number is not None:
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int):
            raise _misfit("a finite number")
        if exponent < _SMALLEST_POWER or number.adjusted() > _LARGEST_POWER:
            raise _misfit("a number of sane size")
    return number


def _read_volume(value: Any) -> Decimal | None:
    number = _read_number(value)
    if number is not None and number < 0:
        # A negative volume would turn shares and totals into nonsense.
        raise _misfit("a volume of zero or more")
    return number


def _read_day(value: Any) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError as fault:
            raise _misfit("a day of the calendar") from fault
    raise _misfit("a date")


def _read_moment(value: Any) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=UTC)
            return moment.astimezone(UTC)
        except (ValueError, OverflowError) as fault:
            raise _misfit("a timestamp") from fault
    raise _misfit("a timestamp")


def _make_printable(value: Any) -> Any:
    """Replace lone surrogates, which no encoder on the way out would take."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return value


def _read_label(value: Any) -> Any:
    return "" if value is None else _make_printable(value)


def _read_list(value: Any) -> Any:
    return () if value is None else value


def each_once(name: str) -> AfterValidator:
    """Mark a list whose parts must differ in a field; adding up would count twice."""

    def check(parts: tuple[Body, ...]) -> tuple[Body, ...]:
        if len({getattr(part, name) for part in parts}) < len(parts):
            raise _misfit(f"a list with each {name} once")
        return parts

    return AfterValidator(check)


def _check_biz_time(value: str) -> str:
    day = value[:8]
    if not _BIZ_TIME.fullmatch(value):
        raise _misfit("a bucket's time")
    try:
        date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError as fault:
        raise _misfit("a bucket's time") from fault
    return value


Number = Annotated[Decimal | None, BeforeValidator(_read_number)]
"""A finite number, or None for unknown."""

Volume = Annotated[Decimal | None, BeforeValidator(_read_volume)]
"""Tokens or USD, zero or more, or None for unknown."""

Day = Annotated[date, BeforeValidator(_read_day)]
"""A UTC day, written ``YYYY-MM-DD``."""

Moment = Annotated[datetime | None, BeforeValidator(_read_moment)]
"""An instant, aware and in UTC, or None for unknown."""

BizTime = Annotated[str, AfterValidator(_check_biz_time)]
"""A day, an hour of it or a minute: ``YYYYMMDD``, ``YYYYMMDDHH``, ``YYYYMMDDHHmm``."""

Slug = Annotated[str, BeforeValidator(_make_printable)]
"""An opaque identifier, never converted."""

Label = Annotated[str, BeforeValidator(_read_label)]
"""A text for people, empty where the API has none."""

NullIsEmpty = BeforeValidator(_read_list)
"""Marks a list that may come as null when nothing is in it."""
