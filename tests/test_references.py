"""References: one for each request, in its log lines and in what the asker is told."""

from __future__ import annotations

import json
import re

import pytest
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient
from stage import staged

from zenmux_bot.config import Settings
from zenmux_bot.observability import configure_logs
from zenmux_bot.slack.apologies import Apologies
from zenmux_bot.slack.app import make_app
from zenmux_bot.slack.tasks import Tasks
from zenmux_demo.sandbox.replies import access_denied


def logged(capsys):
    written = capsys.readouterr().err.splitlines()
    return [json.loads(line) for line in written]


@pytest.mark.parametrize("socket_mode", [False, True])
async def test_a_fault_is_found_in_the_log_by_what_the_asker_was_told(
    clock, tmp_path, capsys, socket_mode
):
    configure_logs(level="debug", form="json")
    async with staged(clock, tmp_path, socket_mode=socket_mode) as stage:
        await stage.slack.command("/zenmux help")
        stage.sandbox.weather.expect("/statistics/leaderboard", access_denied())
        reply = await stage.slack.command("/zenmux leaderboard cost 2026-W46 vs none")

    [told] = re.findall(r"reference ([0-9a-f]{8})", reply.messages[0].text)
    lines = logged(capsys)
    under = [each["event"] for each in lines if each.get("reference") == told]
    assert under == ["zenmux.cache", "zenmux.failed", "answer.made"]
    helped = [each for each in lines if each.get("kind") == "help"]
    assert helped[0]["reference"] != told


async def test_a_mention_and_all_it_leads_to_bear_one_reference(
    clock, tmp_path, capsys
):
    configure_logs(level="debug", form="json")
    async with staged(clock, tmp_path, socket_mode=False) as stage:
        stage.slack.faults.forbidden_blocks.add("data_visualization")
        await stage.slack.mention("share cost 8w")
        await stage.slack.wait_for(
            lambda: [m for m in stage.slack.messages() if "Market share" in m.text]
        )

    lines = logged(capsys)
    [made] = [line for line in lines if line["event"] == "answer.made"]
    alike = [line for line in lines if line.get("reference") == made["reference"]]
    assert {line["event"] for line in alike} >= {
        "zenmux.answered",
        "answer.made",
        "slack.blocks_refused",
    }


async def test_what_fails_before_anything_else_is_found_by_its_apology(capsys):
    class Faulty(AsyncAuthorize):
        async def __call__(self, **_: object) -> None:
            raise RuntimeError("broken")

    configure_logs(level="info", form="json")
    app = make_app(Settings(_env_file=None), AsyncWebClient(), Faulty())
    app.error(Apologies(None, Tasks()).on_error)
    body = {"command": "/zenmux", "team_id": "T1", "user_id": "U1", "text": "help"}
    reply = await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))

    [told] = set(re.findall(r"Reference: ([0-9a-f]{8})", reply.body))
    [line] = [e for e in logged(capsys) if e["event"] == "slack.listener_failed"]
    assert line["reference"] == told
