"""The results of checking the bot and what it depends on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check.

    Attributes:
        name: What was checked.
        ok: It is as it should be; None: not known, or not needed here.
        found: What was found, one clause.
        fix: What to do about it, one sentence; empty if nothing.
    """

    name: str
    ok: bool | None
    found: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class StatusView:
    """All checks, and when they ran."""

    checks: tuple[Check, ...]
    as_of: datetime

    @property
    def ok(self) -> bool:
        """Tell whether nothing is wrong."""
        return all(check.ok is not False for check in self.checks)
