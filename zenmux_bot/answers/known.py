"""Finds models and providers by name, and suggests names while someone types."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from zenmux_bot.answers.fetching import FetchContext
from zenmux_bot.commands import names
from zenmux_bot.commands.names import Suggestion, suggest
from zenmux_bot.core.clock import Clock
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import DAY, FLOOR, Span, Unit, start_of, step
from zenmux_bot.errors import ApiError
from zenmux_bot.zenmux.api import TeamApis
from zenmux_bot.zenmux.models import OTHERS, Leaderboard, ModelList
from zenmux_bot.zenmux.requests import (
    LeaderboardRequest,
    MarketShareRequest,
    ModelListRequest,
)


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


async def known_models(context: FetchContext, span: Span | None = None) -> Known:
    """Return the models of a period, of all time, and of the public list.

    No source has them all: leaderboards stop at fifty, and the list leaves out retired
    models and those of other protocols. Sources that fail are skipped.

    Raises:
        ApiError: All sources failed.
    """
    yesterday = context.clock.now().date() - DAY
    spans = dict.fromkeys([*([span] if span else []), Span(FLOOR, yesterday)])
    boards = [
        LeaderboardRequest(metric=Metric.TOKENS, start=each.start, end=each.end)
        for each in spans
    ]
    answers = await asyncio.gather(
        *(context.fetch(board) for board in boards),
        context.fetch(ModelListRequest()),
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
        # Its names begin with the author: "OpenAI: GPT-5.4".
        author_label, found, label = model.display_name.partition(": ")
        plain = label if found else model.display_name
        known.labels.setdefault(model.id, names.shown(plain, model.id))
        author = model.owned_by or model.id.partition("/")[0]
        name = names.shown(author_label if found else "", author)
        known.authors.setdefault(model.id, (author, name))


FORM_PATIENCE = timedelta(seconds=1.5)
"""Slack waits three seconds for the answer to a form."""

_WEEKS = 8


class KnownProviders:
    """Finds providers among those with figures in the last weeks.

    Args:
        apis: Give ZenMux's answers to each workspace.
        clock: Tells which day it is.
        patience: How long to wait for the API at most.
    """

    def __init__(
        self, apis: TeamApis, clock: Clock, *, patience: timedelta = FORM_PATIENCE
    ) -> None:
        self._apis = apis
        self._clock = clock
        self._patience = patience

    async def slug_of(self, team_id: str, name: str, metric: Metric) -> str:
        """Return the slug of the provider that a name means.

        Raises:
            UnknownName: No provider has it; the suggestions are slugs.
            AmbiguousName: Several have it; the suggestions are slugs.
            ApiError: The API gave no answer.
        """
        this_week = start_of(Unit.WEEK, self._clock.now().date())
        wanted = MarketShareRequest(
            metric=metric,
            width=Granularity.WEEK,
            start=max(step(Unit.WEEK, this_week, -_WEEKS), FLOOR),
            end=max(step(Unit.WEEK, this_week, -1), FLOOR),
        )
        api = self._apis.of(team_id)
        answer = await api.fetch(wanted, patience=self._patience)
        labels = {
            entry.author: names.shown(entry.label, entry.author)
            for bucket in answer.data.series
            for entry in bucket.authors
            if entry.author != OTHERS
        }
        return names.find(name, labels, what="provider")


MENU_PATIENCE = timedelta(milliseconds=80)
"""How long a menu waits for names while someone types.

A slower request continues, and its answer is in memory at the next keystroke.
"""

Names = tuple[tuple[Suggestion, ...], tuple[Suggestion, ...]]
"""Providers, and models."""

MOST = 100
"""https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element"""


class Suggestions:
    """Suggests models and providers.

    Args:
        apis: Give ZenMux's answers to each workspace.
        clock: Tells which day it is.
    """

    def __init__(self, apis: TeamApis, clock: Clock) -> None:
        self._apis = apis
        self._clock = clock

    async def names(self, team_id: str, typed: str) -> Names | None:
        """Return matching providers and models, the most used first.

        None means that the names are not loaded yet.
        """
        context = FetchContext(self._apis.of(team_id), self._clock, MENU_PATIENCE)
        try:
            known = await known_models(context)
        except ApiError:
            return None
        return (
            suggest(typed, dict(known.authors.values()), most=MOST),
            suggest(typed, known.labels, most=MOST),
        )
