"""What is new in a week: records, overtakes, newcomers and streaks of share.

News is only reported if it is certain, and not repeated for four weeks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from zenmux_bot.answers.share.view import BucketShares
from zenmux_bot.commands.queries import ShareQuery
from zenmux_bot.core.bounded import Bounded
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import FLOOR, Dates, Span, Versus
from zenmux_bot.render import days, numbers
from zenmux_bot.render.cells import name

MAX_NEWS = 2
REPEAT_AFTER = timedelta(weeks=4)
"""The same news is not repeated within this time."""

_RECORD_AGE = 8
_RECORD_STEP = Decimal("0.003")
_STREAKS = (12, 8, 4)
_STREAK_STEP = Decimal("0.003")
"""A streak that moved a share by less in total is not worth a sentence."""

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One item of news.

    Attributes:
        key: Its identity: what happened, and to whom.
        sentence: Its text, with its "since".
        providers: Slugs of the providers it is about.
        since: The first day of its evidence.
    """

    key: str
    sentence: str
    providers: tuple[str, ...]
    since: date


def find_news(
    weeks: Sequence[BucketShares], labels: Mapping[str, str], *, top: int
) -> list[News]:
    """Return the news of the last of some consecutive complete weeks.

    Args:
        weeks: The shares of every week since data begin, the oldest first.
        labels: Display names by slug.
        top: How many providers the digest shows.
    """
    weeks = [week for week in weeks if not week.is_part]
    finders = (_records, _overtakes, _newcomers, _streaks)
    return [each for find in finders for each in find(weeks, labels, top)]


def choose(found: Iterable[News], reported: Collection[str]) -> tuple[News, ...]:
    """Return the first two items about different providers not in ``reported``."""
    chosen: list[News] = []
    busy: set[str] = set()
    for news in found:
        if news.key not in reported and not busy & set(news.providers):
            chosen.append(news)
            busy |= set(news.providers)
    return tuple(chosen[:MAX_NEWS])


def retracted(
    reported: Collection[str],
    weeks: Sequence[BucketShares],
    labels: Mapping[str, str],
    *,
    top: int,
) -> dict[str, str]:
    """Return corrections of news about the last week that turned out wrong.

    Returns:
        Sentences by the keys of the news.
    """
    found = {news.key for news in find_news(weeks, labels, top=top)}
    return {key: _correction(key, labels, top) for key in reported if key not in found}


def _correction(key: str, labels: Mapping[str, str], top: int) -> str:
    kind, slug, *more = key.split(":")
    whose = name(labels.get(slug, slug))
    match kind, more:
        case "record", _:
            return f"{whose}'s share was not its largest since data begin."
        case "overtake", [other]:
            behind = name(labels.get(other, other))
            return f"{whose} was not ahead of {behind} for two weeks."
        case "newcomer", _:
            return f"{whose} was not in the top {top} for the first time."
        case "streak", [verb, length]:
            return f"{whose} had not {verb} share for {length} weeks in a row."
    raise ValueError(key)


def proof(news: News, metric: Metric, through: date) -> ShareQuery:
    """Return the question whose answer shows the evidence."""
    return ShareQuery(
        metric=metric,
        period=Dates(news.since, through),
        by=Granularity.WEEK,
        providers=news.providers,
        versus=Versus.NONE,
    )


def _records(
    weeks: Sequence[BucketShares], labels: Mapping[str, str], top: int
) -> Iterator[News]:
    """Yield shares above a peak that is eight weeks old or more."""
    if len(weeks) <= _RECORD_AGE:
        return
    now = weeks[-1]
    for slug in _ranking(now)[:top]:
        share = now.shares[slug]
        if share is None or share.value is None:
            continue
        before = [week.shares.get(slug) for week in weeks[:-1]]
        highs = [Decimal(1) if each is None else each.high for each in before]
        peak = max(highs)
        at = len(highs) - 1 - highs[::-1].index(peak)
        old = len(weeks) - 1 - at >= _RECORD_AGE
        peak_share = before[at]
        if not old or share.value - peak < _RECORD_STEP or peak_share is None:
            continue
        was = numbers.percent(peak_share)
        yield News(
            key=f"record:{slug}",
            sentence=f"{name(labels[slug])}'s {numbers.percent(share)} is its largest "
            f"share since data begin on {days.day(FLOOR)}; the last peak was {was} in "
            f"the week of {_week(weeks[at])}.",
            providers=(slug,),
            since=weeks[at].start,
        )


