"""Slack's events, each passed to all subscribers of its type.

Bolt passes an event to one listener only, and some events have several subscribers.
https://docs.slack.dev/reference/events
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from zenmux_bot.slack.payloads import fields, organization_of, team_of, text_in

_ANY = re.compile(r"")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event, and the installation that it was sent to.

    Attributes:
        body: The whole envelope.
        fields: What happened.
        bot_user_id: Who the bot is there.
    """

    body: Mapping[str, Any]
    fields: Mapping[str, Any]
    bot_user_id: str | None

    @property
    def kind(self) -> str:
        """Return its type."""
        return text_in(self.fields.get("type"))

    @property
    def id(self) -> str:
        """Return its unique id; empty if Slack sent none."""
        return text_in(self.body.get("event_id"))

    @property
    def team_id(self) -> str:
        """Return the workspace whose installation it was sent to."""
        return team_of(self.body)

    @property
    def organization_id(self) -> str:
        """Return the organization of that installation; empty if there is none."""
        return organization_of(self.body)

    @property
    def channel_id(self) -> str:
        """Return the channel in which it happened."""
        channel = self.fields.get("channel")
        return text_in(channel) or text_in(fields(channel).get("id"))

    @property
    def is_about_the_bot(self) -> bool:
        """Tell whether it happened to the bot, such as joining a channel."""
        return bool(self.bot_user_id) and self.fields.get("user") == self.bot_user_id


Subscriber = Callable[[Event], None]
"""Starts the work for an event, and returns at once."""


class Events:
    """Passes events to their subscribers."""

    def __init__(self) -> None:
        self._subscribers: defaultdict[str, list[Subscriber]] = defaultdict(list)

    def subscribe(self, kinds: Iterable[str], subscriber: Subscriber) -> None:
        """Subscribe to events of some types."""
        for kind in kinds:
            self._subscribers[kind].append(subscriber)

    def register(self, app: AsyncApp) -> None:
        """Listen to all events."""
        app.event(_ANY)(self.on_event)

    async def on_event(
        self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext
    ) -> None:
        """Acknowledge an event, and pass it on."""
        await ack()
        event = Event(
            body=body,
            fields=fields(body.get("event")),
            bot_user_id=context.bot_user_id,
        )
        for subscriber in self._subscribers.get(event.kind, ()):
            try:
                subscriber(event)
            except Exception:
                log.exception("event.failed", kind=event.kind)
