"""Permissions that run out: trigger ids, response URLs, socket and OAuth tickets.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from zenmux_bot.core.clock import Clock
from zenmux_bot.render import limits
from zenmux_demo.workspace.model import Refusal

OVERTAKING_SECONDS = 0.1


@dataclass(slots=True, kw_only=True)
class Trigger:
    """A right to open a modal for a person, once and soon."""

    user: str
    issued: datetime
    channel: str | None = None
    is_used: bool = False


class Triggers:
    """The trigger ids that were given out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, Trigger] = {}

    def issue(self, user: str, *, channel: str | None = None) -> str:
        """Give out a trigger id for a person, and where they are if it is known."""
        now = self._clock.now()
        trigger_id = f"{len(self._issued) + 1}.{int(now.timestamp())}.{user.lower()}"
        self._issued[trigger_id] = Trigger(user=user, issued=now, channel=channel)
        return trigger_id

    def redeem(self, trigger_id: object) -> Trigger:
        """Use a trigger id up; refuse one that is unknown, old or used."""
        trigger = self._issued.get(str(trigger_id))
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if self._clock.now() - trigger.issued > timedelta(
            seconds=limits.TRIGGER_SECONDS
        ):
            raise Refusal("expired_trigger_id")
        if trigger.is_used:
            raise Refusal("exchanged_trigger_id")
        trigger.is_used = True
        return trigger


@dataclass(slots=True, kw_only=True)
class ResponseTicket:
    """A right to answer an interaction without a token.

    Attributes:
        id: The last part of the URL.
        channel: Where answers appear.
        user: Who sees the ephemeral ones.
        issued: When it was given out.
        source_ts: The message that ``replace_original`` replaces, if any.
        posts: How often it was used.
        acknowledged: Set once the interaction's own answer has been read.
    """

    id: str
    channel: str
    user: str
    issued: datetime
    source_ts: str | None = None
    posts: int = 0
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)


class ResponseTickets:
    """The response URLs that were given out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, ResponseTicket] = {}

    def issue(
        self, *, channel: str, user: str, source_ts: str | None = None
    ) -> ResponseTicket:
        """Give out a response URL."""
        ticket = ResponseTicket(
            id=f"R{len(self._issued) + 1:06d}",
            channel=channel,
            user=user,
            issued=self._clock.now(),
            source_ts=source_ts,
        )
        self._issued[ticket.id] = ticket
        return ticket

    async def wait_acknowledged(self, ticket_id: str) -> None:
        """Let the acknowledgement arrive first, as it does with a real distance.

        Bolt's runner sends it some milliseconds after ``ack()``; a post that was
        made in between must not overtake it.
        """
        ticket = self._issued.get(ticket_id)
        if ticket is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(OVERTAKING_SECONDS):
                await ticket.acknowledged.wait()

    def use(self, ticket_id: str) -> ResponseTicket:
        """Count one post; refuse a URL that is unknown, old or used up."""
        ticket = self._issued.get(ticket_id)
        if ticket is None:
            raise Refusal("invalid_url")
        age = self._clock.now() - ticket.issued
        if age > timedelta(minutes=limits.RESPONSE_URL_MINUTES):
            raise Refusal("expired_url")
        if ticket.posts >= limits.RESPONSE_URL_POSTS:
            raise Refusal("used_url")
        ticket.posts += 1
        return ticket
