"""What 10, 1,000 and 100,000 channels cost: measured for one digest, simulated for all.

Run as ``python -m bench.scale``. The first part delivers some hundred digests with
the real engine, store and API client, and a Slack that takes every post at once; the
second lets as many workers post as a Monday morning has.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from bench.digest_cost import SAMPLE, measure
from bench.monday import simulate
from zenmux_bot.observability import configure_logs

SCENES = (
    (10, 1, 1),
    (1_000, 1, 1),
    (1_000, 50, 1),
    (100_000, 2_000, 1),
    (100_000, 2_000, 5),
    (100_000, 2_000, 20),
)


def main() -> None:
    """Print the figures of docs/scale.md."""
    configure_logs(level="error")
    with tempfile.TemporaryDirectory() as folder:
        cost = asyncio.run(measure(Path(folder)))
    print(f"A digest, of {SAMPLE} measured on Python {sys.version.split()[0]}:")
    print(f"  computing        {cost.cpu_seconds * 1000:.1f} ms, its database included")
    print(f"  calls to ZenMux  {cost.zenmux_calls} for all of them together")
    print(f"  rows             {cost.rows:.0f}, {cost.row_bytes:.0f} bytes each")
    print(f"  a post           {cost.message_bytes} bytes")
    print(f"  the process      {cost.megabytes:.0f} MB at its largest")
    print()
    print("channels  workspaces  workers  last one after  Slack calls  limited  busy")
    for channels, teams, workers in SCENES:
        found = simulate(channels, teams, workers, cost.cpu_seconds)
        took = str(timedelta(seconds=round(found.seconds)))
        print(
            f"{found.channels:8,}  {found.teams:10,}  {found.workers:7}  {took:>14}  "
            f"{found.calls:11,}  {found.limited:7,}  {found.busy:4.0%}"
        )


if __name__ == "__main__":
    main()
