"""States of installations under way: each is good once, in one browser, for a while.

https://docs.slack.dev/authentication/installing-with-oauth
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from sqlalchemy import delete

from zenmux_bot.core.clock import Clock
from zenmux_bot.store.database import Database
from zenmux_bot.store.installation_tables import oauth_states


class OAuthStates(AsyncOAuthStateStore):
    """The states of all processes.

    Args:
        database: Where they are.
        clock: Tells the time.
        good_for: How long somebody may take to consent.
    """

    def __init__(self, database: Database, clock: Clock, good_for: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._good_for = good_for

    async def async_issue(self, *_args: Any, **_kwargs: Any) -> str:
        """Return a new state."""
        state, now = secrets.token_urlsafe(32), self._clock.now()
        async with self._database.writing() as connection:
            await connection.execute(
                delete(oauth_states).where(oauth_states.c.expires_at <= now)
            )
            await connection.execute(
                oauth_states.insert().values(
                    state=state, expires_at=now + self._good_for
                )
            )
        return state

    async def async_consume(self, state: str) -> bool:
        """Return whether a state is good, which it then is no more."""
        async with self._database.writing() as connection:
            used = await connection.execute(
                delete(oauth_states).where(
                    oauth_states.c.state == state,
                    oauth_states.c.expires_at > self._clock.now(),
                )
            )
        return used.rowcount == 1
