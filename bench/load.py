"""Signed slash commands, timed one by one: so many at once, or so many a second."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlencode

import aiohttp

CACHED = ("leaderboard cost 7d",)
HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}
PEOPLE, CHANNELS = 1000, 100
"""So many take turns: none of them asks more than a person may."""


@dataclass(frozen=True)
class Timing:
    """What a run of commands took, in seconds; and the size of an answer in bytes."""

    per_second: float
    median: float
    p99: float
    slowest: float
    size: int


def request(secret: str, text: str, number: int) -> tuple[str, dict[str, str]]:
    """Return body and headers of one signed command, of one of many people."""
    fields = {
        "command": "/zenmux",
        "text": text,
        "team_id": "T0WORKSPACE",
        "user_id": f"U{number}",
        "channel_id": f"C{number % CHANNELS}",
        "response_url": "http://127.0.0.1:9/none",
        "trigger_id": "1.2.3",
        "api_app_id": "A0ZENMUX001",
    }
    body = urlencode(fields)
    stamp = str(int(time.time()))
    base = f"v0:{stamp}:{body}".encode()
    signature = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    signed = {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={signature}",
    }
    return body, HEADERS | signed


async def run(
    url: str, secret: str, *, at_once: int, count: int, texts: Sequence[str]
) -> Timing:
    """Send ``count`` commands, ``at_once`` of them at a time."""
    todo = iter(range(count))
    words = itertools.cycle(texts)
    async with _asking(url, secret, limit=at_once) as client:

        async def work() -> None:
            for number in todo:
                await client.ask(next(words), number, since=time.perf_counter())

        await asyncio.gather(*(work() for _ in range(at_once)))
    return client.timing()


async def run_at_rate(
    url: str, secret: str, *, per_second: float, count: int, texts: Sequence[str]
) -> Timing:
    """Send ``count`` commands, however fast they are answered.

    Each is timed from the moment at which it was to be sent: a server that is late
    is not spared the commands that come meanwhile.
    """
    words = itertools.cycle(texts)
    async with _asking(url, secret, limit=0) as client:
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for number in range(count):
                due = began + number / per_second
                await asyncio.sleep(due - time.perf_counter())
                group.create_task(client.ask(next(words), number, since=due))
    return client.timing()


class _Client:
    """Sends commands and keeps what each of them took."""

    def __init__(self, session: aiohttp.ClientSession, url: str, secret: str) -> None:
        self._session = session
        self._url = url
        self._secret = secret
        self._began = time.perf_counter()
        self._taken: list[float] = []
        self._sizes: set[int] = set()

    async def ask(self, text: str, number: int, *, since: float) -> None:
        """Send a command of one of many people."""
        body, headers = request(self._secret, text, number % PEOPLE)
        async with self._session.post(self._url, data=body, headers=headers) as reply:
            said = await reply.read()
            assert reply.status == 200, said
        self._taken.append(time.perf_counter() - since)
        self._sizes.add(len(said))

    def timing(self) -> Timing:
        """Return what they took."""
        taken = sorted(self._taken)
        return Timing(
            per_second=len(taken) / (time.perf_counter() - self._began),
            median=median(taken),
            p99=taken[int(len(taken) * 0.99)],
            slowest=taken[-1],
            size=max(self._sizes),
        )


@asynccontextmanager
async def _asking(url: str, secret: str, *, limit: int) -> AsyncIterator[_Client]:
    connector = aiohttp.TCPConnector(limit=limit)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield _Client(session, url, secret)


def measure(
    url: str, secret: str, *, at_once: int, count: int, texts: Sequence[str] = CACHED
) -> Timing:
    """Send ``count`` commands, ``at_once`` of them at a time, to the end."""
    return asyncio.run(run(url, secret, at_once=at_once, count=count, texts=texts))


def measure_at_rate(url: str, secret: str, *, per_second: float, count: int) -> Timing:
    """Send ``count`` commands at a rate, to the end."""
    return asyncio.run(
        run_at_rate(url, secret, per_second=per_second, count=count, texts=CACHED)
    )
