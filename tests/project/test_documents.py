"""The documents that name tests, events, metrics and packages name what is there."""

from __future__ import annotations

import ast
import json
import re
import shlex
from functools import cache
from pathlib import Path

import click
import pytest
import yaml

from zenmux_bot import __version__
from zenmux_bot.cli import main
from zenmux_bot.config import AUTHORITIES, Settings
from zenmux_bot.observability import Metrics

ROOT = Path(__file__).parents[2]
TESTED = ("things-that-go-wrong.md", "security.md")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_EVENT = re.compile(r"`([a-z_]+\.[a-z_]+)`")


def rows(name):
    """Return the cells of a document's tables, row by row, without their heads."""
    lines = (ROOT / "docs" / name).read_text("utf-8").splitlines()
    cells = [line.strip("|").split("|") for line in lines if line.startswith("|")]
    heads = {"test", "why"}
    return [row for row in cells if row[-1].strip() not in heads and "::" in str(row)]


@cache
def functions(path):
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


@cache
def source():
    files = sorted((ROOT / "zenmux_bot").rglob("*.py"))
    return "\n".join(path.read_text("utf-8") for path in files)


@pytest.mark.parametrize("name", TESTED)
def test_every_row_names_a_test_that_is_there(name):
    found = rows(name)

    assert len(found) > 10
    for row in found:
        tests = _TEST.findall(row[-1])
        assert tests, row
        for path, test in tests:
            assert test in functions(path), (path, test)


def test_every_event_is_logged():
    events = {event for row in rows(TESTED[0]) for event in _EVENT.findall(row[2])}

    assert len(events) > 20
    assert [event for event in events if f'"{event}"' not in source()] == []


def test_every_metric_of_the_dashboard_is_there():
    dashboard = json.loads((ROOT / "docs" / "grafana.json").read_text("utf-8"))
    asked = " ".join(
        target["expr"] for panel in dashboard["panels"] for target in panel["targets"]
    )
    named = set(re.findall(r"zenmux_bot_\w+", asked))
    families = list(Metrics().registry.collect())
    kinds = {"counter": ["_total"], "histogram": ["_bucket", "_count"], "gauge": [""]}
    known = {
        family.name + ending for family in families for ending in kinds[family.type]
    }

    assert named <= known, named - known
    unseen = {f.name for f in families if not any(n.startswith(f.name) for n in named)}
    assert unseen == set()


def test_every_scope_has_its_reason():
    manifest = (ROOT / "manifest.yml").read_text("utf-8")
    scopes = yaml.safe_load(manifest)["oauth_config"]["scopes"]
    said = (ROOT / "docs" / "security.md").read_text("utf-8")

    for scope in scopes["bot"]:
        assert f"| `{scope}` | " in said, scope


def written(*names):
    """Return the documents' text."""
    return "\n".join((ROOT / name).read_text("utf-8") for name in names)


def test_every_command_line_of_the_documents_is_one():
    text = written("README.md", "CONTRIBUTING.md", "docs/operations.md")
    lines = re.findall(r"python bot\.py ([^`#;|\n]+)", text)
    # what stands for anything, and what the shell would put there
    lines = [re.sub(r"…|\$\([^)]*\)|\\%", "x", line) for line in lines]

    assert len(lines) > 10
    for line in lines:
        command, words = main, shlex.split(line)
        context = click.Context(main)
        while isinstance(command, click.Group):
            name, command, words = command.resolve_command(context, words)
            context = click.Context(command, parent=context, info_name=name)
        command.make_context(command.name, words)


def test_every_target_of_make_is_there():
    text = written("README.md", "CONTRIBUTING.md", "docs/operations.md")
    named = set(re.findall(r"(?:`|^ *|; )make ([a-z]+)\b", text, re.MULTILINE))
    targets = re.findall(r"(?m)^([a-z ]+):", written("Makefile"))

    assert {"demo", "run", "test"} <= named
    assert named <= {each for line in targets for each in line.split()}


def test_the_settings_of_the_readme_are_those_of_the_code():
    _, table = written("README.md").split("## Settings")
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = {name.lower() for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}

    settings = {*Settings.model_fields, "zenmux_management_key"}
    proxies = {"https_proxy", "http_proxy", "all_proxy", "no_proxy"}
    assert named == settings - {"proxies", "authorities"} | proxies | {*AUTHORITIES}


def test_every_link_leads_somewhere_and_every_document_is_linked():
    readme = written("README.md")
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")):
        for target in re.findall(r"\]\(([^)#:]+)[^):]*\)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), (path.name, target)
    for path in ROOT.glob("docs/*.md"):
        assert f"(docs/{path.name})" in readme, path.name


def test_every_picture_is_shown_and_every_one_shown_is_there():
    shown = {
        (document.parent / picture).resolve()
        for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
        for picture in re.findall(r"!\[[^]]+\]\(([^)]+)\)", document.read_text("utf-8"))
    }

    assert shown == {*(ROOT / "docs" / "images").resolve().glob("*.png")}


def test_changelog__newest_release_is_the_version():
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")

    # what is not released yet may stand above, under a heading without a number
    heading = re.compile(r"^## (\d+\.\d+\.\d+) – \d{4}-\d\d-\d\d$", re.MULTILINE)
    released = heading.search(changelog)
    assert released is not None
    assert released[1] == __version__
