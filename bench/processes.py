"""Servers and real bots as processes, for as long as a block lasts."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@contextmanager
def server(kind: str, argument: str = ""):
    """Start a server, give where it is, and add at the end what it counted."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.servers", kind, argument],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    there = json.loads(process.stdout.readline())
    try:
        yield there
    finally:
        out, _ = process.communicate("", timeout=60)
        there |= json.loads(out)


@dataclass
class Bot:
    """A running bot.

    Attributes:
        url: Where Slack's requests go.
        secret: What they are signed with.
        ready_seconds: From its start until ``/readyz`` said yes.
        pid: Its process.
    """

    url: str
    secret: str
    ready_seconds: float
    pid: int

    @property
    def megabytes(self) -> float:
        """Return the memory that it holds now (resident set)."""
        status = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        [line] = [each for each in status.splitlines() if each.startswith("VmRSS:")]
        return int(line.split()[1]) / 1024


@contextmanager
def bot(world, database: Path | None = None, **more: str):
    """Start ``python bot.py`` as an operator does, and wait until it is ready."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        env = {
            "PATH": os.environ["PATH"],
            "ZENMUX_BASE_URL": world["zenmux"],
            "ZENMUX_MANAGEMENT_API_KEY": world["key"],
            "SLACK_API_URL": world["api"],
            "SLACK_BOT_TOKEN": world["token"],
            "SLACK_SIGNING_SECRET": world["secret"],
            "DATABASE_URL": f"sqlite:///{database or Path(folder) / 'bench.db'}",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "LOG_LEVEL": "error",
            **more,
        }
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, str(ROOT / "bot.py")], env=env)
        try:
            _wait(f"http://127.0.0.1:{port}/readyz", process)
            yield Bot(
                url=f"http://127.0.0.1:{port}/slack/events",
                secret=world["secret"],
                ready_seconds=time.perf_counter() - began,
                pid=process.pid,
            )
        finally:
            process.terminate()
            process.wait(20)


def _wait(url: str, process: subprocess.Popen) -> None:
    """Return when it answers with 200."""
    for _ in range(6000):
        try:
            with urllib.request.urlopen(url) as reply:
                if reply.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            if process.poll() is not None:
                raise SystemExit("the bot did not start") from None
        time.sleep(0.01)
    raise SystemExit("the bot is not ready after a minute")
