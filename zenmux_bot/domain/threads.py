"""Which thread something was said in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ThreadId:
    """A thread by workspace, channel and its first message."""

    team_id: str
    channel_id: str
    thread_ts: str
