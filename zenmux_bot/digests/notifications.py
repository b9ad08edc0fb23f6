"""The sentences that owners and the operations channel get about digests.

Each says what happened and, where a person has to act, the command that mends it.
"""

from __future__ import annotations

from zenmux_bot.digests.schedule import Days, Occurrence
from zenmux_bot.digests.subscriptions import Subscription

NO_HISTORY = "Slack's answer was lost and I may not read the channel to look"
"""The reason of an entry that may or may not have been posted."""

NOT_LOOKED = "Slack's answer was lost, and so was every answer when I looked for it"
"""Likewise, when looking failed as long as it was tried."""

NEVER_ARRIVED = "Slack did not confirm the post, and it is not in the channel"
"""What a post is waiting for that is tried again."""

_CATCHES_UP = (
    "When it goes on, the newest one that came due meanwhile goes out, late; older "
    "ones do not."
)


def superseded(newest: Occurrence) -> str:
    """Return the reason of a missed occurrence."""
    return f"missed; only the newest, for {_days(newest.days)}, is sent"


def already_covered(occurrence: Occurrence) -> str:
    """Return the reason of an occurrence whose period went out before."""
    return f"{_days(occurrence.days)} went out before the schedule was changed"


def gave_up(reason: str) -> str:
    """Return the reason of an occurrence that was tried as long as allowed."""
    return f"gave up: {reason}"


def missed(subscription: Subscription, count: int, newest: Occurrence) -> str:
    """Say that older occurrences were missed and only the newest follows."""
    what = "one send" if count == 1 else f"{count} sends"
    return (
        f"I was away and missed {what} of digest {_name(subscription)}. Only the "
        f"newest, {_days(newest.days)}, follows. `/zenmux digest history "
        f"{subscription.id}` lists them."
    )


def skipped(subscription: Subscription, occurrence: Occurrence, reason: str) -> str:
    """Say that an occurrence was left out though nobody asked for that."""
    return (
        f"Digest {_name(subscription)} for {_days(occurrence.days)} was left out: "
        f"{reason}. {_send_again(subscription)}"
    )


def struggling(
    subscription: Subscription, occurrence: Occurrence, reason: str, hours: int
) -> str:
    """Say that several attempts failed and that more will follow."""
    return (
        f"Digest {_name(subscription)} for {_days(occurrence.days)} has not gone out "
        f"yet: {reason}. I keep trying for up to {hours} hours; you need not do "
        f"anything."
    )


def failed(subscription: Subscription, occurrence: Occurrence, reason: str) -> str:
    """Say that an occurrence will not be sent."""
    return (
        f"Digest {_name(subscription)} for {_days(occurrence.days)} did not go out: "
        f"{reason}. {_send_again(subscription)}"
    )


def unknown(subscription: Subscription, occurrence: Occurrence, reason: str) -> str:
    """Say that an occurrence may or may not have been posted."""
    return (
        f"I cannot tell whether digest {_name(subscription)} for "
        f"{_days(occurrence.days)} went out: {reason}. Please look into the channel. "
        f"{_send_again(subscription)} With the optional history scopes I look for "
        f"myself."
    )


def paused(
    subscription: Subscription,
    code: str,
    explanation: str,
    mend: str,
    failed: Occurrence | None = None,
) -> str:
    """Say that a subscription is paused, how to mend it, and what is sent then.

    Args:
        subscription: What is paused.
        code: Slack's error code.
        explanation: What is wrong.
        mend: What to type.
        failed: The occurrence that ran into it, which is not tried again by itself.
    """
    mend = mend.format(
        id=subscription.id, channel=subscription.channel_id, bot="@ZenMux"
    )
    lost = (
        ""
        if failed is None
        else f" The one for {_days(failed.days)} did not go out; after that "
        f"`/zenmux digest send {subscription.id}` sends it."
    )
    return (
        f"Digest {_name(subscription)} is paused: {explanation} (`{code}`). {mend} "
        f"{_CATCHES_UP}{lost}"
    )


def team_paused(code: str, explanation: str) -> str:
    """Say that all digests of a workspace are paused."""
    return (
        f"Your digests in this workspace are paused: {explanation} (`{code}`). An "
        f"administrator has to mend it; `/zenmux digest list` shows them, "
        f"`/zenmux digest resume ID` starts one again. {_CATCHES_UP} One that was on "
        f"its way when they were paused did not go out; `/zenmux digest send ID` "
        f"sends it."
    )


def _name(subscription: Subscription) -> str:
    return f"`{subscription.id}` in <#{subscription.channel_id}>"


def _days(days: Days) -> str:
    if days.first == days.last:
        return days.first.isoformat()
    return f"{days.first.isoformat()} to {days.last.isoformat()}"


def _send_again(subscription: Subscription) -> str:
    return f"`/zenmux digest send {subscription.id}` sends it now."
