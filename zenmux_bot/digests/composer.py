"""Composing digests from the same answers that questions get."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

import structlog
from cachetools import TTLCache

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.answers.leaderboard.view import LeaderboardView
from zenmux_bot.answers.service import Answers
from zenmux_bot.answers.share.view import ShareView
from zenmux_bot.commands.queries import ShareQuery
from zenmux_bot.conversations.preferences import Usual
from zenmux_bot.core.clock import Clock
from zenmux_bot.core.periods import Span, day_words
from zenmux_bot.digests.content import (
    CHART_WEEKS,
    PATIENCE,
    Restated,
    chart_of,
    days_query,
    figures_of,
    is_unchanged,
    models_query,
    published_query,
    restated,
    share_query,
    weeks_query,
    with_history,
)
from zenmux_bot.digests.delivery.context import Skip, Wait
from zenmux_bot.digests.delivery.entries import Composed, Entry, OutboundMessage
from zenmux_bot.digests.message import (
    report_digest,
    report_empty,
    report_period,
    report_reply,
    report_retracted,
)
from zenmux_bot.digests.news import REPEAT_AFTER, News, choose, find_news, retracted
from zenmux_bot.digests.schedule import Cadence, Occurrence
from zenmux_bot.digests.spend import SpendComposer
from zenmux_bot.digests.subscriptions import DigestSubject, Subscription, WhenEmpty
from zenmux_bot.errors import ApiError, NoData, UnknownName, Unreachable
from zenmux_bot.render import slack
from zenmux_bot.render.highlight import marked
from zenmux_bot.render.message import Message
from zenmux_bot.render.report import Report
from zenmux_bot.store.digest_history import History
from zenmux_bot.zenmux.api import TeamApis
from zenmux_bot.zenmux.freshness import find_newest_day

ASK_AGAIN = timedelta(minutes=10)
"""How long until the API is asked again for a day that is not available yet."""

_COMPUTED = 512
_COMPUTED_SECONDS = 600

_PAST = timedelta(days=70)
"""Restatements are only reported for a previous digest that is not older."""

_SUNDAY = 7

V = TypeVar("V")

log = structlog.get_logger(__name__)


class DigestComposer:
    """Composes digests; subscriptions share the API's answers.

    Args:
        answers: Returns the views that questions get, too.
        apis: The API for each workspace.
        past: The digests sent before.
        clock: The current time.
        usual: Returns a channel's defaults, with its watch list.
        spend: Composes digests of own spend.
    """

    def __init__(
        self,
        answers: Answers,
        apis: TeamApis,
        past: History,
        clock: Clock,
        usual: Usual,
        *,
        spend: SpendComposer | None = None,
    ) -> None:
        self._answers = answers
        self._apis = apis
        self._past = past
        self._clock = clock
        self._usual = usual
        self._spend = spend
        # Many digests report the same days, so what they need is computed once.
        self._computed: TTLCache[Hashable, Any] = TTLCache(
            maxsize=_COMPUTED, ttl=_COMPUTED_SECONDS, timer=self._seconds
        )
        self._computing = asyncio.Lock()

    async def compose(
        self,
        subscription: Subscription,
        occurrence: Occurrence,
        *,
        late: bool,
        final: bool,
    ) -> Composed | Skip | Wait:
        """Return the digest of an occurrence; see ``context.Composer``.

        Raises:
            BotError: It cannot be made now.
        """
        if subscription.subject is DigestSubject.SPEND:
            assert self._spend is not None  # noqa: S101 - only tests have none
            return await self._spend.compose(subscription, occurrence, late=late)
        query = share_query(subscription, occurrence.days)
        wanted = subscription.team_id, query
        view: ShareView | None = self._computed.get(wanted)
        if view is None:
            found = await self._share(
                query, subscription, occurrence, late=late, final=final
            )
            if not isinstance(found, ShareView):
                return found
            view = found
            if view.basis.span.end >= occurrence.days.last:
                self._computed[wanted] = view
        points = subscription.skip_below_pp
        if points is not None and is_unchanged(view, points):
            return Skip(f"no share moved by {points.normalize():f} pp or more")
        before = await self._past.sent_before(
            subscription.id, occurrence.at, within=_PAST
        )
        board, history, changed, news, usual = await asyncio.gather(
            _optional(self._board(subscription, occurrence), final=final),
            _optional(self._history(subscription, view), final=final),
            _optional(self._restated(subscription, before), final=final),
            _optional(self._news(subscription, occurrence, view, before), final=final),
            self._usual(subscription.team_id, subscription.channel_id),
        )
        corrections = await _optional(
            self._corrections(subscription, view, before), final=True
        )
        shared = self._cached(
            ("report", subscription.team_id, query, news, history is None),
            lambda: report_period(
                with_history(view, history), subscription, occurrence, news=news or ()
            ),
            lasting=view.basis.span.end >= occurrence.days.last,
        )
        report = report_digest(shared, subscription, occurrence, late=late)
        watched = usual.watched or frozenset()
        return Composed(
            message=slack.message(marked(report, watched)),
            reply=self._reply(subscription, occurrence, board, changed, watched),
            data_through=view.basis.span.end,
            figures=figures_of(view),
            news=tuple(each.key for each in news or ()),
            corrections=corrections or (),
        )

    async def _share(
        self,
        query: ShareQuery,
        subscription: Subscription,
        occurrence: Occurrence,
        *,
        late: bool,
        final: bool,
    ) -> ShareView | Composed | Skip | Wait:
        """Return the figures if their last day is available, or what to do instead."""
        now = self._clock.now()
        last = occurrence.days.last
        # Checked first, so that the figures fetched below include that day.
        api = self._apis.of(subscription.team_id)
        newest = await find_newest_day(api, now.date(), patience=PATIENCE)
        ready = final or (newest is not None and newest >= last)
        wait = Wait(now + ASK_AGAIN, f"the data of {day_words(last)} are not in yet")
        try:
            view = await self._answers.share(
                query, team_id=subscription.team_id, patience=PATIENCE
            )
        except (NoData, UnknownName) as error:
            if not ready:
                return wait
            return _empty(subscription, occurrence, str(error), late=late)
        _reject_stale(view.basis)
        return view if ready else wait

    def _seconds(self) -> float:
        return self._clock.now().timestamp()

    def _cached(self, key: Hashable, make: Callable[[], V], *, lasting: bool) -> V:
        """Return a computed value, from the cache if it is final (``lasting``)."""
        made: V | None = self._computed.get(key)
        if made is None or not lasting:
            made = make()
        if lasting:
            self._computed[key] = made
        return made

    def _reply(
        self,
        subscription: Subscription,
        occurrence: Occurrence,
        board: LeaderboardView | None,
        changed: Restated | None,
        watched: frozenset[str],
    ) -> Message | None:
        """Return the reply that is posted in the thread at once."""
        query = models_query(subscription, occurrence.days)

        def make() -> Message | None:
            reply = report_reply(board, query, changed)
            return None if reply is None else slack.message(marked(reply, watched))

        is_whole = board is not None and board.basis.span.end >= occurrence.days.last
        return self._cached(
            ("reply", subscription.team_id, query, watched),
            make,
            lasting=is_whole and changed is None,
        )

    async def _board(
        self, subscription: Subscription, occurrence: Occurrence
    ) -> LeaderboardView:
        """Return the model leaderboard of the same period."""
        query = models_query(subscription, occurrence.days)
        key = subscription.team_id, query
        board: LeaderboardView | None = self._computed.get(key)
        if board is None:
            board = await self._answers.leaderboard(
                query, team_id=subscription.team_id, patience=PATIENCE
            )
            _reject_stale(board.basis)
            if board.basis.span.end >= occurrence.days.last:
                self._computed[key] = board
        return board

    async def _history(
        self, subscription: Subscription, view: ShareView
    ) -> ShareView | None:
        """Return the buckets of the chart."""
        through = view.basis.span.end
        count = CHART_WEEKS.get(subscription.schedule.cadence)
        if count is not None:
            weeks = await self._weeks(subscription, through)
            return None if weeks is None else chart_of(weeks, count)
        query = days_query(subscription.metric, through)
        history = await self._answers.share(
            query, team_id=subscription.team_id, patience=PATIENCE
        )
        _reject_stale(history.basis)
        return history

    async def _weeks(
        self, subscription: Subscription, through: date
    ) -> ShareView | None:
        """Return all complete weeks up to a day, or None if there are none yet.

        They are computed once for all digests.
        """
        metric = subscription.metric
        query = weeks_query(metric, through)
        if query is None:
            return None
        async with self._computing:
            weeks = self._computed.get((metric, through))
            if weeks is None:
                weeks = await self._answers.share(
                    query, team_id=subscription.team_id, patience=PATIENCE
                )
                _reject_stale(weeks.basis)
                self._computed[metric, through] = weeks
        return weeks

    async def _restated(
        self, subscription: Subscription, before: Sequence[Entry]
    ) -> Restated | None:
        """Return what was restated since the previous digest was sent."""
        if not before or not before[0].figures:
            return None
        entry = before[0]
        query = published_query(entry, subscription.metric)
        key = "published", subscription.team_id, query
        now: ShareView | None = self._computed.get(key)
        if now is None:
            now = await self._answers.share(
                query, team_id=subscription.team_id, patience=PATIENCE
            )
            if not now.basis.stale:
                self._computed[key] = now
        return restated(entry.figures, now)

    async def _news(
        self,
        subscription: Subscription,
        occurrence: Occurrence,
        view: ShareView,
        before: Sequence[Entry],
    ) -> tuple[News, ...]:
        """Return what is new in the last complete week and was not reported lately."""
        through = view.basis.span.end
        is_daily = subscription.schedule.cadence is Cadence.DAILY
        ends_week = through.isoweekday() == _SUNDAY
        if subscription.providers or (is_daily and not ends_week):
            return ()
        weeks = await self._weeks(subscription, through)
        if weeks is None:
            return ()
        found = self._cached(
            ("news", subscription.metric, through, subscription.top),
            lambda: find_news(weeks.buckets, _labels_of(weeks), top=subscription.top),
            lasting=True,
        )
        reported = {
            key
            for entry in before
            if entry.occurrence.at > occurrence.at - REPEAT_AFTER
            for key in entry.news
        }
        return choose(found, reported)

    async def _corrections(
        self, subscription: Subscription, view: ShareView, before: Sequence[Entry]
    ) -> tuple[OutboundMessage, ...]:
        """Return corrections of news that a restatement made wrong.

        News from before the digest's last edit is left alone, since the digest may have
        had other rows or another metric then.
        """
        with_news = [
            entry
            for entry in before
            if entry.news and entry.planned_at >= subscription.updated_at
        ]
        if not with_news:
            return ()
        weeks = await self._weeks(subscription, view.basis.span.end)
        if weeks is None:
            return ()
        labels = _labels_of(weeks)
        found = []
        for entry in with_news:
            through = entry.data_through or entry.occurrence.days.last
            known = [each for each in weeks.buckets if each.end <= through]
            if not known:
                continue
            wrong = retracted(entry.news, known, labels, top=subscription.top)
            for key, sentence in wrong.items():
                report = report_retracted(
                    sentence, Span(known[-1].start, known[-1].end)
                )
                found.append(_correction_of(subscription, entry, key, report))
        return tuple(found)


async def _optional(wanted: Awaitable[V | None], *, final: bool) -> V | None:
    """Return an optional part of a digest, or None if it is unavailable.

    Unless this attempt is ``final``, an API failure delays the whole digest instead.
    """
    try:
        return await wanted
    except (NoData, UnknownName) as error:
        log.info("digest.without", kind=type(error).__name__)
    except ApiError as error:
        if not final:
            raise
        log.warning("digest.without", kind=type(error).__name__)
    return None


def _correction_of(
    subscription: Subscription, entry: Entry, key: str, report: Report
) -> OutboundMessage:
    """Return the correction that is posted in the thread of an earlier digest."""
    return OutboundMessage(
        key=f"correction:{entry.key}:{key}",
        team_id=subscription.team_id,
        channel_id=entry.channel_id or subscription.channel_id,
        owner_id=subscription.owner_id,
        message=slack.message(report),
        subject=f"A correction of digest `{subscription.id}`",
        thread_key=entry.key,
    )


def _labels_of(view: ShareView) -> dict[str, str]:
    return {row.provider: row.label for row in view.rows}


def _reject_stale(basis: AnswerContext) -> None:
    """Reject an old copy that was served because the API failed.

    It may lack the last day without showing that.

    Raises:
        Unreachable: The figures are stale.
    """
    if basis.stale:
        raise Unreachable("ZenMux gives no new figures")


def _empty(
    subscription: Subscription, occurrence: Occurrence, reason: str, *, late: bool
) -> Composed | Skip:
    """Return the message of a digest without data, or skip it."""
    if subscription.when_empty is WhenEmpty.SKIP:
        return Skip(reason)
    report = report_empty(subscription, occurrence, reason, late=late)
    return Composed(message=slack.message(report))
