"""Print every figure; ratios are taken inside one run, since machines are noisy."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import timeit
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench import cold, digest_cost, digests, fuzz, home, load, parts
from bench.processes import bot, server
from zenmux_bot.observability import configure_logs

IMPORTS = (
    "import slack_bolt.async_app, slack_bolt.adapter.aiohttp, httpx, pydantic, "
    "sqlalchemy.ext.asyncio, sqlalchemy.dialects.sqlite, aiosqlite, aiohttp.web, "
    "structlog, prometheus_client, click, tenacity, cachetools, "
    "apscheduler.schedulers.asyncio"
)
"""The libraries that a start on SQLite needs, and no others."""

DAY = tuple(
    f"{kind} {metric} {period} top {top}"
    for kind in ("leaderboard", "share")
    for metric in ("cost", "tokens")
    for period in ("7d", "4w", "8w", "last month", "2026-W46")
    for top in (5, 10, 20)
)
"""What a company asks in a day: sixty different questions, again and again."""

ASK = """
import os, subprocess, sys
words = [sys.executable, "bot.py", "ask", "--sandbox", "leaderboard cost 7d"]
process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
_, _, used = os.wait4(process.pid, 0)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""

MANY = 100_000


def say(name: str, value: str, wanted: str = "") -> None:
    """Print one figure."""
    print(f"{name:<58} {value:>16}   {wanted}", flush=True)


def milli(seconds: float) -> str:
    """Return milliseconds."""
    return f"{seconds * 1000:.2f} ms"


def pure() -> None:
    """Measure what needs no process of its own."""
    for text, seconds in parts.parsing().items():
        say(f"parse “{text[:40]}”", f"{seconds * 1e6:.1f} µs", "under 50 µs")
    for text, seconds in parts.rendering().items():
        say(f"draw “{text}”", milli(seconds), "under 5 ms")


def start() -> None:
    """Measure from nothing to ready, beside the bare imports.

    Its tables are there, as after every deployment but the first. Seconds are those of
    the clock on the wall, so a busy machine tells of itself.
    """
    bare, whole = [], []
    with TemporaryDirectory() as folder, server("world") as world:
        database = Path(folder) / "bench.db"
        with bot(world, database):
            pass
        for _ in range(5):
            bare.append(
                timeit.timeit(
                    lambda: subprocess.run([sys.executable, "-c", IMPORTS], check=True),
                    number=1,
                )
            )
            with bot(world, database) as running:
                whole.append(running.ready_seconds)
    say("start to ready", f"{median(whole):.2f} s")
    say("   beside its bare imports", f"{median(whole) / median(bare):.2f}", "1.1")


def terminal() -> None:
    """Measure one answer on the terminal, as a whole process."""
    cpu, memory = [], []
    for _ in range(5):
        # From a small process, whose memory the kernel counts as the child's first.
        done = subprocess.run(
            [sys.executable, "-c", ASK], capture_output=True, check=True, text=True
        )
        seconds, kilobytes = done.stdout.split()
        cpu.append(float(seconds))
        memory.append(int(kilobytes) / 1024)
    say("ask --sandbox, CPU", f"{median(cpu):.2f} s", "0.8 s")
    say("   memory", f"{median(memory):.0f} MiB", "65 MiB")


def floor() -> None:
    """Measure cached answers beside a bare Bolt app, at equal load."""
    with server("world") as world, bot(world) as ours:
        size = load.measure(ours.url, ours.secret, at_once=8, count=400).size
        say("a leaderboard of ten, bytes", f"{size}")
        with server("floor", str(size)) as bare:
            load.measure(bare["url"], bare["secret"], at_once=8, count=400)
            _beside(bare, ours, at_once=1, count=300)
            most = _beside(bare, ours, at_once=32, count=3000)
            _at_equal_load(bare, ours, per_second=most / 4)
        crowd = load.measure(
            ours.url, ours.secret, at_once=200, count=200, texts=("share cost 9w",)
        )
        say("200 at once, not cached: the slowest", milli(crowd.slowest), "under 3 s")


