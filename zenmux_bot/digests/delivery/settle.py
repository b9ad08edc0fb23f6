"""The state machine of docs/delivery.md: what follows from an attempt's outcome.

Delivery changes entries only through :func:`settle`. The owner is notified of what is
not sent, unless the subscription asked for that. Replies to digests cause no
notifications; their results are in the history.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from zenmux_bot.digests.delivery import texts
from zenmux_bot.digests.delivery.context import Context, DeliverySettings
from zenmux_bot.digests.delivery.entries import (
    DigestPost,
    Notification,
    Part,
    Pause,
    Post,
    Posted,
    State,
    Transition,
)
from zenmux_bot.digests.delivery.slack_errors import (
    TEAM_WIDE,
    Action,
    Refusal,
    refusal_of,
)

_MAX_FAILURES = 3
"""Failures in a row after which the owner is notified, or a refusal is final."""

_FIRST_PAUSE = timedelta(seconds=15)
_LONGEST_PAUSE = timedelta(minutes=30)
_MOST_DOUBLINGS = 10

# Until the ledger has it, only this process knows that a post was sent, so an
# unavailable database is retried for about a minute.
_SETTLE_PAUSES_S = (0.5, 2.0, 8.0, 20.0, 30.0)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """It is in Slack."""

    posted: Posted


@dataclass(frozen=True, slots=True)
class Skipped:
    """It is not sent; ``notify`` if the owner did not ask for that."""

    reason: str
    notify: bool = False


@dataclass(frozen=True, slots=True)
class Postponed:
    """What it needs is not available yet; this does not count as a failure."""

    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt failed; a later one may succeed."""

    reason: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """It will never be sent."""

    reason: str


@dataclass(frozen=True, slots=True)
class RateLimited:
    """Slack asked to wait, and posted nothing."""

    retry_after: timedelta


@dataclass(frozen=True, slots=True)
class Rejected:
    """Slack refused it with an error code, and posted nothing."""

    code: str


@dataclass(frozen=True, slots=True)
class InDoubt:
    """It may have been posted or may still arrive, so it is searched for later."""

    retry_after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class NotFound:
    """A search, after it could no longer arrive, did not find it."""


