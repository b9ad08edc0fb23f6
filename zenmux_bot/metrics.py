"""Metrics: what the logs tell, counted.

Every fact worth counting is a log event already, so a processor of the logs counts
them, and no layer knows of metrics. A level that hides an event does not keep it from
being counted.

https://prometheus.io/docs/practices/naming/
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

Event = MutableMapping[str, Any]

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30)
_LATENESS = (1, 5, 15, 30, 60, 300, 900, 3600, 6 * 3600)


class Metrics:
    """The bot's metrics, in a registry of their own.

    As a processor of structlog it counts events and passes them on unchanged.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._answers = self._counter(
            "answers", "Questions by kind and outcome.", "kind", "outcome"
        )
        self._seconds = Histogram(
            "zenmux_bot_answer_seconds",
            "From the words to the answer.",
            ["kind"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._upstream = self._counter(
            "upstream_calls", "Calls to ZenMux by path and status.", "path", "status"
        )
        self._stale = self._counter(
            "stale_answers", "Old copies served because ZenMux gave no new one.", "path"
        )
        self._cache = self._counter("cache_reads", "Reads of the cache.", "outcome")
        self._digests = self._counter(
            "digests", "Digest posts by how they ended.", "part", "state"
        )
        self._lateness = Histogram(
            "zenmux_bot_digest_lateness_seconds",
            "From the hour a digest is due to its post.",
            buckets=_LATENESS,
            registry=self.registry,
        )
        self._slack = self._counter(
            "slack_errors", "Refusals and failures of Slack by code.", "code"
        )
        self._waiting = Gauge(
            "zenmux_bot_digests_waiting",
            "Digests that are due, at this process's last look.",
            registry=self.registry,
        )
        self._running = Gauge(
            "zenmux_bot_running_tasks", "Answers under way.", registry=self.registry
        )
        self._counts: dict[str, Callable[[Event], None]] = {
            "desk.served": self._count_answer,
            "zenmux.answered": self._count_call,
            "zenmux.failed": self._count_call,
            "zenmux.served_stale": lambda e: self._stale.labels(e["path"]).inc(),
            "zenmux.cache": lambda e: self._cache.labels(e["outcome"]).inc(),
            "delivery.settled": self._count_digest,
            "delivery.waiting": lambda e: self._waiting.set(e["count"]),
            "slack.post_refused": self._count_slack,
            "slack.post_failed": self._count_slack,
            "slack.reply_refused": self._count_slack,
            "slack.tell_failed": self._count_slack,
            "slack.whisper_failed": self._count_slack,
            "slack.whisper_refused": self._count_slack,
            "slack.blocks_refused": self._count_slack,
            "files.failed": self._count_slack,
            "files.refused": self._count_slack,
            "home.failed": self._count_slack,
            "outbox.unreachable": self._count_slack,
        }

    def __call__(self, _logger: object, _method: str, event: Event) -> Event:
        """Count an event."""
        count = self._counts.get(str(event.get("event")))
        if count is not None:
            count(event)
        return event

    def watch(self, running: Callable[[], int]) -> None:
        """Read how much work is under way whenever the metrics are read."""
        self._running.set_function(running)

    def text(self) -> bytes:
        """Return all of them in Prometheus's text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"zenmux_bot_{name}", about, labels, registry=self.registry)

    def _count_answer(self, event: Event) -> None:
        self._answers.labels(event["kind"], event["outcome"]).inc()
        self._seconds.labels(event["kind"]).observe(event["seconds"])

    def _count_call(self, event: Event) -> None:
        status = event.get("status") or "none"
        self._upstream.labels(event["path"], status).inc()

    def _count_digest(self, event: Event) -> None:
        self._digests.labels(event["part"], event["state"]).inc()
        if (event["part"], event["state"]) == ("main", "sent"):
            self._lateness.observe(event["late_seconds"])

    def _count_slack(self, event: Event) -> None:
        code = event.get("code") or event.get("reason") or event.get("kind")
        self._slack.labels(str(code or "unknown")[:60]).inc()
