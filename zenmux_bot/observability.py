"""Logs, metrics, and the reference of each request.

A log line is an event name and its fields, on standard error, without secrets. Metrics
are counted from log events by a log processor, so no other layer knows of them. Events
below the log level are counted, too. https://prometheus.io/docs/practices/naming/

All log lines and apologies of a request carry its reference. It is a context variable,
which tasks inherit.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
from collections.abc import Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, Any

import structlog
from structlog.contextvars import bind_contextvars, get_contextvars
from structlog.typing import Processor

if TYPE_CHECKING:
    from prometheus_client import Counter

REFERENCE = "reference"


def begin_reference() -> None:
    """Give this task, and those it starts, a new reference."""
    bind_contextvars(**{REFERENCE: secrets.token_hex(4)})


def reference() -> str:
    """Return this task's reference, a new one if it has none."""
    if REFERENCE not in get_contextvars():
        begin_reference()
    return str(get_contextvars()[REFERENCE])


_QUIET_SECONDS = 60.0
"""How long repetitions of a library's message are dropped."""

_EACH_TRY = "Failed to connect (error:"
_OBJECT = re.compile(r"(?: \w+:)?<[\w.]+ object at 0x[0-9a-fA-F]+>")

MASK = "***"
_SHAPES = re.compile(
    r"xox[a-z]-[\w-]{6,}|xoxe\.[\w.-]{6,}|xapp-[\w-]{6,}|sk-[a-z]{2}-v1-[\w-]{4,}"
    r"|(?<=Bearer )\S+|hooks\.slack\.com/\S+"
)
_LEAST = {
    "aiohttp": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "apscheduler": logging.CRITICAL,  # jobs log their own failures
    "httpcore": logging.WARNING,
    "httpx": logging.WARNING,
    "slack_bolt": logging.ERROR,
    "slack_sdk": logging.WARNING,
}
"""The log levels of libraries that log too much, or log bodies."""


class Masker:
    """Masks secrets in log events: known values and known patterns."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted((s for s in secrets if len(s) > 3), key=len, reverse=True)  # noqa: PLR2004 - shorter ones are words
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def mask(self, text: str) -> str:
        """Return ``text`` without secrets."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        return _SHAPES.sub(MASK, text)

    def __call__(self, _logger: object, _method: str, event: Any) -> Any:
        """Mask the values of an event; a structlog processor."""
        return {key: self._mask_value(value) for key, value in event.items()}

    def _mask_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.mask(value)
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, dict):
            return {key: self._mask_value(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self._mask_value(each) for each in value]
        return self.mask(str(value))


def configure_logs(
    *,
    level: str = "info",
    form: str = "console",
    secrets: Iterable[str] = (),
    count: Processor | None = None,
    is_final: bool = False,
) -> None:
    """Send the bot's logs and its libraries' to standard error.

    Args:
        level: The lowest level that is written.
        form: ``console`` or ``json``.
        secrets: Values to mask.
        count: Sees every event, whatever the level.
        is_final: The configuration will not change, so loggers may be cached.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    render: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            *([] if count is None else [count]),
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=is_final,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.PositionalArgumentsFormatter()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            Masker(secrets),
            render,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    handler.addFilter(LibraryFilter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())


class LibraryFilter:
    """Drops most of what libraries log: low levels and repetitions.

    Logger levels are not enough, as Bolt resets those of its own loggers. The SDK's
    message about each attempt to connect is dropped; ``slack/socket.py`` logs some.
    Objects in messages are left out.

    Args:
        monotonic: Gives the seconds of a monotonic clock.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._said: dict[tuple[str, int], float] = {}

    def __call__(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is written."""
        least = _LEAST.get(record.name.partition(".")[0])
        if least is None:
            return True
        error = record.exc_info[1] if record.exc_info else None
        is_of_network = _is_of_the_network(error)
        if is_of_network and record.getMessage().startswith(_EACH_TRY):
            return False
        now, place = self._monotonic(), (record.name, record.lineno)
        last = self._said.get(place)
        if record.levelno < least or (last is not None and now - last < _QUIET_SECONDS):
            return False
        self._said[place] = now
        record.msg, record.args = _OBJECT.sub("", record.getMessage()), ()
        if is_of_network:
            record.exc_info = record.exc_text = None
        return True


def _is_of_the_network(error: BaseException | None) -> bool:
    """Tell whether it is a network error, which needs no traceback."""
    return isinstance(error, OSError) or type(error).__module__.startswith("aiohttp")


Event = MutableMapping[str, Any]

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30)
_LATENESS = (1, 5, 15, 30, 60, 300, 900, 3600, 6 * 3600)


class Metrics:
    """The bot's metrics, in a registry of their own.

    As a processor of structlog it counts events and passes them on unchanged.
    """

    def __init__(self) -> None:
        # Not needed on the terminal, which counts nothing.
        from prometheus_client import (  # noqa: PLC0415
            CollectorRegistry,
            Gauge,
            Histogram,
        )

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
        self._jobs = self._counter(
            "job_runs", "Runs of periodic jobs by outcome.", "job", "outcome"
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
            "answer.made": self._count_answer,
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
            "job.finished": lambda e: self._jobs.labels(e["job"], "ok").inc(),
            "job.failed": lambda e: self._jobs.labels(e["job"], "failed").inc(),
            "outbox.unreachable": self._count_slack,
        }

    def __call__(self, _logger: object, _method: str, event: Event) -> Event:
        """Count an event."""
        count = self._counts.get(str(event.get("event")))
        if count is not None:
            count(event)
        return event

    def watch(self, running: Callable[[], int]) -> None:
        """Report the number of running tasks whenever the metrics are read."""
        self._running.set_function(running)

    def text(self) -> bytes:
        """Return the metrics in Prometheus's text format."""
        from prometheus_client import generate_latest  # noqa: PLC0415

        return generate_latest(self.registry)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        from prometheus_client import Counter  # noqa: PLC0415

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
