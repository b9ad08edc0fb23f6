"""What `check` finds of Slack in a single workspace."""

import pytest
from pydantic import SecretStr
from stage import staged

from zenmux_bot.admin.check import check_all
from zenmux_bot.commands.grammar import KINDS
from zenmux_demo.workspace.faults import Fail


@pytest.fixture
async def stage(clock, tmp_path):
    async with staged(clock, tmp_path, socket_mode=False) as stage:
        yield stage


async def found(settings):
    return {check.name: check for check in (await check_all(settings)).checks}


async def test_check__slack_accepts_an_answer_of_each_kind(stage):
    checks = await found(stage.settings)

    assert checks["Messages"].found == f"Slack accepts all {len(KINDS)} kinds."
    assert checks["Slack token"].ok
    assert not [call for call in stage.slack.calls if call.method.startswith("chat.")]


async def test_check__kind_that_slack_refuses_is_named(stage):
    stage.slack.faults.script("blocks.validate", Fail("invalid_blocks"))

    check = (await found(stage.settings))["Messages"]

    assert check.ok is False
    assert check.found == f"Slack refuses {KINDS[0].name} (invalid_blocks)."


async def test_check__messages_are_not_shown_with_a_token_that_is_refused(stage):
    settings = stage.settings.model_copy(
        update={"slack_bot_token": SecretStr("xoxb-wrong")}
    )

    assert (await found(settings))["Slack token"].found == "refused: invalid_auth."


async def test_check__one_outage_is_told_once(stage):
    nowhere = {
        "slack_api_url": "http://127.0.0.1:9/api/",
        "slack_app_token": SecretStr("xapp-1"),
    }

    checks = await found(stage.settings.model_copy(update=nowhere))

    assert checks["Slack token"].found == "no connection to 127.0.0.1."
    assert checks["Socket Mode"].found == "not checked; Slack can't be reached."
    assert "Kind of key" not in checks


async def test_check__key_for_models_is_told(stage):
    key = {"zenmux_management_api_key": SecretStr("sk-ai-v1-of-models")}

    check = (await found(stage.settings.model_copy(update=key)))["Kind of key"]

    assert check.ok is None
    assert "a key for models; a management key begins with sk-mg-" in check.found
