"""Events to the app: envelopes, retries, and which ones it asked for.

https://docs.slack.dev/apis/events-api
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from zenmux_bot.core.clock import Clock
from zenmux_demo.workspace.delivery import Answer, Delivery, Envelope
from zenmux_demo.workspace.manifest import Manifest
from zenmux_demo.workspace.model import Json, unix
from zenmux_demo.workspace.seed import (
    APP_ID,
    BOT_USER_ID,
    ENTERPRISE_ID,
    OTHER_TEAM_ID,
    TEAM_ID,
)

# Retries come almost at once, after one minute and after five.
RETRY_DELAYS = (timedelta(), timedelta(minutes=1), timedelta(minutes=5))

KIND_SUFFIXES = {
    "im": "im",
    "channel": "channels",
    "group": "groups",
    "mpim": "mpim",
}


@dataclass(slots=True, kw_only=True)
class Event:
    """An event and how its deliveries went.

    Attributes:
        id: The ``event_id``, equal in all deliveries.
        body: What is sent.
        answers: One for each delivery.
        retry_at: When it is due again; None if it is not.
    """

    id: str
    body: Json
    answers: list[Answer] = field(default_factory=list)
    retry_at: datetime | None = None


class Events:
    """Everything that was or will be told to the app.

    Args:
        clock: Dates events and their retries.
        manifest: Says which types the app subscribed to.
        delivery: Gives the present way to the app.
        is_shared: Says of a channel whether another organisation is in it.
        for_org: The app is installed for the organisation, not for one team.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        manifest: Manifest,
        delivery: Callable[[], Delivery],
        is_shared: Callable[[str], bool],
        for_org: bool,
    ) -> None:
        self._clock = clock
        self._manifest = manifest
        self._delivery = delivery
        self._is_shared = is_shared
        self._for_org = for_org
        self.sent: list[Event] = []

    def wants(self, event: Json) -> bool:
        """Say whether the app subscribed to events of this type."""
        name = event["type"]
        if name == "message":
            name += f".{KIND_SUFFIXES[event['channel_type']]}"
        return self._manifest.is_subscribed(name)

    async def deliver(self, event: Json) -> Event:
        """Send an event for the first time."""
        now = self._clock.now()
        event_id = f"Ev{len(self.sent) + 1:08d}"
        # The installation's team stands in ``authorizations``; the envelope's own is
        # where it happened, which with Slack Connect is another workspace's, and an
        # org-wide installation has none at all:
        # https://github.com/slackapi/bolt-python, slack_bolt/request/internals.py
        is_shared = self._is_shared(_channel_of(event))
        enterprise_id = ENTERPRISE_ID if self._for_org else None
        body = {
            "token": "deprecated",
            "team_id": OTHER_TEAM_ID if is_shared else TEAM_ID,
            "context_team_id": TEAM_ID,
            "context_enterprise_id": enterprise_id,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": unix(now),
            "event_context": f"4-{event_id}",
            "is_ext_shared_channel": is_shared,
            "authorizations": [
                {
                    "enterprise_id": enterprise_id,
                    "team_id": None if self._for_org else TEAM_ID,
                    "user_id": BOT_USER_ID,
                    "is_bot": True,
                    "is_enterprise_install": self._for_org,
                }
            ],
        }
        if self._for_org:
            body["enterprise_id"] = enterprise_id
        record = Event(id=event_id, body=body)
        self.sent.append(record)
        await self._send(record, "")
        return record

    async def redeliver(self, event_id: str, *, reason: str = "http_timeout") -> Answer:
        """Send an event once more, as if the time before had failed."""
        record = next(e for e in self.sent if e.id == event_id)
        return await self._send(record, reason)

    async def retry_due(self) -> list[Event]:
        """Send again what failed and whose time has come."""
        now = self._clock.now()
        due = [e for e in self.sent if e.retry_at is not None and e.retry_at <= now]
        for record in due:
            await self._send(record, record.answers[-1].failure)
        return due

    async def _send(self, record: Event, reason: str) -> Answer:
        retry_num = len(record.answers)
        answer = await self._delivery().send(
            Envelope(
                kind="events_api",
                payload=record.body,
                retry_num=retry_num,
                retry_reason=reason,
            )
        )
        record.answers.append(answer)
        gives_up = not answer.failure or answer.no_retry
        record.retry_at = (
            None
            if gives_up or retry_num >= len(RETRY_DELAYS)
            else self._clock.now() + RETRY_DELAYS[retry_num]
        )
        return answer


def _channel_of(event: Json) -> str:
    channel = event.get("channel")
    if isinstance(channel, dict):
        channel = channel["id"]
    return str(channel)
