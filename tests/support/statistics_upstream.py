"""ZenMux's daily statistics from the sandbox's world, without HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from zenmux_bot.zenmux.models import Answer
from zenmux_bot.zenmux.paging import join, split
from zenmux_bot.zenmux.requests import MarketShareRequest
from zenmux_demo.sandbox import statistics
from zenmux_demo.sandbox.params import Ask
from zenmux_demo.sandbox.world import World

WORLD = World()


@dataclass
class StatisticsUpstream:
    """Answers at the time of a clock; counts the requests.

    Attributes:
        now: The clock.
        world: What happened.
        lag: How many of the newest days are not aggregated yet.
        change: Changes an answer's JSON before it is read.
        asked: The requests so far.
    """

    now: Callable[[], datetime]
    world: World = WORLD
    lag: int = 0
    change: Callable[[dict], None] | None = None
    asked: list = field(default_factory=list)

    async def find(self):
        return self

    async def fetch(self, request, *, patience=None):
        return join([self._answer(part) for part in split(request)])

    def _answer(self, request):
        self.asked.append(request)
        today: date = self.now().date()
        newest = today - timedelta(days=1 + self.lag)
        ask = Ask(query=request.params(), today=today, newest=newest)
        is_share = isinstance(request, MarketShareRequest)
        function = statistics.market_share if is_share else statistics.timeseries
        if request.path.endswith("leaderboard"):
            function = statistics.leaderboard
        if request.path.endswith("model_usage"):
            function = statistics.model_usage
        data = function(self.world, ask)
        if self.change is not None:
            self.change(data)
        return Answer(
            data=request.model.model_validate(data),
            limit=request.limit,
            fetched_at=self.now(),
        )
