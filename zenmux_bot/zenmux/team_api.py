"""The API with the key of whichever workspace asks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, SecretStr

from zenmux_bot.errors import KeyRefused
from zenmux_bot.zenmux.account_requests import (
    BalanceRequest,
    GenerationRequest,
    SubscriptionRequest,
)
from zenmux_bot.zenmux.api import INTERACTIVE, Api
from zenmux_bot.zenmux.models import Answer
from zenmux_bot.zenmux.requests import Request
from zenmux_bot.zenmux.working_for import working_for

_OF_AN_ACCOUNT = (BalanceRequest, GenerationRequest, SubscriptionRequest)

T = TypeVar("T", bound=BaseModel)


class Keys(Protocol):
    """Knows the keys of workspaces."""

    async def of(self, team_id: str) -> SecretStr | None:
        """Return a workspace's own key, None if it brought none."""
        ...


class TeamApi:
    """Asks with the workspace's own key, else with the operator's.

    Statistics are the same for every key. An account is its owner's business: a
    workspace without a key of its own learns nothing of the operator's, unless the
    operator serves that one workspace alone.

    Args:
        api_of: Gives the API as a key sees it.
        keys: Knows the keys of workspaces.
        operators: The operator's key.
        many: Whether other people's workspaces are served, too.
    """

    def __init__(
        self,
        api_of: Callable[[SecretStr | None], Api],
        keys: Keys,
        operators: SecretStr | None,
        *,
        many: bool,
    ) -> None:
        self._api_of = api_of
        self._keys = keys
        self._operators = operators
        self._many = many

    async def fetch(
        self, request: Request[T], *, patience: timedelta = INTERACTIVE
    ) -> Answer[T]:
        """Return the answer to whoever the running work is for.

        Raises:
            ApiError: As :meth:`zenmux_bot.zenmux.api.Api.fetch`.
        """
        key = await self._own_key()
        if key is None:
            self._check(request)
            key = self._operators
        return await self._api_of(key).fetch(request, patience=patience)

    async def whose(self) -> str:
        """Name the key that the running work asks with, without telling it."""
        own = await self._own_key()
        if own is None:
            return ""
        return hashlib.sha256(own.get_secret_value().encode()).hexdigest()

    async def _own_key(self) -> SecretStr | None:
        team_id = working_for()
        return None if team_id is None else await self._keys.of(team_id)

    def _check(self, request: Request[Any]) -> None:
        if self._many and isinstance(request, _OF_AN_ACCOUNT):
            raise KeyRefused(
                "This workspace has set no ZenMux key of its own; an admin sets it on "
                "the Home tab",
                path=request.path,
            )


class NoKeys:
    """Workspaces bring no keys where there is nothing to encrypt them with."""

    async def of(self, team_id: str) -> SecretStr | None:
        """Return None."""
        del team_id
        return None
