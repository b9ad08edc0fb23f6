"""The workspace one finds at the start: its people, its channels, its bot."""

from __future__ import annotations

from zenmux_demo.workspace.model import Channel, User

TEAM_ID = "T0WORKSPACE"
TEAM_DOMAIN = "workspace"
APP_ID = "A0ZENMUX001"
BOT_ID = "B0ZENMUX001"
BOT_USER_ID = "U0ZENMUX001"

MAYA = "U0MAYA00001"
TOMAS = "U0TOMAS0001"
YUKI = "U0YUKI00001"

GENERAL = "C0GENERAL01"
COSTS = "C0LLMCOSTS1"
PRIVATE = "C0FINANCE01"
ARCHIVED = "C0OLDNEWS01"
WITHOUT_BOT = "C0RESEARCH1"


def build_users(bot_name: str) -> list[User]:
    """Return three people, the first a workspace admin, and the bot."""
    return [
        User(id=MAYA, name="maya", real_name="Maya", tz="Europe/Berlin", is_admin=True),
        User(id=TOMAS, name="tomas", real_name="Tomás", tz="America/New_York"),
        User(id=YUKI, name="yuki", real_name="Yuki", tz="Asia/Tokyo"),
        User(id=BOT_USER_ID, name="zenmux", real_name=bot_name, tz="UTC", is_bot=True),
    ]


def build_channels() -> list[Channel]:
    """Return the channels: open, private, archived, without the bot, and direct."""
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
