"""What may be known of the ZenMux key that a workspace asks with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """Which key a workspace asks with.

    Attributes:
        is_own: It brought one; else the operator's is used.
        set_at: When.
        set_by: Who.
    """

    is_own: bool
    set_at: datetime | None = None
    set_by: str | None = None
