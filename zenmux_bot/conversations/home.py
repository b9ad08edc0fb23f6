"""The content of the Home tab: headline, digests, defaults and health."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

import structlog

from zenmux_bot.answers.service import AnswerService, Response
from zenmux_bot.answers.status.fetch import Health
from zenmux_bot.answers.status.view import StatusView
from zenmux_bot.commands.defaults import UNSET
from zenmux_bot.commands.grammar import COMMAND
from zenmux_bot.conversations.keys import WorkspaceKeys
from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.core.actors import Actor, Location
from zenmux_bot.core.clock import Clock
from zenmux_bot.core.directory import Directory
from zenmux_bot.digests.service import DigestService
from zenmux_bot.digests.subscriptions import Subscription, SubscriptionState
from zenmux_bot.permissions import Permissions
from zenmux_bot.render.home import DigestList, HomeView, Notice
from zenmux_bot.store.subscriptions import Subscriptions

MAX_DIGESTS = 10
"""In each list; three lists of this length fit into one view."""

HEADLINE = "share tokens last week"
HEADLINE_SECONDS = 1.5
"""For the week's headline; after this time the tab is shown without it."""

PARTS_SECONDS = 8.0
"""For each other part."""

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Homes:
    """Builds Home tabs, without the parts that are unavailable.

    Args:
        subscriptions: The digests of all workspaces.
        digests: Describes digests.
        directory: Lists the channels that a person is in.
        permissions: Knows the administrators.
        preferences: The defaults of the workspace.
        service: Answers for the headline.
        health: Checks the bot's health.
        clock: The current time.
        keys: The keys of workspaces; None if workspaces have none of their own.
    """

    def __init__(
        self,
        *,
        subscriptions: Subscriptions,
        digests: DigestService,
        directory: Directory,
        permissions: Permissions,
        preferences: Preferences,
        service: AnswerService,
        health: Health,
        clock: Clock,
        keys: WorkspaceKeys | None = None,
    ) -> None:
        self._subscriptions = subscriptions
        self._digests = digests
        self._directory = directory
        self._permissions = permissions
        self._preferences = preferences
        self._service = service
        self._health = health
        self._clock = clock
        self._keys = keys

    async def view(self, actor: Actor, notice: Notice | None = None) -> HomeView:
        """Return a person's Home tab.

        Args:
            actor: The person.
            notice: The result of the last button. Its digest keeps its position even
                if it was deleted, so that no other moves under the mouse pointer.
        """
        missing: list[str] = []

        async def found(what: str, part: Awaitable[T], otherwise: T) -> T:
            """Return a part of the tab, or its fallback."""
            try:
                async with asyncio.timeout(PARTS_SECONDS):
                    return await part
            except Exception as error:  # noqa: BLE001 - the rest is still shown
                log.warning("home.part_missing", part=what, kind=type(error).__name__)
                missing.append(what)
                return otherwise

        team_id = actor.team_id
        is_admin, channels, every, defaults, week = await asyncio.gather(
            found(
                "whether you are an administrator",
                self._permissions.is_admin(actor),
                False,
            ),
            found(
                "your channels",
                self._directory.channels_of(team_id, actor.user_id),
                frozenset[str](),
            ),
            found("digests", self._subscriptions.of_team(team_id), []),
            found("defaults", self._preferences.of(Location(team_id)), UNSET),
            self._week(actor),
        )
        if notice is not None and notice.digest_id:
            every = await found("digests", self._with(every, actor, notice), every)
        own = [each for each in every if each.owner_id == actor.user_id]
        rest = [each for each in every if each.owner_id != actor.user_id]
        near = [each for each in rest if each.channel_id in channels]
        others = [each for each in rest if each.channel_id not in channels]
        lists = [own, near, others if is_admin else []]
        shown = await found("digests", self._described(lists), [DigestList()] * 3)
        health = key = None
        if is_admin:
            health = await found("how the bot is", self._health.check(team_id), None)
            if health is not None and week is not None and week.is_old:
                # The check may have found that the outage is over.
                week = await self._week(actor)
                if week is not None and week.is_old and _is_zenmux_up(health):
                    week = None
            if self._keys is not None:
                key = await found("the ZenMux key", self._keys.state(team_id), None)
        return HomeView(
            user_id=actor.user_id,
            as_of=self._clock.now(),
            is_admin=is_admin,
            headline=_headline(week),
            notice=notice,
            own=shown[0],
            near=shown[1],
            others=shown[2],
            defaults=defaults,
            health=health,
            key=key,
            missing=tuple(dict.fromkeys(missing)),
        )

    async def command(self, actor: Actor) -> str:
        """Return the name of the slash command in a person's workspace."""
        try:
            return await self._preferences.command_of(actor.team_id)
        except Exception as error:  # noqa: BLE001 - the default name will do
            log.warning("home.part_missing", part="command", kind=type(error).__name__)
            return COMMAND

    async def _week(self, actor: Actor) -> Response | None:
        """Return the last complete week, if the answer comes in time."""
        try:
            async with asyncio.timeout(HEADLINE_SECONDS):
                return await self._service.answer(
                    HEADLINE, actor=Actor(actor.team_id, actor.user_id)
                )
        except TimeoutError:
            return None

    async def _with(
        self, every: list[Subscription], actor: Actor, notice: Notice
    ) -> list[Subscription]:
        """Return the digests, including the one that was just deleted."""
        if any(each.id == notice.digest_id for each in every):
            return every
        deleted = await self._subscriptions.get(actor.team_id, notice.digest_id)
        if deleted is None or deleted.state is not SubscriptionState.DELETED:
            return every
        return sorted([*every, deleted], key=lambda each: (each.created_at, each.id))

    async def _described(self, lists: Iterable[list[Subscription]]) -> list[DigestList]:
        """Return the first digests of some lists, described with one query."""
        lists = list(lists)
        chosen = [each[:MAX_DIGESTS] for each in lists]
        lines = iter(await self._digests.describe([d for some in chosen for d in some]))
        return [
            DigestList(tuple(next(lines) for _ in some), len(whole) - len(some))
            for some, whole in zip(chosen, lists, strict=True)
        ]


def _headline(week: Response | None) -> str:
    """Return the last complete week in a sentence; empty if it is not known."""
    if week is None or not week.ok:
        return ""
    return " ".join(filter(None, (week.report.headline, week.report.finding)))


def _is_zenmux_up(health: StatusView) -> bool:
    checks = [each for each in health.checks if each.name.startswith("ZenMux")]
    return all(check.ok is not False for check in checks)
