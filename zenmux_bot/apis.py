"""The API once for each key, so that no answer to one key is given to another."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
from pydantic import SecretStr

from zenmux_bot.config import Settings
from zenmux_bot.core.clock import Clock
from zenmux_bot.store.answers import StoredAnswers, scope_of
from zenmux_bot.store.cooldowns import StoredCooldowns
from zenmux_bot.store.database import Database
from zenmux_bot.store.locks import Locks
from zenmux_bot.zenmux.cache import CachedApi
from zenmux_bot.zenmux.client import ZenMuxClient
from zenmux_bot.zenmux.shared import SharedAnswers


def process_name() -> str:
    """Return a name that no other process has."""
    return f"{socket.gethostname()[:64]}:{os.getpid()}:{secrets.token_hex(4)}"


class Apis:
    """Makes an API for a key when it is first asked for, and keeps it.

    Args:
        http: Sends the requests of all.
        settings: Where the API is, and how long an endpoint cools down.
        clock: Tells the time.
        database: Where several processes share answers; None where there is but one.
        sleep: Waits a number of seconds.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        settings: Settings,
        clock: Clock,
        *,
        database: Database | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._http = http
        self._settings = settings
        self._clock = clock
        self._database = database
        self._sleep = sleep
        self._holder = process_name()
        self._made: dict[str, CachedApi] = {}

    def of(self, key: SecretStr | None) -> CachedApi:
        """Return the API as the owner of a key sees it."""
        secret = "" if key is None else key.get_secret_value()
        scope = scope_of(secret, self._settings.zenmux_base_url)
        if scope not in self._made:
            self._made[scope] = self._make(key, scope)
        return self._made[scope]

    async def aclose(self) -> None:
        """Abandon the requests under way."""
        await asyncio.gather(*(api.aclose() for api in self._made.values()))

    def _make(self, key: SecretStr | None, scope: str) -> CachedApi:
        shared = self._database
        client = ZenMuxClient(
            self._http,
            key=key,
            base_url=self._settings.zenmux_base_url,
            clock=self._clock,
            cooldown=timedelta(seconds=self._settings.zenmux_rate_limit_wait),
            cooldowns=None if shared is None else StoredCooldowns(shared, scope),
            sleep=self._sleep,
        )
        if shared is None:
            return CachedApi(client, clock=self._clock, sleep=self._sleep)
        answers = SharedAnswers(
            client,
            common=StoredAnswers(shared, scope),
            turns=Locks(shared, scope, holder=self._holder, sleep=self._sleep),
            clock=self._clock,
        )
        return CachedApi(answers, clock=self._clock, backend=answers, sleep=self._sleep)
