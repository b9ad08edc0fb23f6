"""Figures of the API for tests, and a second, naive program that computes the same.

The naive program knows fractions and plain loops and nothing of the project.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from hypothesis import strategies as st

from zenmux_bot.answers.context import AnswerContext
from zenmux_bot.answers.leaderboard.view import build_leaderboard
from zenmux_bot.answers.share.view import build_share
from zenmux_bot.commands.queries import LeaderboardQuery, ShareQuery, canonical
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import DAY, Dates
from zenmux_bot.core.windows import compare, resolve
from zenmux_bot.zenmux.models import Leaderboard, MarketShare

FIXTURES = Path(__file__).parents[1] / "fixtures" / "zenmux"
AS_OF = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = AS_OF.date()
REST = "__others__"
LATEST = date(2026, 6, 21)

HOSTILE = (
    "<!channel> *b* & _i_ ~x~ `code`` :tada: " * 5,
    "<!here|here> <@U123> <#C123> <https://evil.example|click>",
    "line\nbreak\r\nand\ttab\x00\x07\x1b[31mred\x1b[0m\x85\u2028end",
    "👩‍👩‍👧‍👦🏳️‍🌈" * 30,
    "深度求索大模型超长上下文预览版" * 12,
    "نموذج لغوي كبير \u202eesrever\u202c " * 8,
    "",
    " \n\u200b\ufeff ",
    "&amp; &lt;b&gt; " + "&" * 150,
    '"quoted" “smart” \\back\\ ` `` ```',
)
"""Labels as bad as they come."""


def fixture(name):
    """Return the data of a recorded body."""
    body = (FIXTURES / f"{name}.json").read_text()
    return json.loads(body, parse_float=Decimal)["data"]


def recorded_board(name):
    return Leaderboard.model_validate(fixture(name))


def recorded_series(name):
    return MarketShare.model_validate(fixture(name)).series


def board(values, *, others=None, labels=(), authors=()):
    """Return a leaderboard of models by volume; ``others`` None: without that entry."""
    labels, authors = dict(labels), dict(authors)
    entries = [
        {
            "rank": rank,
            "model": slug,
            "label": labels.get(slug, slug.upper()),
            "author": authors.get(slug, slug.partition("/")[0]),
            "author_label": authors.get(slug, slug.partition("/")[0]).title(),
            "value": value,
        }
        for rank, (slug, value) in enumerate(values.items(), start=1)
    ]
    if others is not None:
        entries.append({"model": REST, "label": "Others", "value": others})
    days = {"starting_at": "2026-06-15", "ending_at": "2026-06-21"}
    return Leaderboard.model_validate({"metric": "tokens", **days, "entries": entries})


def series(buckets, labels=()):
    """Return buckets of providers by volume; the key ``__others__`` is the rest."""
    labels = dict(labels)
    return MarketShare.model_validate(
        {
            "metric": "tokens",
            "bucket_width": "1d",
            "starting_at": "2026-01-01",
            "ending_at": "2026-01-02",
            "series": [
                {
                    "date": str(day),
                    "authors": [
                        {
                            "author": slug,
                            "label": labels.get(slug, slug.upper()),
                            "value": value,
                        }
                        for slug, value in values.items()
                    ],
                }
                for day, values in buckets.items()
            ],
        }
    ).series


def basis_of(query, *, today=TODAY, newest=None, **changes):
    """Return what an answer rests on, resolved as in life."""
    window = resolve(query.period, today)
    values = {
        "command": canonical(query),
        "metric": query.metric,
        "window": window,
        "comparison": compare(window, query.versus, today),
        "versus": query.versus,
        "data_through": newest or today - DAY,
        "as_of": AS_OF,
        "notes": window.notes,
    }
    return AnswerContext(**values | changes)


def days_of(metric="tokens", count=1, end=LATEST, *, top=10, **more):
    """Return a share query of some days up to ``end``, beside as many before."""
    first = end - (count - 1) * DAY
    before = Dates(first - count * DAY, first - DAY)
    return ShareQuery(
        metric=Metric(metric),
        period=Dates(first, end),
        top=top,
        **{"versus": before} | more,
    )


def models_of(metric="tokens", *, top=10, **more):
    """Return a leaderboard query of the week of the recordings."""
    return LeaderboardQuery(
        metric=Metric(metric),
        period=Dates(date(2026, 6, 15), date(2026, 6, 21)),
        top=top,
        **more,
    )


def ranked(now, before=None, *, query=None, limit=50, **changes):
    """Build a leaderboard's view."""
    query = query or models_of()
    basis = basis_of(query, **changes)
    return build_leaderboard(query, basis, now, before, limit_before=limit)


def shared(buckets, query, width, **changes):
    """Build a market share's view."""
    return build_share(query, basis_of(query, **changes), buckets, width)


# The second program.


@dataclass
class Naive:
    """What a plain loop finds for one provider or model: bounds, as fractions."""

    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)


def naive_sum(buckets):
    """Return the bounds of each name's sum, those of an unlisted one, and the total."""
    names = {name for bucket in buckets for name in bucket if name != REST}
    sums = {name: Naive() for name in names}
    unlisted, total = Naive(), Fraction(0)
    for bucket in buckets:
        listed = [Fraction(value) for name, value in bucket.items() if name != REST]
        rest = Fraction(bucket.get(REST, 0))
        most = min([rest, *listed])
        for name, entry in sums.items():
            if name in bucket:
                entry.low += Fraction(bucket[name])
                entry.high += Fraction(bucket[name])
            else:
                entry.high += most
        unlisted.high += most
        total += sum(listed) + rest
    return sums, unlisted, total


def near(figure, low, high=None):
    """Tell whether a figure has these bounds, but for the rounding of decimals."""
    high = low if high is None else high
    pairs = ((figure.low, low), (figure.high, high))
    return all(
        abs(Fraction(is_) - Fraction(want)) <= Fraction(1, 10**18) * (1 + abs(want))
        for is_, want in pairs
    )


# Worlds for property tests: the whole truth, and what a top N lets out of it.

slugs = st.sampled_from([f"p{number}" for number in range(9)])
volumes = st.integers(0, 10**13) | st.integers(0, 3)
truths = st.dictionaries(slugs, volumes, min_size=1, max_size=9)
"""One bucket: every provider and its volume, those without any apart."""


def top_of(truth, limit):
    """Return what the API says of a bucket: the top N and the remainder."""
    order = sorted(truth, key=lambda slug: (-truth[slug], slug))
    seen = {slug: truth[slug] for slug in order[:limit]}
    rest = [truth[slug] for slug in order[limit:]]
    return seen | ({REST: sum(rest)} if rest else {})
