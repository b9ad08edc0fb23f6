"""The kinds of answer, one row for each.

A new kind is a folder (``view.py``, ``fetch.py``, ``report.py`` and, where it has
figures for files, ``export.py``), a row in ``commands.grammar`` and a row here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from zenmux_bot.answers.account.fetch import fetch_account
from zenmux_bot.answers.account.report import report_account
from zenmux_bot.answers.apps.export import export_apps
from zenmux_bot.answers.apps.fetch import fetch_apps
from zenmux_bot.answers.apps.report import report_apps
from zenmux_bot.answers.context import describe
from zenmux_bot.answers.fetching import FetchContext
from zenmux_bot.answers.generation.fetch import fetch_generation
from zenmux_bot.answers.generation.report import report_generation
from zenmux_bot.answers.help.report import fetch_help, report_help
from zenmux_bot.answers.leaderboard.export import export_leaderboard
from zenmux_bot.answers.leaderboard.fetch import fetch_leaderboard
from zenmux_bot.answers.leaderboard.report import report_leaderboard
from zenmux_bot.answers.model.export import export_model
from zenmux_bot.answers.model.fetch import fetch_model
from zenmux_bot.answers.model.report import report_model
from zenmux_bot.answers.performance.export import (
    describe_performance,
    export_performance,
)
from zenmux_bot.answers.performance.fetch import fetch_performance
from zenmux_bot.answers.performance.report import report_performance
from zenmux_bot.answers.share.export import export_share
from zenmux_bot.answers.share.fetch import fetch_share
from zenmux_bot.answers.share.report import report_share
from zenmux_bot.answers.spend.export import describe_spend, export_spend
from zenmux_bot.answers.spend.fetch import fetch_spend, fetch_usage
from zenmux_bot.answers.spend.report import report_spend
from zenmux_bot.answers.status.fetch import fetch_status
from zenmux_bot.answers.status.report import report_status
from zenmux_bot.answers.trend.export import export_trend
from zenmux_bot.answers.trend.fetch import fetch_trend
from zenmux_bot.answers.trend.report import report_trend
from zenmux_bot.answers.trending.export import export_trending
from zenmux_bot.answers.trending.fetch import fetch_trending
from zenmux_bot.answers.trending.report import report_trending
from zenmux_bot.answers.why.export import export_why
from zenmux_bot.answers.why.fetch import fetch_why
from zenmux_bot.answers.why.report import report_why
from zenmux_bot.commands.grammar import BY_WORD, Kind
from zenmux_bot.commands.queries import (
    AccountQuery,
    AppsQuery,
    GenerationQuery,
    HelpQuery,
    LeaderboardQuery,
    ModelQuery,
    PerformanceQuery,
    Query,
    Request,
    ShareQuery,
    SpendQuery,
    StatusQuery,
    TrendingQuery,
    TrendQuery,
    UsageQuery,
    WhyQuery,
    canonical,
)
from zenmux_bot.render.jsonable import jsonable
from zenmux_bot.render.report import Report
from zenmux_bot.render.tabular import Attachment, Row, Tables, attachments


class Visibility(Enum):
    """Who may see a kind of answer."""

    EVERYONE = auto()
    OWN_ACCOUNT = auto()
    """Administrators privately, and everybody in a channel opened for it."""
    ADMINS = auto()
    """Administrators, always privately."""


def _describe(view: Any) -> Row:
    return describe(view.basis)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerKind:
    """One kind of answer.

    Attributes:
        query: What is asked; the grammar has its words.
        fetch: Fetches the figures and computes the view.
        report: Presents the view.
        export: The rows of its files; None: it has no figures.
        describe: The columns that every row of a file begins with.
        visibility: Who may see it.
        is_cached: The answer is kept while its figures are up to date.
    """

    query: type[Query]
    fetch: Callable[[FetchContext, Any], Awaitable[Any]]
    report: Callable[[Any, Request], Report]
    export: Callable[[Any], Tables] | None = None
    describe: Callable[[Any], Row] = _describe
    visibility: Visibility = Visibility.EVERYONE
    is_cached: bool = True

    @property
    def words(self) -> Kind:
        """Return how it is written."""
        return BY_WORD[self.query.name]


_ROWS = (
    AnswerKind(
        query=LeaderboardQuery,
        fetch=fetch_leaderboard,
        report=report_leaderboard,
        export=export_leaderboard,
    ),
    AnswerKind(
        query=ShareQuery, fetch=fetch_share, report=report_share, export=export_share
    ),
    AnswerKind(query=WhyQuery, fetch=fetch_why, report=report_why, export=export_why),
    AnswerKind(
        query=TrendQuery, fetch=fetch_trend, report=report_trend, export=export_trend
    ),
    AnswerKind(
        query=TrendingQuery,
        fetch=fetch_trending,
        report=report_trending,
        export=export_trending,
    ),
    AnswerKind(
        query=ModelQuery, fetch=fetch_model, report=report_model, export=export_model
    ),
    AnswerKind(
        query=PerformanceQuery,
        fetch=fetch_performance,
        report=report_performance,
        export=export_performance,
        describe=describe_performance,
    ),
    AnswerKind(
        query=AppsQuery, fetch=fetch_apps, report=report_apps, export=export_apps
    ),
    *(
        AnswerKind(
            query=query,
            fetch=fetch,
            report=report_spend,
            export=export_spend,
            describe=describe_spend,
            visibility=Visibility.OWN_ACCOUNT,
            is_cached=False,
        )
        for query, fetch in ((SpendQuery, fetch_spend), (UsageQuery, fetch_usage))
    ),
    AnswerKind(
        query=AccountQuery,
        fetch=fetch_account,
        report=report_account,
        visibility=Visibility.ADMINS,
        is_cached=False,
    ),
    AnswerKind(
        query=GenerationQuery,
        fetch=fetch_generation,
        report=report_generation,
        visibility=Visibility.ADMINS,
        is_cached=False,
    ),
    AnswerKind(
        query=StatusQuery, fetch=fetch_status, report=report_status, is_cached=False
    ),
    AnswerKind(query=HelpQuery, fetch=fetch_help, report=report_help, is_cached=False),
)

KINDS: Mapping[type[Query], AnswerKind] = {row.query: row for row in _ROWS}
"""The kinds by their query.

Digests, alerts and budgets have a handler in the answer service instead.
"""


def files_of(view: Any, request: Request) -> tuple[Attachment, ...]:
    """Return an answer's files; an answer without figures has none."""
    kind = KINDS.get(type(request.query))
    if kind is None or kind.export is None:
        return ()
    command = canonical(request.query)
    about = {"query": command, **kind.describe(view)}
    everything = {
        "kind": request.query.name,
        "unit": about["unit"],
        "source": about["source"],
        **jsonable(view),
    }
    return attachments(command, kind.export(view), about, everything)
