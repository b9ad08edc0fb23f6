"""The reports of a digest: its message, the reply in its thread, and corrections."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from zenmux_bot.answers.leaderboard.report import report_leaderboard
from zenmux_bot.answers.leaderboard.view import LeaderboardView
from zenmux_bot.answers.share.report import report_share
from zenmux_bot.answers.share.view import ShareView
from zenmux_bot.commands.queries import (
    Audience,
    LeaderboardQuery,
    Request,
    ShareQuery,
)
from zenmux_bot.core.bounded import Bounded
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import DAY, Span
from zenmux_bot.digests.content import (
    Change,
    Restated,
    models_query,
    share_query,
    why_query,
)
from zenmux_bot.digests.news import News, proof
from zenmux_bot.digests.schedule import Cadence, Days, Occurrence
from zenmux_bot.digests.subscriptions import DigestSubject, Subscription
from zenmux_bot.render import days, numbers
from zenmux_bot.render.cells import name, named
from zenmux_bot.render.report import Button, Report, ask

_NOT_IN = "in yet"

MAX_CHANGES = 5
"""How many restated figures are named; the others are counted."""


def report_period(
    view: ShareView,
    subscription: Subscription,
    occurrence: Occurrence,
    *,
    news: Sequence[News] = (),
) -> Report:
    """Return the part of the message that digests with the same content share.

    Args:
        view: The figures, with the buckets of the chart.
        subscription: Any digest with that content.
        occurrence: Which of its occurrences.
        news: What is new, at most two items.
    """
    query = share_query(subscription, occurrence.days)
    report = report_share(view, Request(query=query))
    return replace(
        report,
        title=title_of(subscription, view.providers, view.basis.span),
        headline=_with_missing(report.headline, occurrence.days, view.basis.span),
        finding=" ".join((report.finding, *(each.sentence for each in news))),
        buttons=(
            *_proofs(view, query, news),
            *_buttons(view, subscription, occurrence.days),
        ),
        menus=(),
    )


def report_digest(
    shared: Report, subscription: Subscription, occurrence: Occurrence, *, late: bool
) -> Report:
    """Return the message that goes to the channel.

    Args:
        shared: The result of :func:`report_period`.
        subscription: Whose digest it is.
        occurrence: Which of its occurrences.
        late: It is well past its time, and says so.
    """
    return replace(
        shared,
        context=(
            *lateness(subscription, occurrence, late=late),
            *shared.context,
            source(subscription),
        ),
    )


def report_empty(
    subscription: Subscription, occurrence: Occurrence, reason: str, *, late: bool
) -> Report:
    """Return the message of a digest that has nothing to report."""
    span = Span(occurrence.days.first, occurrence.days.last)
    return Report(
        title=title_of(subscription, subscription.providers, span),
        finding=f"Nothing to report this time. {reason}",
        context=(
            *lateness(subscription, occurrence, late=late),
            source(subscription),
        ),
    )


def report_reply(
    board: LeaderboardView | None, query: LeaderboardQuery, restated: Restated | None
) -> Report | None:
    """Return the reply in the thread, or None if there is nothing to add.

    Args:
        board: The model leaderboard of the same period, if it is available.
        query: The question that ``board`` answers.
        restated: What was restated since the previous digest.
    """
    corrected = None if restated is None else _corrections(restated)
    if board is None:
        return (
            None if corrected is None else Report(title="Restated", finding=corrected)
        )
    report = report_leaderboard(board, Request(query=query, audience=Audience.PUBLIC))
    if corrected is None:
        return report
    return replace(report, finding=f"{report.finding} {corrected}".lstrip())


def report_retracted(sentence: str, span: Span) -> Report:
    """Return the reply that corrects a digest's news.

    Args:
        sentence: The correction.
        span: The week of the news.
    """
    return Report(
        title="Correction",
        finding=f"ZenMux has restated figures of {span.in_words()}: {sentence}",
    )


def title_of(subscription: Subscription, providers: tuple[str, ...], span: Span) -> str:
    """Return the title of a digest's message."""
    if subscription.subject is DigestSubject.SPEND:
        return f"Own spend, {period_name(subscription.schedule.cadence, span)}"
    whose = f"{named(providers)}: market share" if providers else "Market share"
    when = period_name(subscription.schedule.cadence, span)
    return f"{whose} by {subscription.metric}, {when}"


