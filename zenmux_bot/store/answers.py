"""ZenMux's answers and failures, shared by the processes that ask with one key.

A database that is away shares nothing and holds nobody up.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import Row, Table, delete, select

from zenmux_bot.errors import (
    ApiError,
    BadAnswer,
    KeyRefused,
    OrganizationKey,
    ServerFault,
    Unreachable,
)
from zenmux_bot.store.availability import best_effort
from zenmux_bot.store.database import Database
from zenmux_bot.store.shared_tables import answers, setbacks
from zenmux_bot.zenmux.models import Answer
from zenmux_bot.zenmux.requests import Request, identity

KEPT = timedelta(days=30)
"""An older answer would not be shown even if nothing else is there."""

SETBACKS_KEPT = timedelta(hours=1)

_EMPTY = "empty"
_FAILURES: dict[str, type[ApiError]] = {
    kind.__name__: kind
    for kind in (BadAnswer, KeyRefused, OrganizationKey, ServerFault, Unreachable)
}
_FIELDS = ("message", "status", "type", "request_id", "path", "said_no")

T = TypeVar("T", bound=BaseModel)


class StoredAnswers:
    """The last good answer and the last setback of each request.

    Args:
        database: Where they are.
        scope: Names the key, without telling it; see :func:`scope_of`.
    """

    def __init__(self, database: Database, scope: str) -> None:
        self._database = database
        self._scope = scope

    async def get(self, request: Request[T]) -> Answer[T] | None:
        """Return the answer kept for a request."""
        row = await self._row(answers, request)
        if row is None:
            return None
        return _answer(request, row.body, row.top, row.fetched_at, row.request_id)

    async def put(self, request: Request[T], answer: Answer[T]) -> None:
        """Keep an answer, unless a newer one is there."""
        values = {
            "body": _body(answer),
            "top": answer.limit,
            "fetched_at": answer.fetched_at,
            "request_id": answer.request_id,
        }
        insert = self._database.insert(answers).values(self._key(request) | values)
        async with best_effort("answers.put"), self._database.writing() as connection:
            await connection.execute(
                delete(answers).where(answers.c.fetched_at < answer.fetched_at - KEPT)
            )
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["scope", "request"],
                    set_=values,
                    where=answers.c.fetched_at <= answer.fetched_at,
                )
            )

    async def failure(
        self, request: Request[T]
    ) -> tuple[Answer[T] | ApiError, datetime] | None:
        """Return what a request came to when it last gave nothing, and when."""
        row = await self._row(setbacks, request)
        if row is None:
            return None
        if row.kind in _FAILURES:
            return _FAILURES[row.kind](**json.loads(row.detail)), row.at
        answer = _answer(request, row.detail, request.limit, row.at, None)
        return None if answer is None else (answer, row.at)

    async def put_failure(
        self, request: Request[T], outcome: Answer[T] | ApiError, at: datetime
    ) -> None:
        """Keep what a request came to when it gave nothing, in place of the last."""
        if isinstance(outcome, ApiError):
            kind, detail = type(outcome).__name__, _detail(outcome)
        else:
            kind, detail = _EMPTY, _body(outcome)
        values = {"kind": kind, "detail": detail, "at": at}
        insert = self._database.insert(setbacks).values(self._key(request) | values)
        async with (
            best_effort("setbacks.put"),
            self._database.writing() as connection,
        ):
            await connection.execute(
                delete(setbacks).where(setbacks.c.at < at - SETBACKS_KEPT)
            )
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["scope", "request"], set_=values
                )
            )

    def _key(self, request: Request[BaseModel]) -> dict[str, str]:
        return {"scope": self._scope, "request": name_of(request)}

    async def _row(self, table: Table, request: Request[BaseModel]) -> Row[Any] | None:
        query = select(table).where(
            table.c.scope == self._scope, table.c.request == name_of(request)
        )
        async with (
            best_effort(f"{table.name}.get"),
            self._database.reading() as connection,
        ):
            return (await connection.execute(query)).one_or_none()
        return None


def scope_of(key: str, base_url: str) -> str:
    """Return what names a key at an address without telling it."""
    return hashlib.sha256(f"{base_url}\n{key}".encode()).hexdigest()


def name_of(request: Request[BaseModel]) -> str:
    """Return a short name that equal requests share and others do not."""
    return hashlib.sha256(identity(request).encode()).hexdigest()


def _answer(
    request: Request[T],
    body: str,
    limit: int | None,
    fetched_at: datetime,
    request_id: str | None,
) -> Answer[T] | None:
    """Return a stored answer, or None if another version wrote it otherwise."""
    try:
        data = request.model.model_validate_json(body)
    except ValidationError:
        return None
    return Answer(data=data, limit=limit, fetched_at=fetched_at, request_id=request_id)


def _body(answer: Answer[Any]) -> str:
    body: str = answer.data.model_dump_json(by_alias=True)
    return body


def _detail(error: ApiError) -> str:
    """Return what an error says; it was cleaned of keys where it arose."""
    names = {field.name for field in fields(error)} & set(_FIELDS)
    return json.dumps({name: getattr(error, name) for name in sorted(names)})
