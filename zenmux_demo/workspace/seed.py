"""The workspace one finds at the start: its people, its channels, its bot."""

from __future__ import annotations

from zenmux_demo.workspace.model import Channel, User

TEAM_ID = "T0WORKSPACE"
TEAM_DOMAIN = "workspace"
ENTERPRISE_ID = "E0ENTERPRISE"
OTHER_TEAM_ID = "T0PARTNER01"
APP_ID = "A0ZENMUX001"
BOT_ID = "B0ZENMUX001"
BOT_USER_ID = "U0ZENMUX001"

# What workflows and reminders post under; a reminder is Slackbot's.
WORKFLOW_BOT_ID = "B0WORKFLOW1"
SLACKBOT = "USLACKBOT"

MAYA = "U0MAYA00001"
TOMAS = "U0TOMAS0001"
YUKI = "U0YUKI00001"
OUTSIDER = "U0PARTNER01"

GENERAL = "C0GENERAL01"
COSTS = "C0LLMCOSTS1"
PRIVATE = "C0FINANCE01"
ARCHIVED = "C0OLDNEWS01"
WITHOUT_BOT = "C0RESEARCH1"
SHARED = "C0PARTNER01"

# Conversations that the bot is not in and cannot see. Slash commands and message
# shortcuts come from them all the same, and their ids look like those of its own:
# https://github.com/slackapi/bolt-js/issues/365
# https://github.com/slackapi/python-slack-sdk/issues/734
BETWEEN_PEOPLE = "D0MAYATOMAS"
TO_ONESELF = "D0MAYASELF1"
GROUP_DIRECT = "C0MPIM00001"


def build_users(bot_name: str) -> list[User]:
    """Return three people, the first a workspace admin, an outsider, and the bot."""
    return [
        User(id=MAYA, name="maya", real_name="Maya", tz="Europe/Berlin", is_admin=True),
        User(id=TOMAS, name="tomas", real_name="Tomás", tz="America/New_York"),
        User(id=YUKI, name="yuki", real_name="Yuki", tz="Asia/Tokyo"),
        # What an outsider is at home says nothing here, but users.info tells it.
        User(
            id=OUTSIDER,
            name="pat",
            real_name="Pat (Partner)",
            tz="Europe/London",
            is_admin=True,
            foreign_team_id=OTHER_TEAM_ID,
        ),
        User(id=BOT_USER_ID, name="zenmux", real_name=bot_name, tz="UTC", is_bot=True),
    ]


def build_channels() -> list[Channel]:
    """Return conversations of every kind, with the bot and without."""
    people = {MAYA, TOMAS, YUKI}
    with_bot = people | {BOT_USER_ID}
    return [
        Channel(id=GENERAL, name="general", members=set(with_bot)),
        Channel(id=COSTS, name="llm-costs", members=set(with_bot)),
        Channel(id=WITHOUT_BOT, name="research", members=set(people)),
        Channel(
            id=PRIVATE,
            name="finance",
            kind="private",
            members={MAYA, TOMAS, BOT_USER_ID},
        ),
        Channel(id=ARCHIVED, name="old-news", members=set(with_bot), is_archived=True),
        Channel(
            id=SHARED,
            name="partner",
            members={MAYA, OUTSIDER, BOT_USER_ID},
            is_shared=True,
        ),
        Channel(
            id=BETWEEN_PEOPLE, name="directmessage", kind="im", members={MAYA, TOMAS}
        ),
        Channel(id=TO_ONESELF, name="directmessage", kind="im", members={MAYA}),
        Channel(
            id=GROUP_DIRECT,
            name="mpdm-maya--tomas--yuki-1",
            kind="mpim",
            members=set(people),
        ),
        *(
            Channel(
                id=direct_channel(person),
                name="directmessage",
                kind="im",
                members={person, BOT_USER_ID},
            )
            for person in (MAYA, TOMAS, YUKI)
        ),
    ]


def direct_channel(user: str) -> str:
    """Return the id of a person's direct message with the bot."""
    return "D" + user[1:]
