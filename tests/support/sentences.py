"""How well sentences are understood: ``make sentences`` prints the table.

Each file maps a question to the commands that a sensible reader would accept. Of an
accepted command the metric, the period and the rows are free where it leaves them
unsaid. Every second question is set aside: it is looked at only to measure.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import cast

import click
import yaml

from zenmux_bot.answers.interpreter import Interpreter
from zenmux_bot.commands.names import Catalogue
from zenmux_bot.commands.parser import is_known, parse
from zenmux_bot.commands.queries import (
    AlertQuery,
    DigestQuery,
    HelpQuery,
    Request,
    canonical,
)
from zenmux_bot.core.clock import FixedClock
from zenmux_bot.errors import BadInput
from zenmux_bot.zenmux.inference import InferenceClient
from zenmux_demo.sandbox.catalog import AUTHORS, MODELS

HERE = Path(__file__).parents[1] / "sentences"
FILES = (
    *("english", "chinese", "out_of_scope", "hostile"),
    *("mixed", "independent", "team"),
)
_FOR_RULES = frozenset({"mixed", "independent", "team"})
TODAY = date(2026, 11, 25)
FREE = frozenset({"metric", "period", "top", "says_top", "versus", "by", "measure"})
OWN_FREE = frozenset({"period", "top", "says_top", "versus"})

CATALOGUE = Catalogue(
    {slug: author.label for slug, author in AUTHORS.items()},
    {model.slug: model.label for model in MODELS},
    {model.slug: model.author for model in MODELS},
)


class Result(StrEnum):
    """What became of a question."""

    EXACT = "exact"
    ONE_CLICK = "one click"
    REFUSED = "refused"
    WRONG = "wrong"
    SILENTLY_WRONG = "silently wrong"


def questions(name: str, *, aside: bool | None = None) -> dict[str, list[str]]:
    """Return the questions of a file; of one half, or all."""
    found = yaml.safe_load((HERE / f"{name}.yaml").read_text("utf-8"))
    return {
        question: accepted
        for number, (question, accepted) in enumerate(found.items())
        if aside is None or (bool(number % 2) and name not in _FOR_RULES) is aside
    }


@cache
def judged(name: str) -> dict[str, tuple[Result, str]]:
    """Return how the questions of a file fare, and what was answered or offered."""
    return {each: judge(each, accepted) for each, accepted in questions(name).items()}


def judge(question: str, accepted: list[str]) -> tuple[Result, str]:
    """Return how a question fares, and what was answered or offered."""
    wanted = [each for each in accepted if each not in {"refuse", "nothing"}]
    try:
        request = parse(question, today=TODAY, catalogue=CATALOGUE)
    except BadInput as error:
        offered = " | ".join(error.suggestions)
        said = f"{error.problem} [{offered}]"
        if any(_is_meant(_read(each), wanted) for each in error.suggestions):
            return Result.ONE_CLICK, said
        real = [
            each
            for each in error.suggestions
            if not each.startswith(("help", "status"))
        ]
        return (Result.WRONG if real else Result.REFUSED), said
    answer = canonical(request)
    if _is_meant(request, wanted) or (
        "nothing" in accepted and answer in {"help", "help thanks"}
    ):
        return Result.EXACT, answer
    if not is_known(request, CATALOGUE):
        return Result.REFUSED, answer
    return Result.SILENTLY_WRONG, answer


def _read(command: str) -> Request:
    return parse(command, today=TODAY)


def _is_meant(request: Request, wanted: list[str]) -> bool:
    return any(_is_same(request, each) for each in wanted)


def _is_same(request: Request, command: str) -> bool:
    """Tell whether a request is what a command says, where that says anything."""
    other = _read(command)
    mine, theirs = request.query, other.query
    if type(mine) is not type(theirs):
        return False
    if isinstance(mine, HelpQuery | DigestQuery | AlertQuery):
        return canonical(request) == canonical(other)
    free = OWN_FREE if mine.name in {"spend", "usage"} else FREE
    for field in fields(mine):
        value, label = getattr(mine, field.name), getattr(theirs, field.name)
        if field.name in {"model", "providers"}:
            value, label = _slugs(value), _slugs(label)
        if value != label and not (
            field.name in free and label == _usual(theirs, field.name)
        ):
            return False
    return True


def _usual(query: object, name: str) -> object:
    """Return what a field is where a command leaves it unsaid."""
    [field] = [each for each in fields(query) if each.name == name]  # type: ignore[arg-type]
    return field.default


def _slugs(value: object) -> object:
    if isinstance(value, tuple):
        return {CATALOGUE.provider(each) or each for each in value}
    return value and (CATALOGUE.model(str(value)) or value)


class LabelledModel:
    """A model whose answer is the first label of each question."""

    def __init__(self, labels: Mapping[str, list[str]]) -> None:
        self._labels = labels

    async def ask(
        self, _system: str, user: str, _schema: Mapping[str, object]
    ) -> dict[str, str | None]:
        """Return the first command that answers a question, or none."""
        label = self._labels[json.loads(user)["question"]][0]
        return {"command": None if label in {"refuse", "nothing"} else label}


def table_with_model() -> dict[str, Counter[Result]]:
    """Return how all questions fare where a model is asked about the rest."""
    return {name: asyncio.run(_with_model(name)) for name in FILES}


async def _with_model(name: str) -> Counter[Result]:
    labels = questions(name)
    noon = datetime.combine(TODAY, time(12), UTC)
    client = cast("InferenceClient", LabelledModel(labels))
    interpreter = Interpreter(client, FixedClock(noon))
    counts = Counter[Result]()
    for question, accepted in labels.items():
        result, _ = judged(name)[question]
        if result is Result.REFUSED and "refuse" not in accepted:
            meant = await interpreter.interpret(question, CATALOGUE, team_id=question)
            if meant is not None:
                result = Result.EXACT if meant.is_sure else Result.ONE_CLICK
        counts[result] += 1
    return counts


def table(*, aside: bool | None) -> dict[str, Counter[Result]]:
    """Return how many questions of each file fare how."""
    return {
        name: Counter(judged(name)[each][0] for each in questions(name, aside=aside))
        for name in FILES
    }


def main(arguments: list[str]) -> None:
    """Print the table, and the questions that are not answered."""
    for aside, title in ((False, "used for the rules"), (True, "set aside")):
        click.echo(f"\n{title:20}" + "".join(f"{each:>16}" for each in Result))
        for name, counts in table(aside=aside).items():
            click.echo(f"{name:20}" + "".join(f"{counts[each]:16}" for each in Result))
    title = "with a model"
    click.echo(f"\n{title:20}" + "".join(f"{each:>16}" for each in Result))
    for name, counts in table_with_model().items():
        click.echo(f"{name:20}" + "".join(f"{counts[each]:16}" for each in Result))
    if "-v" in arguments or "--all" in arguments:
        for name in FILES:
            aside = None if "--all" in arguments else False
            for question in questions(name, aside=aside):
                result, said = judged(name)[question]
                click.echo(f"{result:15} {question!r:60} {said}")


if __name__ == "__main__":
    main(sys.argv[1:])
