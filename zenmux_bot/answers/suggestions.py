"""Names to choose from while somebody types, from what is in memory."""

from __future__ import annotations

from datetime import timedelta

from zenmux_bot.answers.fetching import FetchContext, known_models
from zenmux_bot.commands.names import Suggestion, suggest
from zenmux_bot.core.clock import Clock
from zenmux_bot.errors import ApiError
from zenmux_bot.zenmux.api import TeamApis

PATIENCE = timedelta(milliseconds=80)
"""Menus are filled while somebody types.

A question to the API that takes longer goes on without us, and its answer is in memory
at the next keystroke.
"""

Names = tuple[tuple[Suggestion, ...], tuple[Suggestion, ...]]
"""Providers, and models."""

MOST = 100
"""https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element"""


class Suggestions:
    """Suggests models and providers.

    Args:
        apis: Give ZenMux's answers to each workspace.
        clock: Tells which day it is.
    """

    def __init__(self, apis: TeamApis, clock: Clock) -> None:
        self._apis = apis
        self._clock = clock

    async def names(self, team_id: str, typed: str) -> Names | None:
        """Return providers and models that may be meant, the most used first.

        None is returned where ZenMux has not told them yet.
        """
        context = FetchContext(self._apis.of(team_id), self._clock, PATIENCE)
        try:
            known = await known_models(context)
        except ApiError:
            return None
        return (
            suggest(typed, dict(known.authors.values()), most=MOST),
            suggest(typed, known.labels, most=MOST),
        )
