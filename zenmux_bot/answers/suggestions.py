"""Names to choose from while somebody types, from what is in memory."""

from __future__ import annotations

from datetime import timedelta

from zenmux_bot.answers.fetching import FetchContext, Known, known_models
from zenmux_bot.commands.names import Suggestion, suggest
from zenmux_bot.core.clock import Clock
from zenmux_bot.errors import ApiError
from zenmux_bot.zenmux.api import TeamApis

PATIENCE = timedelta(milliseconds=80)
"""Menus are filled while somebody types.

A question to the API that takes longer goes on without us, and its answer is in memory
at the next keystroke.
"""

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

    async def names(
        self, team_id: str, typed: str
    ) -> tuple[tuple[Suggestion, ...], tuple[Suggestion, ...]]:
        """Return providers and models that may be meant, the most used first."""
        known = await self._known(team_id)
        return (
            suggest(typed, dict(known.authors.values()), most=MOST),
            suggest(typed, known.labels, most=MOST),
        )

    async def _known(self, team_id: str) -> Known:
        """Return what is known at once; nothing is better than late."""
        context = FetchContext(self._apis.of(team_id), self._clock, PATIENCE)
        try:
            return await known_models(context)
        except ApiError:
            return Known({}, {})
