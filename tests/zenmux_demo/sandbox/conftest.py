from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import httpx
import pytest
from clocks import ManualClock

from zenmux_demo.sandbox.api import Sandbox
from zenmux_demo.sandbox.server import running_sandbox

Get = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def clock() -> ManualClock:
    """A Monday morning: yesterday closes the week of 2026-11-16."""
    return ManualClock(datetime(2026, 11, 23, 9, tzinfo=UTC))


@pytest.fixture
async def sandbox(clock) -> AsyncIterator[Sandbox]:
    async with running_sandbox(clock, requests_per_minute=1000) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=60) as client:
        yield client


@pytest.fixture
def get(sandbox, http) -> Get:
    """Ask the running sandbox with its own key."""

    async def ask(path: str, **query: object) -> httpx.Response:
        return await http.get(
            sandbox.base_url + path,
            params=query,
            headers={"Authorization": f"Bearer {sandbox.key}"},
        )

    return ask


@pytest.fixture
def data(get) -> Callable[..., Awaitable[dict]]:
    """Ask for what is inside the envelope of a success."""

    async def ask(path: str, **query: object) -> dict:
        response = await get(path, **query)
        assert response.status_code == 200, response.text
        body = response.json()
        assert body["success"] is True
        return body["data"]

    return ask
