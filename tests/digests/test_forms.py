from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from digest_worlds import spend_specs, whole_specs
from hypothesis import given

from zenmux_bot.commands.digest_commands import ALWAYS, EVERYONE
from zenmux_bot.digests.forms import (
    FormState,
    block_of,
    build_form,
    read_form,
    zone_options,
)
from zenmux_bot.digests.specs import Draft, default_spec
from zenmux_bot.render import limits
from zenmux_bot.render.forms import FormErrors
from zenmux_demo.workspace.inputs import initial_values
from zenmux_demo.workspace.validation import find_problems, find_view_problems

URL = "https://hooks.slack.com/commands/T1/2/3"
USUAL = default_spec("Europe/Berlin", "C1")


def chosen(*names):
    return {"selected_options": [{"value": name} for name in names]}


def filled(draft=None, **changes):
    """Return the values of a form that somebody left as it was, but for some."""
    view = build_form(draft or Draft(id="d-7kq3", spec=USUAL), response_url=URL)
    values = initial_values(view["blocks"])
    for name, change in changes.items():
        (report,) = values[name].values()
        report.update(change)
    return values


@given(spec=whole_specs | spend_specs)
def test_slack_takes_every_form(spec):
    for id_ in (None, "d-7kq3"):
        view = build_form(Draft(id=id_, spec=spec), response_url=URL)

        assert find_view_problems(view, "modal") == []
        assert find_problems(view["blocks"], "modal") == []
        assert len(view["private_metadata"]) <= limits.PRIVATE_METADATA


@given(spec=whole_specs | spend_specs)
def test_an_untouched_form_says_what_it_began_with(spec):
    # a new form begins with the channel that it is opened in
    read = replace(read_form(filled(Draft(spec=spec))), channel=spec.channel)
    assert read == spec


@given(spec=whole_specs | spend_specs)
def test_a_form_remembers_its_draft(spec):
    for id_ in (None, "d-7kq3"):
        state = FormState(Draft(id=id_, spec=spec), URL)

        assert FormState.load(state.dump()) == state


def test_a_new_form_begins_with_the_channel_it_is_opened_in():
    view = build_form(Draft(spec=USUAL), response_url=URL)
    values = initial_values(view["blocks"], here="C2")

    assert read_form(values).channel == "C2"


def test_a_form_for_a_direct_message_offers_direct_messages():
    draft = Draft(id="d-7kq3", spec=replace(USUAL, channel="D1"))
    element = build_form(draft, response_url=URL)["blocks"][0]["element"]

    assert element["initial_conversation"] == "D1"
    assert "im" in element["filter"]["include"]


@pytest.mark.parametrize(
    ("changes", "field", "expected"),
    [
        (
            {"providers": chosen("Moonshot   AI", "x-ai")},
            "providers",
            ("moonshot ai", "x-ai"),
        ),
        ({"providers": chosen()}, "providers", EVERYONE),
        ({"skip_below_pp": {"value": "0.50"}}, "skip_below_pp", Decimal("0.5")),
        ({"skip_below_pp": {"value": None}}, "skip_below_pp", ALWAYS),
        ({"top": {"value": "50"}}, "top", 50),
    ],
)
def test_what_is_filled_in_is_read(changes, field, expected):
    assert getattr(read_form(filled(**changes)), field) == expected


@pytest.mark.parametrize(
    ("changes", "blocks"),
    [
        ({"top": {"value": "0"}}, {"top"}),
        ({"top": {"value": "51"}}, {"top"}),
        ({"top": {"value": "2.5"}}, {"top"}),
        ({"top": {"value": "many"}}, {"top"}),
        ({"top": {"value": "NaN"}}, {"top"}),
        ({"skip_below_pp": {"value": "-1"}}, {"skip_below_pp"}),
        ({"skip_below_pp": {"value": "100.1"}}, {"skip_below_pp"}),
        ({"skip_below_pp": {"value": "sNaN"}}, {"skip_below_pp"}),
        (
            {"top": {"value": "0"}, "skip_below_pp": {"value": "-1"}},
            {"top", "skip_below_pp"},
        ),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(changes, blocks):
    with pytest.raises(FormErrors) as caught:
        read_form(filled(**changes))

    assert caught.value.errors.keys() == blocks
    assert all(words.endswith(".") for words in caught.value.errors.values())


def test_every_field_has_a_block():
    view = build_form(Draft(spec=USUAL), response_url=URL)
    there = {block["block_id"] for block in view["blocks"]}

    asked = USUAL.__dataclass_fields__.keys() - {"subject", "by_key"}
    assert {block_of(name) for name in asked} == there


def test_zones_fit_into_a_menu():
    assert zone_options(["Europe/Berlin"]) == [
        {
            "text": {"type": "plain_text", "text": "Europe/Berlin", "emoji": False},
            "value": "Europe/Berlin",
        }
    ]
