"""The platform's providers by name, from the API's own figures."""

from __future__ import annotations

from datetime import timedelta

from zenmux_bot.commands import names
from zenmux_bot.core.clock import Clock
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import FLOOR, Unit, start_of, step
from zenmux_bot.zenmux.api import Api
from zenmux_bot.zenmux.models import OTHERS
from zenmux_bot.zenmux.requests import MarketShareRequest

PATIENCE = timedelta(seconds=1.5)
"""Slack waits three seconds for the answer to a form."""

_WEEKS = 8


class KnownProviders:
    """Finds providers among those with figures in the last weeks.

    Args:
        api: Gives ZenMux's answers.
        clock: Tells which day it is.
        patience: How long somebody waits for them.
    """

    def __init__(
        self, api: Api, clock: Clock, *, patience: timedelta = PATIENCE
    ) -> None:
        self._api = api
        self._clock = clock
        self._patience = patience

    async def slug_of(self, name: str, metric: Metric) -> str:
        """Return the slug of the provider that a name means.

        Raises:
            UnknownName: None goes by it; the suggestions are slugs.
            AmbiguousName: Several do; likewise.
            ApiError: Nobody knows now.
        """
        this_week = start_of(Unit.WEEK, self._clock.now().date())
        wanted = MarketShareRequest(
            metric=metric,
            width=Granularity.WEEK,
            start=max(step(Unit.WEEK, this_week, -_WEEKS), FLOOR),
            end=max(step(Unit.WEEK, this_week, -1), FLOOR),
        )
        answer = await self._api.fetch(wanted, patience=self._patience)
        labels = {
            entry.author: names.shown(entry.label, entry.author)
            for bucket in answer.data.series
            for entry in bucket.authors
            if entry.author != OTHERS
        }
        return names.find(name, labels, what="provider")
