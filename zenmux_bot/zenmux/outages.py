"""Tracks which endpoints are down, by the results of requests to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from zenmux_bot.core.clock import Clock
from zenmux_bot.errors import ApiError, BadAnswer, ServerFault, Unreachable

FORGOTTEN_AFTER = timedelta(minutes=5)
"""An endpoint counts as up again this long after its last failure."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which ZenMux gives no new answers.

    Attributes:
        since: The first failure.
        last: The last failure.
        error: The error of the last failure.
    """

    since: datetime
    last: datetime
    error: ApiError

    def __str__(self) -> str:
        since = f"since {self.since:%H:%M} UTC"
        if isinstance(self.error, BadAnswer):
            what = (
                "reports errors" if self.error.said_no else "sends unreadable answers"
            )
            return f"ZenMux {what} ({since})"
        status = f"HTTP {self.error.status} " if self.error.status else ""
        return f"ZenMux isn't responding ({status}{since})"


class Outages:
    """Records successes and failures by endpoint.

    Args:
        clock: Tells the time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failing: dict[str, Outage] = {}
        self._answered_at = datetime.min.replace(tzinfo=UTC)

    def failed(self, path: str, error: ApiError) -> None:
        """Record a failure; a refusal or a rate limit shows that the endpoint is up."""
        if not isinstance(error, Unreachable | ServerFault | BadAnswer):
            if error.status is not None:
                self.answered(path)
            return
        now = self._clock.now()
        known = self.failing().get(path)
        since = now if known is None else known.since
        self._failing[path] = Outage(since, now, replace(error))

    def answered(self, path: str, at: datetime | None = None) -> None:
        """Record an answer; if one endpoint recovers, the others probably have, too.

        Args:
            path: The endpoint.
            at: When another process got it; None: this process got it just now.
        """
        known = self._failing.get(path)
        if known is not None:
            if at is not None and at <= known.last:
                return
            self._failing.clear()
        self._answered_at = max(self._answered_at, at or self._clock.now())

    def failing(self) -> dict[str, Outage]:
        """Return the endpoints that failed when they were last asked."""
        now = self._clock.now()
        return {
            path: outage
            for path, outage in self._failing.items()
            # A failure in the future is from before the clock was set back.
            if timedelta() <= now - outage.last <= FORGOTTEN_AFTER
        }

    def find(self, concerns: Callable[[str], bool]) -> Outage | None:
        """Return the outage of some endpoints, or of all if none has answered since.

        Args:
            concerns: Whether an endpoint is one of them.
        """
        failing = self.failing()
        found = [outage for path, outage in failing.items() if concerns(path)]
        if not found:
            found = [o for o in failing.values() if o.last > self._answered_at]
        return min(found, key=lambda outage: outage.since, default=None)
