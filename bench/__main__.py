"""Print every figure; ratios are taken inside one run, since machines are noisy."""

from __future__ import annotations

from bench import load, parts


def say(name: str, value: str, wanted: str = "") -> None:
    """Print one figure."""
    print(f"{name:<58} {value:>16}   {wanted}", flush=True)


def milli(seconds: float) -> str:
    """Return milliseconds."""
    return f"{seconds * 1000:.2f} ms"


def speed() -> None:
    """Measure the bot beside a bare Bolt app, at equal load."""
    with load.server("floor") as floor, load.server("bot") as bot:
        for there in (floor, bot):
            load.measure(there, at_once=8, count=200)
        for at_once, count in ((1, 300), (32, 3000)):
            low = load.measure(floor, at_once=at_once, count=count)
            ours = load.measure(bot, at_once=at_once, count=count)
            say(f"{at_once} at once: floor, commands a second", f"{low.per_second:.0f}")
            say(f"{at_once} at once: bot, cached", f"{ours.per_second:.0f}")
            ratio = ours.per_second / low.per_second
            say("   ratio", f"{ratio:.2f}", "at least 0.70")
            added = ours.median - low.median
            say("   added to the median", milli(added), "less than 2 ms")
            say("   added to the p99", milli(ours.p99 - low.p99), "less than 5 ms")
        crowd = load.measure(bot, at_once=200, count=200, text="share cost 9w")
        say("200 at once, not cached: the slowest", milli(crowd.slowest), "under 3 s")
    with load.server("naive") as naive, load.server("bot") as bot:
        slow = load.measure(naive, at_once=32, count=300)
        ours = load.measure(bot, at_once=32, count=3000)
    say("naive bot, upstream of 100 ms, a second", f"{slow.per_second:.0f}")
    say("   times as many", f"{ours.per_second / slow.per_second:.1f}")
    say("upstream calls for 3000 commands: bot", str(bot["upstream"]))
    say("upstream calls for 300 commands: naive", str(naive["upstream"]))


def main() -> None:
    """Print all."""
    for text, seconds in parts.parsing().items():
        say(f"parse “{text[:40]}”", f"{seconds * 1e6:.1f} µs", "under 50 µs")
    for text, seconds in parts.run_rendering().items():
        say(f"draw “{text}”", milli(seconds), "under 5 ms")
    ready, bare = parts.cold_start()
    say("cold start to ready", f"{ready:.2f} s", "under 1.5 s")
    say("   beside its bare imports", f"{ready / bare:.2f}", "within 1.5")
    speed()


if __name__ == "__main__":
    main()
