"""What happened on each day of the sandbox's world, as a pure function of the day.

All figures are integers: tokens, and cost in units of 1e-8 USD, the eight places
that the API shows. Only ``+ - * /`` touch floats on the way, so that every machine
has the same world.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import blake2b

from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import FLOOR
from zenmux_demo.sandbox.catalog import MODELS, Model

COST_PLACES = 8
DAY = timedelta(days=1)

_SEED = "zenmux sandbox 1"
_WEEKDAYS = (1.0, 1.04, 1.05, 1.03, 0.95, 0.55, 0.48)
_KNOT_DAYS = 28
_MILLION = 1_000_000
_RARE_USE = 0.5


def noise(*parts: object) -> float:
    """Return a number in [0, 1) that depends on ``parts`` alone."""
    key = ":".join(map(str, (_SEED, *parts))).encode()
    return int.from_bytes(blake2b(key, digest_size=6).digest()) / 2**48


@dataclass(frozen=True, slots=True)
class Column:
    """One day: a figure for each model, in the order of the world's models.

    Attributes:
        tokens: Input plus output.
        cost: Units of 1e-8 USD.
    """

    tokens: tuple[int, ...]
    cost: tuple[int, ...]

    def of(self, metric: Metric) -> tuple[int, ...]:
        """Return the figures of one metric."""
        return self.tokens if metric is Metric.TOKENS else self.cost


class World:
    """All models and all their days.

    Days are computed when they are first asked for, then kept.

    Attributes:
        models: The models, in the order of the columns.
        labels: Display names by slug.
    """

    def __init__(self, models: Sequence[Model] = MODELS) -> None:
        self.models = tuple(models)
        self.labels = {model.slug: model.label for model in models}
        self._columns: dict[date, Column] = {}

    def column(self, day: date) -> Column:
        """Return the figures of one day."""
        column = self._columns.get(day)
        if column is None:
            tokens = [tokens_on(model, day) for model in self.models]
            costs = [
                cost_of(model, day, count)
                for model, count in zip(self.models, tokens, strict=True)
            ]
            column = self._columns[day] = Column(tuple(tokens), tuple(costs))
        return column

    def figures(
        self, metric: Metric, start: date, end: date
    ) -> list[tuple[Model, int]]:
        """Return the models used in a range of days, each with its sum.

        A free model is used although its cost is 0.
        """
        tokens = self._sums(Metric.TOKENS, start, end)
        values = tokens if metric is Metric.TOKENS else self._sums(metric, start, end)
        return [
            (model, value)
            for model, value, count in zip(self.models, values, tokens, strict=True)
            if count
        ]

    def _sums(self, metric: Metric, start: date, end: date) -> list[int]:
        columns = [self.column(day).of(metric) for day in days(start, end)]
        if not columns:
            return [0] * len(self.models)
        return [sum(figures) for figures in zip(*columns, strict=True)]


def days(start: date, end: date) -> list[date]:
    """Return the days from ``start`` to ``end``, both included."""
    return [start + DAY * offset for offset in range((end - start).days + 1)]


def tokens_on(model: Model, day: date) -> int:
    """Return the tokens of a model on a day, 0 when it was not used."""
    if not model.launched <= day <= model.retired:
        return 0
    if model.rare and noise(model.slug, "used", day) > _RARE_USE:
        return 0
    age = (day - model.launched).days
    factor = _WEEKDAYS[day.weekday()] * (0.95 + 0.1 * noise(model.slug, day))
    factor *= 0.85 + 0.3 * _wander(model, day)
    factor *= min(max(1 + model.drift * age / 7000, 0.1), 4.0)
    if model.launched > FLOOR:
        factor *= (age + 2) / (age + 8)
    if day >= model.fades:
        factor *= 20 / (20 + (day - model.fades).days)
    return int(model.daily * _MILLION * factor)


def cost_of(model: Model, day: date, tokens: int) -> int:
    """Return the list price of a day's tokens in units of 1e-8 USD."""
    output = tokens * int(60 + 80 * noise(model.slug, "output", day)) // 1000
    return (tokens - output) * model.price_in + output * model.price_out


def _wander(model: Model, day: date) -> float:
    """Drift slowly between one random height a month and the next."""
    knot, offset = divmod((day - FLOOR).days, _KNOT_DAYS)
    here, there = _height(model.slug, knot), _height(model.slug, knot + 1)
    return here + (there - here) * offset / _KNOT_DAYS


@cache
def _height(slug: str, knot: int) -> float:
    return noise(slug, "knot", knot)
