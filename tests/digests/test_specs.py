from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal

import pytest
from digest_worlds import specs, whole_specs
from hypothesis import given

from zenmux_bot.commands.digest_commands import (
    ALWAYS,
    EVERYONE,
    About,
    Create,
    DigestSpec,
    Edit,
    Verb,
)
from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.schedule import Cadence, Schedule
from zenmux_bot.digests.specs import (
    Draft,
    apply,
    default_spec,
    new_subscription,
    over,
    spec_of,
)
from zenmux_bot.digests.subscriptions import SubscriptionState, WhenEmpty

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
USUAL = default_spec("Europe/Berlin", "C1")


def made(spec=USUAL):
    return new_subscription(spec, team_id="T1", owner_id="U1", now=NOW)


def test_a_digest_of_which_nothing_is_said_has_the_usual():
    subscription = made(over(DigestSpec(), USUAL))

    assert subscription.schedule == Schedule(
        cadence=Cadence.WEEKLY, weekday=0, hour=9, zone="Europe/Berlin"
    )
    assert subscription.metric is Metric.COST
    assert subscription.top == 10
    assert subscription.providers == ()
    assert subscription.skip_below_pp is None
    assert subscription.when_empty is WhenEmpty.SAY
    assert subscription.state is SubscriptionState.ACTIVE
    assert (subscription.channel_id, subscription.owner_id) == ("C1", "U1")
    assert subscription.created_at == subscription.updated_at == NOW


@pytest.mark.parametrize(
    ("spec", "cadence", "weekday", "day"),
    [
        (DigestSpec(), Cadence.WEEKLY, 0, None),
        (DigestSpec(cadence=Cadence.WEEKLY, weekday=4), Cadence.WEEKLY, 4, None),
        (DigestSpec(cadence=Cadence.DAILY), Cadence.DAILY, None, None),
        (DigestSpec(cadence=Cadence.MONTHLY), Cadence.MONTHLY, None, 1),
        (DigestSpec(cadence=Cadence.MONTHLY, day=31), Cadence.MONTHLY, None, 31),
    ],
)
def test_another_cadence_begins_with_its_usual_day(spec, cadence, weekday, day):
    whole = over(spec, USUAL)

    assert (whole.cadence, whole.weekday, whole.day) == (cadence, weekday, day)


def test_an_edit_keeps_what_it_does_not_name():
    stored = replace(
        made(replace(USUAL, providers=("x-ai",), skip_below_pp=Decimal("0.5"))),
        id="d-7kq3",
        channel_name="llm-costs",
        state=SubscriptionState.PAUSED,
        revision=7,
    )

    changed = apply(DigestSpec(at=time(17, 30)), stored)

    assert changed == replace(
        stored, schedule=replace(stored.schedule, hour=17, minute=30)
    )


def test_what_is_taken_back_is_gone():
    stored = made(replace(USUAL, providers=("x-ai",), skip_below_pp=Decimal("0.5")))

    changed = apply(DigestSpec(providers=EVERYONE, skip_below_pp=ALWAYS), stored)

    assert (changed.providers, changed.skip_below_pp) == ((), None)


@given(spec=whole_specs)
def test_a_subscription_fulfils_the_wish_it_was_made_of(spec):
    assert spec_of(made(spec)) == spec


@given(spec=specs, base=whole_specs)
def test_what_is_said_holds_over_what_was(spec, base):
    whole = over(spec, base)

    for name in (
        "at",
        "zone",
        "metric",
        "channel",
        "top",
        "providers",
        "skip_below_pp",
    ):
        said = getattr(spec, name)
        assert getattr(whole, name) == (getattr(base, name) if said is None else said)
    assert over(DigestSpec(), whole) == whole


def test_a_new_form_creates_what_it_says():
    assert Draft(spec=USUAL).submitted(USUAL) == Create(USUAL)


def test_a_form_changes_only_what_differs():
    draft = Draft(id="d-7kq3", spec=USUAL)

    assert draft.submitted(replace(USUAL, top=5)) == Edit("d-7kq3", DigestSpec(top=5))


def test_a_form_that_changes_the_day_says_the_cadence_with_it():
    draft = Draft(id="d-7kq3", spec=USUAL)
    friday = replace(USUAL, weekday=4)

    assert draft.submitted(friday) == Edit(
        "d-7kq3", DigestSpec(cadence=Cadence.WEEKLY, weekday=4)
    )


def test_a_form_that_changes_nothing_shows_the_digest():
    draft = Draft(id="d-7kq3", spec=USUAL)

    assert draft.submitted(USUAL) == About(Verb.SHOW, "d-7kq3")


@given(before=whole_specs, after=whole_specs)
def test_a_submitted_form_leads_to_what_was_filled_in(before, after):
    command = Draft(id="d-7kq3", spec=before).submitted(after)

    changes = command.spec if isinstance(command, Edit) else DigestSpec()
    assert over(changes, before) == after
