"""Replies to digest commands: a digest's state, lists, history and confirmations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from zenmux_bot.commands.digest_commands import (
    About,
    Ask,
    Edit,
    ListAll,
    ListAudit,
    Verb,
)
from zenmux_bot.commands.queries import DigestQuery
from zenmux_bot.core.zones import UTC_NAME
from zenmux_bot.digests import phrases
from zenmux_bot.digests.audit import THE_BOT, THE_OPERATOR, AuditEntry
from zenmux_bot.digests.delivery.entries import Entry, State
from zenmux_bot.digests.schedule import Days, Occurrence
from zenmux_bot.digests.subscriptions import Subscription, SubscriptionState
from zenmux_bot.render.limits import cut
from zenmux_bot.render.numbers import UNKNOWN, plural
from zenmux_bot.render.report import (
    Button,
    Cell,
    Choice,
    Column,
    Menu,
    Point,
    Report,
    Table,
    command_line,
)

MAX_ROWS = 50
_FORM = DigestQuery.name
_RESULT = 120
"""Characters of a result in a table; the history shows all of it."""

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
    Verb.TAKEOVER: "Take over",
}
_DONE = {
    "digest.create": "created it",
    "digest.import": "imported it",
    "digest.edit": "changed it",
    "digest.send": "sent it",
    "digest.pause": "paused it",
    "digest.resume": "resumed it",
    "digest.delete": "deleted it",
    "digest.restore": "restored it",
    "digest.takeover": "took it over",
    **{
        f"alert.{verb}": done
        for verb, done in (
            ("create", "created it"),
            ("edit", "changed its rule"),
            ("snooze", "snoozed it"),
            ("expected", "marked a day as expected"),
            ("pause", "paused it"),
            ("resume", "resumed it"),
            ("delete", "deleted it"),
        )
    },
    "key.set": "set the ZenMux key",
    "key.name": "named an API key",
    "spend.allow": "opened a channel for own spend",
    "spend.deny": "closed a channel for own spend",
    "budget.set": "set a budget",
    "budget.delete": "deleted a budget",
    "key.clear": "removed the ZenMux key",
}
_ACTORS = {THE_BOT: "ZenMux (the bot)", THE_OPERATOR: "the bot's operator"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """One digest, on its own or in a list.

    Attributes:
        subscription: The digest.
        state: Whether it is active, in words.
        last: The newest entry of its history, if any.
        sends: The next times; none while it is not active.
        owner: The owner's name; empty if it was not looked up.
        may_change: The reader may change it.
        is_orphaned: Its owner has left the workspace.
    """

    subscription: Subscription
    state: str
    last: Entry | None
    sends: tuple[Occurrence, ...] = ()
    owner: str = ""
    may_change: bool = False
    is_orphaned: bool = False


def report_created(view: DigestView) -> Report:
    """Return the answer to a new digest, with its next sends."""
    made = view.subscription
    return Report(
        title=f"Digest {made.id} is set up",
        finding=f"{what_and_where(made)} Each one reports the last complete "
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


def report_saved(view: DigestView, changes: str) -> Report:
    """Return the answer to an edit: the digest now, and what was changed."""
    saved = view.subscription
    plan = saved.schedule
    when = f"{phrases.frequency(plan)} {phrases.clock(plan)}"
    return report_digest_view(
        view,
        title=f"Saved: {when} in {phrases.channel(saved)}",
        news=f"Changed: {changes}." if changes else "Nothing was different.",
    )


def report_digest_view(view: DigestView, *, title: str = "", news: str = "") -> Report:
    """Return one digest with all its details.

    Args:
        view: The digest.
        title: The title, if not its id and state.
        news: What has just happened to it, in one sentence.
    """
    shown = view.subscription
    is_active = shown.state is SubscriptionState.ACTIVE
    first, switch = (Verb.SEND, Verb.PAUSE) if is_active else (Verb.RESUME, Verb.SEND)
    changes = (first, Verb.DELETE) if view.may_change else ()
    more = (Verb.EDIT, switch) if view.may_change else ()
    takeover = (Verb.TAKEOVER,) if view.is_orphaned else ()
    finding = f"{news} {what_and_where(shown)}".strip()
    left = " (has left the workspace)" if view.is_orphaned else ""
    return Report(
        title=title or f"Digest {shown.id}: {view.state}",
        finding=finding,
        points=(
            Point("Owner", f"{view.owner}{left}"),
            Point("Last", _last(view)),
            Point("Exceptions", phrases.exceptions(shown)),
        ),
        table=sends(view.sends, shown.schedule.zone) if view.sends else None,
        command=command_about(Verb.SHOW, shown),
        buttons=tuple(
            button(verb, shown)
            for verb in (*changes, Verb.PREVIEW, *more, *takeover, Verb.HISTORY)
        ),
    )


def report_list(lines: Sequence[DigestView], *, of_all: bool = False) -> Report:
    """Return the reader's digests and those of the channel, or of the workspace."""
    command = f"digest {ListAll()}"
    new = Button(label="New digest", action="digest:form", command=_FORM)
    nobody = "You have no digests yet, and neither has this channel."
    whose = "yours and this channel's"
    if of_all:
        nobody, whose = "This workspace has no digests yet.", "all of this workspace"
    if not lines:
        return Report(
            title="Digests",
            finding=f"{nobody} A digest posts the market share to a channel every "
            "day, week or month.",
            command=command,
            buttons=(new,),
        )
    more = len(lines) - MAX_ROWS
    return Report(
        title="Digests",
        finding=f"{plural(len(lines), 'digest')}, {whose}."
        + (f" The first {MAX_ROWS} are shown." if more > 0 else "")
        + _orphaned(lines),
        table=_list(lines[:MAX_ROWS]),
        context=("times in each digest's own zone",),
        command=command,
        buttons=(new,),
        menus=(
            Menu(
                label="Show one…",
                action=f"digest:{Verb.SHOW}",
                choices=tuple(
                    Choice(
                        f"{each.id}: {phrases.content(each)}, {phrases.channel(each)}",
                        command_about(Verb.SHOW, each),
                    )
                    for each in (line.subscription for line in lines[:MAX_ROWS])
                ),
            ),
        ),
    )


