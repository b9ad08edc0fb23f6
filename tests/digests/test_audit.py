"""Digests as they are kept: their ids and keys, and who did what to them."""

from datetime import UTC, date, datetime
from itertools import cycle

import pytest
from examples import draft

from zenmux_bot.commands.defaults import UNSET, Defaults
from zenmux_bot.commands.queries import TOP, Audience
from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.audit import is_person
from zenmux_bot.digests.delivery.entries import Entry, Part
from zenmux_bot.digests.schedule import Days, Occurrence
from zenmux_bot.digests.specs import BadField
from zenmux_bot.digests.subscriptions import (
    NEXT_SENDS,
    SubscriptionState,
    readable_id,
    sends_of,
    who_paused,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("actor", "person"),
    [("U012AB", True), ("W9", True), ("zenmux", False), ("operator", False)],
)
def test_people_are_known_by_slacks_ids(actor, person):
    assert is_person(actor) is person
    paused = draft(paused_reason=actor, state=SubscriptionState.PAUSED)
    assert who_paused(paused) == (actor if person else None)


def test_what_is_not_paused_was_paused_by_nobody():
    assert who_paused(draft()) is None


def test_a_digest_that_is_paused_has_no_next_time():
    assert len(sends_of(draft(), NOW)) == NEXT_SENDS
    assert sends_of(draft(state=SubscriptionState.PAUSED), NOW) == ()


def test_an_id_is_drawn_character_by_character():
    drawn = cycle("bcdf")

    assert readable_id(lambda _alphabet: next(drawn)) == "d-bcdf"


def test_message_and_reply_have_keys_of_their_own():
    day = date(2026, 11, 15)
    due = Occurrence(nominal="2026-11-16", at=NOW, days=Days(first=day, last=day))
    keys = {
        part: Entry(
            id=1,
            subscription_id="d-7kq3",
            occurrence=due,
            part=part,
            retry_at=NOW,
            planned_at=NOW,
        ).key
        for part in Part
    }

    assert keys[Part.MAIN] == "d-7kq3:2026-11-16"
    assert len(set(keys.values())) == len(Part)


def test_a_wrong_field_says_which_it_is():
    error = BadField("top", "Too many.", allowed="At most 50.", suggestions=("a",))

    assert (error.field, error.problem, error.allowed, error.suggestions) == (
        *("top", "Too many.", "At most 50.", ("a",)),
    )


def test_narrow_defaults_go_before_wide_ones():
    wide = Defaults(metric=Metric.COST, top=5, zone="UTC")

    assert Defaults(top=20).over(wide) == Defaults(
        metric=Metric.COST, top=20, zone="UTC"
    )
    assert UNSET.over(wide) == wide


def test_beside_a_button_defaults_change_no_figures():
    every = Defaults(metric=Metric.COST, top=5, audience=Audience.PUBLIC, zone="UTC")

    assert every.for_buttons() == Defaults(top=TOP, zone="UTC")
    assert UNSET.for_buttons() == UNSET
