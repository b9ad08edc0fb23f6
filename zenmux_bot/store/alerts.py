"""Stores alerts and the records of their events."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.exc import IntegrityError

from zenmux_bot.alerts import rules
from zenmux_bot.alerts.alert import Alert, AlertState, Record, RecordKind
from zenmux_bot.alerts.engine import State
from zenmux_bot.digests.audit import THE_BOT, AuditEntry
from zenmux_bot.digests.delivery.entries import OutboundMessage
from zenmux_bot.history.archive import Dimension
from zenmux_bot.store.audit import add_audit
from zenmux_bot.store.database import Database
from zenmux_bot.store.ledger import enqueue
from zenmux_bot.store.tables import alert_events, alerts, outbound_messages

_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
_ID_LENGTH = 4
_ID_ATTEMPTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """An alert's state after an evaluation.

    Attributes:
        alert: The alert before it.
        through: The newest evaluated day.
        status: The new engine state.
        snoozed_until: What remains of a snooze.
    """

    alert: Alert
    through: date
    status: State
    snoozed_until: str | None


class AlertChanged(Exception):
    """An alert was changed since it was read; writing would lose that change."""


class Alerts:
    """The alerts of all workspaces.

    Args:
        database: Where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, draft: Alert) -> Alert:
        """Store a new alert and return it with its id."""
        for _ in range(_ID_ATTEMPTS):
            picked = "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))
            created = replace(draft, id=f"a-{picked}", revision=1)
            try:
                async with self._database.writing() as connection:
                    await connection.execute(alerts.insert().values(_values(created)))
                    entry = AuditEntry(
                        at=created.created_at,
                        actor=created.owner_id,
                        action="alert.create",
                        subject=created.id,
                        detail=str(created.rule),
                    )
                    await add_audit(connection, created.team_id, entry)
            except IntegrityError:
                continue
            return created
        raise RuntimeError("no free alert id")

    async def get(self, team_id: str, alert_id: str) -> Alert | None:
        """Return a workspace's alert, also if it is deleted."""
        found = await self._where(
            alerts.c.team_id == team_id, alerts.c.id == alert_id.lower()
        )
        return found[0] if found else None

    async def of_channel(self, team_id: str, channel_id: str) -> list[Alert]:
        """Return a channel's alerts, the oldest first, without deleted ones."""
        return await self._where(
            alerts.c.team_id == team_id,
            alerts.c.channel_id == channel_id,
            alerts.c.state != AlertState.DELETED,
        )

    async def of_owner(self, team_id: str, owner_id: str) -> list[Alert]:
        """Return a person's alerts, the oldest first, without deleted ones."""
        return await self._where(
            alerts.c.team_id == team_id,
            alerts.c.owner_id == owner_id,
            alerts.c.state != AlertState.DELETED,
        )

    async def active(self) -> list[Alert]:
        """Return all alerts that are to be evaluated."""
        return await self._where(alerts.c.state == AlertState.ACTIVE)

    async def teams(self) -> list[str]:
        """Return the workspaces that have active alerts."""
        query = (
            select(alerts.c.team_id)
            .where(alerts.c.state == AlertState.ACTIVE)
            .distinct()
            .order_by(alerts.c.team_id)
        )
        async with self._database.reading() as connection:
            return list(await connection.scalars(query))

    async def change(
        self, alert: Alert, *, by: str, action: str, detail: str, now: datetime
    ) -> Alert:
        """Store a changed alert, with an entry in the audit log.

        Raises:
            AlertChanged: Somebody changed or evaluated it since it was read.
        """
        changed = replace(alert, updated_at=now, revision=alert.revision + 1)
        is_as_read = (alerts.c.id == alert.id, alerts.c.revision == alert.revision)
        async with self._database.writing() as connection:
            stored = await connection.execute(
                update(alerts).where(*is_as_read).values(_values(changed))
            )
            if not stored.rowcount:
                raise AlertChanged(alert.id)
            entry = AuditEntry(
                at=now,
                actor=by,
                action=f"alert.{action}",
                subject=alert.id,
                detail=detail,
            )
            await add_audit(connection, alert.team_id, entry)
        return changed

    async def pause_all(
        self, team_id: str, channel_id: str | None, *, reason: str, now: datetime
    ) -> list[Alert]:
        """Pause and return the active alerts of a workspace or channel."""
        conditions = [alerts.c.team_id == team_id, alerts.c.state == AlertState.ACTIVE]
        if channel_id is not None:
            conditions.append(alerts.c.channel_id == channel_id)
        values = {"state": AlertState.PAUSED.value, "paused_reason": reason}
        return await self._change_all("pause", team_id, conditions, values, reason, now)

    async def resume_all(
        self, team_id: str, channel_id: str, *, reason: str, now: datetime
    ) -> list[Alert]:
        """Resume and return the alerts paused in a channel for one reason.

        They begin again with a rehearsal, so events during the pause are not reported.
        """
        conditions = [
            alerts.c.team_id == team_id,
            alerts.c.channel_id == channel_id,
            alerts.c.state == AlertState.PAUSED,
            alerts.c.paused_reason == reason,
        ]
        values = {
            "state": AlertState.ACTIVE.value,
            "paused_reason": None,
            "evaluated_through": None,
            "status": State().dump(),
        }
        return await self._change_all(
            "resume", team_id, conditions, values, reason, now
        )

    async def _change_all(  # noqa: PLR0917 - private
        self,
        action: str,
        team_id: str,
        conditions: Sequence[ColumnElement[bool]],
        values: Mapping[str, Any],
        reason: str,
        now: datetime,
    ) -> list[Alert]:
        """Change a workspace's matching alerts and return them, the oldest first."""
        revision = {"updated_at": now, "revision": alerts.c.revision + 1}
        async with self._database.writing() as connection:
            rows = await connection.execute(
                update(alerts)
                .where(*conditions)
                .values({**values, **revision})
                .returning(alerts)
            )
            changed = sorted(map(_alert, rows), key=lambda each: each.created_at)
            entries = [
                AuditEntry(
                    at=now,
                    actor=THE_BOT,
                    action=f"alert.{action}",
                    subject=alert.id,
                    detail=reason,
                )
                for alert in changed
            ]
            await add_audit(connection, team_id, *entries)
        return changed

    async def follow_channel(
        self, team_id: str, channel_id: str, *, new_id: str, new_name: str | None = None
    ) -> None:
        """Move a channel's alerts and messages to its new id and name.

        Changing the revision makes a running evaluation start again.
        """
        values = {"channel_id": new_id, "revision": alerts.c.revision + 1}
        if new_name is not None:
            values["channel_name"] = new_name
        async with self._database.writing() as connection:
            await connection.execute(
                update(alerts)
                .where(alerts.c.team_id == team_id, alerts.c.channel_id == channel_id)
                .values(values)
            )
            for column in ("recipient_id", "channel_id"):
                await connection.execute(
                    update(outbound_messages)
                    .where(
                        outbound_messages.c.team_id == team_id,
                        outbound_messages.c[column] == channel_id,
                    )
                    .values({column: new_id})
                )

    async def settle(
        self,
        evaluated: Sequence[Evaluated],
        records: Sequence[Record],
        messages: Sequence[OutboundMessage],
        *,
        now: datetime,
    ) -> bool:
        """Store the evaluation of a channel's alerts, its records and its messages.

        Stores all or nothing. Returns False if another worker was first or one of the
        alerts was changed meanwhile.
        """
        async with self._database.writing() as connection:
            for each in evaluated:
                before = each.alert.evaluated_through
                result = await connection.execute(
                    update(alerts)
                    .where(
                        alerts.c.id == each.alert.id,
                        alerts.c.revision == each.alert.revision,
                        alerts.c.evaluated_through.is_(None)
                        if before is None
                        else alerts.c.evaluated_through == before,
                    )
                    .values(
                        evaluated_through=each.through,
                        status=each.status.dump(),
                        snoozed_until=each.snoozed_until,
                        revision=each.alert.revision + 1,
                    )
                )
                if not result.rowcount:
                    await connection.rollback()
                    return False
            if records:
                await connection.execute(
                    self._database.insert(alert_events).on_conflict_do_nothing(),
                    [asdict(record) for record in records],
                )
            for message in messages:
                await enqueue(self._database, connection, message, now=now)
        return True

    async def records(
        self, alert_id: str, *, limit: int = 50, since: date | None = None
    ) -> list[Record]:
        """Return an alert's records, the newest first."""
        query = (
            select(alert_events)
            .where(alert_events.c.alert_id == alert_id)
            .order_by(alert_events.c.day.desc(), alert_events.c.at.desc())
            .limit(limit)
        )
        if since is not None:
            query = query.where(alert_events.c.day >= since)
        async with self._database.reading() as connection:
            return [_record(row) for row in await connection.execute(query)]

    async def reported_since(self, day: date) -> list[Record]:
        """Return the records of all alerts that had a message, since a day."""
        query = select(alert_events).where(
            alert_events.c.day >= day, alert_events.c.message_key.is_not(None)
        )
        async with self._database.reading() as connection:
            return [_record(row) for row in await connection.execute(query)]

    async def is_reported(self, message_key: str) -> bool:
        """Tell whether any record names a message key."""
        query = (
            select(alert_events.c.day)
            .where(alert_events.c.message_key == message_key)
            .limit(1)
        )
        async with self._database.reading() as connection:
            return (await connection.execute(query)).first() is not None

    async def _where(self, *conditions: ColumnElement[bool]) -> list[Alert]:
        query = select(alerts).where(*conditions).order_by(alerts.c.created_at)
        async with self._database.reading() as connection:
            return [_alert(row) for row in await connection.execute(query)]


def _values(alert: Alert) -> dict[str, Any]:
    return asdict(alert) | {
        "rule": rules.dump(alert.rule),
        "expected": tuple(day.isoformat() for day in alert.expected),
        "status": alert.status.dump(),
    }


def _alert(row: Row[Any]) -> Alert:
    values = row._asdict() | {
        "rule": rules.load(row.rule),
        "dimension": Dimension(row.dimension),
        "state": AlertState(row.state),
        "expected": tuple(map(date.fromisoformat, row.expected)),
        "status": State.load(row.status),
    }
    return Alert(**values)


def _record(row: Row[Any]) -> Record:
    values = row._asdict() | {"kind": RecordKind(row.kind)}
    return Record(**values)
