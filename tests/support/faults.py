"""Faults for delivery's tests: a process that dies, and calls that fail."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError
from worlds import World

from zenmux_bot.digests.delivery.entries import State
from zenmux_bot.digests.delivery.texts import NOT_SEARCHED
from zenmux_bot.store.tables import metadata

FINAL = {State.SENT, State.SKIPPED, State.FAILED, State.UNKNOWN}


class Killed(BaseException):
    """The process is gone; nothing in it can catch that."""


@dataclass
class Fate:
    """Kills a worker at one of its calls, before or after the call took effect.

    Attributes:
        at: The number of the call.
        after: Whether the call still takes effect. For a worker that makes one call at
            a time, to die after one is the same as to die before the next.
        trouble: Called before each call; may raise an ordinary error.
        calls: How many calls were made.
        dead: Whether it has happened.
    """

    at: int
    after: bool = False
    trouble: Callable[[], None] = lambda: None
    calls: int = 0
    dead: bool = False

    def wrap(self, port: object) -> object:
        return _Mortal(port, self)

    async def call(self, method, *args, **kwargs):
        self._die_if(self.dead)
        self.calls += 1
        last = self.calls == self.at
        self._die_if(last and not self.after)
        self.trouble()
        result = await method(*args, **kwargs)
        self._die_if(last or self.dead)
        return result

    def _die_if(self, condition: bool) -> None:  # noqa: FBT001 - a condition is one
        if condition:
            self.dead = True
            raise Killed


class _Mortal:
    def __init__(self, port: object, fate: Fate) -> None:
        self._port = port
        self._fate = fate

    def __getattr__(self, name: str):
        method = getattr(self._port, name)

        async def call(*args, **kwargs):
            return await self._fate.call(method, *args, **kwargs)

        return call


async def live(worker) -> None:
    """Run a round of a worker that may die in it, or find no database."""
    # only what this round makes is looked through below
    gc.freeze()
    with contextlib.suppress(Killed, BaseExceptionGroup, OperationalError):
        await worker.run_due()
    # A process that is gone holds no connection; here its frames still may.
    gc.collect()


async def settle_all(world: World, worker, *, rounds: int = 60) -> None:
    """Run rounds without faults until everything has ended and everyone knows."""
    for _ in range(rounds):
        await worker.run_due()
        entries = await world.entries() + await world.entries("reply")
        if entries and all(entry.state in FINAL for entry in entries):
            # What was being told when the process died is told after its lease.
            world.clock.advance(minutes=3)
            await worker.run_due()
            return
        world.clock.advance(minutes=10)
    raise AssertionError([entry for entry in entries if entry.state not in FINAL])


async def assert_once_or_told(world: World, *, owner: str = "U1") -> None:
    """Hold what was posted against the ledger, and the ledger against what was told."""
    keys = world.slack.keys()
    assert len(keys) == len(set(keys)), keys
    for entry in await world.entries():
        posted = entry.key in keys
        if entry.state is State.UNKNOWN:
            assert not world.slack.may_read or entry.reason == NOT_SEARCHED
            assert world.slack.told_to(owner)
        elif entry.state is State.SENT:
            assert posted
        else:
            assert not posted, entry
            assert entry.reason
            assert world.slack.told_to(owner), entry
    for entry in await world.entries("reply"):
        assert (entry.state is State.SENT) <= (entry.key in keys)
        assert entry.state in FINAL


async def empty(world: World) -> None:
    """Take everything out of the tables, at once."""
    tables = reversed(metadata.sorted_tables)
    script = "; ".join(f"DELETE FROM {table.name}" for table in tables)
    async with world.database.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        await raw.driver_connection.executescript(script)
