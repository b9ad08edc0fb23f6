"""Forms for a question, for defaults and for a key: drawn, filled in, read again."""

from __future__ import annotations

import pytest
from answer_worlds import AS_OF

from zenmux_bot.commands.defaults import UNSET, Defaults
from zenmux_bot.commands.queries import Audience
from zenmux_bot.core.measures import Metric
from zenmux_bot.render.ask_form import (
    ABOUT,
    QUESTION,
    AskState,
    build_ask_form,
    read_question,
)
from zenmux_bot.render.defaults_form import (
    CHANNEL,
    OWN_SPEND,
    WATCHED,
    OwnSpend,
    build_channel_form,
    build_workspace_form,
    read_defaults,
)
from zenmux_bot.render.forms import FormErrors
from zenmux_bot.render.key_form import KEY, KeyState, build_key_form, read_key
from zenmux_demo.workspace.inputs import initial_values
from zenmux_demo.workspace.validation import problems, view_problems

EVERY = Defaults(
    metric=Metric.COST,
    top=5,
    audience=Audience.PUBLIC,
    zone="Europe/Berlin",
    watched=frozenset({"openai", "anthropic/claude"}),
    operations_channel="C9",
)


def taken(form):
    """Return a form that Slack would take."""
    assert view_problems(form, "modal") == []
    assert problems(form["blocks"], "modal") == []
    return form


def filled(form, **changes):
    """Return the values of a form that was left as it is, but for some fields."""
    values = initial_values(taken(form)["blocks"])
    for name, change in changes.items():
        values[name][name].update(change)
    return values


def chosen(*names):
    return {"selected_options": [{"value": name} for name in names]}


def test_ask_form__global():
    form = taken(build_ask_form())

    assert form["title"]["text"] == "Ask ZenMux"
    assert form["blocks"][-1]["accessory"]["text"]["text"] == "New digest"


def test_ask_form__on_message():
    target = AskState("C1", "1.2", "https://r")

    form = taken(build_ask_form(target))

    assert form["title"]["text"] == "Reply with ZenMux"
    assert "for all to see" in form["blocks"][-1]["elements"][0]["text"]
    assert AskState.load(form["private_metadata"]) == target


@pytest.mark.parametrize(
    ("typed", "names", "question"),
    [
        (" share cost ", (), "share cost"),
        ("share", ("provider a", "provider b"), "share provider a provider b"),
        (None, ("name a/b",), "model name a/b"),
        (None, ("provider a",), "share provider a"),
        (None, (), ""),
    ],
)
def test_read_question__typed_and_chosen(typed, names, question):
    form = build_ask_form()
    values = filled(form, **{QUESTION: {"value": typed}, ABOUT: chosen(*names)})

    assert read_question(values) == question


@pytest.mark.parametrize("defaults", [UNSET, EVERY])
def test_read_defaults__an_untouched_form_changes_nothing(defaults):
    read = read_defaults(filled(build_workspace_form(defaults)))

    assert read.channel_id == ""
    assert read.over(UNSET) == defaults


@pytest.mark.parametrize(
    ("own_spend", "kept", "shown"),
    [
        (OwnSpend.KEEP, None, None),
        (OwnSpend.KEEP, True, True),
        (OwnSpend.OPEN, None, True),
        (OwnSpend.CLOSED, True, None),
    ],
)
def test_read_defaults__a_channel(own_spend, kept, shown):
    values = filled(
        build_channel_form(is_admin=True),
        **{
            CHANNEL: {"selected_conversation": "C7"},
            "zone": {"value": " new_york "},
            WATCHED: chosen("OpenAI"),
            OWN_SPEND: {"selected_option": {"value": own_spend.value}},
        },
    )

    read = read_defaults(values)

    assert read.channel_id == "C7"
    assert read.over(Defaults(own_spend=kept)) == Defaults(
        zone="America/New_York", watched=frozenset({"openai"}), own_spend=shown
    )


def test_build_channel_form__own_spend_is_for_administrators():
    form = build_channel_form(is_admin=False)

    assert OWN_SPEND not in {block["block_id"] for block in form["blocks"]}


@pytest.mark.parametrize("values", [{}, {"metric": None}, {"metric": {"metric": {}}}])
def test_read_defaults__of_another_shape(values):
    assert read_defaults(values).defaults == UNSET


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("berlni", "Did you mean Europe/Berlin"),
        ("qqqqqqq", "“qqqqqqq” isn't a known time zone."),
    ],
)
def test_read_defaults__unknown_zone(typed, hint):
    values = filled(build_workspace_form(UNSET), zone={"value": typed})

    with pytest.raises(FormErrors) as caught:
        read_defaults(values)

    assert list(caught.value.errors) == ["zone"]
    assert hint in caught.value.errors["zone"]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (KeyState(is_own=False), "the operator's ZenMux key. It is stored"),
        (KeyState(is_own=True, set_at=AS_OF, set_by="U1"), "set by <@U1>. (<!date^"),
    ],
)
def test_key_form__hides_key(state, words):
    form = build_key_form(state)

    assert words in form["blocks"][0]["text"]["text"]
    assert read_key(filled(form)) == ""
    assert read_key(filled(form, **{KEY: {"value": "sk-mg-v1-x"}})) == "sk-mg-v1-x"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({CHANNEL: {"selected_conversation": None}}, CHANNEL),
        ({"metric": {"selected_option": {"value": "euros"}}}, "metric"),
        ({"top": {"value": "0"}}, "top"),
        ({"top": {"value": "many"}}, "top"),
    ],
)
def test_read_defaults__says_what_cannot_be_taken_at_its_field(changes, field):
    chosen_channel = {CHANNEL: {"selected_conversation": "C7"}}
    values = filled(build_channel_form(is_admin=False), **chosen_channel | changes)

    with pytest.raises(FormErrors) as caught:
        read_defaults(values)

    assert list(caught.value.errors) == [field]


@pytest.mark.parametrize("text", ["", "null", "[", "5", "[1, 2, 3, 4]"])
def test_ask_state__load_of_what_is_none(text):
    assert AskState.load(text) is None


def test_ask_state__load_what_was_dumped():
    state = AskState("C1", "17.1", "https://hooks.slack.com/commands/1")

    assert AskState.load(state.dump()) == state
