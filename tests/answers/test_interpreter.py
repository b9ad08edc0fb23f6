"""The optional model: what it may choose, and how little it takes to go without."""

from datetime import UTC, datetime

import httpx
import pytest
from pydantic import SecretStr
from sentences import CATALOGUE

from zenmux_bot.answers.interpreter import CALLS_A_DAY, Interpreter
from zenmux_bot.commands.queries import canonical
from zenmux_bot.core.clock import FixedClock
from zenmux_bot.zenmux.inference import MAX_FAILURES, InferenceClient
from zenmux_demo.sandbox.inference import INFERENCE_KEY, MODEL, PATH, ScriptedModel

ANTHROPIC = "share tokens 8w provider anthropic"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def model():
    return ScriptedModel(script={})


@pytest.fixture
async def interpreter(model):
    def answer(request):
        assert request.url.path == PATH
        reply = model.answer(request.headers["Authorization"], request.content)
        return httpx.Response(reply.status, content=reply.body)

    clock = FixedClock(NOW)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        client = InferenceClient(
            http,
            key=SecretStr(INFERENCE_KEY),
            base_url="https://zenmux.ai/api/v1",
            model=MODEL,
            clock=clock,
        )
        yield Interpreter(client, clock)


@pytest.mark.parametrize(
    ("question", "command", "words", "is_sure"),
    [
        ("which lab eats all lunch", "share tokens 8w", "share tokens 8w", False),
        ("what of anthropic then", "share anthropic", ANTHROPIC, True),
        ("what then", "share anthropic", ANTHROPIC, False),
        ("what then last week", "share", "share tokens 8w", False),
        ("what then by cost", "share tokens", "share tokens 8w", False),
        ("ours then", "leaderboard", "leaderboard tokens 7d", False),
        ("ours then", "spend", "spend mtd", True),
        ("what then", "spend", "spend mtd", False),
        ("not ours then", "spend", "spend mtd", False),
        ("bring it weekly", "digest form weekly", "digest form weekly", False),
    ],
)
async def test_interpreter__runs_only_what_agrees(
    interpreter, model, question, command, *, words, is_sure
):
    model.script = {question: command}

    meant = await interpreter.interpret(question, CATALOGUE, team_id="T1")

    assert (canonical(meant.request), meant.is_sure) == (words, is_sure)


@pytest.mark.parametrize(
    "command",
    [
        "digest delete d-7kq3",
        "digest create weekly",
        "digest send d-7kq3",
        "alert pause a-7kq3",
        "alert anthropic passes google",
        "budget set $500",
        "spend allow <#C0GENERAL>",
        "spend name key_7f2 x",
        "share cost public",
        "share provider atlantis",
        "how is anthropic doing",
        "drop table",
        None,
        17,
    ],
)
async def test_interpreter__takes_no_command_that_changes_something(
    interpreter, model, command
):
    model.script = {"x": command}

    assert await interpreter.interpret("x", CATALOGUE, team_id="T1") is None


async def test_interpreter__asks_once_and_within_a_budget(interpreter, model):
    model.script = {"x": "share"}
    for _ in range(3):
        await interpreter.interpret("X", CATALOGUE, team_id="T1")
    for number in range(CALLS_A_DAY + 5):
        await interpreter.interpret(f"x {number}", CATALOGUE, team_id="T1")
    await interpreter.interpret("y", CATALOGUE, team_id="T2")

    assert len(model.asked) == CALLS_A_DAY + 1


async def test_interpreter__falls_back_to_any_object(interpreter, model):
    model.takes_schemas = False
    model.script = {"x": "share"}

    assert await interpreter.interpret("x", CATALOGUE, team_id="T1") is not None


@pytest.mark.parametrize("status", [403, 429, 500])
async def test_interpreter__leaves_a_failing_model_alone(interpreter, model, status):
    model.status = status
    for number in range(MAX_FAILURES):
        assert await interpreter.interpret(f"{number}", CATALOGUE, team_id="T1") is None
    model.status, model.script = None, {"x": "share"}

    assert await interpreter.interpret("x", CATALOGUE, team_id="T1") is None