@dataclass(frozen=True, slots=True)
class SearchFailed:
    """It may have been posted, and the search failed."""

    retry_after: timedelta | None = None
    """How long Slack asked to wait, if that is why."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """It may have been posted, and the bot may not read the channel."""


Outcome = (
    Sent
    | Skipped
    | Postponed
    | Failed
    | GivenUp
    | RateLimited
    | Rejected
    | InDoubt
    | NotFound
    | SearchFailed
    | Unreadable
)
"""The outcome of one attempt."""


async def settle(context: Context, post: Post, outcome: Outcome) -> Post | None:
    """Record an outcome; return None if the entry was changed in the meantime."""
    now = context.clock.now()
    step, text = transition(post, outcome, now, context.settings)
    if text:
        step = replace(
            step, notifications=await _notifications(context, post, step, text)
        )
    if step.state is State.FAILED:
        log.error("delivery.failed", key=post.entry.key, reason=step.reason)
    if step.state is State.SENT:
        return await _record_sent(context, post, step)
    return await context.ledger.apply(post, step)


def transition(  # noqa: C901, PLR0911 - one case for each outcome
    post: Post, outcome: Outcome, now: datetime, settings: DeliverySettings
) -> tuple[Transition, str]:
    """Return the step for an outcome, and the notification of the owner."""
    entry, attempt = post.entry, _Attempt(post, now, settings.patience)
    match outcome:
        case Sent(posted):
            return Transition(state=State.SENT, at=now, posted=posted), ""
        case Skipped(reason, notify):
            step = Transition(state=State.SKIPPED, at=now, reason=reason)
            return step, texts.not_sent(post, reason) if notify else ""
        case Postponed(reason, until):
            return attempt.again(reason, until, failures=0)
        case Failed(reason):
            return attempt.failed(reason, backoff(entry.failures + 1))
        case GivenUp(reason):
            return attempt.end(State.FAILED, reason, texts.not_sent(post, reason))
        case RateLimited(retry_after):
            failures = attempt.failures_after_wait()
            if attempt.is_over(failures):
                return attempt.give_up(texts.RATE_LIMITED)
            until = now + retry_after
            return attempt.again(texts.RATE_LIMITED, until, failures=failures)
        case Rejected(code):
            return attempt.rejected(code)
        case InDoubt(retry_after):
            until = now + max(settings.doubt, retry_after)
            return attempt.in_doubt(until, entry.failures), ""
        case NotFound():
            return attempt.failed(texts.NEVER_ARRIVED, backoff(entry.failures))
        case SearchFailed(retry_after):
            return attempt.search_failed(retry_after, settings.doubt)
        case Unreadable():
            reason = texts.NO_HISTORY
            return attempt.end(State.UNKNOWN, reason, texts.unknown(post, reason))


@dataclass(frozen=True, slots=True)
class _Attempt:
    """Steps that are shared by several outcomes."""

    post: Post
    now: datetime
    patience: timedelta

    @property
    def deadline(self) -> datetime:
        """Until when it is tried at least; for a digest, counted from its planning."""
        if isinstance(self.post, DigestPost):
            return self.post.entry.planned_at + self.patience
        expires_at = self.post.entry.message.expires_at
        return expires_at or self.post.entry.planned_at + self.patience

    def is_over(self, failures: int) -> bool:
        """Tell whether it was tried both long enough and often enough.

        After long downtime the time is over, but nothing has been tried yet.
        """
        return self.now >= self.deadline and failures >= _MAX_FAILURES

    def failures_after_wait(self) -> int:
        """Count the failures after a rate limit, which count once the time is over."""
        is_in_time = self.now < self.deadline
        return self.post.entry.failures + (0 if is_in_time else 1)

    def again(
        self, reason: str, retry_at: datetime, *, failures: int
    ) -> tuple[Transition, str]:
        """Make it due again."""
        step = Transition(
            state=State.DUE,
            at=self.now,
            reason=reason,
            retry_at=retry_at,
            failures=failures,
        )
        return step, ""

    def failed(self, reason: str, pause: timedelta) -> tuple[Transition, str]:
        """Try again later, or give up when time is over."""
        failures = self.post.entry.failures + 1
        if self.is_over(failures):
            return self.give_up(reason)
        step, _ = self.again(reason, self.now + pause, failures=failures)
        if failures != _MAX_FAILURES:
            return step, ""
        hours = int(self.patience / timedelta(hours=1))
        return step, texts.struggling(self.post, reason, hours)

    def give_up(self, reason: str) -> tuple[Transition, str]:
        """End it after it was tried long enough."""
        reason = texts.gave_up(reason)
        return self.end(State.FAILED, reason, texts.not_sent(self.post, reason))

    def end(self, state: State, reason: str, text: str) -> tuple[Transition, str]:
        """End it, with a notification."""
        return Transition(state=state, at=self.now, reason=reason), text

    def in_doubt(self, until: datetime, failures: int) -> Transition:
        """Keep the claim, so that a worker searches for the post after ``until``."""
        return Transition(
            state=State.CLAIMED, at=self.now, retry_at=until, failures=failures
        )

    def search_failed(
        self, retry_after: timedelta | None, doubt: timedelta
    ) -> tuple[Transition, str]:
        """Search again later, or give up when time is over."""
        failures = (
            self.post.entry.failures + 1
            if retry_after is None
            else self.failures_after_wait()
        )
        if self.is_over(failures):
            reason = texts.NOT_SEARCHED
            return self.end(State.UNKNOWN, reason, texts.unknown(self.post, reason))
        until = self.now + max(doubt, retry_after or timedelta(0))
        return self.in_doubt(until, failures), ""

    def rejected(self, code: str) -> tuple[Transition, str]:
        """Act on a refusal as the table of error codes says."""
        refusal = refusal_of(code)
        reason = f"{refusal.explanation} ({code})"
        if refusal.action is Action.RETRY:
            return self.failed(reason, backoff(self.post.entry.failures + 1))
        if _is_reply(self.post):
            return self.end(State.FAILED, reason, "")
        must_confirm = refusal.action in {Action.CONFIRM, Action.CONFIRM_TEAM}
        if must_confirm and self.post.entry.failures + 1 < _MAX_FAILURES:
            return self.failed(reason, backoff(self.post.entry.failures + 1))
        return self.pause(code, refusal, reason)

    def pause(self, code: str, refusal: Refusal, reason: str) -> tuple[Transition, str]:
        """End it, and pause the digests that the refusal concerns."""
        post, whole_team = self.post, refusal.action in TEAM_WIDE
        step = Transition(state=State.FAILED, at=self.now, reason=reason)
        words = (
            texts.team_paused(code, refusal.explanation)
            if whole_team
            else _paused(post, code, refusal)
        )
        if whole_team or isinstance(post, DigestPost):
            pause = Pause(reason=code, text=words, whole_team=whole_team)
            step = replace(step, pause=pause)
        if isinstance(post, DigestPost):
            return step, words
        return step, texts.refused(post, code, refusal.explanation)


def _paused(post: Post, code: str, refusal: Refusal) -> str:
    if not isinstance(post, DigestPost):
        return ""
    return texts.paused(
        post.subscription,
        code,
        refusal.explanation,
        refusal.fix,
        failed=post.entry.occurrence,
    )


async def _notifications(
    context: Context, post: Post, step: Transition, text: str
) -> tuple[Notification, ...]:
    """Address a text to the owner and the operations channel, except for replies."""
    if _is_reply(post):
        return ()
    channel = await context.operations.channel_of(post.team_id)
    # The pause notifies the owners with the same text.
    pause_tells_owner = step.pause is not None and isinstance(post, DigestPost)
    recipients = [] if pause_tells_owner else [post.owner_id]
    recipients += [channel] if channel else []
    return tuple(
        Notification(recipient=to, text=text) for to in dict.fromkeys(recipients)
    )


async def _record_sent(context: Context, post: Post, step: Transition) -> Post | None:
    """Record a sent post, retrying while the database fails."""
    for pause in _SETTLE_PAUSES_S:
        try:
            return await context.ledger.apply(post, step)
        except Exception as error:  # noqa: BLE001 - any database error
            log.warning("delivery.settle_retry", key=post.entry.key, error=repr(error))
            await context.sleep(pause)
    return await context.ledger.apply(post, step)


def _is_reply(post: Post) -> bool:
    return isinstance(post, DigestPost) and post.entry.part is Part.REPLY


def backoff(failures: int) -> timedelta:
    """Return how long to wait after a number of failures in a row."""
    if failures == 0:
        return timedelta(0)
    doublings = min(failures - 1, _MOST_DOUBLINGS)
    return min(_FIRST_PAUSE * (1 << doublings), _LONGEST_PAUSE)
