"""What came of a command that made, changed, sent or asked for a digest, as reports."""

from __future__ import annotations

from zenmux_bot.commands.digest_commands import About, Ask, Edit, Verb
from zenmux_bot.core.zones import UTC_NAME
from zenmux_bot.digests import phrases
from zenmux_bot.digests.delivery.entries import Entry
from zenmux_bot.digests.report_parts import button, command_about, sends, what_and_where
from zenmux_bot.digests.schedule import Days
from zenmux_bot.digests.subscriptions import Subscription
from zenmux_bot.digests.views import DigestView
from zenmux_bot.render.context import command_line
from zenmux_bot.render.report import Button, Report


def report_created(view: DigestView) -> Report:
    """Return the answer to a new digest, with its next sends."""
    made = view.subscription
    return Report(
        title=f"Digest {made.id} is set up",
        finding=f"{what_and_where(made)} Each reports the last complete "
        f"{phrases.PERIODS[made.schedule.cadence]} (UTC). The next sends:",
        table=sends(view.sends, made.schedule.zone),
        context=(phrases.exceptions(made), *_zone_note(made)),
        command=command_about(Verb.SHOW, made),
        buttons=(
            button(Verb.PREVIEW, made),
            button(Verb.EDIT, made),
            button(Verb.DELETE, made),
        ),
    )


def report_deleted(subscription: Subscription) -> Report:
    """Say that a digest is gone, and how to have it back."""
    return Report(
        title=f"Digest {subscription.id} is deleted",
        finding=f"It no longer goes to {phrases.channel(subscription)} "
        f"{phrases.frequency(subscription.schedule)}. Its history is kept, and Undo "
        "brings it back.",
        command=command_about(Verb.RESTORE, subscription),
        buttons=(button(Verb.RESTORE, subscription),),
    )


def report_sending(subscription: Subscription, days: Days) -> Report:
    """Say that a digest is on its way because a person asked for it."""
    return Report(
        title=f"Digest {subscription.id} is on its way",
        finding=f"The digest of {phrases.period(days)} goes to "
        f"{phrases.channel(subscription)} within a minute. The history shows when it "
        "has gone out.",
        command=command_about(Verb.HISTORY, subscription),
        buttons=(button(Verb.HISTORY, subscription),),
    )


def report_sent_before(subscription: Subscription, earlier: Entry) -> Report:
    """Ask whether a period is to be sent once more."""
    result = phrases.result(earlier, subscription.schedule.zone)
    return Report(
        title=f"Send {subscription.id} again?",
        finding=f"The digest of {phrases.period(earlier.occurrence.days)} in "
        f"{phrases.channel(subscription)}: {result}. If you send it again, people "
        "there get it twice.",
        command=command_about(Verb.SHOW, subscription),
        buttons=(
            Button(
                label="Send again",
                action="digest:send",
                command=f"digest {About(Verb.SEND, subscription.id, again=True)}",
            ),
            button(Verb.PREVIEW, subscription),
        ),
    )


def report_asked(subscription: Subscription, wanted: About | Edit) -> Report:
    """Say that the owner gets to know what somebody wants."""
    return Report(
        title="The owner is asked",
        finding=f"The owner of digest {subscription.id} gets a direct message that "
        f"names you and {command_line(f'digest {wanted}')}.",
        command=f"digest {Ask(wanted)}",
        buttons=(button(Verb.SHOW, subscription),),
    )


def favour(user_id: str, subscription: Subscription, wanted: About | Edit) -> str:
    """Return what an owner is told that somebody else wants, as Slack's mrkdwn."""
    place = f"<#{subscription.channel_id}>"
    return (
        f"<@{user_id}> asks you to change digest `{subscription.id}` in {place}: "
        f"`{command_line(f'digest {wanted}')}` does it."
    )


def _zone_note(made: Subscription) -> tuple[str, ...]:
    """Say how to change a zone that may be there because no other was known."""
    if made.schedule.zone != UTC_NAME:
        return ()
    change = command_line(f"digest edit {made.id} Europe/Berlin")
    return (f"the time zone is UTC; {change} sets another",)
