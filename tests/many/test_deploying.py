"""What the Dockerfile and the Procfile name is there, and runs as they say."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import shutil
import sys
from pathlib import Path

import aiohttp
import pytest
from ports import free_port
from processes import environment, launched

from zenmux_bot.cli import main
from zenmux_demo.main import read_manifest
from zenmux_demo.sandbox.server import running_sandbox
from zenmux_demo.workspace.server import SlackStandIn

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")


def instructions(name: str) -> list[str]:
    return re.findall(rf"^\s*{name} (.+)$", DOCKERFILE, re.MULTILINE)


def copied() -> list[tuple[str, str]]:
    """Return what is copied from the project, and where to."""
    pairs = []
    for each in instructions("COPY"):
        *sources, target = each.split()
        if not sources[0].startswith("--from="):
            pairs += [(source, target) for source in sources]
    return pairs


def in_context(path: str) -> bool:
    """Tell whether .dockerignore, which names what it lets through, does so."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    return f"!{path}" in lines


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> Path:
    """Return a folder that holds what the image holds, but for its Python."""
    folder = tmp_path_factory.mktemp("image")
    for source, target in copied():
        place = folder / target / source if target.endswith("/") else folder / target
        if target == ".":
            place = folder / source
        if (ROOT / source).is_dir():
            skipped = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / source, place, ignore=skipped)
        else:
            shutil.copy(ROOT / source, place)
    return folder


@pytest.fixture
async def sandbox(clock):
    async with running_sandbox(clock) as running:
        yield running


@pytest.fixture
async def slack(clock):
    async with SlackStandIn(clock=clock, manifest=read_manifest()).running() as slack:
        yield slack


def test_what_is_copied_is_there_and_reaches_the_engine():
    sources = [source for source, _ in copied()]

    assert {"bot.py", "zenmux_bot", "manifest.yml", "requirements.txt"} == set(sources)
    assert all((ROOT / source).exists() and in_context(source) for source in sources)


def test_the_image_has_no_secret_and_is_not_root():
    assert not re.search(r"(?i)token|secret|password|_key", DOCKERFILE)
    [user] = instructions("USER")
    assert int(user) > 0
    assert instructions("FROM")[0].split()[0] == instructions("FROM")[1]
    assert DOCKERFILE.index("USER ") > max(
        found.start() for found in re.finditer("^(RUN|COPY)", DOCKERFILE, re.MULTILINE)
    ), "what runs may not change what it runs"


def test_every_command_of_the_procfile_is_one():
    lines = (ROOT / "Procfile").read_text("utf-8").splitlines()

    found = {
        kind: shlex.split(rest) for kind, _, rest in (x.partition(": ") for x in lines)
    }

    assert set(found) == {"web", "worker"}
    for words in found.values():
        assert words[:2] == ["python", "bot.py"]
        assert words[2] in main.commands


async def is_healthy(port: int) -> bool:
    """Ask as the engine asks, with a proxy in the environment as some hosts have."""
    [command] = instructions("HEALTHCHECK.*CMD")
    _, *words = json.loads(command)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
        env={"PORT": str(port), "http_proxy": "http://127.0.0.1:1"},
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await process.wait() == 0


async def test_the_image_runs_alone_and_its_health_is_seen_in_every_mode(
    image, slack, sandbox, tmp_path
):
    given = {
        "PYTHONDONTWRITEBYTECODE": "1",
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "x",
        "SLACK_BOT_TOKEN": "",
    }
    by_socket = {"SLACK_APP_TOKEN": slack.app_token, "SLACK_SIGNING_SECRET": ""}
    modes = {"web": by_socket, "worker": {}}

    async def run(mode: str, changes: dict[str, str]) -> int:
        port = free_port()
        env = environment(
            slack, sandbox, f"sqlite:///{tmp_path}/{mode}.db", **given, **changes
        )
        assert not await is_healthy(port)
        async with (
            launched(env | {"PORT": str(port)}, mode, root=image),
            aiohttp.ClientSession() as session,
        ):
            assert await is_healthy(port)
            # Its link needs the scopes of the manifest.
            install = f"http://127.0.0.1:{port}/slack/install"
            async with session.get(install) as page:
                return page.status

    statuses = await asyncio.gather(*(run(*each) for each in modes.items()))

    assert statuses == [200, 404]
