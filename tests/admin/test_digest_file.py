"""Digests as code: what a file may say, and what it changes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
import yaml
from examples import draft
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.admin.digest_file import (
    BadFile,
    compare,
    declare,
    describe,
    document,
    read_document,
)
from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.schedule import Cadence, Schedule
from zenmux_bot.digests.subscriptions import DigestSubject, SubscriptionState, WhenEmpty

ENTRY = declare(draft(id="d-2345"))


def read(*entries: dict):
    return read_document({"version": 1, "digests": list(entries)})


schedules = st.one_of(
    st.builds(
        Schedule,
        cadence=st.just(Cadence.WEEKLY),
        weekday=st.integers(0, 6),
        hour=st.integers(0, 23),
        minute=st.integers(0, 59),
        zone=st.sampled_from(["Europe/Berlin", "UTC", "America/New_York"]),
    ),
    st.builds(
        Schedule,
        cadence=st.just(Cadence.MONTHLY),
        day=st.integers(1, 31),
        hour=st.integers(0, 23),
        zone=st.just("Asia/Tokyo"),
    ),
    st.builds(
        Schedule,
        cadence=st.just(Cadence.DAILY),
        hour=st.integers(0, 23),
        zone=st.just("UTC"),
    ),
)
specs = st.fixed_dictionaries(
    {
        "schedule": schedules,
        "metric": st.sampled_from(Metric),
        "top": st.integers(1, 50),
        "providers": st.lists(
            st.text("abc: #-'\"", min_size=1), max_size=10, unique=True
        ).map(tuple),
        "skip_below_pp": st.none() | st.decimals(0, 100, places=2),
        "when_empty": st.sampled_from(WhenEmpty),
        "channel_name": st.text(),
        "subject": st.sampled_from(DigestSubject),
        "by_key": st.booleans(),
    }
)


@given(specs, st.booleans())
def test_digest_file__what_is_written_is_read_again(spec, paused):
    state = SubscriptionState.PAUSED if paused else SubscriptionState.ACTIVE
    reason = "is_archived" if paused else None
    kept = draft(id="d-2345", state=state, paused_reason=reason, **spec)

    [found] = read_document(yaml.safe_load(yaml.safe_dump(document([kept]))))

    assert found.id == "d-2345"
    assert found.fits(kept)
    assert compare([kept], [found]).same == (kept,)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"metric": "euros"}, "metric: expected one of tokens, cost"),
        ({"cadence": "hourly"}, "cadence: expected one of daily, weekly, monthly"),
        ({"weekday": "someday"}, "weekday: expected one of mon"),
        ({"weekday": None}, "weekday None for weekly"),
        ({"at": "9 o'clock"}, 'at: expected a text such as "09:00"'),
        ({"at": 540}, 'at: expected a text such as "09:00"'),
        ({"at": "25:00"}, "at: expected"),
        ({"zone": "Europe/Atlantis"}, "unknown time zone"),
        ({"zone": 5}, "zone: expected a text such as Europe/Berlin"),
        ({"top": 0}, "top: expected a number from 1 to 50"),
        ({"top": True}, "top: expected a number from 1 to 50"),
        ({"top": "10"}, "top: expected a number from 1 to 50"),
        ({"skip_below_pp": "little"}, "skip_below_pp: expected a number"),
        ({"skip_below_pp": "nan"}, "skip_below_pp: expected a number"),
        ({"channel": "#llm-costs"}, "channel: expected a text such as C012AB3CD"),
        ({"owner": "maya"}, "owner: expected"),
        ({"workspace": ""}, "workspace: expected"),
        ({"id": "1; drop"}, "id: expected a text such as d-7kq3"),
        ({"state": "deleted"}, "state: expected active or paused"),
        ({"color": "red"}, "color: unknown"),
        ({"providers": "openai"}, "providers: expected a list such as"),
        ({"providers": [1]}, "providers: expected a list such as"),
        ({"providers": list("abcdefghijk")}, "providers: expected a list such as"),
        ({"by_key": "yes"}, "by_key: expected true or false"),
    ],
)
def test_digest_file__what_is_wrong_is_named_with_its_place(changes, line):
    with pytest.raises(BadFile) as caught:
        read(ENTRY, ENTRY | changes)

    assert f"digest 2: {line}" in str(caught.value)


def test_digest_file__file_of_an_earlier_version_names_one_provider():
    [before] = read(ENTRY | {"provider": "openai"})
    [now] = read(ENTRY | {"providers": ["openai"]})

    assert before == now


def test_digest_file__everything_wrong_is_said_at_once():
    with pytest.raises(BadFile) as caught:
        read({}, "nonsense", ENTRY | {"top": 99})

    assert len(str(caught.value).splitlines()) == 7 + 1 + 1


def test_digest_file__id_may_stand_there_once():
    with pytest.raises(BadFile, match="d-2345: twice in the file"):
        read(ENTRY, ENTRY)


@pytest.mark.parametrize("loaded", [None, [], {"digests": []}, {"version": 2}])
def test_digest_file__another_file_is_refused(loaded):
    with pytest.raises(BadFile, match="version"):
        read_document(loaded)


def test_digest_file__changes_are_shown_as_a_diff():
    changed = draft(id="d-2346", channel_name="finance")
    left = draft(id="d-2347", channel_name="general")
    same = draft(id="d-2348", channel_name="four")
    there = [changed, left, same]
    wanted = read(
        declare(draft(id="d-2345")),
        declare(replace(changed, top=20, skip_below_pp=Decimal("0.5"))),
        declare(same),
    )

    assert describe(compare(there, wanted)) == [
        "+ d-2345 #llm-costs (T1) cost weekly mon 09:00 Europe/Berlin",
        "~ d-2346 #finance (T1) cost weekly mon 09:00 Europe/Berlin",
        "    top: 10 → 20",
        "    skip_below_pp: – → 0.5",
        "  d-2347 #general (T1) cost weekly mon 09:00 Europe/Berlin stays",
        "1 to add, 1 to change, 1 unchanged, 1 not in the file",
    ]


def test_digest_file__of_two_alike_without_an_id_each_finds_its_own():
    there = [draft(id="d-2345"), draft(id="d-2346")]
    nameless = {name: value for name, value in ENTRY.items() if name != "id"}

    changes = compare(there, read(nameless, nameless, nameless))

    assert (len(changes.same), len(changes.additions)) == (2, 1)


def test_digest_file__file_without_digests_is_refused():
    with pytest.raises(BadFile, match="digests: expected a list"):
        read_document({"version": 1, "digests": {}})


def test_digest_file__what_a_file_leaves_out_is_the_usual():
    usual = {"top", "when_empty", "state", "name"}

    [found] = read({name: v for name, v in ENTRY.items() if name not in usual})

    assert found.fits(draft(channel_name=""))
