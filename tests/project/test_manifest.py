"""The manifest against Slack's own schema, and against the code."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from zenmux_bot.commands.grammar import BY_WORD, COMMAND
from zenmux_demo.main import read_manifest

SCHEMAS = Path(__file__).parents[1] / "fixtures" / "slack"


@pytest.fixture(scope="module")
def manifest():
    return read_manifest()


def test_it_is_valid_against_the_official_schema(manifest):
    schema = json.loads((SCHEMAS / "manifest.schema.1.0.0.json").read_text("utf-8"))

    jsonschema.Draft202012Validator(schema).validate(manifest)


def test_its_command_is_the_codes(manifest):
    [command] = manifest["features"]["slash_commands"]

    assert command["command"] == COMMAND
    assert command["should_escape"] is True


def test_the_usage_hint_names_commands_that_exist(manifest):
    [command] = manifest["features"]["slash_commands"]
    hinted = [each.split()[0] for each in command["usage_hint"].split("|")]

    assert set(hinted) <= set(BY_WORD)
