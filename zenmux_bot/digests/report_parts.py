"""What reports about digests have in common."""

from __future__ import annotations

from collections.abc import Sequence

from zenmux_bot.commands.digest_commands import Verb
from zenmux_bot.digests import phrases
from zenmux_bot.digests.schedule import Occurrence
from zenmux_bot.digests.subscriptions import Subscription
from zenmux_bot.render.report import Button, Cell, Column, Table

_LABELS = {
    Verb.SHOW: "Show",
    Verb.PREVIEW: "Preview",
    Verb.SEND: "Send now",
    Verb.PAUSE: "Pause",
    Verb.RESUME: "Resume",
    Verb.EDIT: "Edit",
    Verb.DELETE: "Delete",
    Verb.RESTORE: "Undo",
    Verb.HISTORY: "History",
}


def what_and_where(subscription: Subscription) -> str:
    """Say what a digest brings, where to and when."""
    what = phrases.content(subscription)
    return (
        f"{what[0].upper()}{what[1:]} goes to {phrases.channel(subscription)} "
        f"{phrases.schedule(subscription.schedule)}."
    )


def sends(following: Sequence[Occurrence], zone: str) -> Table:
    """Return the next sends, local to a zone."""
    return Table(
        caption=f"Next sends ({zone})",
        columns=(Column(f"Send ({zone})"), Column("Reports", said="reports")),
        rows=tuple(
            (Cell(phrases.moment(each.at, zone)), Cell(phrases.period(each.days)))
            for each in following
        ),
    )


def button(verb: Verb, subscription: Subscription) -> Button:
    """Return the button that does something with a digest."""
    return Button(
        label=_LABELS[verb],
        action=f"digest:{verb}",
        command=command_about(verb, subscription),
    )


def command_about(verb: Verb, subscription: Subscription) -> str:
    """Return the command that does something with a digest."""
    return f"digest {verb} {subscription.id}"
