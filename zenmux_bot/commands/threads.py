"""Which thread something was said in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ThreadId:
    """A thread by workspace, channel and its first message.

    Attributes:
        team_id: The workspace.
        channel_id: The channel.
        thread_ts: The timestamp of the first message.
        began: When that was written, by this process's clock; None: not known.
    """

    team_id: str
    channel_id: str
    thread_ts: str
    began: datetime | None = field(default=None, compare=False)
