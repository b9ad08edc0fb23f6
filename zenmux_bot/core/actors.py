"""People who ask, and places where messages go."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

SLACKBOT = "USLACKBOT"
"""The author of reminders: https://docs.slack.dev/reference/objects/user-object"""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a workspace: a thread, a channel, or the whole workspace.

    Attributes:
        team_id: The workspace.
        channel_id: The channel or direct message; empty: the whole workspace.
        thread_ts: The timestamp of the thread's first message; None: no thread.
        user_id: Who gets a direct message if nothing can be posted there; ignored in
            comparisons.
    """

    team_id: str
    channel_id: str = ""
    thread_ts: str | None = None
    user_id: str = field(default="", compare=False)

    @property
    def is_direct(self) -> bool:
        """Tell whether it is a direct message, not necessarily one with the bot."""
        return self.channel_id.startswith("D")


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who asks, and where they are.

    Attributes:
        team_id: The workspace whose installation is asked; others are never read or
            changed.
        user_id: The person.
        channel_id: Where they are, the default of commands that name no channel. Empty:
            in no channel, such as on the Home tab.
        thread_ts: The thread in it; None: in no thread.
        zone: The time zone of new digests there; None: the person's own.
        is_external: They are known to be from another company, in a shared channel, or
            an app.
        may_be_external: They write in a shared channel, and only their profile says
            which company they are from.
    """

    team_id: str
    user_id: str
    channel_id: str = ""
    thread_ts: str | None = None
    zone: str | None = None
    is_external: bool = False
    may_be_external: bool = False

    @property
    def location(self) -> Location:
        """Return where they are, as the place to answer in."""
        return Location(
            team_id=self.team_id,
            channel_id=self.channel_id,
            thread_ts=self.thread_ts,
            user_id=self.user_id,
        )

    @property
    def is_app(self) -> bool:
        """Tell whether it is an app and not a person, such as a workflow."""
        return not self.user_id.startswith(("U", "W")) or self.user_id == SLACKBOT

    def in_thread(self, thread_ts: str | None) -> Actor:
        """Return the same person in a thread of the channel."""
        return replace(self, thread_ts=thread_ts)
