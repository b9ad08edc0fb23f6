"""A request to its answer: ask for the view of its kind, and draw it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from zenmux_bot.answers.account.fetch import ask_account, ask_generation
from zenmux_bot.answers.account.report import report_account
from zenmux_bot.answers.account.view import AccountView
from zenmux_bot.answers.cache import AnswerCache, FreshnessRecorder
from zenmux_bot.answers.fetching.days import FetchContext
from zenmux_bot.answers.fetching.movement import ask_trend, ask_trending
from zenmux_bot.answers.fetching.platform import ask_leaderboard, ask_share
from zenmux_bot.answers.generation.report import report_generation
from zenmux_bot.answers.generation.view import GenerationView
from zenmux_bot.answers.help.report import HelpView, report_help
from zenmux_bot.answers.leaderboard.report import report_leaderboard
from zenmux_bot.answers.leaderboard.view import LeaderboardView
from zenmux_bot.answers.model.fetch import ask_model
from zenmux_bot.answers.model.report import report_model
from zenmux_bot.answers.model.view import ModelView
from zenmux_bot.answers.performance.fetch import ask_performance
from zenmux_bot.answers.performance.report import report_performance
from zenmux_bot.answers.performance.view import PerformanceView
from zenmux_bot.answers.share.report import report_share
from zenmux_bot.answers.share.view import ShareView
from zenmux_bot.answers.status.fetch import Health, StatusView
from zenmux_bot.answers.status.report import report_status
from zenmux_bot.answers.trend.report import report_trend
from zenmux_bot.answers.trend.view import TrendView
from zenmux_bot.answers.trending.report import report_trending
from zenmux_bot.answers.trending.view import TrendingView
from zenmux_bot.answers.why.fetch import explain
from zenmux_bot.answers.why.report import report_why
from zenmux_bot.answers.why.view import WhyView
from zenmux_bot.commands.grammar import BY_WORD
from zenmux_bot.commands.queries import (
    AccountQuery,
    DigestQuery,
    GenerationQuery,
    HelpQuery,
    LeaderboardQuery,
    ModelQuery,
    PerformanceQuery,
    Query,
    Request,
    ShareQuery,
    StatusQuery,
    TrendingQuery,
    TrendQuery,
    WhyQuery,
    canonical,
)
from zenmux_bot.core.clock import Clock
from zenmux_bot.errors import BadInput
from zenmux_bot.render import slack
from zenmux_bot.render.message import Message
from zenmux_bot.render.report import Report
from zenmux_bot.zenmux.api import INTERACTIVE, Api

View = (
    LeaderboardView
    | ShareView
    | WhyView
    | TrendView
    | TrendingView
    | ModelView
    | PerformanceView
    | AccountView
    | GenerationView
    | HelpView
    | StatusView
)


@dataclass(frozen=True)
class Answered:
    """A computed answer, and how it is told."""

    view: View
    report: Report

    @cached_property
    def message(self) -> Message:
        """Return it as Slack gets it, drawn once for all who ask the same."""
        return slack.message(self.report)


_WAYS: Mapping[
    type[Query],
    tuple[
        Callable[[FetchContext, Any], Awaitable[View]], Callable[[Any, Request], Report]
    ],
] = {
    LeaderboardQuery: (ask_leaderboard, report_leaderboard),
    ShareQuery: (ask_share, report_share),
    TrendQuery: (ask_trend, report_trend),
    TrendingQuery: (ask_trending, report_trending),
    ModelQuery: (ask_model, report_model),
    PerformanceQuery: (ask_performance, report_performance),
    AccountQuery: (ask_account, report_account),
    GenerationQuery: (ask_generation, report_generation),
}
"""How the view of a kind comes about, and how it is told."""


class Answers:
    """Answers requests; the same one again costs next to nothing while it holds.

    Args:
        api: Gives ZenMux's answers.
        clock: Tells which day it is.
        health: Knows how the bot is.
        whose: Names the key that the running work asks with.
    """

    def __init__(
        self,
        api: Api,
        clock: Clock,
        health: Health,
        *,
        whose: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        self._api = api
        self._clock = clock
        self._health = health
        self._whose = _one if whose is None else whose
        self._kept: AnswerCache[Answered] = AnswerCache(clock)

    async def answer(
        self, request: Request, *, patience: timedelta = INTERACTIVE
    ) -> Answered:
        """Return the answer.

        Args:
            request: What is asked, and how it is wanted.
            patience: How long to wait for the API at most.

        Raises:
            BadInput: A name or a period in it means nothing here.
            NoData: The API has nothing for the days.
            ApiError: The API gave no answer and there is no old one.
        """
        match request.query:
            case WhyQuery() as query:
                why = await explain(self, query, patience=patience)
                return Answered(why, report_why(why, request))
            case DigestQuery():
                # With somebody to keep them for, the desk has answered already.
                raise BadInput(
                    "Digests are kept in Slack, by the people in its channels.",
                    suggestions=(canonical(HelpQuery(topic=DigestQuery.name)),),
                )
            case StatusQuery():
                status = await self._health.look()
                return Answered(status, report_status(status))
            case HelpQuery(topic=topic):
                return Answered(HelpView(topic), report_help(topic))
            case query if type(query) not in _WAYS or getattr(query, "as_of", None):
                raise BadInput(f"“{canonical(query)}” can't be answered yet.")
            case _:
                return await self._make(request, patience)

    async def is_ready(self, request: Request) -> bool:
        """Tell whether the answer is in memory, so that it costs nothing."""
        return self._kept.get(await self._whose(), request) is not None

    async def _make(self, request: Request, patience: timedelta) -> Answered:
        """Return an answer made before, if it still holds, or make it."""
        whose = await self._whose()
        kept = self._kept.get(whose, request)
        if kept is not None:
            return kept
        ask, tell = _WAYS[type(request.query)]
        witness = FreshnessRecorder(self._api)
        view = await ask(FetchContext(witness, self._clock, patience), request.query)
        answered = Answered(view, tell(view, request))
        # of what is for administrators alone nothing is kept
        if not BY_WORD[request.query.name].restricted:
            self._kept.put(whose, request, answered, until=witness.until)
        return answered

    async def leaderboard(
        self, query: LeaderboardQuery, *, patience: timedelta
    ) -> LeaderboardView:
        """Return the models of a period; see :meth:`answer`."""
        return await ask_leaderboard(self._asking(patience), query)

    async def share(self, query: ShareQuery, *, patience: timedelta) -> ShareView:
        """Return the providers of a period; see :meth:`answer`."""
        return await ask_share(self._asking(patience), query)

    def _asking(self, patience: timedelta) -> FetchContext:
        return FetchContext(self._api, self._clock, patience)


async def _one() -> str:
    """Return the name of the only key."""
    return ""
