"""Logs: one event name and its fields a line, on standard error, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from typing import Any

import structlog
from structlog.typing import Processor

MASK = "***"
_SHAPES = re.compile(
    r"xox[a-z]-[\w-]{6,}|xoxe\.[\w.-]{6,}|xapp-[\w-]{6,}|sk-[a-z]{2}-v1-[\w-]{4,}"
    r"|(?<=Bearer )\S+|hooks\.slack\.com/\S+"
)
_LEAST = {
    "aiohttp": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "apscheduler": logging.ERROR,
    "httpcore": logging.WARNING,
    "httpx": logging.WARNING,
    "slack_bolt": logging.ERROR,
    "slack_sdk": logging.WARNING,
}
"""What is written of libraries that are chatty, or that log bodies, below that."""


class Masker:
    """Replaces secrets in all that is logged: those known and those of known shape."""

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
) -> None:
    """Send the bot's logs and its libraries' to standard error.

    Args:
        level: The least that is written.
        form: ``console`` or ``json``.
        secrets: What must not be printed.
        count: Sees every event, whatever the level.
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
    # Levels would not do: Bolt sets those of its own loggers anew.
    handler.addFilter(_is_wanted)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())


def _is_wanted(record: logging.LogRecord) -> bool:
    """Tell whether a record is no library's chatter."""
    library = record.name.partition(".")[0]
    return record.levelno >= _LEAST.get(library, logging.NOTSET)
