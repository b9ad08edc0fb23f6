"""The command line, as a process: what it prints, where, and how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from forking import fork
from secrecy import overhear

from zenmux_demo.sandbox.catalog import DEMO_MODELS
from zenmux_demo.sandbox.replies import Reply, access_denied, too_many_requests
from zenmux_demo.sandbox.server import running_sandbox

ROOT = Path(__file__).parents[1]
FIXTURES = Path(__file__).parent / "fixtures" / "zenmux"
KEY = "sk-mg-v1-not-a-real-key"


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


async def run(*words: str, said: str = "", **settings: str) -> Done:
    """Run a command in a process of its own."""
    process = await fork(ROOT / "bot.py", *words, env=settings)
    async with asyncio.timeout(120):
        written = await process.communicate(said.encode())
    printed, logged = (each.decode() for each in written)
    overhear(printed + logged)
    return Done(process.returncode, printed, logged)


async def run_beside(sandbox, *words: str, **settings: str) -> Done:
    """Run a command that asks a server of the test."""
    there = {"ZENMUX_BASE_URL": sandbox.base_url, "ZENMUX_MANAGEMENT_API_KEY": KEY}
    return await run(*words, **(there | settings))


def body(name: str) -> Reply:
    return Reply(status=200, body=(FIXTURES / name).read_bytes(), headers={})


@pytest.mark.parametrize("form", ["text", "json", "blocks"])
async def test_ask__leaderboard_to_the_cent(clock, form):
    bodies = {"/statistics/leaderboard": body("leaderboard_cost_seed.json")}
    async with running_sandbox(clock, fixed_bodies=bodies) as sandbox:
        text = "leaderboard cost 2026-04-01..2026-04-15 top 5 vs none"
        done = await run_beside(sandbox, "ask", text, "--format", form)

    assert done.returncode == 0, done.stderr
    if form == "json":
        view = json.loads(done.stdout)
        figures = [row["figures"]["value"] for row in view["rows"]]
        assert figures == [15234.56, 12890.12, 9876.54, 7654.32, 5432.10]
        assert view["others"]["value"] == 3456.78
        return
    for figure in ("$15,235", "$12,890", "$9,877", "$7,654", "$5,432"):
        assert figure in done.stdout
    assert done.stdout.index("$5,432") < done.stdout.index("$3,457")
    [asked] = sandbox.requests
    assert dict(asked.query) == {
        "metric": "cost",
        "starting_at": "2026-04-01",
        "ending_at": "2026-04-15",
        "limit": "5",
    }


async def test_ask__market_share(clock):
    bodies = {"/statistics/market_share": body("market_share_seed.json")}
    async with running_sandbox(clock, fixed_bodies=bodies) as sandbox:
        done = await run_beside(sandbox, "ask", "share tokens 2026-W01")

    assert done.returncode == 0, done.stderr
    for share in ("48.8%", "33.2%", "17.7%", "0.4%"):
        assert share in done.stdout


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (access_denied(), "refuses the bot's key"),
        (too_many_requests(), "rate limit is reached"),
    ],
)
async def test_ask__failure_is_a_sentence(clock, fault, said):
    bodies = {"/statistics/leaderboard": fault}
    async with running_sandbox(clock, fixed_bodies=bodies) as sandbox:
        done = await run_beside(sandbox, "ask", "leaderboard cost 2026-W20 vs none")

    assert done.returncode == 1
    assert said in done.stdout
    assert KEY not in done.stdout + done.stderr


async def test_ask__sandbox_is_the_demo_s_and_needs_no_settings():
    done = await run(
        "ask",
        "--sandbox",
        "share cost 4w top 50",
        "--format",
        "json",
        LOG_LEVEL="debug",
    )

    assert done.returncode == 0
    view = json.loads(done.stdout)
    assert view["kind"] == "share"
    providers = {row["provider"] for row in view["rows"]}
    assert providers <= {model.author for model in DEMO_MODELS}
    assert "zenmux.answered" in done.stderr


async def test_ask__clock_can_be_set():
    done = await run(
        "ask", "--sandbox", "leaderboard 7d", ZENMUX_BOT_NOW="2026-06-25T08:00:00Z"
    )

    assert "18–24 Jun 2026" in done.stdout


async def test_ask__blocks_are_text_and_blocks():
    done = await run("ask", "--sandbox", "help", "--format", "blocks")

    assert list(json.loads(done.stdout)) == ["text", "blocks"]


@pytest.mark.parametrize(
    "words",
    [["ask"], ["ask", "x", "--format", "xml"], ["nonsense"], ["demo", "--port", "x"]],
)
async def test_main__wrong_usage_is_two(words):
    done = await run(*words)

    assert done.returncode == 2
    assert done.stdout == ""


async def test_ask__error_is_one():
    done = await run("ask", "--sandbox", "leaderbord cost")

    assert done.returncode == 1
    assert "Unknown command “leaderbord”" in done.stdout


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "SLACK_BOT_TOKEN: missing"),
        ({}, "SLACK_SIGNING_SECRET: missing"),
        ({"SLACK_BOT_TOKEN": "nonsense"}, "SLACK_BOT_TOKEN: malformed"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET: missing"),
        ({"SLACK_CLIENT_ID": "1.2"}, "SLACK_CLIENT_SECRET: missing"),
        ({"PORT": "many"}, "PORT: malformed"),
        ({"ZENMUX_BASE_URL": "http://zenmux.ai"}, "ZENMUX_BASE_URL: malformed"),
        (
            {"SLACK_BOT_TOKEN": "xoxb-1", "ZENMUX_BOT_NOW": "2026-11-23T08:59:50Z"},
            "ZENMUX_BOT_NOW: only for demos",
        ),
    ],
)
async def test_main__setting_missing_or_malformed(settings, named):
    done = await run(**settings)

    assert done.returncode == 1
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert "nonsense" not in done.stderr


async def test_check__says_what_is_wrong(clock, tmp_path):
    bodies = {"/flow_rate": access_denied()}
    async with running_sandbox(clock, fixed_bodies=bodies) as sandbox:
        database = f"sqlite:///{tmp_path}/x.db"
        done = await run_beside(sandbox, "check", "--json", DATABASE_URL=database)

    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert found["ok"] is False
    assert any(c["name"] == "ZenMux key" and c["ok"] is False for c in found["checks"])
    assert KEY not in done.stdout + done.stderr


async def test_shell__remembers_as_a_thread_does():
    said = "nonsense\n\nleaderboard cost 7d top 3\nby day\nexit\nhelp\n"
    done = await run("shell", said=said)

    assert done.returncode == 0
    assert "Unknown command" in done.stdout
    assert "/zenmux leaderboard cost 7d top 3" in done.stdout
    assert "/zenmux trend cost 7d by day top 3" in done.stdout
    assert "statistics in Slack" not in done.stdout


async def test_shell__ends_with_ctrl_c():
    process = await fork(ROOT / "bot.py", "shell", env={})
    async with asyncio.timeout(60):
        assert (await process.stdout.readline()).startswith(b"Type what would")
        process.interrupt()
        await process.communicate()

    assert process.returncode == 0


@pytest.mark.parametrize(
    ("settings", "encoding"),
    [
        ({"PYTHONIOENCODING": "cp1252"}, "cp1252"),
        ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "ascii"),
    ],
)
def test_ask__console_that_is_not_unicode(settings, encoding):
    done = subprocess.run(
        [sys.executable, ROOT / "bot.py", "ask", "--sandbox", "模型 排行"],
        capture_output=True,
        timeout=120,
        check=False,
        env=settings,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode(encoding).startswith("Top 10 models by tokens")


def test_ask__reader_that_is_gone_ends_it_quietly():
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, ROOT / "bot.py", "ask", "--sandbox", "help"],
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=120,
        check=False,
    )
    os.close(writer)

    assert (done.returncode, done.stderr) == (1, b"")


UNUSED = (
    *("aiohttp", "apscheduler", "asyncpg", "cryptography"),
    *("slack_bolt", "slack_sdk", "sqlalchemy"),
)


def test_ask__loads_nothing_that_it_does_not_use():
    """A rule of ``bootstrap``: whoever asks on the terminal loads no more than that."""
    code = f"""
import sys
from zenmux_bot.cli import main
try:
    main(["ask", "--sandbox", "leaderboard cost 7d"])
finally:
    print(sorted({{*{UNUSED}}} & {{*sys.modules}}), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        cwd=ROOT,
    )

    assert done.stderr.strip() == "[]"


def test_bot__runs_from_any_directory(tmp_path):
    """The one command here that is not forked from a process that has imported it."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "bot.py"), "ask", "--sandbox", "help"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=tmp_path,
        env={},
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "/zenmux" in done.stdout
