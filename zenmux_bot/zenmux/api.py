"""What the services need of the world, as protocols."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol, TypeVar

from pydantic import BaseModel

from zenmux_bot.zenmux.models import Answer
from zenmux_bot.zenmux.requests import Request

INTERACTIVE = timedelta(seconds=25)
"""How long a person who typed a command is kept waiting for the API."""

T = TypeVar("T", bound=BaseModel)


class Api(Protocol):
    """ZenMux's answers, new or from memory."""

    async def fetch(
        self, request: Request[T], *, patience: timedelta = INTERACTIVE
    ) -> Answer[T]:
        """Return the answer, or an old copy marked stale when the API gives none.

        Args:
            request: What to ask; a long range is asked in parts and joined.
            patience: How long the caller waits at most, cooldowns included.
                None at all asks nothing: only what is in memory is given.

        Raises:
            ApiError: No answer within the patience, and no old copy.
        """
        ...


class TeamApis(Protocol):
    """ZenMux's answers to each workspace, with the key that it asks with."""

    def of(self, team_id: str | None) -> Api:
        """Return the API as a workspace sees it; None: as the operator does."""
        ...

    async def scope_of(self, team_id: str | None) -> str:
        """Name the key that a workspace asks with, without telling it."""
        ...


class OneApi:
    """The same API for whoever asks, where there is but one key.

    Args:
        api: Gives ZenMux's answers.
    """

    def __init__(self, api: Api) -> None:
        self._api = api

    def of(self, team_id: str | None) -> Api:
        """Return it."""
        del team_id
        return self._api

    async def scope_of(self, team_id: str | None) -> str:
        """Return the name of the only key."""
        del team_id
        return ""
