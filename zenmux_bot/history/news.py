"""What is new in a week's market share: at most two statements, each with its "since".

Everything is computed anew from the history, also what the weeks before said, so that
nothing is said again within four weeks and nothing has to be remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum

from zenmux_bot.commands.queries import ShareQuery
from zenmux_bot.core.bounded import Bounded, share_of
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import DAY, FLOOR, Dates, Versus
from zenmux_bot.core.volumes import Volumes
from zenmux_bot.history.archive import Archive, Dimension, Known, Series
from zenmux_bot.render import days, numbers
from zenmux_bot.store.daily_lists import DailyLists

MOST = 2
QUIET_WEEKS = 4
"""Nothing is said again within so many weeks."""

PEAK_WEEKS = 8
"""A record counts if the last one is at least so old."""

PEAK_LEAD = Decimal("0.003")
"""And if it is beaten by so much, as a fraction."""

STREAKS = (4, 8, 12)
NEW_WEEKS = 8
"""Whoever was in the top N within so many weeks is no newcomer."""

_WEEK = 7


class NewsKind(StrEnum):
    """What is new, the most important first."""

    RECORD = "record"
    OVERTAKE = "overtake"
    NEWCOMER = "newcomer"
    STREAK = "streak"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that is new.

    Attributes:
        kind: What it is.
        name: The provider's slug.
        other: Whom it overtook.
        since: The first day of the week since which it holds, or that it is set beside.
        week: The first day of the week that it is about.
        value: The share of that week, as a fraction.
        before: The share that it is set beside.
        weeks: How long a streak is.
        rises: Whether a streak goes up.
    """

    kind: NewsKind
    name: str
    other: str = ""
    since: date
    week: date
    value: Decimal
    before: Decimal | None = None
    weeks: int = 0
    rises: bool = True

    @property
    def identity(self) -> tuple[str, ...]:
        """Return what is not said again for some weeks."""
        return self.kind, self.name, self.other


def sentence(news: News, label: Callable[[str], str]) -> str:
    """Return what is new, with its "since"."""
    name, since = label(news.name), days.day(news.since)
    share = numbers.percent(Bounded.exact(news.value))
    match news.kind:
        case NewsKind.RECORD:
            before = numbers.percent(Bounded.exact(news.before or Decimal()))
            said = (
                f"{name} has its highest share yet, {share}; the last peak was "
                f"{before} in the week of {since}."
            )
        case NewsKind.OVERTAKE:
            said = (
                f"{name} has been ahead of {label(news.other)} for two weeks, since "
                f"{since}."
            )
        case NewsKind.NEWCOMER:
            said = (
                f"{name} is new in the list with {share}, for the first time since "
                f"before {since}."
            )
        case NewsKind.STREAK:
            verb = "risen" if news.rises else "fallen"
            said = (
                f"{name}'s share has {verb} {news.weeks} weeks in a row, since {since}."
            )
    return said


def proof(news: News, metric: Metric) -> ShareQuery:
    """Return the question whose answer proves a statement."""
    names = (news.name, news.other) if news.other else (news.name,)
    start = max(news.since - DAY * _WEEK, FLOOR)
    return ShareQuery(
        metric=metric,
        period=Dates(start, news.week + DAY * (_WEEK - 1)),
        by=Granularity.WEEK,
        providers=names,
        versus=Versus.NONE,
    )


class HistoryNews:
    """Tells what is new from the history.

    Args:
        lists: The daily figures.
    """

    def __init__(self, lists: DailyLists) -> None:
        self._lists = lists
        self._kept: dict[tuple[Metric, date, int], list[News]] = {}

    async def of(self, metric: Metric, day: date, *, top: int) -> list[News]:
        """Return what is new in the newest whole ISO week up to a day.

        Nothing, as long as the history does not reach back to its beginning.
        """
        series = Series(Dimension.PROVIDER, metric)
        sunday = day - DAY * (day.isoweekday() % _WEEK)
        whole = await self._lists.whole_through(series)
        if whole is None or whole.day < sunday:
            return []
        key = metric, sunday, top
        if key not in self._kept:
            archive = await self._lists.archive(series)
            if len(self._kept) > len(STREAKS) * 10:
                self._kept.clear()
            self._kept[key] = news_of(archive, sunday, top=top)
        return self._kept[key]


def news_of(archive: Archive, sunday: date, *, top: int) -> list[News]:
    """Return what is new in the ISO week that ends on ``sunday``."""
    known = archive.known_at(datetime.combine(date.max, time.max, UTC))
    weeks = _weeks(known, sunday)
    said: dict[tuple[str, ...], int] = {}
    found: list[News] = []
    for index in range(len(weeks)):
        candidates = _candidates(weeks[: index + 1], top)
        found = [
            each
            for each in candidates
            if index - said.get(each.identity, -QUIET_WEEKS - 1) > QUIET_WEEKS
        ][:MOST]
        said |= {each.identity: index for each in found}
    return found


