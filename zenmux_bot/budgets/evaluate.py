"""Budgets: where they stand, and which messages are due.

The forecast replays the last complete weeks: for each of them, what is billed so far
plus what that week billed on the remaining weekdays. The forecast is the median of
these, its range the lowest and highest. So weekends count as weekends, and one
expensive night widens the range without moving the median.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from statistics import median

from zenmux_bot.core.periods import DAY

MARKS = (100, 80, 50)
"""Percent of the amount at which a message is sent, the highest first."""

WEEKS = 4
LATE_BILLS = timedelta(hours=12)
"""How long after its end a month is still checked."""

MIN_WEEKS = 2
"""Fewer complete weeks of figures are not enough for a forecast."""

_WEEK = 7
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """An amount a month for the account, a model or a key.

    Attributes:
        id: Its id; empty until it is stored.
        team_id: The workspace.
        channel_id: The channel that gets its messages.
        owner_id: Who set it.
        amount: USD a month.
        model: The slug of the one model it covers; None for all.
        key_id: The id of the one API key it covers; None for all.
        created_at: When it was set.
        told_mark: The month and the highest mark reported in it: ``2026-11:80``.
        told_forecast: The month in which a forecast was reported.
        channel_error: Slack's error code if the bot cannot post in the channel; its
            owner then gets the messages.
    """

    id: str = ""
    team_id: str
    channel_id: str
    owner_id: str
    amount: Decimal
    model: str | None = None
    key_id: str | None = None
    created_at: datetime
    told_mark: str | None = None
    told_forecast: str | None = None
    channel_error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a month may cost.

    Attributes:
        middle: The median.
        low: If the remaining days are like those of the lightest week.
        high: If the remaining days are like those of the heaviest week.
    """

    middle: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a budget stands.

    Attributes:
        budget: The budget.
        today: The running day, UTC.
        billed: USD billed in the month up to now.
        is_exact: Whether every amount is known; else ``billed`` is a lower bound.
        forecast: What the month may cost; None if too little is known.
        as_of: When ZenMux gave the figures.
        stale: Whether they come from an old copy.
        is_over: Whether ``today`` is the last day of its month, and over.
    """

    budget: Budget
    today: date
    billed: Decimal
    is_exact: bool
    forecast: Forecast | None
    as_of: datetime
    stale: bool = False
    is_over: bool = False

    @property
    def month(self) -> str:
        """Return the month: ``2026-11``."""
        return f"{self.today:%Y-%m}"

    @property
    def percent(self) -> Decimal:
        """Return how much of the amount is billed, in percent."""
        return self.billed * _HUNDRED / self.budget.amount

    @property
    def whole_percent(self) -> int:
        """Return the percent rounded down, so 100% never shows too early."""
        return int(self.percent)

    @property
    def days_left(self) -> int:
        """Return how many days of the month are left, today included."""
        if self.is_over:
            return 0
        return monthrange(self.today.year, self.today.month)[1] - self.today.day + 1

    @property
    def per_day(self) -> Decimal:
        """Return the USD a day billed so far this month."""
        return self.billed / self.today.day

    @property
    def mark(self) -> int:
        """Return the highest mark that is passed; 0 if none."""
        return next((mark for mark in MARKS if self.percent >= mark), 0)

    @property
    def told(self) -> int:
        """Return the highest mark reported this month; 0 if none."""
        month, _, mark = (self.budget.told_mark or "").partition(":")
        return int(mark) if month == self.month else 0

    @property
    def next_mark(self) -> int | None:
        """Return the next mark to be reported; None if no more this month."""
        passed = max(self.mark, self.told)
        return next((mark for mark in reversed(MARKS) if mark > passed), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetEvent:
    """A message about a budget, sent once a month.

    Attributes:
        standing: Where the budget stands.
        mark: The mark that is passed; None for a forecast above the amount.
    """

    standing: Standing
    mark: int | None

    @property
    def key(self) -> str:
        """Return the key of the message in the ledger."""
        what = "forecast" if self.mark is None else str(self.mark)
        return f"budget:{self.standing.budget.id}:{self.standing.month}:{what}"


def stand(
    budget: Budget,
    by_day: Mapping[date, Decimal],
    today: date,
    *,
    is_exact: bool,
    as_of: datetime,
    stale: bool = False,
    is_over: bool = False,
) -> Standing:
    """Return where a budget stands.

    Args:
        budget: The budget.
        by_day: USD billed by day, at least of this month and of four weeks.
        today: The running day, UTC.
        is_exact: Whether every amount of the month is known.
        as_of: When ZenMux gave the figures.
        stale: Whether they come from an old copy.
        is_over: Whether the day is the last of its month, and over.
    """
    first = today.replace(day=1)
    billed = sum((v for day, v in by_day.items() if first <= day <= today), Decimal())
    return Standing(
        budget=budget,
        today=today,
        billed=billed,
        is_exact=is_exact,
        forecast=None if is_over else forecast(by_day, today),
        as_of=as_of,
        stale=stale,
        is_over=is_over,
    )


def forecast(by_day: Mapping[date, Decimal], today: date) -> Forecast | None:
    """Return what the month of a day may cost; None if too little is known."""
    known = [day for day, value in by_day.items() if value]
    weeks = _weeks_before(today, min(known)) if known else 0
    if weeks < MIN_WEEKS:
        return None
    first = today.replace(day=1)
    so_far = sum((v for day, v in by_day.items() if first <= day <= today), Decimal())
    last = today.replace(day=monthrange(today.year, today.month)[1])
    left = [today + DAY * n for n in range((last - today).days + 1)]
    totals = []
    for week in range(1, weeks + 1):
        rest = Decimal()
        for day in left:
            # The same weekday, ``week`` weeks ago.
            source = today - DAY * (_WEEK * week) + DAY * ((day - today).days % _WEEK)
            amount = by_day.get(source, Decimal())
            if day == today:
                amount = max(amount - by_day.get(today, Decimal()), Decimal())
            rest += amount
        totals.append(so_far + rest)
    return Forecast(middle=median(totals), low=min(totals), high=max(totals))


def _weeks_before(today: date, first: date) -> int:
    """Return how many of the last weeks have figures from their first day."""
    return min((today - first).days // _WEEK, WEEKS)


def due_events(standing: Standing) -> list[BudgetEvent]:
    """Return the messages that are due and were not sent this month.

    A jump over several marks reports only the highest.
    """
    events = []
    if standing.mark > standing.told:
        events.append(BudgetEvent(standing=standing, mark=standing.mark))
    expected = standing.forecast
    if (
        expected is not None
        and standing.percent < MARKS[0]
        and expected.middle > standing.budget.amount
        and standing.budget.told_forecast != standing.month
    ):
        events.append(BudgetEvent(standing=standing, mark=None))
    return events


def mark_reported(events: Sequence[BudgetEvent]) -> Budget:
    """Return the budget with its events recorded as reported."""
    standing = events[0].standing
    budget, month = standing.budget, standing.month
    for event in events:
        if event.mark is None:
            budget = replace(budget, told_forecast=month)
        else:
            budget = replace(budget, told_mark=f"{month}:{event.mark}")
    return budget


def ended_month(budget: Budget, now: datetime) -> date | None:
    """Return the last day of the previous month while late bills may still be added.

    Return None if the budget is newer than that, or if a mark of the new month was
    already reported.
    """
    first = now.date().replace(day=1)
    is_new = budget.created_at.date() >= first
    is_reported = (budget.told_mark or "").startswith(f"{first:%Y-%m}")
    if now - datetime.combine(first, time(), UTC) > LATE_BILLS or is_new or is_reported:
        return None
    return first - DAY
