"""Where good answers are kept: the last one per request, bounded in number and size."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from zenmux_bot.zenmux.models import Answer
from zenmux_bot.zenmux.requests import Request, identity

MAX_ENTRIES = 500
MAX_BYTES = 8 * 1024 * 1024
"""As JSON; in memory it is some ten times that."""

T = TypeVar("T", bound=BaseModel)


class CacheBackend(Protocol):
    """Keeps answers for one key; processes that share the key may share it.

    An answer can be stored as ``data.model_dump_json(by_alias=True)`` and read again by
    the request's ``model``.
    """

    async def get(self, request: Request[T]) -> Answer[T] | None:
        """Return the answer kept for the request."""
        ...

    async def put(self, request: Request[T], answer: Answer[T]) -> None:
        """Keep an answer in place of an older one."""
        ...


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Answer[Any]
    size: int


class MemoryCacheBackend:
    """Keeps the answers used last in this process."""

    def __init__(
        self, *, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES
    ) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._size = 0

    async def get(self, request: Request[T]) -> Answer[T] | None:
        """Return the answer kept for the request."""
        key = identity(request)
        kept = self._kept.get(key)
        if kept is None:
            return None
        self._kept.move_to_end(key)
        return kept.answer

    async def put(self, request: Request[T], answer: Answer[T]) -> None:
        """Keep an answer in place of an older one, dropping those used longest ago."""
        key = identity(request)
        self._drop(key)
        kept = _Kept(answer, len(answer.data.model_dump_json()))
        self._kept[key] = kept
        self._size += kept.size
        while len(self._kept) > self._max_entries or self._size > self._max_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: str) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._size -= kept.size
