"""What the sandbox's account used and spent itself: ``/usage`` and ``/cost``.

Four keys share six models. A plan covers about half of each day; the rest is billed. In
the night of 17 November 2026 the key of the continuous integration runs away.
All figures are integers: tokens, and money in units of 1e-10 USD.

https://docs.zenmux.ai/api/platform/cost.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from zenmux_demo.sandbox.answers import Refusal, invalid
from zenmux_demo.sandbox.catalog import AUTHORS, MODELS
from zenmux_demo.sandbox.world import noise

Data = dict[str, Any]

COST = "/cost"
USAGE = "/usage"
PATHS = (COST, USAGE)
REQUESTS_PER_MINUTE = 60

SINCE = date(2025, 10, 13)
RUNAWAY = date(2026, 11, 17)
RUNAWAY_HOURS = range(22, 24)

_METERED, _FALLBACK, _SUBSCRIPTION = BILL_TYPES = (
    "metered",
    "fallbackMetered",
    "subscription",
)
_TYPES = {COST: ("cost", "provider_cost"), USAGE: ("usage", "provider", "performance")}
_KNOWN = {
    "type",
    "query_dimension",
    "query_time",
    "api_key_ids",
    "model_slugs",
    "bill_types",
}
_PATTERNS = {
    "BIZ_MTH": ("%Y%m", re.compile(r"\d{6}", re.ASCII)),
    "BIZ_DT": ("%Y%m%d", re.compile(r"\d{8}", re.ASCII)),
    "BIZ_HOUR": ("%Y%m%d%H", re.compile(r"\d{10}", re.ASCII)),
}
_HOUR = timedelta(hours=1)
_WEEKDAYS = (100, 106, 108, 104, 92, 38, 31)
# Of a day's use by hour, UTC: a team that works in Europe.
_HOURS = (
    1,
    1,
    1,
    1,
    1,
    2,
    4,
    8,
    12,
    14,
    13,
    11,
    10,
    13,
    14,
    12,
    9,
    6,
    4,
    3,
    2,
    2,
    1,
    1,
)
_TOKEN_TYPES = ("prompt", "completion", "input_cache_read")
_PLAN_LASTS = 20
"""From the day after this one of a month, some of what the plan covers overflows."""
_TOKENS_A_REQUEST = 9_300


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the account: its id, its part of the use, and when it lived."""

    id: str
    part: int
    first: date = SINCE
    last: date = date.max


KEYS = (
    Key("key_a91", 48),
    Key("key_7f2", 27),
    Key("key_3c0", 15),
    Key("key_e55", 10, first=date(2026, 11, 9)),
    Key("key_0b4", 12, last=date(2026, 9, 30)),
)
_CI = "key_7f2"
_MODELS = {
    "anthropic/claude-sonnet-4.5": 6,
    "anthropic/claude-sonnet-4.6": 28,
    "openai/gpt-5.4": 22,
    "anthropic/claude-opus-4.8": 12,
    "google/gemini-2.5-flash": 16,
    "deepseek/deepseek-v3.2": 10,
    "qwen/qwen3-max": 6,
}
_TOKENS_A_DAY = 24_000_000


