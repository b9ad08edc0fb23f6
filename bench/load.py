"""Signed slash commands at a constant concurrency, timed one by one."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlencode

import aiohttp


@dataclass(frozen=True)
class Timing:
    """What a run of commands took, in seconds."""

    per_second: float
    median: float
    p99: float
    slowest: float


@contextmanager
def server(kind: str):
    """Start a server, give its address and secret, and collect its upstream calls."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.servers", kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    there = json.loads(process.stdout.readline())
    try:
        yield there
    finally:
        out, _ = process.communicate("", timeout=30)
        there |= json.loads(out)


def request(there, text: str = "leaderboard cost 7d", number: int = 0):
    """Return body and headers of one signed command, of one of many people."""
    fields = {
        "command": "/zenmux",
        "text": text,
        "team_id": "T0WORKSPACE",
        "user_id": f"U{number % 1000}",
        "channel_id": f"C{number % 1000}",
        "response_url": "http://127.0.0.1:9/none",
        "trigger_id": "1.2.3",
        "api_app_id": "A0ZENMUX001",
    }
    body = urlencode(fields)
    stamp = str(int(time.time()))
    base = f"v0:{stamp}:{body}".encode()
    signature = hmac.new(there["secret"].encode(), base, hashlib.sha256).hexdigest()
    return body, {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={signature}",
    }


async def run(there, *, at_once: int, count: int, text: str = "leaderboard cost 7d"):
    """Send ``count`` commands, ``at_once`` of them at a time."""
    taken: list[float] = []
    todo = iter(range(count))
    connector = aiohttp.TCPConnector(limit=at_once)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def work() -> None:
            for number in todo:
                body, headers = request(there, text, number)
                began = time.perf_counter()
                async with session.post(there["url"], data=body, headers=headers) as r:
                    await r.read()
                    assert r.status == 200, await r.text()
                taken.append(time.perf_counter() - began)

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(at_once)))
        whole = time.perf_counter() - began
    taken.sort()
    return Timing(
        count / whole, median(taken), taken[int(len(taken) * 0.99)], taken[-1]
    )


def measure(there, **how) -> Timing:
    """Run to the end."""
    return asyncio.run(run(there, **how))
