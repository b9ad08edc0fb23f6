"""Bodies as the API writes them: JSON with exact decimals, errors, envelopes."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from zenmux_bot.core.measures import Metric
from zenmux_demo.sandbox.world import COST_PLACES

OTHERS = "__others__"
OTHERS_LABEL = "Others"


class Refusal(Exception):
    """The API answers this request with an error.

    Attributes:
        status: HTTP status.
        type: The error's type, for programs.
    """

    def __init__(self, status: int, type_: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.type = type_


def invalid(message: str) -> Refusal:
    """Return the refusal of a bad parameter."""
    return Refusal(400, "invalid_params", message)


def error_body(status: int, type_: str, message: str) -> bytes:
    """Return the documented body of an error; ``code`` is a string."""
    return encode({"error": {"code": str(status), "type": type_, "message": message}})


def envelope(data: dict[str, Any]) -> dict[str, Any]:
    """Return the body of a success."""
    return {"success": True, "data": data}


def number(metric: Metric, units: int) -> int | Decimal:
    """Return a figure of the world as the API writes it."""
    if metric is Metric.TOKENS:
        return units
    return Decimal(units).scaleb(-COST_PLACES)


_JSON = json.JSONEncoder(ensure_ascii=False)


def encode(value: object) -> bytes:
    """Return JSON in UTF-8.

    Decimals are written digit by digit: a float would lose the last places of a
    platform's total.
    """
    return _text(value).encode()


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, dict):
        pairs = [f"{_JSON.encode(key)}: {_text(item)}" for key, item in value.items()]
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_text, value)) + "]"
    return _JSON.encode(value)
