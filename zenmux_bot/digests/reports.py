"""Digests as they stand, for those who keep them, as reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zenmux_bot.commands.digest_commands import Edit, ListAll, Verb
from zenmux_bot.commands.queries import DigestQuery
from zenmux_bot.digests import phrases
from zenmux_bot.digests.audit import AuditEntry
from zenmux_bot.digests.audit_report import point
from zenmux_bot.digests.delivery.entries import Entry
from zenmux_bot.digests.report_parts import button, command_about, sends, what_and_where
from zenmux_bot.digests.schedule import Days
from zenmux_bot.digests.subscriptions import Subscription, SubscriptionState
from zenmux_bot.digests.views import DigestLine, DigestView
from zenmux_bot.render.cut import cut
from zenmux_bot.render.numbers import UNKNOWN, plural
from zenmux_bot.render.report import Button, Cell, Column, Point, Report, Table

MAX_ROWS = 50
MAX_BUTTONS = 10
_FORM = DigestQuery.name
_RESULT = 120
"""Characters of a result in a table; the history shows it whole."""


def report_digest_view(view: DigestView, *, news: str = "") -> Report:
    """Return one digest whole.

    Args:
        view: The digest.
        news: What has just happened to it, one sentence.
    """
    shown = view.subscription
    is_active = shown.state is SubscriptionState.ACTIVE
    switch = Verb.PAUSE if is_active else Verb.RESUME
    changes = (Verb.SEND, switch, Verb.EDIT, Verb.DELETE) if view.may_change else ()
    finding = f"{news} {what_and_where(shown)}".strip()
    return Report(
        title=f"Digest {shown.id}: {view.state}",
        finding=f"{finding} The next sends:" if view.sends else finding,
        points=(
            Point("owner", view.owner),
            Point("last", _last(view)),
            Point("exceptions", phrases.exceptions(shown)),
        ),
        table=sends(view.sends, shown.schedule.zone) if view.sends else None,
        command=command_about(Verb.SHOW, shown),
        buttons=tuple(
            button(verb, shown) for verb in (Verb.PREVIEW, *changes, Verb.HISTORY)
        ),
    )


def report_list(lines: Sequence[DigestLine]) -> Report:
    """Return one's own digests and those of the channel."""
    command = f"digest {ListAll()}"
    new = Button(label="New digest", action="digest:form", command=_FORM)
    if not lines:
        return Report(
            title="Digests",
            finding="You have no digest yet, and this channel has none. A digest "
            "brings the market share to a channel every day, week or month.",
            command=command,
            buttons=(new,),
        )
    more = len(lines) - MAX_ROWS
    return Report(
        title="Digests",
        finding=f"{plural(len(lines), 'digest')}, yours and this channel's."
        + (f" The first {MAX_ROWS} are shown." if more > 0 else ""),
        table=_list(lines[:MAX_ROWS]),
        context=("times in each digest's own zone",),
        command=command,
        buttons=(
            new,
            *(
                Button(
                    label=f"Show {line.subscription.id}",
                    action=f"digest:show:{line.subscription.id}",
                    command=command_about(Verb.SHOW, line.subscription),
                )
                for line in lines[:MAX_BUTTONS]
            ),
        ),
    )


def report_history(
    subscription: Subscription,
    entries: Sequence[Entry],
    deeds: Sequence[AuditEntry],
    names: Mapping[str, str],
) -> Report:
    """Return what became of a digest, and who did what to it, the newest first."""
    zone = subscription.schedule.zone
    rows = tuple(
        (
            Cell(phrases.moment(entry.occurrence.at, zone)),
            Cell(phrases.period(entry.occurrence.days)),
            Cell(f"{phrases.result(entry, zone)}{' (by hand)' * entry.by_hand}"),
        )
        for entry in entries
    )
    table = Table(
        caption=f"History of digest {subscription.id}",
        columns=(
            Column("Due", said="due"),
            Column("Reports", said="reports"),
            Column("Result", is_wrapped=True),
        ),
        rows=rows,
    )
    return Report(
        title=f"History of digest {subscription.id}",
        finding=what_and_where(subscription)
        if rows
        else f"{what_and_where(subscription)} Nothing was due yet.",
        points=tuple(point(deed, names) for deed in deeds),
        table=table if rows else None,
        context=(f"times in {zone}",),
        command=command_about(Verb.HISTORY, subscription),
        buttons=(button(Verb.SHOW, subscription),),
    )


def report_not_sent(subscription: Subscription, days: Days, reason: str) -> Report:
    """Say that there is nothing to preview, because nothing would be sent."""
    return Report(
        title=f"Digest {subscription.id} would be skipped",
        finding=f"{phrases.period(days)}: {reason}.",
        command=command_about(Verb.PREVIEW, subscription),
        buttons=(button(Verb.EDIT, subscription),),
    )


def report_preview(subscription: Subscription, days: Days, words: str) -> Report:
    """Return a preview for where a message as such cannot be shown."""
    return Report(
        title=f"Preview of digest {subscription.id}",
        finding=f"{phrases.period(days)}. {words}",
        command=command_about(Verb.PREVIEW, subscription),
    )


def report_form(subscription: Subscription | None) -> Report:
    """Offer the form where none can be opened by itself."""
    if subscription is None:
        return Report(
            title="A new digest",
            finding="The form asks for channel, day, time and content. In words: "
            "digest create weekly mon 09:00 Europe/Berlin cost in #channel.",
            command=_FORM,
            buttons=(
                Button(label="Open the form", action="digest:form", command=_FORM),
            ),
        )
    return Report(
        title=f"Edit digest {subscription.id}",
        finding=f"{what_and_where(subscription)} In words: digest edit "
        f"{subscription.id}, then what is to be different.",
        command=f"digest {Edit(subscription.id)}",
        buttons=(button(Verb.EDIT, subscription),),
    )


def _last(view: DigestView) -> str:
    if view.last is None:
        return "nothing was due yet"
    period = phrases.period(view.last.occurrence.days)
    return f"{period}: {phrases.result(view.last, view.subscription.schedule.zone)}"


def _list(lines: Sequence[DigestLine]) -> Table:
    return Table(
        caption="Digests",
        columns=(
            Column("Digest"),
            Column("Channel", said="in"),
            Column("Content", is_wrapped=True),
            Column("When", is_wrapped=True),
            Column("State"),
            Column("Last", said="last", is_wrapped=True),
            Column("Next", said="next"),
        ),
        rows=tuple(_row(line) for line in lines),
    )


def _row(line: DigestLine) -> tuple[Cell, ...]:
    kept = line.subscription
    zone = kept.schedule.zone
    return (
        Cell(kept.id),
        Cell(phrases.channel(kept)),
        Cell(phrases.content(kept)),
        Cell(phrases.schedule(kept.schedule)),
        Cell(line.state),
        Cell(cut(phrases.result(line.last, zone), _RESULT)),
        Cell(phrases.moment(line.next.at, zone) if line.next else UNKNOWN),
    )
