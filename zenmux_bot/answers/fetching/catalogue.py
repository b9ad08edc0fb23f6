"""Which models and providers there are, from the API's own answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from zenmux_bot.answers.fetching.days import FetchContext
from zenmux_bot.commands import names
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import DAY, FLOOR, Span
from zenmux_bot.errors import ApiError
from zenmux_bot.zenmux.account_models import ModelList
from zenmux_bot.zenmux.account_requests import ModelListRequest
from zenmux_bot.zenmux.models import OTHERS, Leaderboard
from zenmux_bot.zenmux.requests import LeaderboardRequest


@dataclass(frozen=True, slots=True)
class Known:
    """The models that are known, the most used first.

    Attributes:
        labels: Display names by slug.
        authors: Slug and display name of the provider, by the model's slug.
    """

    labels: dict[str, str]
    authors: dict[str, tuple[str, str]]

    def author_of(self, slug: str) -> tuple[str, str]:
        """Return the provider of a model; of an unknown one, the part before ``/``."""
        author = slug.partition("/")[0]
        label = dict(self.authors.values()).get(author, author)
        return self.authors.get(slug, (author, label))


async def known_models(asking: FetchContext, span: Span | None = None) -> Known:
    """Return the models of a period, of all time, and of the public list.

    No source has them all: leaderboards stop at fifty, the list leaves out retired
    models and those of other protocols. A source that fails is done without.

    Raises:
        ApiError: No source gave an answer.
    """
    yesterday = asking.clock.now().date() - DAY
    spans = dict.fromkeys([*([span] if span else []), Span(FLOOR, yesterday)])
    boards = [
        LeaderboardRequest(metric=Metric.TOKENS, start=each.start, end=each.end)
        for each in spans
    ]
    answers = await asyncio.gather(
        *(asking.fetch(board) for board in boards),
        asking.fetch(ModelListRequest()),
        return_exceptions=True,
    )
    known = Known({}, {})
    failures: list[ApiError] = []
    for answer in answers:
        if isinstance(answer, ApiError):
            failures.append(answer)
        elif isinstance(answer, BaseException):
            raise answer
        elif isinstance(answer.data, Leaderboard):
            _take_board(known, answer.data)
        elif isinstance(answer.data, ModelList):
            _take_list(known, answer.data)
    if len(failures) == len(answers):
        raise failures[0]
    return known


def _take_board(known: Known, board: Leaderboard) -> None:
    for entry in board.entries:
        if entry.model == OTHERS:
            continue
        label = names.shown(entry.label, entry.model)
        known.labels.setdefault(entry.model, label)
        author = entry.author or entry.model.partition("/")[0]
        name = names.shown(entry.author_label, author)
        known.authors.setdefault(entry.model, (author, name))


def _take_list(known: Known, listed: ModelList) -> None:
    for model in listed.data:
        # its names carry the author's: "OpenAI: GPT-5.4"
        author_label, found, label = model.display_name.partition(": ")
        plain = label if found else model.display_name
        known.labels.setdefault(model.id, names.shown(plain, model.id))
        author = model.owned_by or model.id.partition("/")[0]
        name = names.shown(author_label if found else "", author)
        known.authors.setdefault(model.id, (author, name))
