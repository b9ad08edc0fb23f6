"""Real processes that start at once: forked from one that has imported the bot.

Importing takes longer than most of what they are started for.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import runpy
import signal
import sys
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from secrecy import overhear

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(
    [
        "aiosqlite",
        "asyncpg",
        "pytest",
        "zenmux_bot.admin.check",
        "zenmux_bot.cli",
        "zenmux_demo.sandbox.server",
        "zenmux_bot.render.terminal",
        "zenmux_bot.server",
        "zenmux_bot.store.migrate",
    ]
)
_MUCH = 2**24
"""Bytes that are kept of what a process says and nobody reads."""


class Forked:
    """A process of a script; its ways to end and be ended are those of asyncio's."""

    def __init__(
        self,
        process: BaseProcess,
        stdin: Connection,
        stdout: asyncio.StreamReader,
        stderr: asyncio.StreamReader,
    ) -> None:
        self._process = process
        self._stdin = stdin
        self.stdout, self.stderr = stdout, stderr
        self.terminate, self.kill = process.terminate, process.kill

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        os.kill(self._process.pid, signal.SIGINT)

    async def wait(self) -> int:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        return self._process.exitcode

    async def communicate(self, said: bytes = b"") -> tuple[bytes, bytes]:
        """Say something, and return all that the process writes until its end."""
        os.write(self._stdin.fileno(), said)
        self._stdin.close()
        written = await asyncio.gather(self.stdout.read(), self.stderr.read())
        await self.wait()
        for each in written:
            overhear(each.decode())
        return tuple(written)


async def fork(script: Path, *words: str, env: dict[str, str]) -> Forked:
    """Run a script as Python would, with this environment and no other."""
    stdin, say = _SERVER.Pipe(duplex=False)
    listen, stdout = _SERVER.Pipe(duplex=False)
    read, stderr = _SERVER.Pipe(duplex=False)
    process = _SERVER.Process(
        target=_become, args=([str(script), *words], env, stdin, stdout, stderr)
    )
    # none outlives the tests
    process.daemon = True
    process.start()
    for each in (stdin, stdout, stderr):
        each.close()
    return Forked(process, say, await _stream(listen), await _stream(read))


async def _stream(pipe: Connection) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=_MUCH)
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, pipe)
    return reader


def _become(argv: list[str], env: dict[str, str], *streams: Connection) -> None:
    """Be the process of a script."""
    for number, stream in enumerate(streams):
        os.dup2(stream.fileno(), number)
        stream.close()
    sys.stdin = os.fdopen(0)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w", 1)
    sys.argv = argv
    os.environ.clear()
    os.environ.update(env)
    runpy.run_path(argv[0], run_name="__main__")