def report_history(
    subscription: Subscription,
    entries: Sequence[Entry],
    done: Sequence[AuditEntry],
    names: Mapping[str, str],
) -> Report:
    """Return the history and the audit entries of a digest, newest first."""
    zone = subscription.schedule.zone
    rows = tuple(
        (
            Cell(phrases.plain_moment(entry.occurrence.at, zone)),
            Cell(phrases.period(entry.occurrence.days)),
            Cell(f"{phrases.result(entry, zone)}{' (by hand)' * entry.by_hand}"),
        )
        for entry in entries
    )
    table = Table(
        caption=f"History of digest {subscription.id}",
        columns=(
            Column("Due", said="due", is_wrapped=True),
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
        points=tuple(point(each, names, zone) for each in done),
        table=table if rows else None,
        context=(f"all times in {zone}",),
        command=command_about(Verb.HISTORY, subscription),
        buttons=(button(Verb.SHOW, subscription),),
    )


def report_audit(
    done: Sequence[AuditEntry], names: Mapping[str, str], zone: str
) -> Report:
    """Return the audit log of a workspace, newest first."""
    return Report(
        title="Audit log",
        finding=f"The last {plural(len(done), 'change')} in this workspace."
        if done
        else "Nothing was changed in this workspace yet.",
        table=_audit_table(done, names, zone) if done else None,
        context=(f"all times in {zone}", "kept for 400 days"),
        command=f"digest {ListAudit()}",
        buttons=(
            Button(
                label="Digests", action="digest:list", command=f"digest {ListAll()}"
            ),
        ),
    )


def report_deleted(subscription: Subscription) -> Report:
    """Say that a digest is deleted, and how to restore it."""
    return Report(
        title=f"Digest {subscription.id} is deleted",
        finding=f"It no longer goes to {phrases.channel(subscription)} "
        f"{phrases.frequency(subscription.schedule)}. Its history is kept, and Undo "
        "brings it back.",
        command=command_about(Verb.RESTORE, subscription),
        buttons=(button(Verb.RESTORE, subscription),),
    )


def report_sending(subscription: Subscription, days: Days) -> Report:
    """Say that a digest is being sent on request."""
    return Report(
        title=f"Digest {subscription.id} is on its way",
        finding=f"The digest of {phrases.period(days)} goes to "
        f"{phrases.channel(subscription)} within a minute, or as soon as its data are "
        "in. The history shows when it has gone out.",
        command=command_about(Verb.HISTORY, subscription),
        buttons=(button(Verb.HISTORY, subscription),),
    )


def report_open(subscription: Subscription, waiting: Entry, now: datetime) -> Report:
    """Say what an unsent digest is waiting for, and offer to send it anyway."""
    zone = subscription.schedule.zone
    period = phrases.period(waiting.occurrence.days)
    if waiting.state is State.CLAIMED or not waiting.reason:
        return report_sending(subscription, waiting.occurrence.days)
    following = phrases.hour(max(waiting.retry_at, now), zone, now)
    until = phrases.hour(waiting.deadline, zone, now)
    return Report(
        title=f"Digest {subscription.id} is waiting",
        finding=f"The digest of {period} has not gone out yet: {waiting.reason}. I try "
        f"again at {following}, and at {until} ({zone}) at the latest it goes out "
        "with the data that are in.",
        command=command_about(Verb.HISTORY, subscription),
        buttons=(
            _send_again("Send without waiting", subscription),
            button(Verb.PREVIEW, subscription),
            button(Verb.HISTORY, subscription),
        ),
    )


def report_sent_before(subscription: Subscription, earlier: Entry) -> Report:
    """Ask whether to send a period again."""
    result = phrases.result(earlier, subscription.schedule.zone)
    is_sent = earlier.state is State.SENT
    if_again = (
        "If you send it again, people there get it twice."
        if is_sent
        else "Please check the channel; if it is there, people would get it twice."
    )
    return Report(
        title=f"Send {subscription.id}{' again' * is_sent}?",
        finding=f"The digest of {phrases.period(earlier.occurrence.days)} in "
        f"{phrases.channel(subscription)}: {result}. {if_again}",
        command=command_about(Verb.SHOW, subscription),
        buttons=(
            _send_again("Send again" if is_sent else "Send", subscription),
            button(Verb.PREVIEW, subscription),
        ),
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
    """Return a preview for where the message itself can't be shown."""
    return Report(
        title=f"Preview of digest {subscription.id}",
        finding=f"{phrases.period(days)}. {words}",
        command=command_about(Verb.PREVIEW, subscription),
    )


def report_form(subscription: Subscription | None) -> Report:
    """Offer the form where it can't be opened directly."""
    if subscription is None:
        return Report(
            title="New digest",
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


def report_asked(subscription: Subscription, wanted: About | Edit) -> Report:
    """Say that a request was passed on to the owner."""
    return Report(
        title="Request sent",
        finding=f"The owner of digest {subscription.id} gets a direct message that "
        f"names you and {command_line(f'digest {wanted}')}.",
        command=f"digest {Ask(wanted)}",
        buttons=(button(Verb.SHOW, subscription),),
    )


def request_to_owner(
    user_id: str, subscription: Subscription, wanted: About | Edit
) -> str:
    """Return the request of somebody else to an owner, as Slack's mrkdwn."""
    channel = f"<#{subscription.channel_id}>"
    return (
        f"<@{user_id}> asks you to change digest `{subscription.id}` in {channel}: "
        f"`{command_line(f'digest {wanted}')}` does it."
    )


def what_and_where(subscription: Subscription) -> str:
    """Return what a digest contains, where it goes and when."""
    what = phrases.content(subscription)
    return (
        f"{what[0].upper()}{what[1:]} goes to {phrases.channel(subscription)} "
        f"{phrases.schedule(subscription.schedule)}."
    )


def sends(following: Sequence[Occurrence], zone: str) -> Table:
    """Return the next sends in local time."""
    return Table(
        caption=f"Next sends ({zone})",
        columns=(Column(f"Next sends ({zone})"), Column("Reports", said="reports")),
        rows=tuple(
            (Cell(phrases.moment(each.at, zone)), Cell(phrases.period(each.days)))
            for each in following
        ),
    )


def button(verb: Verb, subscription: Subscription) -> Button:
    """Return the button for a verb and a digest."""
    return Button(
        label=_LABELS[verb],
        action=f"digest:{verb}",
        command=command_about(verb, subscription),
        confirm=(
            f"Delete digest {subscription.id}? You can undo it."
            if verb is Verb.DELETE
            else ""
        ),
    )


def command_about(verb: Verb, subscription: Subscription) -> str:
    """Return the command for a verb and a digest."""
    return f"digest {verb} {subscription.id}"


def point(done: AuditEntry, names: Mapping[str, str], zone: str) -> Point:
    """Return an audit entry as a line: when, who and what."""
    detail = _detail(done, names)
    more = f": {cut(detail, _RESULT)}" if detail else ""
    when = phrases.plain_moment(done.at, zone)
    return Point(when, f"{_who(done, names)} {_what(done)}{more}")


def _audit_table(
    done: Sequence[AuditEntry], names: Mapping[str, str], zone: str
) -> Table:
    return Table(
        caption="Audit log",
        columns=(
            Column(f"When ({zone})"),
            Column("Who"),
            Column("What"),
            Column("Digest", said="digest"),
            Column("Detail", is_wrapped=True),
        ),
        rows=tuple(
            (
                Cell(phrases.plain_moment(each.at, zone)),
                Cell(_who(each, names)),
                Cell(_what(each)),
                Cell(each.subject if _is_of_digest(each) else UNKNOWN),
                Cell(cut(_detail(each, names), _RESULT) or UNKNOWN),
            )
            for each in done
        ),
    )


def _who(done: AuditEntry, names: Mapping[str, str]) -> str:
    return names.get(done.actor) or _ACTORS.get(done.actor, done.actor)


def _what(done: AuditEntry) -> str:
    return _DONE.get(done.action, done.action)


def _detail(done: AuditEntry, names: Mapping[str, str]) -> str:
    """Return the details in words; for a pause, without the person who did it."""
    if done.action not in {"digest.pause", "alert.pause"}:
        return names.get(done.detail, done.detail)
    if done.detail in {"", done.actor}:
        return ""
    return phrases.explanation(done.detail)


def _is_of_digest(done: AuditEntry) -> bool:
    return done.action.startswith("digest.")


def _send_again(label: str, subscription: Subscription) -> Button:
    again = About(Verb.SEND, subscription.id, again=True)
    return Button(label=label, action="digest:send", command=f"digest {again}")


def _zone_note(made: Subscription) -> tuple[str, ...]:
    """Return how to change the zone if it is UTC, which may be only a fallback."""
    if made.schedule.zone != UTC_NAME:
        return ()
    change = command_line(f"digest edit {made.id} Europe/Berlin")
    return (f"the time zone is UTC; {change} sets another",)


def _last(view: DigestView) -> str:
    if view.last is None:
        return "nothing was due yet"
    period = phrases.period(view.last.occurrence.days)
    return f"{period}: {phrases.result(view.last, view.subscription.schedule.zone)}"


def _orphaned(lines: Sequence[DigestView]) -> str:
    """Return whose owners have left, and how to take those digests over."""
    ids = [line.subscription.id for line in lines if line.is_orphaned]
    if not ids:
        return ""
    their = "The owner of" if len(ids) == 1 else "The owners of"
    have = "has" if len(ids) == 1 else "have"
    command = command_line(f"digest {About(Verb.TAKEOVER, ids[0])}")
    return f" {their} {', '.join(ids)} {have} left; {command} makes it yours."


def _list(lines: Sequence[DigestView]) -> Table:
    return Table(
        caption="Digests",
        columns=(
            Column("Digest"),
            Column("Channel", said="in"),
            Column("Content", is_wrapped=True),
            Column("When", is_wrapped=True),
            Column("State"),
            Column("Owner", said="owner"),
            Column("Last", said="last", is_wrapped=True),
            Column("Next", said="next"),
        ),
        rows=tuple(_row(line) for line in lines),
    )


def _row(line: DigestView) -> tuple[Cell, ...]:
    kept = line.subscription
    zone = kept.schedule.zone
    left = " (left)" if line.is_orphaned else ""
    return (
        Cell(kept.id),
        Cell(phrases.channel(kept)),
        Cell(phrases.content(kept)),
        Cell(phrases.schedule(kept.schedule)),
        Cell(line.state),
        Cell(f"{line.owner or UNKNOWN}{left}"),
        Cell(cut(phrases.result(line.last, zone), _RESULT)),
        Cell(phrases.moment(line.sends[0].at, zone) if line.sends else UNKNOWN),
    )