def _beside(bare, ours, *, at_once: int, count: int, rounds: int = 5) -> float:
    """Compare both in turns, and keep the round whose ratio is in the middle.

    Returns:
        The commands a second that the floor answered.
    """
    turns = []
    for _ in range(rounds):
        low = load.measure(bare["url"], bare["secret"], at_once=at_once, count=count)
        high = load.measure(ours.url, ours.secret, at_once=at_once, count=count)
        turns.append((high.per_second / low.per_second, low, high))
    ratio, low, high = sorted(turns, key=lambda turn: turn[0])[rounds // 2]
    say(f"{at_once} at once: floor, commands a second", f"{low.per_second:.0f}")
    say(f"{at_once} at once: bot, cached", f"{high.per_second:.0f}")
    say("   ratio", f"{ratio:.2f}", "at least 0.95")
    # with so many always under way, the median is but the throughput turned over
    say("   added to the median", milli(high.median - low.median))
    say("   added to the p99", milli(high.p99 - low.p99))
    return low.per_second


def _at_equal_load(bare, ours, *, per_second: float, rounds: int = 5) -> None:
    """Compare both at the same commands a second, and keep the round in the middle."""
    turns = []
    for _ in range(rounds):
        low, high = (
            load.measure_at_rate(url, secret, per_second=per_second, count=2000)
            for url, secret in ((bare["url"], bare["secret"]), (ours.url, ours.secret))
        )
        turns.append((high.median - low.median, low, high))
    added, low, high = sorted(turns, key=lambda turn: turn[0])[rounds // 2]
    say(f"{per_second:.0f} a second: floor, median", milli(low.median))
    say("   added to the median", milli(added), "less than 2 ms")
    say("   floor, p99", milli(low.p99))
    say("   added to the p99", milli(high.p99 - low.p99), "less than 5 ms")


def crowd() -> None:
    """Measure ten different questions at once, with nothing in memory."""
    asked = [cold.measure() for _ in range(5)]
    say(
        f"ten questions at once, upstream {cold.UPSTREAM_SECONDS * 1000:.0f} ms",
        f"{median(each.seconds for each in asked):.2f} s",
        "0.8 s",
    )
    most = max(each.at_once for each in asked)
    say("   requests of an endpoint under way", f"{most}", "a few")


def tab() -> None:
    """Measure Home with a thousand digests."""
    opened = home.measure()
    say(f"Home with {home.DIGESTS:,} digests", milli(opened.seconds), "150 ms")
    say("   statements", f"{opened.statements}", "6")


def computing() -> None:
    """Measure what a core computes of digests that are due at once."""
    costs = []
    for _ in range(5):
        with TemporaryDirectory() as folder:
            costs.append(asyncio.run(digest_cost.measure(Path(folder))).cpu_seconds)
    say("digests a second of computing", f"{1 / median(costs):.0f}", "60")


def naive() -> None:
    """Measure beside the vendor's snippet in a handler."""
    with server("naive") as snippet:
        slow = load.measure(snippet["url"], snippet["secret"], at_once=32, count=300)
    with server("world") as world, bot(world) as ours:
        fast = load.measure(ours.url, ours.secret, at_once=32, count=10_000, texts=DAY)
    say("naive bot, upstream of 100 ms, commands a second", f"{slow.per_second:.0f}")
    say("   the bot: times as many", f"{fast.per_second / slow.per_second:.1f}")
    say("upstream calls of a day of 10,000 commands: bot", f"{world['upstream']}")
    calls = 10_000 * snippet["upstream"] // 300
    say("   naive, one for each", f"{calls}")


def memory() -> None:
    """Measure the memory of a bot that is asked for long.

    Its tables are there, as after every deployment but the first.
    """
    with TemporaryDirectory() as folder, server("world") as world:
        database = Path(folder) / "bench.db"
        with bot(world, database):
            pass
        with bot(world, database) as ours:
            started = ours.megabytes
            load.measure(ours.url, ours.secret, at_once=32, count=5_000, texts=DAY)
            before = ours.megabytes
            load.measure(ours.url, ours.secret, at_once=32, count=MANY, texts=DAY)
            after = ours.megabytes
    say("memory after a start", f"{started:.0f} MB", "90 MB")
    say("   after 5,000 commands, sixty of them different", f"{before:.0f} MB")
    say(f"   grown by {MANY:,} more", f"{after - before:.1f} MB", "flat")


def morning() -> None:
    """Measure a thousand digests at one hour, and one."""
    one, all_of_them = digests.run(1), digests.run(1000)
    say("posts of 1,000 digests due at once", f"{all_of_them.posts}", "2000")
    ratio = all_of_them.seconds / all_of_them.allowed
    say("   time beside what the pacing allows", f"{ratio:.2f}", "within 1.1")
    say("   upstream calls", f"{all_of_them.upstream}", f"as one: {one.upstream}")


def odd() -> None:
    """Look for errors that nobody foresaw; one would end it here."""
    for name, look in (("commands", fuzz.commands), ("bodies", fuzz.bodies)):
        ends = look(MANY, random.Random(1))
        said = ", ".join(f"{count} {end}" for end, count in ends.most_common())
        say(f"random {name}, none with an error unforeseen", f"{ends.total()}", said)


PARTS = {
    part.__name__: part
    for part in (
        *(pure, start, terminal, floor, crowd, tab, computing),
        *(naive, memory, morning, odd),
    )
}


def main(names: list[str]) -> None:
    """Print all, or the parts that are named."""
    configure_logs(level="error")
    for name in names or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
