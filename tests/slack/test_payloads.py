"""What Slack's requests say, whatever their shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.core.actors import Actor
from zenmux_bot.slack import payloads
from zenmux_bot.slack.payloads import (
    actor_in_thread,
    actor_of,
    command_text,
    team_of,
    writer_of,
)

ORG = {"team_id": None, "enterprise_id": "E1", "is_enterprise_install": True}


@pytest.mark.parametrize(
    ("body", "team"),
    [
        ({"team_id": "T1"}, "T1"),
        ({"team": {"id": "T1"}, "user": {"team_id": "T2"}}, "T1"),
        ({"team": None, "user": {"team_id": "T2"}}, "T2"),
        ({"team_id": "T9", "authorizations": [{"team_id": "T1"}]}, "T1"),
        ({"team_id": "T1", "authorizations": []}, "T1"),
        (
            {"team_id": "T9", "context_team_id": "T1", "authorizations": [ORG]},
            "T1",
        ),
        ({"team_id": "T1", "authorizations": [ORG]}, "T1"),
        ({"team": {"id": "T9"}, "view": {"app_installed_team_id": "T1"}}, "T1"),
        ({"view": {"app_installed_team_id": "E1", "team_id": "T1"}}, "T1"),
        ({}, ""),
    ],
)
def test_team_of(body, team):
    assert team_of(body) == team


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("model <http://z.ai|z.ai>", "model z.ai"),
        ("why <https://a.b/c|a.b/c> &amp; &lt;x&gt;", "why a.b/c & <x>"),
        ("<mailto:a@b.c|a@b.c>", "a@b.c"),
        (
            "digest create in <#C1|costs> <@U1|maya>",
            "digest create in <#C1|costs> <@U1|maya>",
        ),
        (None, ""),
    ],
)
def test_command_text(text, typed):
    assert command_text({"text": text}) == typed


def test_actor_of__a_command():
    body = {"team_id": "T1", "user_id": "U1", "channel_id": "D9", "text": "x"}

    assert actor_of(body) == Actor("T1", "U1", "D9")


def test_actor_in_thread__begins_one_below_a_public_message():
    container = {"channel_id": "C1", "message_ts": "1.2", "is_ephemeral": False}
    body = {"team": {"id": "T1"}, "user": {"id": "U1"}, "container": container}

    assert actor_in_thread(body).thread_ts == "1.2"
    container["is_ephemeral"] = True
    assert actor_in_thread(body).thread_ts is None


SHARED = {"team_id": "T1", "is_ext_shared_channel": True}


@pytest.mark.parametrize(
    ("body", "event", "is_external"),
    [
        ({"team_id": "T1"}, {"user": "U1"}, False),
        (SHARED, {"user": "U1", "user_team": "T1"}, False),
        (SHARED, {"user": "U1", "user_team": "T2"}, True),
        (SHARED, {"user": "U1", "team": "T2"}, True),
        (SHARED | {"enterprise_id": "E1"}, {"user": "U1", "user_team": "E1"}, False),
        ({"team_id": "T1"}, {"user": "USLACKBOT"}, True),
        ({"team_id": "T1"}, {"bot_id": "B1"}, True),
    ],
)
def test_writer_of__outsiders(body, event, is_external):
    assert writer_of(body, event).is_external is is_external


@pytest.mark.parametrize(
    ("event", "may_be"),
    [({"user_team": "T1"}, False), ({"team": "T1"}, True), ({}, True)],
)
def test_writer_of__team_is_no_proof(event, may_be):
    assert writer_of(SHARED, {"user": "U1", **event}).may_be_external is may_be


@pytest.mark.parametrize(
    ("body", "is_external"),
    [
        ({"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}}, False),
        ({"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T2"}}, True),
        (
            {
                "team": {"id": "T1"},
                "enterprise": {"id": "E1"},
                "user": {"id": "U1", "team_id": "T2"},
            },
            False,
        ),
    ],
)
def test_actor_of__outsiders(body, is_external):
    assert actor_of(body).is_external is is_external


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "team",
                    "user",
                    "view",
                    "event",
                    "container",
                    "channel",
                    "authorizations",
                    "id",
                    "state",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.text(max_size=4), json)
    | json.filter(lambda v: isinstance(v, dict))
)
def test_readers__take_any_shape(body):
    for read in (
        actor_of,
        actor_in_thread,
        team_of,
        command_text,
        payloads.form_values,
        payloads.form_metadata,
        payloads.is_org_wide,
        payloads.is_private,
        payloads.response_urls_of,
    ):
        read(body)
