"""Who may do what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zenmux_bot.commands.defaults import UNSET, Defaults
from zenmux_bot.core.actors import Actor, Location
from zenmux_bot.core.directory import Person
from zenmux_bot.errors import NotAllowed
from zenmux_bot.permissions import NOBODY, OPERATOR, Permissions

ADMIN, MEMBER, OUTSIDER, NAMED = "U0ADMIN", "U0MEMBER", "U0OUTSIDER", "U0NAMED"
OPEN, CLOSED = "C0OPEN", "C0CLOSED"


class People:
    async def person(self, team_id, user_id):
        return Person(
            id=user_id,
            name=user_id,
            zone="UTC",
            is_admin=user_id == ADMIN,
            is_external=user_id == OUTSIDER,
        )


class Channels:
    def __init__(self):
        self.kept = {Location("T1", OPEN): Defaults(own_spend=True)}

    async def shows_own_spend(self, channel):
        return bool(
            self.kept.get(
                Location(channel.team_id, channel.channel_id), UNSET
            ).own_spend
        )

    async def show_own_spend(self, channel, *, shown, by):
        self.kept[channel] = Defaults(own_spend=shown)


@pytest.fixture
def permissions():
    return Permissions(People(), {NAMED}, Channels())


def actor(user, channel=CLOSED, **more):
    return replace(Actor("T1", user, channel), **more)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (actor(ADMIN), True),
        (actor(NAMED), True),
        (actor(MEMBER), False),
        (actor(OUTSIDER), False),
        (actor(ADMIN, is_external=True), False),
        (actor(NAMED, is_external=True), False),
    ],
)
async def test_is_admin(permissions, who, expected):
    assert await permissions.is_admin(who) is expected


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (actor(ADMIN), True),
        (actor(MEMBER), False),
        (actor(MEMBER, OPEN), True),
        (actor(MEMBER, ""), False),
        (actor(OUTSIDER, OPEN), False),
        (actor(MEMBER, OPEN, is_external=True), False),
        (actor(MEMBER, OPEN, team_id="T2"), False),
    ],
)
async def test_may_see_own_account(permissions, who, expected):
    assert await permissions.may_see_own_account(who) is expected


async def test_open_channel__by_an_administrator(permissions):
    await permissions.open_channel(actor(ADMIN), CLOSED, is_open=True)
    assert await permissions.may_see_own_account(actor(MEMBER, CLOSED))

    await permissions.open_channel(actor(ADMIN), CLOSED, is_open=False)
    assert not await permissions.may_see_own_account(actor(MEMBER, CLOSED))


async def test_open_channel__by_others(permissions):
    with pytest.raises(NotAllowed) as refused:
        await permissions.open_channel(actor(MEMBER), CLOSED, is_open=True)

    assert refused.value.of_admins
    assert not await permissions.is_open(Location("T1", CLOSED))


async def test_terminal():
    await OPERATOR.check_admin(None)
    with pytest.raises(NotAllowed):
        await NOBODY.check_admin(actor(ADMIN))