_Week = tuple[date, Volumes | None]


def _weeks(known: Known, sunday: date) -> list[_Week]:
    """Return all whole weeks up to one, by their Mondays."""
    count = ((sunday - FLOOR).days + 1) // _WEEK
    ends = (sunday - DAY * _WEEK * back for back in range(count - 1, -1, -1))
    return [(end - DAY * (_WEEK - 1), known.over(end, _WEEK)) for end in ends]


def _candidates(weeks: Sequence[_Week], top: int) -> list[News]:
    """Return all that is new in the last of some weeks, the most important first."""
    volumes = weeks[-1][1]
    if volumes is None:
        return []
    leaders = volumes.ranking()[:top]
    found: list[News] = []
    for name in leaders:
        shares = [_share(each, name) for _, each in weeks]
        if shares[-1] is None:
            continue
        found += _overtakes(weeks, name, leaders, shares[-1])
        found += _newcomer(weeks, name, top, shares[-1])
        found += _record(weeks, name, shares)
        found += _streak(weeks, name, shares)
    order = list(NewsKind)
    return sorted(found, key=lambda n: (order.index(n.kind), leaders.index(n.name)))


def _share(volumes: Volumes | None, name: str) -> Decimal | None:
    """Return a share that is known exactly."""
    if volumes is None:
        return None
    share = share_of(volumes.of(name), volumes.total)
    return None if share is None else share.value


def _overtakes(
    weeks: Sequence[_Week], name: str, leaders: Sequence[str], share: Decimal
) -> list[News]:
    """Return whom a name passed two weeks ago and is ahead of since."""
    if len(weeks) < 3:  # noqa: PLR2004 - one week behind, two ahead
        return []
    (_, oldest), (since, middle), (monday, newest) = weeks[-3:]
    if oldest is None or middle is None or newest is None:
        return []
    return [
        News(
            kind=NewsKind.OVERTAKE,
            name=name,
            other=other,
            since=since,
            week=monday,
            value=share,
            before=_share(newest, other),
        )
        for other in leaders
        if other != name
        and _is_ahead(newest, name, other)
        and _is_ahead(middle, name, other)
        and _is_ahead(oldest, other, name)
    ]


def _is_ahead(volumes: Volumes, own: str, other: str) -> bool:
    mine, theirs = volumes.of(own), volumes.of(other)
    return mine is not None and theirs is not None and mine.low > theirs.high


def _newcomer(
    weeks: Sequence[_Week], name: str, top: int, share: Decimal
) -> list[News]:
    """Return that a name certainly was below the top N for some weeks."""
    before = weeks[-1 - NEW_WEEKS : -1]
    if len(before) < NEW_WEEKS:
        return []
    worst = weeks[-1][1].places(name).worst if weeks[-1][1] else None
    was_below = all(
        volumes is not None and volumes.places(name).best > top for _, volumes in before
    )
    if worst is None or worst > top or not was_below:
        return []
    return [
        News(
            kind=NewsKind.NEWCOMER,
            name=name,
            since=before[0][0],
            week=weeks[-1][0],
            value=share,
        )
    ]


def _record(
    weeks: Sequence[_Week], name: str, shares: Sequence[Decimal | None]
) -> list[News]:
    """Return that a share is higher than it ever was, by something worth saying."""
    *earlier, now = shares
    if now is None or len(earlier) < PEAK_WEEKS or None in earlier:
        return []
    peak = max(share for share in earlier if share is not None)
    at = max(index for index, share in enumerate(earlier) if share == peak)
    if len(earlier) - at < PEAK_WEEKS or now - peak < PEAK_LEAD:
        return []
    return [
        News(
            kind=NewsKind.RECORD,
            name=name,
            since=weeks[at][0],
            week=weeks[-1][0],
            value=now,
            before=peak,
        )
    ]


def _streak(
    weeks: Sequence[_Week], name: str, shares: Sequence[Decimal | None]
) -> list[News]:
    """Return that a share rose or fell for a round number of weeks on end."""
    for rises in (True, False):
        length = 0
        while length + 1 < len(shares):
            now, before = shares[-1 - length], shares[-2 - length]
            if now is None or before is None or now == before:
                break
            if (now > before) is not rises:
                break
            length += 1
        if length in STREAKS:
            first = shares[-1 - length]
            assert shares[-1] is not None  # noqa: S101 - compared above
            return [
                News(
                    kind=NewsKind.STREAK,
                    name=name,
                    since=weeks[-length][0],
                    week=weeks[-1][0],
                    value=shares[-1],
                    before=first,
                    weeks=length,
                    rises=rises,
                )
            ]
    return []
