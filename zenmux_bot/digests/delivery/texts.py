"""The notifications about deliveries, for owners and the operations channel.

Each says what happened and, if a person has to act, the command that fixes it.
"""

from __future__ import annotations

from zenmux_bot.core.periods import Span, day_words
from zenmux_bot.digests.delivery.entries import DigestPost, Post
from zenmux_bot.digests.schedule import Days, Occurrence
from zenmux_bot.digests.subscriptions import Subscription

NO_HISTORY = "Slack's reply was lost, and I can't read the channel to check"
"""The reason of an entry that may or may not have been posted."""

NOT_SEARCHED = "Slack's reply was lost, and every attempt to check the channel failed"
"""The reason if every search failed."""

NEVER_ARRIVED = "Slack did not confirm the post, and it is not in the channel"
"""The reason why a post is tried again."""

RATE_LIMITED = "Slack asked to wait"

EXPIRED = "it could not be posted in time"

_CATCHES_UP = (
    "When it is active again, the newest send that came due in the meantime goes out "
    "late; older ones don't."
)


def superseded(newest: Occurrence) -> str:
    """Return the reason for skipping a missed occurrence."""
    return f"missed; only the newest, for {_days(newest.days)}, is sent"


def already_covered(occurrence: Occurrence) -> str:
    """Return the reason for skipping a period that was sent before."""
    return f"{_days(occurrence.days)} went out before the schedule was changed"


def gave_up(reason: str) -> str:
    """Return the reason of an entry that was tried long enough."""
    return f"gave up: {reason}"


def missed(subscription: Subscription, count: int, newest: Occurrence) -> str:
    """Say that older occurrences were missed and only the newest follows."""
    what = "one send" if count == 1 else f"{count} sends"
    return (
        f"I was offline and missed {what} of digest {_name(subscription)}. Only the "
        f"newest, {_days(newest.days)}, goes out now. `/zenmux digest history "
        f"{subscription.id}` lists them."
    )


def skipped(subscription: Subscription, occurrence: Occurrence, reason: str) -> str:
    """Say that an occurrence was skipped without the owner asking for it."""
    return (
        f"Digest {_name(subscription)} for {_days(occurrence.days)} was skipped: "
        f"{reason}. {_send_now(subscription)}"
    )


def not_sent(post: Post, reason: str) -> str:
    """Say that a post was skipped or failed, and will not be retried."""
    return f"{subject(post)} was not sent: {reason}. {_afterwards(post)}".rstrip()


def struggling(post: Post, reason: str, hours: int) -> str:
    """Say that several attempts failed and that more will follow."""
    return (
        f"{subject(post)} has not gone out yet: {reason}. I keep trying for up to "
        f"{hours} hours; you don't need to do anything."
    )


def unknown(post: Post, reason: str) -> str:
    """Say that a post may or may not have been made."""
    return (
        f"{subject(post)} may or may not have been sent: {reason}. Please check the "
        f"channel. {_afterwards(post)} With the optional history scopes I can check "
        f"for myself."
    )


def paused(
    subscription: Subscription,
    code: str,
    explanation: str,
    fix: str,
    failed: Occurrence | None = None,
) -> str:
    """Say that a subscription is paused, how to fix it, and what is sent after that.

    Args:
        subscription: What is paused.
        code: Slack's error code.
        explanation: What is wrong.
        fix: What to type.
        failed: The occurrence that failed, which is not retried.
    """
    fix = fix.format(id=subscription.id, channel=subscription.channel_id, bot="@ZenMux")
    lost = (
        ""
        if failed is None
        else f" The one for {_days(failed.days)} did not go out; after that "
        f"`/zenmux digest send {subscription.id}` sends it."
    )
    return (
        f"Digest {_name(subscription)} is paused: {explanation} (`{code}`). {fix} "
        f"{_CATCHES_UP}{lost}"
    )


def refused(post: Post, code: str, explanation: str) -> str:
    """Say that Slack refused an outbound message permanently."""
    return f"{subject(post)} was not sent: {explanation} (`{code}`)."


def team_paused(code: str, explanation: str) -> str:
    """Say that all digests of a workspace are paused."""
    return (
        f"Your digests in this workspace are paused: {explanation} (`{code}`). An "
        f"admin has to fix this; `/zenmux digest list` shows them, "
        f"`/zenmux digest resume ID` resumes one. {_CATCHES_UP} One that was being "
        f"sent when they were paused did not go out; `/zenmux digest send ID` sends "
        f"it."
    )


def resumed(subscription: Subscription, following: str) -> str:
    """Say that a digest was resumed automatically.

    Args:
        subscription: The digest.
        following: When the next one goes out.
    """
    return (
        f"Digest {_name(subscription)} is active again. The newest send that came due "
        f"in the meantime, if any, goes out now. The next one goes out on {following}."
    )


def subject(post: Post) -> str:
    """Return what a notification is about, as the start of a sentence."""
    where = f"<#{post.channel_id}>"
    if isinstance(post, DigestPost):
        name = f"Digest `{post.subscription.id}` in {where}"
        return f"{name} for {_days(post.entry.occurrence.days)}"
    if post.channel_id.startswith(("U", "W", "D")):
        return f"{post.entry.message.subject} for you"
    return f"{post.entry.message.subject} for {where}"


def _afterwards(post: Post) -> str:
    return _send_now(post.subscription) if isinstance(post, DigestPost) else ""


def _name(subscription: Subscription) -> str:
    return f"`{subscription.id}` in <#{subscription.channel_id}>"


def _days(days: Days) -> str:
    if days.first == days.last:
        return day_words(days.first)
    return Span(days.first, days.last).in_words()


def _send_now(subscription: Subscription) -> str:
    return f"`/zenmux digest send {subscription.id}` sends it now."
