"""Stores the workspaces' own ZenMux keys, encrypted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr
from sqlalchemy import delete, select

from zenmux_bot.digests.audit import AuditEntry
from zenmux_bot.store.audit import add_audit
from zenmux_bot.store.database import Database
from zenmux_bot.store.tables import workspace_keys
from zenmux_bot.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySetting:
    """A workspace's own key.

    Attributes:
        key: The key.
        set_at: When it was set.
        set_by: Who set it.
    """

    key: SecretStr
    set_at: datetime
    set_by: str


class StoredKeys:
    """The keys of all workspaces; each change is recorded in the audit log.

    Args:
        database: Where they are.
        vault: Encrypts them.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def get(self, team_id: str) -> KeySetting | None:
        """Return a workspace's own key and who set it, None if it has none."""
        query = select(workspace_keys).where(workspace_keys.c.team_id == team_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return KeySetting(
            key=SecretStr(self._vault.decrypt(row.secret)),
            set_at=row.set_at,
            set_by=row.set_by,
        )

    async def teams(self) -> list[str]:
        """Return the workspaces that have their own key."""
        async with self._database.reading() as connection:
            return list(await connection.scalars(select(workspace_keys.c.team_id)))

    async def put(self, team_id: str, setting: KeySetting) -> None:
        """Store a workspace's key in place of an older one."""
        values = {
            "secret": self._vault.encrypt(setting.key.get_secret_value()),
            "set_at": setting.set_at,
            "set_by": setting.set_by,
        }
        async with self._database.writing() as connection:
            await connection.execute(
                self._database.insert(workspace_keys)
                .values(team_id=team_id, **values)
                .on_conflict_do_update(index_elements=["team_id"], set_=values)
            )
            entry = AuditEntry(
                at=setting.set_at,
                actor=setting.set_by,
                action="key.set",
                subject=team_id,
            )
            await add_audit(connection, team_id, entry)

    async def delete(self, team_id: str, *, by: str, now: datetime) -> None:
        """Delete a workspace's key."""
        async with self._database.writing() as connection:
            await connection.execute(
                delete(workspace_keys).where(workspace_keys.c.team_id == team_id)
            )
            entry = AuditEntry(at=now, actor=by, action="key.clear", subject=team_id)
            await add_audit(connection, team_id, entry)
