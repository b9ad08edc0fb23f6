"""The API as features see it, with the key of the workspace that asks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, SecretStr

from zenmux_bot.errors import KeyRefused
from zenmux_bot.zenmux.models import Answer
from zenmux_bot.zenmux.requests import (
    OWN_PATHS,
    BalanceRequest,
    GenerationRequest,
    Request,
    SubscriptionRequest,
)

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
            request: The request; a long range is fetched in parts and joined.
            patience: How long the caller waits at most, cooldowns included. Zero
                sends nothing: only what is in memory is given.

        Raises:
            ApiError: No answer within the patience, and no old copy.
        """
        ...


class TeamApis(Protocol):
    """Gives each workspace the API with its own key."""

    def of(self, team_id: str | None) -> Api:
        """Return the API with the key of a workspace; None: with the operator's."""
        ...

    async def scope_of(self, team_id: str | None) -> str:
        """Return a name for the key of a workspace that does not reveal it."""
        ...


class OneApi:
    """The same API for everyone, for a bot with one key.

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


_OF_AN_ACCOUNT = frozenset(
    {
        *OWN_PATHS,
        BalanceRequest.path,
        GenerationRequest.path,
        SubscriptionRequest.path,
    }
)


class Keys(Protocol):
    """Stores the keys of workspaces."""

    async def of(self, team_id: str) -> SecretStr | None:
        """Return a workspace's own key, None if it has none."""
        ...


class KeyedApis:
    """Uses a workspace's own key, else the operator's.

    Statistics are the same for every key. Account data are private: a workspace
    without a key of its own sees nothing of the operator's account, unless it is the
    only workspace.

    Args:
        api_of: Gives the API for a key.
        keys: Stores the keys of workspaces.
        operators: The operator's key.
        many: Whether several workspaces are served.
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

    def of(self, team_id: str | None) -> Api:
        """Return the API with the key of a workspace; None: with the operator's."""
        return _ApiOfTeam(self, team_id)

    async def scope_of(self, team_id: str | None) -> str:
        """Return a name for the key of a workspace that does not reveal it."""
        own = await self._own_key(team_id)
        if own is None:
            return ""
        return hashlib.sha256(own.get_secret_value().encode()).hexdigest()

    async def fetch_for(
        self, team_id: str | None, request: Request[T], patience: timedelta
    ) -> Answer[T]:
        """Return the answer to a workspace.

        Raises:
            ApiError: As :meth:`zenmux_bot.zenmux.api.Api.fetch`.
        """
        key = await self._own_key(team_id)
        if key is None:
            self._check(request)
            key = self._operators
        return await self._api_of(key).fetch(request, patience=patience)

    async def _own_key(self, team_id: str | None) -> SecretStr | None:
        return None if team_id is None else await self._keys.of(team_id)

    def _check(self, request: Request[Any]) -> None:
        if self._many and request.path in _OF_AN_ACCOUNT:
            raise KeyRefused(
                "This workspace has no ZenMux key of its own. An admin can add one on "
                "the Home tab",
                path=request.path,
            )


@dataclass(frozen=True, slots=True)
class _ApiOfTeam:
    """The API as one workspace sees it."""

    apis: KeyedApis
    team_id: str | None

    async def fetch(
        self, request: Request[T], *, patience: timedelta = INTERACTIVE
    ) -> Answer[T]:
        """Return the answer; see :meth:`zenmux_bot.zenmux.api.Api.fetch`."""
        return await self.apis.fetch_for(self.team_id, request, patience)


class NoKeys:
    """No keys of workspaces, as there is nothing to encrypt them with."""

    async def of(self, team_id: str) -> SecretStr | None:
        """Return None."""
        del team_id
        return None
