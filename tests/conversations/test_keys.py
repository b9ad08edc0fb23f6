"""Workspaces' own keys, also while the database is unavailable."""

from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError

from zenmux_bot.conversations.keys import KNOWN_FOR, WorkspaceKeys
from zenmux_bot.store.workspace_keys import KeySetting


class Store:
    """Keeps one key, and may be away."""

    def __init__(self, setting):
        self.setting, self.is_away, self.reads = setting, False, 0

    async def get(self, team_id):
        self.reads += 1
        if self.is_away:
            raise OperationalError("SELECT", {}, ConnectionError())
        return self.setting


@pytest.mark.parametrize("key", [None, "sk-mg-v1-own"])
async def test_workspace_keys__database_unavailable(clock, logs, key):
    secret = None if key is None else SecretStr(key)
    setting = None
    if secret is not None:
        setting = KeySetting(key=secret, set_at=clock.now(), set_by="U1")
    store = Store(setting)
    keys = WorkspaceKeys(store, clock)
    before = await keys.of("T1")
    store.is_away = True
    clock.instant += KNOWN_FOR + timedelta(seconds=1)

    during = [await keys.of("T1") for _ in range(3)]

    assert (before, during) == (secret, [secret] * 3)
    # One look a minute, since one that hangs takes seconds.
    assert store.reads == 2