@dataclass(frozen=True, slots=True)
class Cell:
    """What one key used of one model under one bill type on one day.

    Attributes:
        tokens: By token type, in the order of ``_TOKEN_TYPES``.
        money: Likewise, in units of 1e-10 USD.
        requests: How many requests it took.
        night: It is used in the hours of the runaway alone.
    """

    key: str
    model: str
    bill_type: str
    tokens: tuple[int, ...]
    money: tuple[int, ...]
    requests: int
    night: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A checked request: filters, and the time span in buckets."""

    kind: str
    buckets: tuple[tuple[str, datetime, datetime], ...]
    models: frozenset[str]
    keys: frozenset[str]
    bill_types: frozenset[str]

    def takes(self, cell: Cell) -> bool:
        return (
            (not self.models or cell.model in self.models)
            and (not self.keys or cell.key in self.keys)
            and (not self.bill_types or cell.bill_type in self.bill_types)
        )


def own(path: str, query: Mapping[str, str], now: datetime) -> Data:
    """Answer ``/usage`` and ``/cost``, or refuse what is asked wrongly."""
    asked = _check(path, query, now)
    end = asked.buckets[-1][-1]
    # What is over changes no more, so it is computed once.
    return _closed(asked) if end <= now else _answer(asked, now)


@lru_cache(maxsize=2048)
def _closed(asked: _Asked) -> Data:
    return _answer(asked, asked.buckets[-1][-1])


def _answer(asked: _Asked, now: datetime) -> Data:
    match asked.kind:
        case "cost":
            return _cost(asked, now)
        case "provider_cost":
            return {"summary": _summary(asked, now), "analysis": _hosts(asked, now)}
        case "usage":
            return _usage(asked, now)
        case "provider":
            return _hosts(asked, now)
    return _performance(asked, now)


@cache
def cells_of(day: date) -> tuple[Cell, ...]:
    """Return the use of one whole day."""
    if day < SINCE:
        return ()
    cells = []
    months = (day.year - SINCE.year) * 12 + day.month - SINCE.month
    # ten thousand times the day's tokens: both factors are percentages
    size = _TOKENS_A_DAY * _WEEKDAYS[day.weekday()] * (100 + 4 * months)
    keys = [key for key in KEYS if key.first <= day <= key.last]
    for key in keys:
        for slug, part in _MODELS.items():
            if not _sold(slug, day):
                continue
            share = size * key.part * part / 10**8
            tokens = int(share * (0.6 + 0.8 * noise("own", key.id, slug, day)))
            covered = int(tokens * (0.4 + 0.25 * noise("covered", slug, day)))
            fallback = int((tokens - covered) * 0.1) if day.day > _PLAN_LASTS else 0
            for bill_type, count in (
                (_METERED, tokens - covered - fallback),
                (_FALLBACK, fallback),
                (_SUBSCRIPTION, covered),
            ):
                if count:
                    cells.append(_cell(key.id, slug, bill_type, count))
    if day == RUNAWAY:
        slug = "anthropic/claude-opus-4.8"
        cells.append(_cell(_CI, slug, _METERED, 33_000_000, night=True))
    return tuple(cells)


def _sold(slug: str, day: date) -> bool:
    return any(
        model.slug == slug and model.launched <= day <= model.retired
        for model in MODELS
    )


@cache
def _prices(slug: str) -> tuple[int, int]:
    """Return the list prices of a token in units of 1e-10 USD."""
    [model] = [model for model in MODELS if model.slug == slug]
    return model.price_in * 100, model.price_out * 100


def _cell(key: str, slug: str, bill_type: str, tokens: int, **more: bool) -> Cell:
    completion, cached = tokens * 14 // 100, tokens * 30 // 100
    counts = (tokens - completion - cached, completion, cached)
    price_in, price_out = _prices(slug)
    prices = (price_in, price_out, price_in // 10)
    money = tuple(n * price for n, price in zip(counts, prices, strict=True))
    requests = max(tokens // _TOKENS_A_REQUEST, 1)
    return Cell(key, slug, bill_type, counts, money, requests, **more)


def _check(path: str, query: Mapping[str, str], now: datetime) -> _Asked:
    if unknown := sorted(query.keys() - _KNOWN):
        raise invalid(f"Unknown parameter {unknown[0]}")
    for name in ("type", "query_dimension", "query_time"):
        if not query.get(name):
            raise invalid(f"Parameter {name} is required")
    kind = query["type"]
    if kind not in _TYPES[path]:
        raise invalid(f"Parameter type must be one of {', '.join(_TYPES[path])}")
    models, keys, bill_types = (
        frozenset(filter(None, query.get(name, "").split(",")))
        for name in ("model_slugs", "api_key_ids", "bill_types")
    )
    if kind.startswith("provider") and len(models) != 1:
        raise invalid("Exactly one model is required in model_slugs")
    if bill_types - set(BILL_TYPES):
        raise invalid("Parameter bill_types holds an unknown type")
    living = {key.id for key in KEYS if key.first <= now.date() <= key.last}
    if keys - living:
        raise Refusal(403, "access_denied", "You have no access to this API key")
    return _Asked(
        kind=kind,
        buckets=tuple(_buckets(query["query_dimension"], query["query_time"])),
        models=models,
        keys=keys,
        bill_types=bill_types,
    )


def _buckets(dimension: str, time: str) -> Iterator[tuple[str, datetime, datetime]]:
    """Give the name, the start and the end of each bucket."""
    if dimension not in _PATTERNS:
        raise invalid(f"Parameter query_dimension must be one of {list(_PATTERNS)}")
    template, pattern = _PATTERNS[dimension]
    try:
        known = time if pattern.fullmatch(time) else ""
        start = datetime.strptime(known, template).replace(tzinfo=UTC)
    except ValueError:
        raise invalid("Parameter query_time does not match query_dimension") from None
    match dimension:
        case "BIZ_MTH":
            end = (start + timedelta(days=32)).replace(day=1)
            step, name = timedelta(days=1), "%Y%m%d"
        case "BIZ_DT":
            end, step, name = start + timedelta(days=1), _HOUR, "%Y%m%d%H"
        case _:
            end, step, name = start + _HOUR, timedelta(minutes=1), "%Y%m%d%H%M"
    while start < end:
        yield start.strftime(name), start, start + step
        start += step


def _elapsed(instant: datetime, day: date, *, night: bool) -> int:
    """Return how much of a day's use is over at an instant, in weighted minutes."""
    begun = datetime(day.year, day.month, day.day, tzinfo=UTC)
    minutes = min(max(int((instant - begun) / timedelta(minutes=1)), 0), 24 * 60)
    hour, minute = divmod(minutes, 60)
    weights = _night() if night else _HOURS
    running = weights[hour] * minute if hour < len(weights) else 0
    return sum(weights[:hour]) * 60 + running


