"""What a thread is about: its last answered question, or that of its message."""

from __future__ import annotations

from zenmux_bot.commands.grammar import BY_WORD
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import Request, canonical
from zenmux_bot.core.actors import Location
from zenmux_bot.core.clock import Clock
from zenmux_bot.errors import BadInput
from zenmux_bot.store.conversations import LedgerThreads, Threads


class Contexts:
    """Fills in what follow-up questions leave unsaid.

    Args:
        threads: The last answered questions of threads.
        ledger: The digests, alerts and budgets that were posted.
        clock: The current time.
    """

    def __init__(self, threads: Threads, ledger: LedgerThreads, clock: Clock) -> None:
        self._threads = threads
        self._ledger = ledger
        self._clock = clock

    async def base(self, thread: Location) -> Request | None:
        """Return the request that a follow-up in a thread changes, if there is one."""
        words = await self._threads.query_of(thread)
        if words is None:
            words = await self._ledger.query_of(thread)
        if words is None:
            return None
        try:
            return parse(words, today=self._clock.now().date())
        except BadInput:
            # Stored by an old version with other commands: start afresh.
            return None

    async def remember(self, thread: Location, request: Request) -> None:
        """Remember that a thread is about ``request``, if that has a period."""
        if has_period(request):
            query = canonical(request.query)
            await self._threads.remember(thread, query, self._clock.now())


def has_period(request: Request) -> bool:
    """Tell whether a request has a period that a follow-up can inherit."""
    return "period" in BY_WORD[request.query.name].takes
