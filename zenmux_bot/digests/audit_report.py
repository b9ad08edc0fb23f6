"""Who did what to digests, to those who keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zenmux_bot.commands.digest_commands import ListAll, ListAudit
from zenmux_bot.digests.audit import THE_BOT, THE_OPERATOR, AuditEntry
from zenmux_bot.render.cut import cut
from zenmux_bot.render.numbers import UNKNOWN
from zenmux_bot.render.report import Button, Cell, Column, Point, Report, Table

_DETAIL = 120
_DONE = {
    "digest.create": "created it",
    "digest.import": "imported it",
    "digest.edit": "changed it",
    "digest.send": "sent it",
    "digest.pause": "paused it",
    "digest.resume": "resumed it",
    "digest.delete": "deleted it",
    "digest.restore": "restored it",
    "key.set": "set the ZenMux key",
    "key.clear": "forgot the ZenMux key",
}
_ACTORS = {THE_BOT: "ZenMux (the bot)", THE_OPERATOR: "whoever runs the bot"}


def report_deeds(deeds: Sequence[AuditEntry], names: Mapping[str, str]) -> Report:
    """Return what was done in a workspace, the newest first."""
    return Report(
        title="Who did what",
        finding=f"The last {len(deeds)} changes in this workspace."
        if deeds
        else "Nothing was changed in this workspace yet.",
        table=_table(deeds, names) if deeds else None,
        context=("times in UTC", "kept for 400 days"),
        command=f"digest {ListAudit()}",
        buttons=(
            Button(
                label="Digests", action="digest:list", command=f"digest {ListAll()}"
            ),
        ),
    )


def point(deed: AuditEntry, names: Mapping[str, str]) -> Point:
    """Return a deed as a line: when, who and what."""
    more = f": {cut(deed.detail, _DETAIL)}" if deed.detail else ""
    when = f"{deed.at:%Y-%m-%d %H:%M} UTC"
    return Point(when, f"{_who(deed, names)} {_what(deed)}{more}")


def _table(deeds: Sequence[AuditEntry], names: Mapping[str, str]) -> Table:
    return Table(
        caption="Who did what",
        columns=(
            Column("When (UTC)"),
            Column("Who"),
            Column("What"),
            Column("Digest", said="digest"),
            Column("Detail", is_wrapped=True),
        ),
        rows=tuple(
            (
                Cell(f"{deed.at:%Y-%m-%d %H:%M}"),
                Cell(_who(deed, names)),
                Cell(_what(deed)),
                Cell(deed.subject if _is_of_digest(deed) else UNKNOWN),
                Cell(cut(deed.detail, _DETAIL) or UNKNOWN),
            )
            for deed in deeds
        ),
    )


def _who(deed: AuditEntry, names: Mapping[str, str]) -> str:
    return names.get(deed.actor) or _ACTORS.get(deed.actor, deed.actor)


def _what(deed: AuditEntry) -> str:
    return _DONE.get(deed.action, deed.action)


def _is_of_digest(deed: AuditEntry) -> bool:
    return deed.action.startswith("digest.")