@cache
def _night() -> tuple[int, ...]:
    return tuple(int(hour in RUNAWAY_HOURS) for hour in range(24))


def _portion(total: int, start: int, end: int, whole: int) -> int:
    """Return what falls between two shares; neighbours add up to the total."""
    return total * end // whole - total * start // whole


class _Sums:
    """Sums of a request, over all and by bucket and grouping."""

    def __init__(self, asked: _Asked, now: datetime) -> None:
        self.money: Counter[tuple[str, str, str]] = Counter()
        self.tokens: Counter[tuple[str, str, str]] = Counter()
        self.requests: Counter[tuple[str, str, str]] = Counter()
        self.money_by_type: Counter[str] = Counter()
        self.tokens_by_type: Counter[str] = Counter()
        self.total_requests = 0
        for name, start, end in asked.buckets:
            if start <= now:
                self._add(asked, name, start, min(end, now))

    @property
    def total_tokens(self) -> int:
        return self.tokens_by_type.total()

    @property
    def total_money(self) -> int:
        return self.money_by_type.total()

    def _add(self, asked: _Asked, name: str, start: datetime, end: datetime) -> None:
        day = start.date()
        shares = {
            night: (
                _elapsed(start, day, night=night),
                _elapsed(end, day, night=night),
                sum(_night() if night else _HOURS) * 60,
            )
            for night in (False, True)
        }
        for cell in filter(asked.takes, cells_of(day)):
            first, last, whole = shares[cell.night]
            groups = (name, "modelSlug", cell.model), (name, "apiKeyId", cell.key)
            requests = _portion(cell.requests, first, last, whole)
            self.total_requests += requests
            for group in groups:
                self.requests[group] += requests
            for kind, tokens, money in zip(
                _TOKEN_TYPES, cell.tokens, cell.money, strict=True
            ):
                count = _portion(tokens, first, last, whole)
                amount = _portion(money, first, last, whole)
                self.tokens_by_type[kind] += count
                self.money_by_type[kind] += amount
                for group in (*groups, (name, "tokenType", kind)):
                    self.tokens[group] += count
                    self.money[group] += amount

    def rows(self, group: str, figure: str) -> list[Data]:
        """Return the rows of one grouping, without those of no use."""
        is_money = figure == "billAmount"
        return [
            {
                "bizTime": bucket,
                **dict.fromkeys(("modelSlug", "tokenType", "apiKeyId")),
                grouping: name,
                figure: usd(self.money[bucket, grouping, name])
                if is_money
                else str(tokens),
                "requestCounts": None
                if grouping == "tokenType"
                else str(self.requests[bucket, grouping, name]),
            }
            for (bucket, grouping, name), tokens in self.tokens.items()
            if grouping == group and tokens
        ]


def _cost(asked: _Asked, now: datetime) -> Data:
    sums = _Sums(asked, now)
    return {
        "summary": _summary_of(sums),
        "analysis": {
            "costByModel": sums.rows("modelSlug", "billAmount"),
            "costByApiKey": sums.rows("apiKeyId", "billAmount"),
            "costByTokenType": sums.rows("tokenType", "billAmount"),
        },
    }


