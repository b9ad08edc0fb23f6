"""What to do when Slack refuses a post: one table from error code to action.

https://docs.slack.dev/reference/methods/chat.postMessage#errors
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What a refusal leads to."""

    PAUSE = "pause"  # the subscription, at once
    CONFIRM = "confirm"  # the subscription, if it happens repeatedly
    PAUSE_TEAM = "pause_team"  # all of the workspace, at once
    CONFIRM_TEAM = "confirm_team"  # all of the workspace, if it happens repeatedly
    RETRY = "retry"  # nothing is paused; it may succeed later


TEAM_WIDE = frozenset({Action.PAUSE_TEAM, Action.CONFIRM_TEAM})
"""Actions that concern everything in a workspace, including direct messages."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An action, with the text for the owner.

    Attributes:
        action: What to do.
        explanation: What is wrong, to follow a colon.
        fix: What to type; ``{id}``, ``{channel}`` and ``{bot}`` are filled in.
    """

    action: Action
    explanation: str
    fix: str = ""


_RESUME = "then `/zenmux digest resume {id}`"
_ELSEWHERE = "or move it with `/zenmux digest edit {id}`"

_RULES = Refusal(
    Action.PAUSE,
    "the channel's posting rules don't let me post there",
    f"Allow {{bot}} to post in <#{{channel}}>, {_RESUME}, {_ELSEWHERE}.",
)
_POLICY = Refusal(
    Action.PAUSE_TEAM, "a policy or a missing scope of this workspace stops me"
)
_GONE = Refusal(Action.PAUSE_TEAM, "I was removed from this workspace")
_TOKEN = Refusal(Action.CONFIRM_TEAM, "Slack doesn't accept my token")

_TABLE = {
    "not_in_channel": Refusal(
        Action.PAUSE,
        "I'm not in the channel",
        f"Type `/invite {{bot}}` in <#{{channel}}>, {_RESUME}.",
    ),
    "is_archived": Refusal(
        Action.PAUSE,
        "the channel is archived",
        f"It resumes by itself when the channel is unarchived, {_ELSEWHERE}.",
    ),
    "channel_not_found": Refusal(
        Action.CONFIRM,
        "I can't see the channel; it was deleted or made private",
        f"Type `/invite {{bot}}` there, {_RESUME}, {_ELSEWHERE}.",
    ),
    "messages_tab_disabled": Refusal(
        Action.PAUSE,
        "direct messages to me are turned off",
        "Move it to a channel with `/zenmux digest edit {id}`.",
    ),
    **dict.fromkeys(
        (
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
            "restricted_action_non_threadable_channel",
            "restricted_action_thread_locked",
            "no_permission",
        ),
        _RULES,
    ),
    **dict.fromkeys(("account_inactive", "token_revoked"), _GONE),
    **dict.fromkeys(("invalid_auth", "not_authed"), _TOKEN),
    **dict.fromkeys(
        (
            "missing_scope",
            "app_access_restricted",
            "access_denied",
            "accesslimited",
            "ekm_access_denied",
            "enterprise_is_restricted",
            "two_factor_setup_required",
            "team_access_not_granted",
            "team_not_found",
        ),
        _POLICY,
    ),
}


TEAM_WIDE_CODES = frozenset(
    code for code, refusal in _TABLE.items() if refusal.action in TEAM_WIDE
)


def refusal_of(code: str) -> Refusal:
    """Return what to do about an error code.

    Slack adds codes over time. A post refused with an unknown one is retried until time
    is over, and then the owner is notified.
    """
    return _TABLE.get(code) or Refusal(Action.RETRY, "Slack refused it")
