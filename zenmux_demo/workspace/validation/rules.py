"""Rules that say what is wrong with a JSON value and where, by JSON pointer."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that Slack refuses.

    Attributes:
        code: What kind of problem.
        message: The problem in words.
        pointer: Where, as a JSON pointer.
        constraint: The limit that was passed, if it is one.
    """

    code: str
    message: str
    pointer: str
    constraint: int | None = None

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"

    def as_json(self) -> dict[str, Any]:
        """Return the problem as ``blocks.validate`` lists it.

        https://docs.slack.dev/reference/methods/blocks.validate
        """
        return {
            "code": self.code,
            "message": self.message,
            "field": self.pointer.rpartition("/")[2],
            "pointer": self.pointer,
            "constraint": self.constraint,
        }


Found = Iterator[Problem]
Rule = Callable[[Any, str], Found]


def string(
    at_most: int, *, at_least: int = 1, pattern: str = "", kind: str = ""
) -> Rule:
    """Expect a string of a length, matching a pattern named by ``kind``."""
    expression = re.compile(pattern)

    def check(value: Any, at: str) -> Found:
        if not isinstance(value, str):
            yield Problem("wrong_type", "must provide a string", at)
        elif len(value) < at_least:
            yield Problem(
                "too_short",
                f"must be more than {at_least - 1} characters",
                at,
                at_least,
            )
        elif len(value) > at_most:
            yield Problem(
                "too_long", f"must be less than {at_most + 1} characters", at, at_most
            )
        elif not expression.match(value):
            yield Problem("invalid_format", f"must be {kind}", at)

    return check


def url(at_most: int) -> Rule:
    """Expect the address of a web page."""
    return string(at_most, pattern=r"https?://\S+$", kind="a valid URL")


def integer(lowest: int, highest: int) -> Rule:
    """Expect a whole number within bounds."""

    def check(value: Any, at: str) -> Found:
        if not isinstance(value, int) or isinstance(value, bool):
            yield Problem("wrong_type", "must provide an integer", at)
        elif not lowest <= value <= highest:
            yield Problem(
                "out_of_range", f"must be between {lowest} and {highest}", at, highest
            )

    return check


def number(value: Any, at: str) -> Found:
    """Expect a finite number."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):
        yield Problem("wrong_type", "must provide a number", at)


def boolean(value: Any, at: str) -> Found:
    """Expect true or false."""
    if not isinstance(value, bool):
        yield Problem("wrong_type", "must provide a boolean", at)


def one_of(*allowed: str) -> Rule:
    """Expect one of a few words."""

    def check(value: Any, at: str) -> Found:
        if value not in allowed:
            words = ", ".join(allowed)
            yield Problem("not_allowed", f"must be one of: {words}", at)

    return check


def list_of(rule: Rule, at_most: int | None = None, *, at_least: int = 1) -> Rule:
    """Expect a list of a length, each item passing a rule."""

    def check(value: Any, at: str) -> Found:
        if not isinstance(value, list):
            yield Problem("wrong_type", "must provide an array", at)
            return
        if len(value) < at_least:
            yield Problem(
                "too_few", f"no fewer than {at_least} items allowed", at, at_least
            )
        if at_most is not None and len(value) > at_most:
            yield Problem(
                "too_many", f"no more than {at_most} items allowed", at, at_most
            )
        for index, item in enumerate(value):
            yield from rule(item, f"{at}/{index}")

    return check


def fields(
    required: Mapping[str, Rule] | None = None,
    optional: Mapping[str, Rule] | None = None,
    *more: Rule,
) -> Rule:
    """Expect an object with these keys and no others; then apply more rules.

    ``type`` is always allowed; further rules see only well-formed objects.
    """
    needed = required or {}
    known = {**needed, **(optional or {})}

    def check(value: Any, at: str) -> Found:
        if not isinstance(value, dict):
            yield Problem("wrong_type", "must provide an object", at)
            return
        found = [
            Problem("required", f"missing required field: {key}", at)
            for key in needed
            if key not in value
        ]
        for key, item in value.items():
            if key in known:
                found += known[key](item, f"{at}/{key}")
            elif key != "type":
                found.append(
                    Problem("unknown_key", f"invalid additional property: {key}", at)
                )
        yield from found
        if not found:
            for rule in more:
                yield from rule(value, at)

    return check


def tagged(kinds: Mapping[str, Rule], *, what: str = "type") -> Rule:
    """Expect an object whose ``type`` says which rule it must pass."""

    def check(value: Any, at: str) -> Found:
        if not isinstance(value, dict):
            yield Problem("wrong_type", "must provide an object", at)
            return
        kind = value.get("type")
        rule = kinds.get(kind) if isinstance(kind, str) else None
        if rule is None:
            yield Problem("unsupported_type", f"unsupported {what}: {kind}", at)
        else:
            yield from rule(value, at)

    return check


def exactly_one(*keys: str) -> Rule:
    """Expect one of several keys and none of the others."""

    def check(value: Any, at: str) -> Found:
        if sum(key in value for key in keys) != 1:
            words = " or ".join(keys)
            yield Problem("required", f"must provide exactly one of: {words}", at)

    return check


def at_least_one(*keys: str) -> Rule:
    """Expect at least one of several keys."""

    def check(value: Any, at: str) -> Found:
        if not any(key in value for key in keys):
            words = ", ".join(keys)
            yield Problem("required", f"must provide at least one of: {words}", at)

    return check
