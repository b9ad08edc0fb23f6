"""The entries of the audit log: who did what, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

_PERSON = re.compile(r"[UW][A-Z0-9]+", re.ASCII)
"""https://docs.slack.dev/reference/objects/user-object"""

THE_BOT = "zenmux"
THE_OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One action.

    Attributes:
        at: When.
        actor: A user's id, ``THE_BOT``, or ``THE_OPERATOR``, who runs the bot.
        action: A name such as ``digest.pause``.
        subject: The id of the object it was done to.
        detail: Details in words, or empty.
    """

    at: datetime
    actor: str
    action: str
    subject: str
    detail: str = ""


def is_person(actor: str) -> bool:
    """Tell whether an actor is a member of the workspace."""
    return _PERSON.fullmatch(actor) is not None
