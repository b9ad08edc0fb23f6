"""What a thread is about: the last question answered in it, or that of its message."""

from __future__ import annotations

from zenmux_bot.commands.grammar import BY_WORD
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import Request, canonical
from zenmux_bot.core.actors import Location
from zenmux_bot.core.clock import Clock
from zenmux_bot.errors import BadInput
from zenmux_bot.store.conversations import LedgerThreads, Threads


class Contexts:
    """Gives follow-ups what they leave unsaid.

    Args:
        threads: Remembers the questions answered.
        ledger: Knows the digests, alerts and budgets posted.
        clock: Tells the time.
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
            # Words change over the years; a thread that old begins anew.
            return None

    async def remember(self, thread: Location, request: Request) -> None:
        """Let a thread be about ``request``, if it is about days at all."""
        if is_about_days(request):
            query = canonical(request.query)
            await self._threads.remember(thread, query, self._clock.now())


def is_about_days(request: Request) -> bool:
    """Tell whether a follow-up can change what a request left unsaid."""
    return "period" in BY_WORD[request.query.name].takes
