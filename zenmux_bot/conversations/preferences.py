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
"""What people set; what the command is called the bot finds out."""

Usual = Callable[[str, str], Awaitable[Defaults]]
"""Tells what holds in a workspace's channel."""

REMEMBERED_SECONDS = 30.0
"""So long another process's change may go unnoticed."""

MAX_TEAMS = 2000
_THE_BOT = "bot"

_Known = Mapping[Location, Defaults]


class Preferences:
    """Reads and writes the defaults of workspaces and channels.

    They are read with every question, and so remembered for a while: those of a
    workspace together, by one look for all who ask at once.

    Args:
        store: Keeps them.
        clock: Dates changes.
    """

    def __init__(self, store: Settings, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._commands: dict[str, str] = {}
        self._looks: TTLCache[str, asyncio.Task[_Known]] = TTLCache(
            MAX_TEAMS, REMEMBERED_SECONDS, timer=lambda: clock.now().timestamp()
        )

    async def of(self, scope: Location) -> Defaults:
        """Return what is set in exactly this scope."""
        known = await self._of_team(scope.team_id)
        return known.get(scope, UNSET)

    async def _of_team(self, team_id: str) -> _Known:
        """Return what is set in a workspace, from memory while that is young."""
        look = self._looks.get(team_id)
        if look is None or _failed(look):
            look = asyncio.create_task(self._look(team_id))
            self._looks[team_id] = look
        # whoever gives up waiting must not take it from the others
        return look.result() if look.done() else await asyncio.shield(look)

    async def _look(self, team_id: str) -> _Known:
        kept = await self._store.of_team(team_id)
        return {scope: _read(texts) for scope, texts in kept.items()}

    async def defaults(self, team_id: str, channel_id: str) -> Defaults:
        """Return what holds in a channel: its own, then the workspace's."""
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
        """Remember what a workspace's slash command is called.

        Returns:
            Whether that is news, and :meth:`keep_command` has to keep it.
        """
        if self._commands.get(team_id) == command:
            return False
        self._commands[team_id] = command
        return True

    async def keep_command(self, team_id: str) -> None:
        """Keep what a workspace's slash command is called, for other processes."""
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
        """Make ``wanted`` what is set in this scope, but for names that are not given.

        Others may set those at the same moment.
        """
        said = wanted.said()
        self._looks.pop(scope.team_id, None)
        for name in names:
            if name in said:
                value = _text(said[name])
                await self._store.set(scope, name, value, by=by, now=self._clock.now())
            else:
                await self._store.clear(scope, name)
        # a look meanwhile saw half of it
        self._looks.pop(scope.team_id, None)

    async def move_channel(self, team_id: str, old_id: str, new_id: str) -> None:
        """Let what is kept of a channel follow it to its new id."""
        await self._store.move_channel(team_id, old_id, new_id)
        self._looks.pop(team_id, None)

    async def forget_channel(self, team_id: str, channel_id: str) -> None:
        """Remove what is set in a channel that is deleted."""
        await self._store.forget_channel(team_id, channel_id)
        self._looks.pop(team_id, None)


def _failed(look: asyncio.Task[_Known]) -> bool:
    return look.done() and (look.cancelled() or look.exception() is not None)


def _read(kept: Mapping[str, str]) -> Defaults:
    return Defaults(
        **{name: read(kept[name]) for name, read in _READ.items() if name in kept}
    )


def _text(value: object) -> str:
    """Return a value as it is kept."""
    return " ".join(sorted(value)) if isinstance(value, frozenset) else str(value)
