"""What a person's Home tab shows, before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from zenmux_bot.answers.status.view import StatusView
from zenmux_bot.commands.defaults import Defaults
from zenmux_bot.conversations.key_info import KeyState
from zenmux_bot.digests.replies import DigestLine


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """The Home tab of one person.

    Attributes:
        user_id: Whose it is.
        is_admin: They administer the workspace or the bot.
        own: Their digests.
        near: Other digests of channels that they are in.
        others: All other digests of the workspace; for administrators alone.
        defaults: What the workspace has set.
        health: How the bot is; for administrators alone, else None.
        as_of: When this was so.
        key: Which ZenMux key the workspace asks with; for administrators alone, and
            None where no workspace brings one.
    """

    user_id: str
    is_admin: bool
    own: tuple[DigestLine, ...]
    near: tuple[DigestLine, ...]
    others: tuple[DigestLine, ...]
    defaults: Defaults
    health: StatusView | None
    as_of: datetime
    key: KeyState | None = None
