"""How the bot and what it stands on are, as found by looking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: What.
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
    """All that was looked at, and when."""

    checks: tuple[Check, ...]
    as_of: datetime

    @property
    def ok(self) -> bool:
        """Tell whether nothing is wrong."""
        return all(check.ok is not False for check in self.checks)
