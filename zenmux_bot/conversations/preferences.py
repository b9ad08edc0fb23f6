"""What people have set for their workspace and its channels."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cachetools import TTLCache

from zenmux_bot.commands.defaults import UNSET, Defaults
from zenmux_bot.commands.grammar import COMMAND
from zenmux_bot.commands.queries import Audience
from zenmux_bot.core.actors import Location
from zenmux_bot.core.clock import Clock
from zenmux_bot.core.measures import Metric

if TYPE_CHECKING:
    # The terminal answers without a database, and starts faster without its library.
    from zenmux_bot.store.conversations import Settings

_READ: Mapping[str, Callable[[str], Any]] = {
    "metric": Metric,
    "top": int,
    "audience": Audience,
    "zone": str,
    "watched": lambda text: frozenset(text.split()),
    "operations_channel": str,
    "own_spend": lambda text: text == str(True),
    "command": str,
}


OF_PEOPLE = frozenset(_READ.keys() - {"command"})
"""What people set; the bot finds out the command's name by itself."""

Usual = Callable[[str, str], Awaitable[Defaults]]
"""Returns the defaults that apply in a workspace's channel."""

REMEMBERED_SECONDS = 30.0
"""Changes of another process are noticed after this time."""

MAX_TEAMS = 2000
_THE_BOT = "bot"

_Known = Mapping[Location, Defaults]


class Preferences:
    """Reads and writes the defaults of workspaces and channels.

    Every question needs them, so they are cached: all those of a workspace together,
    loaded once for concurrent questions.

    Args:
        store: The settings in the database.
        clock: Dates changes.
    """

    def __init__(self, store: Settings, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._commands: dict[str, str] = {}
        self._loads: TTLCache[str, asyncio.Task[_Known]] = TTLCache(
            MAX_TEAMS, REMEMBERED_SECONDS, timer=lambda: clock.now().timestamp()
        )

    async def of(self, scope: Location) -> Defaults:
        """Return what is set in exactly this scope."""
        known = await self._of_team(scope.team_id)
        return known.get(scope, UNSET)

    async def _of_team(self, team_id: str) -> _Known:
        """Return what is set in a workspace, from the cache while it is fresh."""
        load = self._loads.get(team_id)
        if load is None or _failed(load):
            load = asyncio.create_task(self._load(team_id))
            self._loads[team_id] = load
        # The load goes on for others if this task is cancelled.
        return load.result() if load.done() else await asyncio.shield(load)

    async def _load(self, team_id: str) -> _Known:
        kept = await self._store.of_team(team_id)
        return {scope: _read(texts) for scope, texts in kept.items()}

    async def defaults(self, team_id: str, channel_id: str) -> Defaults:
        """Return the defaults in a channel: its own, then the workspace's."""
        own = await self.of(Location(team_id, channel_id))
        usual = own.over(await self.of(Location(team_id)))
        command = self._commands.get(team_id, usual.command)
        named = None if command == COMMAND else command
        return usual if named == usual.command else replace(usual, command=named)

    async def command_of(self, team_id: str) -> str:
        """Return the name of the slash command in a workspace."""
        known = self._commands.get(team_id)
        return known or (await self.of(Location(team_id))).command or COMMAND

    def note_command(self, team_id: str, command: str) -> bool:
        """Remember the name of a workspace's slash command.

        Returns:
            Whether it is new, so that :meth:`keep_command` has to save it.
        """
        if self._commands.get(team_id) == command:
            return False
        self._commands[team_id] = command
        return True

    async def keep_command(self, team_id: str) -> None:
        """Save the name of a workspace's slash command for other processes."""
        place, command = Location(team_id), self._commands[team_id]
        kept = await self.of(place)
        if command != (kept.command or COMMAND):
            named = None if command == COMMAND else command
            wanted = replace(kept, command=named)
            await self.save(place, wanted, by=_THE_BOT, names={"command"})

    async def shows_own_spend(self, channel: Location) -> bool:
        """Tell whether everybody in a channel may see the workspace's own spend."""
        own = await self.of(Location(channel.team_id, channel.channel_id))
        return bool(own.own_spend)

    async def show_own_spend(self, channel: Location, *, shown: bool, by: str) -> None:
        """Let everybody in a channel see the workspace's own spend, or nobody."""
        channel = Location(channel.team_id, channel.channel_id)
        own = Defaults(own_spend=shown or None)
        await self.save(channel, own, by=by, names={"own_spend"})

    async def save(
        self,
        scope: Location,
        wanted: Defaults,
        *,
        by: str,
        names: Collection[str] = OF_PEOPLE,
    ) -> None:
        """Save ``wanted`` in a scope, changing only the given names.

        Other names may be changed by others at the same time.
        """
        said = wanted.said()
        self._loads.pop(scope.team_id, None)
        for name in names:
            if name in said:
                value = _text(said[name])
                await self._store.set(scope, name, value, by=by, now=self._clock.now())
            else:
                await self._store.clear(scope, name)
        # A load in the meantime may have seen half of the change.
        self._loads.pop(scope.team_id, None)

    async def move_channel(self, team_id: str, old_id: str, new_id: str) -> None:
        """Move the settings of a channel to its new id."""
        await self._store.move_channel(team_id, old_id, new_id)
        self._loads.pop(team_id, None)

    async def forget_channel(self, team_id: str, channel_id: str) -> None:
        """Delete the settings of a deleted channel."""
        await self._store.forget_channel(team_id, channel_id)
        self._loads.pop(team_id, None)


def _failed(load: asyncio.Task[_Known]) -> bool:
    return load.done() and (load.cancelled() or load.exception() is not None)


def _read(kept: Mapping[str, str]) -> Defaults:
    return Defaults(
        **{name: read(kept[name]) for name, read in _READ.items() if name in kept}
    )


def _text(value: object) -> str:
    """Return a value as it is stored."""
    return " ".join(sorted(value)) if isinstance(value, frozenset) else str(value)