def _overtakes(
    weeks: Sequence[BucketShares], labels: Mapping[str, str], top: int
) -> Iterator[News]:
    """Yield providers that have been ahead of another for exactly two weeks."""
    if len(weeks) < 3:  # noqa: PLR2004 - one before, and two since
        return
    before, first, now = weeks[-3:]
    ranking = _ranking(now)[:top]
    for place, ahead in enumerate(ranking):
        for behind in ranking[place + 1 :]:
            if (
                _is_above(now, ahead, behind)
                and _is_above(first, ahead, behind)
                and _is_above(before, behind, ahead)
            ):
                yield News(
                    key=f"overtake:{ahead}:{behind}",
                    sentence=f"{name(labels[ahead])} has been ahead of "
                    f"{name(labels[behind])} since the week of {_week(first)}.",
                    providers=(ahead, behind),
                    since=before.start,
                )


def _newcomers(
    weeks: Sequence[BucketShares], labels: Mapping[str, str], top: int
) -> Iterator[News]:
    """Yield providers that are in the top N for the first time."""
    if len(weeks) < 2:  # noqa: PLR2004 - there must be a week before
        return
    now = weeks[-1]
    for slug in _ranking(now)[:top]:
        if _worst_place(now, slug) > top:
            continue
        if all(_best_place(week, slug) > top for week in weeks[:-1]):
            yield News(
                key=f"newcomer:{slug}",
                sentence=f"{name(labels[slug])} is in the top {top} for the first "
                f"time since data begin on {days.day(FLOOR)}.",
                providers=(slug,),
                since=weeks[-2].start,
            )


def _streaks(
    weeks: Sequence[BucketShares], labels: Mapping[str, str], top: int
) -> Iterator[News]:
    """Yield providers that gained or lost share for 4, 8 or 12 weeks in a row."""
    for slug in _ranking(weeks[-1])[:top] if weeks else ():
        for verb, sign in (("gained", 1), ("lost", -1)):
            length = _streak_length(weeks, slug, sign)
            if length not in _STREAKS:
                continue
            first = weeks[-1 - length]
            start, end = first.shares[slug], weeks[-1].shares[slug]
            assert start is not None  # noqa: S101 - counted in the streak
            assert end is not None  # noqa: S101 - likewise
            change = end - start
            if abs(change.low) < _STREAK_STEP:
                continue
            yield News(
                key=f"streak:{slug}:{verb}:{length}",
                sentence=f"{name(labels[slug])} has {verb} share for {length} weeks "
                f"in a row, since the week of {_week(weeks[-length])} "
                f"({numbers.points(change)}).",
                providers=(slug,),
                since=first.start,
            )


def _streak_length(weeks: Sequence[BucketShares], slug: str, sign: int) -> int:
    """Count the weeks in a row, up to the last, in which a share surely moved."""
    count = 0
    for later, earlier in zip(weeks[::-1], weeks[-2::-1], strict=False):
        now, before = later.shares.get(slug), earlier.shares.get(slug)
        if now is None or before is None:
            break
        moved = now - before if sign > 0 else before - now
        if moved.low <= 0:
            break
        count += 1
    return count


def _ranking(week: BucketShares) -> list[str]:
    """Return the providers of a week, largest first."""
    known = {slug: share for slug, share in week.shares.items() if share is not None}
    return sorted(known, key=lambda slug: (-known[slug].low, slug))


def _is_above(week: BucketShares, one: str, other: str) -> bool:
    """Tell whether a share was surely larger than another."""
    first, second = week.shares.get(one), week.shares.get(other)
    return first is not None and second is not None and first.low > second.high


def _best_place(week: BucketShares, slug: str) -> int:
    own = week.shares.get(slug) or Bounded(Decimal(0), Decimal(1))
    return 1 + sum(
        share is not None and share.low > own.high
        for other, share in week.shares.items()
        if other != slug
    )


def _worst_place(week: BucketShares, slug: str) -> int:
    own = week.shares.get(slug) or Bounded(Decimal(0), Decimal(1))
    return 1 + sum(
        share is None or share.high >= own.low
        for other, share in week.shares.items()
        if other != slug
    )


def _week(week: BucketShares) -> str:
    return Span(week.start, week.start + _WEEK - timedelta(days=1)).in_words()
