"""The days, metric and age of an answer, which every answer shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import Comparison, Period, Span, Versus, Window
from zenmux_bot.render.tabular import Row

SOURCE = "ZenMux, all customers together"
UNITS: Mapping[Metric, str] = {
    Metric.TOKENS: "tokens",
    Metric.COST: "USD at list price",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerContext:
    """The days, metric and age of an answer's figures.

    Attributes:
        command: The command that asks for it again, without the slash.
        metric: What is counted.
        window: The days covered, UTC.
        comparison: The days compared with, or why there are none.
        versus: What was asked to compare with.
        data_through: The newest day with data.
        as_of: When the API gave the newest of the figures; of old copies, the oldest.
        stale: They are from an old copy, because the API gave no new one.
        notes: What a reader must know besides, in sentences.
        late: Which days have no data yet, and what is shown instead; empty if none.
    """

    command: str
    metric: Metric
    window: Window
    comparison: Comparison
    versus: Period | Versus
    data_through: date
    as_of: datetime
    stale: bool = False
    notes: tuple[str, ...] = ()
    late: str = ""

    @property
    def span(self) -> Span:
        """Return the days covered."""
        return self.window.span

    def noting(self, *notes: str) -> AnswerContext:
        """Return a copy with more notes."""
        return replace(self, notes=self.notes + notes)

    def uncompared(self, reason: str) -> AnswerContext:
        """Return a copy without comparison, and why."""
        return replace(self, comparison=Comparison(None, reason))


def describe(basis: AnswerContext) -> Row:
    """Return the columns that every row of a file begins with after the command."""
    other = basis.comparison.span
    return {
        "first_day": str(basis.span.start),
        "last_day": str(basis.span.end),
        "compared_first_day": "" if other is None else str(other.start),
        "compared_last_day": "" if other is None else str(other.end),
        "unit": UNITS[basis.metric],
        "source": SOURCE,
        "data_through": str(basis.data_through),
        "as_of": basis.as_of.isoformat(timespec="seconds"),
        "is_stale": "yes" if basis.stale else "no",
    }