def period_name(cadence: Cadence, span: Span) -> str:
    """Return the name of a period, with its days."""
    match cadence:
        case Cadence.DAILY:
            return f"{calendar.day_name[span.start.weekday()]}, {days.day(span.start)}"
        case Cadence.WEEKLY:
            return f"week {span.start.isocalendar().week} ({span.in_words()})"
        case Cadence.MONTHLY:
            month = f"{calendar.month_name[span.start.month]} {span.start.year}"
            return month if _is_whole_month(span) else f"{month} ({span.in_words()})"


def _with_missing(headline: str, wanted: Days, covered: Span) -> str:
    """Return a headline that says which days are missing, if it doesn't already."""
    if covered.end >= wanted.last or _NOT_IN in headline:
        return headline
    missing = Span(covered.end + DAY, wanted.last)
    verb = "isn't" if missing.start == missing.end else "aren't"
    return f"{missing.in_words()} {verb} {_NOT_IN}. {headline}"


def _is_whole_month(span: Span) -> bool:
    last = calendar.monthrange(span.start.year, span.start.month)[1]
    return span == Span(
        span.start.replace(day=1), date(*span.start.timetuple()[:2], last)
    )


def lateness(
    subscription: Subscription, occurrence: Occurrence, *, late: bool
) -> Iterable[str]:
    """Yield when a late digest was due, in the schedule's zone."""
    if late:
        zone = subscription.schedule.zone
        due = occurrence.at.astimezone(ZoneInfo(zone))
        yield f"late: was due {days.day(due)} {due:%H:%M} {zone}"


def source(subscription: Subscription) -> str:
    """Return the context line that names the digest."""
    return f"digest {subscription.id}"


def _buttons(
    view: ShareView, subscription: Subscription, period: Days
) -> Iterable[Button]:
    """Yield buttons about the same period; their answers go to the thread."""
    share = share_query(subscription, period)
    request = Request(query=share)
    other = Metric.COST if share.metric is Metric.TOKENS else Metric.TOKENS
    instead = replace(share, metric=other)
    yield ask(request, "models", "Leaderboard", models_query(subscription, period))
    if (moved := view.moved) is not None:
        yield ask(request, "why", "Why?", why_query(subscription, period, moved))
    yield ask(request, "metric", f"{other.capitalize()} instead", instead)
    yield ask(replace(request, csv=True), "csv", "CSV", share)


def _proofs(
    view: ShareView, query: ShareQuery, news: Sequence[News]
) -> Iterable[Button]:
    """Yield a button for each news item that shows its figures."""
    labels = {row.provider: row.label for row in view.rows}
    for place, each in enumerate(news, start=1):
        whose = " and ".join(labels.get(slug, slug) for slug in each.providers)
        shown = proof(each, query.metric, view.basis.span.end)
        yield ask(Request(query=query), f"proof{place}", f"{whose} by week", shown)


def _corrections(restated: Restated) -> str:
    """Return a sentence with the restated figures."""
    named = [_correction(each, restated.metric) for each in restated.changes]
    more = len(named) - MAX_CHANGES
    words = ", ".join(named[:MAX_CHANGES]) + (f" and {more} more" if more > 0 else "")
    return (
        f"Restated by ZenMux since the digest of {restated.span.in_words()}: {words}."
    )


def _correction(change: Change, metric: Metric) -> str:
    def said(value: Bounded) -> str:
        if change.is_share:
            return numbers.percent(value)
        return numbers.brief_amount(value.low, metric)

    before, after = Bounded.exact(change.before), Bounded.exact(change.after)
    whose = "platform" if change.label is None else name(change.label)
    return f"{whose} {said(before)} → {said(after)}"
