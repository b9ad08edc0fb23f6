"""The ZenMux keys of workspaces, set by their administrators and never shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from cachetools import LRUCache, TTLCache
from pydantic import SecretStr

from zenmux_bot.core.actors import Actor
from zenmux_bot.core.clock import Clock
from zenmux_bot.errors import ApiError, BadInput, KeyRefused
from zenmux_bot.permissions import Permissions
from zenmux_bot.render.key_form import KeyState
from zenmux_bot.store.database import best_effort
from zenmux_bot.store.workspace_keys import KeySetting, StoredKeys

KNOWN_FOR = timedelta(minutes=1)
"""Another process may use a changed key for this long."""

MAX_TEAMS = 10_000

_WHO_MAY = (
    "Only the workspace's admins and owners can set the key. You can ask one of them."
)
_WHERE = (
    "Create a management key (sk-mg-v1-…) at https://zenmux.ai/platform/management."
)

log = structlog.get_logger(__name__)


class WorkspaceKeys:
    """The keys of workspaces, cached.

    Args:
        store: The keys in the database.
        clock: The current time.
    """

    def __init__(self, store: StoredKeys, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: LRUCache[str, KeySetting | None] = LRUCache(MAX_TEAMS)
        self._fresh: TTLCache[str, bool] = TTLCache(
            MAX_TEAMS,
            KNOWN_FOR.total_seconds(),
            timer=lambda: clock.now().timestamp(),
        )

    async def of(self, team_id: str) -> SecretStr | None:
        """Return a workspace's own key, or None if it has none."""
        setting = await self._load(team_id)
        return None if setting is None else setting.key

    async def state(self, team_id: str) -> KeyState:
        """Return what people may know about a workspace's key."""
        setting = await self._load(team_id)
        if setting is None:
            return KeyState(is_own=False)
        return KeyState(is_own=True, set_at=setting.set_at, set_by=setting.set_by)

    async def teams(self) -> list[str]:
        """Return the workspaces that have a key of their own."""
        return await self._store.teams()

    async def put(self, team_id: str, setting: KeySetting) -> None:
        """Use a key from now on."""
        await self._store.put(team_id, setting)
        self._remember(team_id, setting)

    async def clear(self, team_id: str, *, by: str) -> None:
        """Use the operator's key from now on."""
        await self._store.delete(team_id, by=by, now=self._clock.now())
        self._remember(team_id, None)

    def forget(self, team_id: str) -> None:
        """Read the key from the database next time."""
        self._fresh.pop(team_id, None)
        self._known.pop(team_id, None)

    async def _load(self, team_id: str) -> KeySetting | None:
        """Return a key's setting; a cached one while the database is unavailable."""
        if team_id not in self._fresh:
            setting = self._known.get(team_id)
            async with best_effort("keys.get"):
                setting = await self._store.get(team_id)
            self._remember(team_id, setting)
        return self._known.get(team_id)

    def _remember(self, team_id: str, setting: KeySetting | None) -> None:
        self._known[team_id] = setting
        self._fresh[team_id] = True


class WorkspaceKeyService:
    """Lets administrators set and clear their workspace's key.

    Args:
        keys: The keys.
        permissions: Knows the administrators.
        probe: Sends ZenMux a request that only a management key may make.
        clock: Dates changes.
    """

    def __init__(
        self,
        keys: WorkspaceKeys,
        permissions: Permissions,
        probe: Callable[[SecretStr], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._keys = keys
        self._permissions = permissions
        self._probe = probe
        self._clock = clock

    async def state(self, team_id: str) -> KeyState:
        """Return what people may know about a workspace's key."""
        return await self._keys.state(team_id)

    async def set(self, team_id: str, text: str, *, by: str) -> None:
        """Use the key in ``text`` for a workspace, once ZenMux accepts it.

        Raises:
            BadInput: It is not a management key, or can't be checked now.
            NotAllowed: The person is not an administrator.
            SlackFault: Slack did not say who they are.
        """
        await self._check(team_id, by)
        key = "".join(text.split())
        if not key:
            raise BadInput("Enter a key.", allowed=_WHERE)
        if not key.isascii():
            raise BadInput("That isn't a ZenMux key.", allowed=_WHERE)
        if key.startswith(("sk-ai-v1-", "sk-ss-v1-")):
            raise BadInput("That's an inference key.", allowed=_WHERE)
        secret = SecretStr(key)
        try:
            await self._probe(secret)
        except KeyRefused as error:
            raise BadInput(
                f"ZenMux refuses this key: {error.message}.", allowed=_WHERE
            ) from None
        except ApiError as error:
            raise BadInput(
                f"ZenMux isn't responding, so the key can't be checked: "
                f"{error.message}.",
                allowed="Try again in a few minutes.",
            ) from None
        now = self._clock.now()
        await self._keys.put(team_id, KeySetting(key=secret, set_at=now, set_by=by))
        log.info("key.set", team=team_id, by=by)

    async def clear(self, team_id: str, *, by: str) -> None:
        """Use the operator's key for a workspace again.

        Raises:
            NotAllowed: The person is not an administrator.
            SlackFault: Slack did not say who they are.
        """
        await self._check(team_id, by)
        await self._keys.clear(team_id, by=by)
        log.info("key.cleared", team=team_id, by=by)

    async def _check(self, team_id: str, user_id: str) -> None:
        await self._permissions.check_admin(Actor(team_id, user_id), _WHO_MAY)