def _summary(asked: _Asked, now: datetime) -> Data:
    return _summary_of(_Sums(asked, now))


def _summary_of(sums: _Sums) -> Data:
    if not sums.total_tokens:
        return dict.fromkeys(
            (
                *("totalCost", "inputCost", "outputCost", "otherCost"),
                *("requestCounts", "requestAvgCost"),
                *("totalTokens", "millionTokenAvgCost"),
            )
        )
    requests = sums.total_requests
    output = sums.money_by_type["completion"]
    return {
        "totalCost": usd(sums.total_money),
        "inputCost": usd(sums.total_money - output),
        "outputCost": usd(output),
        "otherCost": "0",
        "requestCounts": str(requests),
        "requestAvgCost": usd(sums.total_money // max(requests, 1)),
        "totalTokens": str(sums.total_tokens),
        "millionTokenAvgCost": usd(sums.total_money * 1_000_000 // sums.total_tokens),
    }


def _usage(asked: _Asked, now: datetime) -> Data:
    sums = _Sums(asked, now)
    known = sums.total_tokens > 0
    completion = sums.tokens_by_type["completion"]
    return {
        "tokensTotal": str(sums.total_tokens) if known else None,
        "tokensPrompt": str(sums.total_tokens - completion) if known else None,
        "tokensCompletion": str(completion) if known else None,
        "requestCounts": str(sums.total_requests) if known else None,
        "tokensByModel": sums.rows("modelSlug", "tokens"),
        "tokensByTokenType": sums.rows("tokenType", "tokens"),
        "tokensByApiKey": sums.rows("apiKeyId", "tokens"),
        "countsByWebSearch": [
            row | {"tokens": None, "requestCounts": "3"}
            for row in sums.rows("modelSlug", "tokens")[:1]
        ],
    }


def _hosts(asked: _Asked, now: datetime) -> Data:
    sums = _Sums(asked, now)
    [slug] = asked.models
    author = AUTHORS.get(slug.partition("/")[0])
    names = author.hosts if author is not None and sums.total_tokens else ()
    parts = _parts(len(names))
    usages = []
    for name, part in zip(names, parts, strict=True):
        tokens = sums.total_tokens * part // 100
        speed = noise("own speed", name, slug)
        usages.append(
            {
                "endpointSlug": name,
                "requestCounts": str(sums.total_requests * part // 100),
                "tokens": str(tokens),
                "requestRatio": ratio(part),
                "tokenRatio": ratio(part),
                "medianLatency": str(500 + int(700 * speed)),
                "medianThroughput": f"{40 + 50 * speed:.1f}",
                # for the last host the platform has no amount, which is not zero
                "billAmount": usd(sums.total_money * part // 100)
                if name != names[-1] or len(names) == 1
                else None,
                "billAmountRatio": ratio(part),
            }
        )
    return {
        "fastestEndpointSlug": names[0] if names else None,
        "mainEndpointSlug": names[0] if names else None,
        "uptime": "0.9968" if names else None,
        "endpointCount": str(len(names)),
        "endpointUsages": usages,
    }


def _parts(count: int) -> tuple[int, ...]:
    """Return how a hundred is split over some hosts, the largest part first."""
    return {0: (), 1: (100,), 2: (73, 27)}.get(count, (61, 27, 12))[:count]


def _performance(asked: _Asked, now: datetime) -> Data:
    used = {
        name
        for (_, group, name), tokens in _Sums(asked, now).tokens.items()
        if group == "modelSlug" and tokens
    }
    return {
        "medianThroughput": "69.5" if used else None,
        "medianLatency": "655" if used else None,
        "modelPerformances": [
            {
                "modelSlug": slug,
                "medianLatency": str(500 + int(700 * noise("own speed", slug))),
                "medianThroughput": f"{40 + 50 * noise('own speed', slug):.1f}",
            }
            for slug in sorted(used)
        ],
        "latencyDetails": [],
        "throughputDetails": [],
    }


def usd(units: int) -> str:
    """Return money as the API writes it: a string with ten places."""
    return f"{Decimal(units).scaleb(-10):.10f}"


def ratio(percent: int) -> str:
    """Return a fraction of one as the API writes it."""
    return f"{Decimal(percent) / 100:.4f}"
