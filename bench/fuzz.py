"""A hundred thousand random commands and as many bodies: no error unforeseen.

Seeded, so that a find comes back. The suite fuzzes the same and more of the bot, far
fewer times; here it is the pure parts, which are quick.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from zenmux_bot.commands.grammar import BY_WORD, PERIOD_WORDS, WORDS
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import canonical
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import FLOOR
from zenmux_bot.errors import ApiError, BadInput
from zenmux_bot.zenmux import wire
from zenmux_bot.zenmux.requests import (
    BalanceRequest,
    CacheHitRequest,
    FlowRateRequest,
    GenerationRequest,
    LeaderboardRequest,
    MarketShareRequest,
    ModelListRequest,
    ModelUsageRequest,
    SpeedMetric,
    SpeedRequest,
    SubscriptionRequest,
    TimeSeriesRequest,
    TrendingRequest,
)

BODIES = Path(__file__).parents[1] / "tests" / "fixtures" / "zenmux"
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)

_WORDS = (
    *(*BY_WORD, *PERIOD_WORDS, *WORDS, "vs", "none", "by", "day", "week", "provider"),
    *("name", "7d", "8w", "0d", "999m", "2026-W46", "2026-W54", "2026-13", "..", "to"),
    *("2026-11-01..2026-11-15", "top", "10", "51", "anthropic", "openai/gpt-5.4", "in"),
    *("create", "list", "show", "edit", "mon", "09:00", "25:61", "Europe/Berlin", "31"),
    *("<#C0LLMCOSTS1|llm-costs>", "<@U0MAYA00001>", "“cost”", "—", "&amp;", "d-7kq3"),
)
_ODD = (
    *(None, True, 0, -1, -0.0, 10**30, 1e308, "", "9" * 400, "NaN", "1e9", [], {}),
    *("<!channel>", "2026-11-16", "0001-01-01", "2026-13-45", "\ud800", "\u200b"),
)


def _requests():
    """Return a request of each kind for each file that may answer it."""
    first, last = date(2026, 6, 15), date(2026, 6, 21)
    week = {"start": first, "end": first}
    days = {"start": first, "end": last}
    return {
        "leaderboard": lambda m: LeaderboardRequest(metric=m, **days),
        "market": lambda m: MarketShareRequest(
            metric=m, width=Granularity.WEEK, **week
        ),
        "timeseries": lambda m: TimeSeriesRequest(
            metric=m, width=Granularity.DAY, **days
        ),
        "trending": lambda m: TrendingRequest(
            metric=m, width=Granularity.WEEK, anchor=last
        ),
        "model": lambda m: ModelUsageRequest(slug="a/b", metric=m, **days),
        "performance_cache": lambda _: CacheHitRequest(**days),
        "performance": lambda _: SpeedRequest(metric=SpeedMetric.TTFT, **days),
        "generation": lambda _: GenerationRequest(generation_id="g"),
        "models_list": lambda _: ModelListRequest(),
        "subscription": lambda _: SubscriptionRequest(),
        "flow": lambda _: FlowRateRequest(),
        "payg": lambda _: BalanceRequest(),
    }


def commands(count: int, dice: random.Random) -> Counter[str]:
    """Parse random texts, each perhaps after another; what parses is said again."""
    ends: Counter[str] = Counter()
    base = None
    for _ in range(count):
        text = _text(dice)
        today = FLOOR + timedelta(days=dice.randrange(1200))
        try:
            request = parse(text, today=today, base=dice.choice((None, base)))
        except BadInput as error:
            ends["refused"] += 1
            for suggestion in error.suggestions:
                parse(suggestion, today=today)
        else:
            ends["understood"] += 1
            again = parse(canonical(request), today=today)
            assert canonical(again) == canonical(request), text
            base = request
    return ends


def _text(dice: random.Random) -> str:
    words = [
        dice.choice(_WORDS)
        if dice.random() < 0.9
        else "".join(chr(dice.randrange(1, 0x3000)) for _ in range(dice.randrange(9)))
        for _ in range(dice.randrange(8))
    ]
    return dice.choice((" ", " ", " ", "\n", "  ")).join(words)


def bodies(count: int, dice: random.Random) -> Counter[str]:
    """Decode true bodies in which some things are gone, or others, or cut off."""
    ends: Counter[str] = Counter()
    files = sorted(BODIES.glob("*.json"))
    texts = {path.stem: path.read_bytes() for path in files if path.stem != "index"}
    wholes = {name: _load(text) for name, text in texts.items()}
    kinds = _requests()
    for _ in range(count):
        name = dice.choice(list(texts))
        kind = next((each for each in kinds if name.startswith(each)), "leaderboard")
        if dice.random() < 0.1:
            kind = dice.choice(list(kinds))
        request = kinds[kind](dice.choice(list(Metric)))
        body = texts[name]
        if wholes[name] is not None and dice.random() < 0.8:
            body = json.dumps(_mutilated(wholes[name], dice)).encode()
        if dice.random() < 0.1:
            body = body[: dice.randrange(len(body) + 1)]
        status = dice.choice(
            (200, 200, 200, 204, 302, 400, 401, 403, 422, 429, 500, 999)
        )
        try:
            wire.parse(request, status, {}, body, now=NOW)
        except ApiError as error:
            ends[type(error).__name__] += 1
        else:
            ends["decoded"] += 1
    return ends


def _load(text: bytes):
    try:
        return json.loads(text)
    except ValueError:
        return None


def _mutilated(whole, dice: random.Random):
    if dice.random() < 0.02:
        return dice.choice(_ODD)
    if isinstance(whole, dict):
        return {
            key: _mutilated(value, dice)
            for key, value in whole.items()
            if dice.random() > 0.01
        }
    if isinstance(whole, list):
        return [_mutilated(each, dice) for each in whole[:5]]
    return whole
