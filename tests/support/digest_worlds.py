"""What can be asked of digests, for property tests."""

from __future__ import annotations

from datetime import time
from decimal import Decimal

from hypothesis import strategies as st

from zenmux_bot.commands.digest_commands import (
    LAST_DAY,
    MAX_PROVIDERS,
    About,
    Create,
    DigestSpec,
    Edit,
    ListAll,
    ListAudit,
    OpenForm,
    Verb,
)
from zenmux_bot.commands.lexer import split
from zenmux_bot.commands.queries import MAX_NAME, MAX_TOP
from zenmux_bot.core import zones
from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.schedule import Cadence
from zenmux_bot.digests.specs import default_spec, over
from zenmux_bot.digests.subscriptions import DigestSubject, WhenEmpty

ids = st.text("23456789bcdfghjkmnpqrstvwxz", min_size=4, max_size=4).map("d-{}".format)
channels = st.text("ABCDEFGHIJ0123456789", min_size=8, max_size=10).map("C{}".format)
NASTY_NAMES = (
    *("mon", "daily", "help", "?", "top", "provider", "a b", "o'neill", "foo.", "..."),
    *(
        "all or nothing",
        "<!channel>",
        "*x*",
        "z.ai",
        "月之暗面",
        "🤖",
        "2026-11-01-2026-1",
    ),
)
names = st.sampled_from(NASTY_NAMES).map(lambda name: " ".join(split(f'"{name}"'))) | (
    st.text(min_size=1, max_size=30)
    .map(lambda text: " ".join(split(f'"{text}"')))
    .filter(lambda name: split(f'"{name}"') == (name,) and len(name) <= MAX_NAME)
)
"""Names of providers as they come out of the words."""

minutes = st.builds(time, st.integers(0, 23), st.integers(0, 59))
points = st.integers(0, 100_000).map(lambda n: Decimal(n) / 1000)

_days = st.sampled_from(
    (
        {},
        {"cadence": Cadence.DAILY},
        {"cadence": Cadence.WEEKLY},
        {"cadence": Cadence.MONTHLY},
    )
) | st.one_of(
    st.integers(0, 6).map(lambda n: {"cadence": Cadence.WEEKLY, "weekday": n}),
    st.integers(1, LAST_DAY).map(lambda n: {"cadence": Cadence.MONTHLY, "day": n}),
)


def _maybe(strategy):
    return st.none() | strategy


specs = st.builds(
    lambda days, **fields: DigestSpec(**days, **fields),
    _days,
    at=_maybe(minutes),
    zone=_maybe(st.sampled_from(zones.names())),
    metric=_maybe(st.sampled_from(Metric)),
    channel=_maybe(channels),
    top=_maybe(st.integers(1, MAX_TOP)),
    providers=_maybe(
        st.lists(
            names.filter(lambda name: name != "all"),
            max_size=MAX_PROVIDERS,
            unique=True,
        ).map(tuple)
    ),
    skip_below_pp=_maybe(points),
    when_empty=_maybe(st.sampled_from(WhenEmpty)),
)
"""What may be said, in part or whole."""

whole_specs = st.builds(
    lambda spec, zone, channel: over(spec, default_spec(zone, channel)),
    specs,
    st.sampled_from(zones.names()),
    channels,
)
"""Specs that a digest of market share can have."""

spend_specs = st.builds(
    lambda spec, by_key: over(
        DigestSpec(subject=DigestSubject.SPEND, by_key=by_key), spec
    ),
    whole_specs,
    _maybe(st.just(value=True)),
)
"""Specs that a digest of own spend can have."""

commands = st.one_of(
    st.builds(OpenForm, specs),
    st.just(ListAll()),
    st.just(ListAudit()),
    st.builds(Create, specs),
    st.builds(Edit, ids, specs),
    st.builds(About, st.sampled_from([v for v in Verb if v is not Verb.EDIT]), ids),
    st.builds(lambda id_: About(Verb.SEND, id_, again=True), ids),
)

WORDS = (
    *("digest", "digests", "subscribe", "create", "new", "list", *Verb, "again"),
    *("d-7kq3", "d-", "7kq3", "daily", "weekly", "monthly", "every", "on", "at", "the"),
    *("mon", "Monday", "sundays", "1st", "31", "32nd", "last", "day", "0", "9", "99"),
    *("9am", "9", "am", "25:00", "09:00", "12pm", "13pm", "noon", "24:00", "9.30"),
    *("Europe/Berlin", "berlin", "istanbul", "new", "york", "est", "utc", "berlni"),
    *("in", "to", "<#C0LLMCOSTS1|llm-costs>", "<#C1>", "#nowhere", "<@U1>", "<#"),
    *("top", "top5", "top0", "51", "provider", "all", '"a b"', "x-ai", "cost", "$"),
    *("skip", "below", "never", "0.5pp", "0,5", "pp", "%", "1e9", "-1", "101"),
    *("when", "if", "empty", "say", "tokens", "help", "?", "public", "7d", "..", "–"),
)

nearly = st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=10).map(
    lambda words: " ".join(("digest", *words))
)
"""Text that is close to what is understood."""
