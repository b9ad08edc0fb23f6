"""Who asks, and where an answer goes."""

import pytest

from zenmux_bot.core.actors import SLACKBOT, Actor, Location


def test_actor__is_where_they_ask():
    actor = Actor("T1", "U1", "C1").in_thread("17.1")

    assert actor.location == Location("T1", "C1", "17.1", "U1")


@pytest.mark.parametrize(("channel", "direct"), [("D1", True), ("C1", False)])
def test_location__is_direct(channel, direct):
    assert Location("T1", channel).is_direct is direct


@pytest.mark.parametrize(
    ("user", "expected"), [("U1", False), ("W1", False), ("B1", True), (SLACKBOT, True)]
)
def test_actor__is_app(user, expected):
    assert Actor("T1", user).is_app is expected
