"""Who may do what with digests, where Slack's answers are made up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from zenmux_bot.core.actors import Actor
from zenmux_bot.core.directory import ChannelInfo, Person
from zenmux_bot.digests.specs import BadField, default_spec, new_subscription
from zenmux_bot.errors import NotAllowed
from zenmux_bot.permissions import Permissions

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OWNER, ADMIN, STRANGER = "U0OWNER", "U0ADMIN", "U0STRANGER"


@dataclass
class Directory:
    """Three people and one channel."""

    there: ChannelInfo | None = field(
        default_factory=lambda: ChannelInfo(id="C1", name="costs")
    )
    members: frozenset[str] = frozenset({OWNER})

    async def channel(self, team_id, channel_id):
        return self.there

    async def person(self, team_id, user_id):
        names = {OWNER: "Maya", ADMIN: "Tomás", STRANGER: "Yuki"}
        return Person(
            id=user_id, name=names[user_id], zone="UTC", is_admin=user_id == ADMIN
        )

    async def is_in(self, team_id, channel_id, user_id):
        return user_id in self.members


def asker(user_id):
    return Actor(team_id="T1", user_id=user_id, channel_id="C1")


def permissions_with(directory, admins):
    return Permissions(directory, admins)


def digest():
    spec = default_spec("UTC", "C1")
    return new_subscription(spec, team_id="T1", owner_id=OWNER, now=NOW)


@pytest.mark.parametrize(
    ("user", "expected"), [(OWNER, True), (ADMIN, True), (STRANGER, False)]
)
async def test_owner_and_administrators_may_change_a_digest(user, expected):
    permissions = permissions_with(Directory(), ())

    assert await permissions.may_change(asker(user), digest()) is expected


async def test_the_bots_own_administrators_may_too():
    permissions = permissions_with(Directory(), [STRANGER])

    await permissions.check_change(asker(STRANGER), digest())


async def test_others_hear_whose_it_is():
    with pytest.raises(NotAllowed, match="belongs to Maya"):
        await permissions_with(Directory(), ()).check_change(asker(STRANGER), digest())


@pytest.mark.parametrize(
    ("channel", "user", "expected"),
    [
        (ChannelInfo(id="C1", name="costs"), STRANGER, True),
        (ChannelInfo(id="C1", name="secret", is_private=True), STRANGER, False),
        (ChannelInfo(id="C1", name="secret", is_private=True), ADMIN, True),
        (None, STRANGER, False),
        (None, OWNER, True),
    ],
)
async def test_private_channels_are_the_business_of_those_in_them(
    channel, user, expected
):
    permissions = permissions_with(Directory(channel), ())

    assert await permissions.may_see(asker(user), digest()) is expected


@pytest.mark.parametrize(
    ("channel", "why"),
    [
        (None, "can't see"),
        (ChannelInfo(id="C1", name="secret", is_private=True), "can't see"),
        (ChannelInfo(id="C1", name="costs", is_archived=True), "#costs is archived"),
        (ChannelInfo(id="C1", name="costs", is_member=False), "I'm not in #costs"),
        (
            ChannelInfo(id="C1", name="costs", is_restricted=True),
            "posting rules of #costs",
        ),
    ],
)
async def test_a_channel_that_cannot_be_posted_to_says_why_and_what_to_try(
    channel, why
):
    permissions = permissions_with(Directory(channel), ())

    with pytest.raises(BadField, match=why) as caught:
        await permissions.check_channel(asker(STRANGER), "C1", again="digest create")

    assert caught.value.field == "channel"
    assert caught.value.allowed.endswith("then try again.")
    assert caught.value.suggestions == ("digest create",)


async def test_an_open_channel_is_given_back():
    permissions = permissions_with(Directory(), ())

    channel = await permissions.check_channel(
        asker(STRANGER), "C1", again="digest create"
    )

    assert channel.name == "costs"
