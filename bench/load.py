"""Signed slash commands at a constant concurrency, timed one by one."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import time
from collections.abc import Sequence
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
    taken: list[float] = []
    sizes = set()
    todo = iter(range(count))
    words = itertools.cycle(texts)
    connector = aiohttp.TCPConnector(limit=at_once)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def work() -> None:
            for number in todo:
                body, headers = request(secret, next(words), number % PEOPLE)
                began = time.perf_counter()
                async with session.post(url, data=body, headers=headers) as reply:
                    said = await reply.read()
                    assert reply.status == 200, said
                taken.append(time.perf_counter() - began)
                sizes.add(len(said))

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(at_once)))
        whole = time.perf_counter() - began
    taken.sort()
    return Timing(
        per_second=count / whole,
        median=median(taken),
        p99=taken[int(len(taken) * 0.99)],
        slowest=taken[-1],
        size=max(sizes),
    )


def measure(
    url: str, secret: str, *, at_once: int, count: int, texts: Sequence[str] = CACHED
) -> Timing:
    """Run to the end."""
    return asyncio.run(run(url, secret, at_once=at_once, count=count, texts=texts))
