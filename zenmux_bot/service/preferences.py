"""What people have set for their workspace and its channels."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from zenmux_bot.domain.clock import Clock
from zenmux_bot.domain.defaults import Defaults, Scope
from zenmux_bot.domain.measures import Metric
from zenmux_bot.domain.queries import Audience


class SettingsStore(Protocol):
    """Keeps texts by scope and key."""

    async def all(self, scope: Scope) -> Mapping[str, str]:
        """Return everything that is set in exactly this scope."""
        ...

    async def set(
        self, scope: Scope, key: str, value: str, *, by: str, now: datetime
    ) -> None:
        """Set a value."""
        ...

    async def clear(self, scope: Scope, key: str) -> None:
        """Unset a value."""
        ...


_READ: Mapping[str, Callable[[str], Any]] = {
    "metric": Metric,
    "top": int,
    "audience": Audience,
    "zone": str,
    "watched": lambda text: frozenset(text.split()),
    "operations_channel": str,
}


Usual = Callable[[str, str], Awaitable[Defaults]]
"""Tells what holds in a workspace's channel."""

REMEMBERED = timedelta(seconds=30)
"""So long another process's change may go unnoticed."""

MAX_SCOPES = 2000


class Preferences:
    """Reads and writes the defaults of workspaces and channels.

    They are read with every question, and so remembered for a while.

    Args:
        store: Keeps them.
        clock: Dates changes.
    """

    def __init__(self, store: SettingsStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[Scope, tuple[datetime, Defaults]] = {}

    async def of(self, scope: Scope) -> Defaults:
        """Return what is set in exactly this scope."""
        now = self._clock.now()
        at, known = self._known.get(scope, (now, None))
        if known is not None and timedelta() <= now - at < REMEMBERED:
            return known
        kept = await self._store.all(scope)
        found = Defaults(
            **{name: read(kept[name]) for name, read in _READ.items() if name in kept}
        )
        if len(self._known) >= MAX_SCOPES:
            self._known.clear()
        self._known[scope] = (now, found)
        return found

    async def defaults(self, team_id: str, channel_id: str) -> Defaults:
        """Return what holds in a channel: its own, then the workspace's."""
        own = await self.of(Scope(team_id, channel_id))
        return own.over(await self.of(Scope(team_id)))

    async def save(self, scope: Scope, wanted: Defaults, *, by: str) -> None:
        """Make ``wanted`` what is set in this scope."""
        said = wanted.said()
        self._known.pop(scope, None)
        for name in _READ:
            if name in said:
                value = _text(said[name])
                await self._store.set(scope, name, value, by=by, now=self._clock.now())
            else:
                await self._store.clear(scope, name)


def _text(value: object) -> str:
    """Return a value as it is kept."""
    return " ".join(sorted(value)) if isinstance(value, frozenset) else str(value)
