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
