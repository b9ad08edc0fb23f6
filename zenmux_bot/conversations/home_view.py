"""What a person's Home tab shows, before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from zenmux_bot.answers.status.view import StatusView
from zenmux_bot.commands.defaults import UNSET, Defaults
from zenmux_bot.conversations.key_info import KeyState
from zenmux_bot.digests.replies import DigestLine


@dataclass(frozen=True, slots=True)
class DigestList:
    """Some digests, the oldest first.

    Attributes:
        lines: Those that are shown.
        hidden: How many more there are.
    """

    lines: tuple[DigestLine, ...] = ()
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """What became of a button pressed on the tab.

    Attributes:
        text: What happened, in words.
        digest_id: The digest that it happened to; empty if it was none.
    """

    text: str
    digest_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """The Home tab of one person.

    Attributes:
        user_id: Whose it is.
        as_of: When this was so.
        is_admin: They administer the workspace or the bot.
        headline: What the last complete week was like; empty if that is not known.
        notice: What became of the last button, if one was pressed.
        own: Their digests.
        near: Other digests of channels that they are in.
        others: All other digests of the workspace; for administrators alone.
        defaults: What the workspace has set.
        health: How the bot is; for administrators alone, else None.
        key: Which ZenMux key the workspace asks with; for administrators alone, and
            None where no workspace brings one.
        missing: What could not be found out, each in words.
    """

    user_id: str
    as_of: datetime
    is_admin: bool = False
    headline: str = ""
    notice: Notice | None = None
    own: DigestList = field(default_factory=DigestList)
    near: DigestList = field(default_factory=DigestList)
    others: DigestList = field(default_factory=DigestList)
    defaults: Defaults = UNSET
    health: StatusView | None = None
    key: KeyState | None = None
    missing: tuple[str, ...] = ()
