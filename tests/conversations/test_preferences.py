"""Defaults of workspaces and channels, kept as texts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.commands.defaults import UNSET, Defaults
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import Audience, canonical
from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.core.actors import Location
from zenmux_bot.core.measures import Metric

TEAM, CHANNEL = Location("T1"), Location("T1", "C1")

every = st.builds(
    Defaults,
    metric=st.none() | st.sampled_from(Metric),
    top=st.none() | st.integers(1, 50),
    audience=st.none() | st.sampled_from(Audience),
    zone=st.none() | st.sampled_from(("UTC", "Europe/Berlin")),
)


@dataclass
class AnswerCache:
    """Settings in a dictionary."""

    texts: dict = field(default_factory=dict)
    by: set = field(default_factory=set)

    looks: int = 0
    fails: bool = False

    async def of_team(self, team_id):
        self.looks += 1
        await asyncio.sleep(0)
        if self.fails:
            raise ConnectionError
        found = {}
        for (scope, key), text in self.texts.items():
            if scope.team_id == team_id:
                found.setdefault(scope, {})[key] = text
        return found

    async def set(self, scope, key, value, *, by, now):
        assert isinstance(value, str)
        self.texts[scope, key] = value
        self.by.add((by, now))

    async def clear(self, scope, key):
        self.texts.pop((scope, key), None)


@pytest.fixture
def kept():
    return AnswerCache()


@pytest.fixture
def preferences(kept, clock):
    return Preferences(kept, clock)


async def test_nothing_is_set_at_first(preferences):
    assert await preferences.defaults("T1", "C1") == UNSET


async def test_a_channel_goes_before_its_workspace(preferences, kept, clock):
    await preferences.save(TEAM, Defaults(metric=Metric.COST, top=5), by="U1")
    await preferences.save(CHANNEL, Defaults(metric=Metric.TOKENS), by="U2")

    assert await preferences.defaults("T1", "C1") == Defaults(
        metric=Metric.TOKENS, top=5
    )
    assert await preferences.defaults("T1", "C2") == Defaults(metric=Metric.COST, top=5)
    assert await preferences.defaults("T2", "C1") == UNSET
    assert kept.by == {("U1", clock.now()), ("U2", clock.now())}


async def test_what_is_taken_back_is_unset(preferences):
    await preferences.save(TEAM, Defaults(metric=Metric.COST, top=5), by="U1")

    await preferences.save(TEAM, Defaults(top=7), by="U1")

    assert await preferences.of(TEAM) == Defaults(top=7)


async def test_preferences__keeps_watch_list_and_operations_channel(
    preferences, kept, clock
):
    wanted = Defaults(
        watched=frozenset({"anthropic", "openai/gpt-5"}), operations_channel="C9"
    )

    await preferences.save(TEAM, wanted, by="U1")

    assert kept.texts[TEAM, "operations_channel"] == "C9"
    assert await Preferences(kept, clock).defaults("T1", "C1") == wanted


async def test_other_settings_are_left_alone(preferences, kept):
    kept.texts[TEAM, "other"] = "C9"

    await preferences.save(TEAM, UNSET, by="U1")

    assert kept.texts == {(TEAM, "other"): "C9"}
    assert await preferences.of(TEAM) == UNSET


async def test_save__leaves_alone_what_others_set_at_the_same_moment(
    preferences, kept, clock
):
    other = Preferences(kept, clock)
    await other.of(TEAM)
    await other.of(CHANNEL)
    await preferences.save(TEAM, Defaults(top=5), by="U1")
    await preferences.save(CHANNEL, Defaults(top=7), by="U1")

    other.note_command("T1", "/zenmux-dev")
    await other.keep_command("T1")
    await other.show_own_spend(CHANNEL, shown=True, by="U2")
    await preferences.save(TEAM, Defaults(top=9), by="U1")

    assert kept.texts == {
        (TEAM, "top"): "9",
        (TEAM, "command"): "/zenmux-dev",
        (CHANNEL, "top"): "7",
        (CHANNEL, "own_spend"): "True",
    }


@given(wider=every, narrower=every)
def test_nothing_set_here_means_what_is_set_around_it(wider, narrower):
    found = narrower.over(wider)

    for name in ("metric", "top", "audience", "zone"):
        here, around = getattr(narrower, name), getattr(wider, name)
        assert getattr(found, name) == (around if here is None else here)


@pytest.mark.parametrize(
    ("words", "base", "meaning"),
    [
        ("share", None, "share cost 8w top 5 public"),
        ("share tokens top 3 private", None, "share tokens 8w top 3 private"),
        ("help", None, "help"),
        ("why anthropic", None, "why cost 8w provider anthropic public"),
        (
            "leaderboard",
            "share tokens 2026-W46",
            "leaderboard tokens 2026-W46 top 5 public",
        ),
        ("7d", "share tokens 2026-W46", "share tokens 7d top 10 public"),
    ],
)
def test_defaults_hold_where_neither_words_nor_base_say_anything(
    words, base, meaning, clock
):
    today = clock.now().date()
    usual = Defaults(
        metric=Metric.COST, top=5, audience=Audience.PUBLIC, zone="Europe/Berlin"
    )
    before = None if base is None else parse(base, today=today)

    request = parse(words, today=today, base=before, usual=usual)

    assert canonical(request) == meaning


async def test_preferences__one_load_for_all_channels(preferences, kept):
    await preferences.save(CHANNEL, Defaults(top=5), by="U1")

    asked = (preferences.defaults("T1", f"C{number}") for number in range(50))
    found = await asyncio.gather(*asked)

    assert kept.looks == 1
    assert [each.top for each in found[:3]] == [None, 5, None]


async def test_preferences__failed_load_is_not_cached(preferences, kept):
    kept.fails = True
    with pytest.raises(ConnectionError):
        await preferences.defaults("T1", "C1")
    kept.fails = False

    assert await preferences.defaults("T1", "C1") == UNSET
