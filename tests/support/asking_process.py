"""A process that answers words, as one of several on one database.

Run as ``python asking_process.py WORDS …`` with the settings in the environment; it
waits for a line on standard input, and prints what it answered.
"""

from __future__ import annotations

import asyncio
import json
import sys

from zenmux_bot.bootstrap import make_clock, open_answers
from zenmux_bot.config import load_settings
from zenmux_bot.store import database as databases
from zenmux_bot.store.database import open_database

# a busy machine is no database that hangs
databases.PATIENCE_SECONDS = 60


async def main(*words: str) -> None:
    settings = load_settings()
    clock = make_clock(settings)
    async with (
        open_database(settings.database_url) as database,
        open_answers(settings, clock, database=database) as service,
    ):
        print("ready", flush=True)  # noqa: T201 - the test waits for it
        await asyncio.to_thread(sys.stdin.readline)
        served = await asyncio.gather(*(service.answer(each) for each in words))
    print(json.dumps([each.as_json() for each in served]))  # noqa: T201 - likewise


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
