"""What Slack says of channels and people."""

from __future__ import annotations

from dataclasses import replace

import aiohttp
import pytest
from clocks import ManualClock
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.core.directory import ChannelInfo, Person
from zenmux_bot.errors import SlackFault
from zenmux_bot.slack.directory import SlackDirectory, read_channel, read_person
from zenmux_demo.main import read_manifest
from zenmux_demo.workspace.faults import Fail, Page
from zenmux_demo.workspace.seed import (
    ARCHIVED,
    BOT_USER_ID,
    COSTS,
    MAYA,
    PRIVATE,
    TEAM_ID,
    TOMAS,
    WITHOUT_BOT,
    YUKI,
    direct_channel,
)
from zenmux_demo.workspace.server import SlackStandIn


@pytest.fixture
async def slack():
    async with SlackStandIn(
        clock=ManualClock(), manifest=read_manifest()
    ).running() as stand_in:
        yield stand_in


@pytest.fixture
async def directory(slack):
    async def bot_id(_team_id):
        return BOT_USER_ID

    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            token=slack.bot_token,
            base_url=slack.api_url,
            session=session,
            retry_handlers=[],
        )
        yield SlackDirectory(lambda _: client, bot_id)


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        (COSTS, ChannelInfo(id=COSTS, name="llm-costs")),
        (WITHOUT_BOT, ChannelInfo(id=WITHOUT_BOT, name="research", is_member=False)),
        (ARCHIVED, ChannelInfo(id=ARCHIVED, name="old-news", is_archived=True)),
        (PRIVATE, ChannelInfo(id=PRIVATE, name="finance", is_private=True)),
        (
            direct_channel(MAYA),
            ChannelInfo(id=direct_channel(MAYA), name="", is_private=True),
        ),
        ("C0NOWHERE00", None),
    ],
)
async def test_channel__as_the_bot_sees_it(directory, channel, expected):
    assert await directory.channel(TEAM_ID, channel) == expected


async def test_a_channel_that_the_scopes_hide_is_not_seen(directory, slack):
    slack.faults.script("conversations.info", Fail("missing_scope"))

    assert await directory.channel(TEAM_ID, COSTS) is None


@pytest.mark.parametrize("fault", [Fail("internal_error"), Fail("odd"), Page(502)])
async def test_no_answer_is_no_answer(directory, slack, fault):
    slack.faults.script("conversations.info", fault)

    with pytest.raises(SlackFault):
        await directory.channel(TEAM_ID, COSTS)


@pytest.mark.parametrize(
    ("user", "person"),
    [
        (MAYA, Person(id=MAYA, name="maya", zone="Europe/Berlin", is_admin=True)),
        (TOMAS, Person(id=TOMAS, name="tomas", zone="America/New_York")),
    ],
)
async def test_person__reads_profile(directory, user, person):
    assert await directory.person(TEAM_ID, user) == person


@pytest.mark.parametrize(
    ("channel", "user", "expected"),
    [
        (PRIVATE, TOMAS, True),
        (PRIVATE, YUKI, False),
        (direct_channel(MAYA), MAYA, True),
        (direct_channel(MAYA), TOMAS, False),
    ],
)
async def test_membership(directory, channel, user, expected):
    assert await directory.is_in(TEAM_ID, channel, user) is expected


async def test_is_in__reads_every_page(directory, slack):
    crowd = {f"U0CROWD{number:04}" for number in range(5200)}
    slack.state.channels[COSTS].members |= crowd

    assert await directory.is_in(TEAM_ID, COSTS, "U0CROWD5199")
    assert not await directory.is_in(TEAM_ID, COSTS, "U0NOBODY000")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, False),
        ({"is_read_only": True}, True),
        ({"is_thread_only": True}, True),
        ({"properties": {"posting_restricted_to": {"type": ["admin"]}}}, True),
        ({"properties": {"posting_restricted_to": {"type": []}}}, False),
        (
            {
                "is_read_only": True,
                "properties": {"posting_restricted_to": {"user": [BOT_USER_ID]}},
            },
            False,
        ),
        (
            {
                "is_read_only": True,
                "properties": {"posting_restricted_to": {"type": ["admin"]}},
            },
            True,
        ),
    ],
)
def test_posting_rules_are_read(rules, expected):
    channel = {"id": "C1", "name": "announcements", "is_member": True, **rules}

    assert read_channel(channel, BOT_USER_ID).is_restricted is expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"is_private": True}, True),
        ({"is_private": True, "is_member": False}, False),
        ({"is_private": False}, False),
        ({"is_im": True}, True),
    ],
)
def test_who_sees_a_private_channel_is_in_it(said, expected):
    assert read_channel({"id": "C1", **said}, BOT_USER_ID).is_member is expected


async def test_no_more_people_are_listed_than_administrators_are_wanted(
    directory, slack
):
    tomas = slack.core.state.users[TOMAS]
    strangers = (replace(tomas, id=f"U0STRANGER{n}") for n in range(1200))
    slack.core.state.users |= {each.id: each for each in strangers}

    def listings():
        return len([call for call in slack.calls if call.method == "users.list"])

    assert await directory.admins(TEAM_ID, 1) == [MAYA]
    assert listings() == 1
    assert await directory.admins(TEAM_ID, 2) == [MAYA]
    assert listings() == 3


async def test_of_people_that_the_scopes_hide_only_the_id_is_known(directory, slack):
    slack.faults.script("users.info", Fail("missing_scope"))

    assert await directory.person(TEAM_ID, MAYA) == Person(
        id=MAYA, name=MAYA, zone="UTC"
    )


@pytest.mark.parametrize(
    ("user", "person"),
    [
        ({}, Person(id="U1", name="U1", zone="UTC")),
        ({"tz": "EST", "name": "x"}, Person(id="U1", name="x", zone="UTC")),
        (
            {"profile": {"display_name": "", "real_name": "Yuki"}, "is_owner": True},
            Person(id="U1", name="Yuki", zone="UTC", is_admin=True),
        ),
        (
            {"is_admin": True, "team_id": "T2"},
            Person(id="U1", name="U1", zone="UTC", is_external=True),
        ),
        (
            {"is_owner": True, "team_id": "T1", "is_stranger": True},
            Person(id="U1", name="U1", zone="UTC", is_external=True),
        ),
        (
            {"is_admin": True, "team_id": "T2", "enterprise_user": {"teams": ["T1"]}},
            Person(id="U1", name="U1", zone="UTC", is_admin=True),
        ),
        (
            {"is_admin": True, "deleted": True},
            Person(id="U1", name="U1", zone="UTC", is_deactivated=True),
        ),
    ],
)
def test_people_of_whom_little_is_said(user, person):
    assert read_person(user, "U1", "T1") == person
