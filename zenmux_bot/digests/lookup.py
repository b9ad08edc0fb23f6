"""Looking up digests for a person: which there are, and how they stand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from zenmux_bot.commands.digest_commands import About, ListAll, Verb
from zenmux_bot.core.actors import Actor
from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.access import Access
from zenmux_bot.digests.delivery.slack_errors import refusal_of
from zenmux_bot.digests.ports import Directory, History, Subscriptions
from zenmux_bot.digests.subscriptions import Subscription, SubscriptionState
from zenmux_bot.digests.views import DigestLine, DigestView, sends_of, who_paused
from zenmux_bot.errors import BadInput, SlackFault


class Lookup:
    """Finds digests and says how they stand.

    Args:
        subscriptions: The digests of all workspaces.
        history: What became of them.
        directory: Knows people by name.
        access: Decides who may see what.
        clock: Tells what comes next.
    """

    def __init__(
        self,
        *,
        subscriptions: Subscriptions,
        history: History,
        directory: Directory,
        access: Access,
        clock: Clock,
    ) -> None:
        self._subscriptions = subscriptions
        self._history = history
        self._directory = directory
        self._access = access
        self._clock = clock

    async def find(
        self, asker: Actor, subscription_id: str, *, deleted: bool = False
    ) -> Subscription:
        """Return a digest that the asker may know of.

        Args:
            asker: Who asks; digests of another workspace are not found.
            subscription_id: Its id.
            deleted: It is one that was deleted.

        Raises:
            BadInput: There is none.
        """
        found = await self._subscriptions.get(asker.team_id, subscription_id)
        if found is None or not await self._access.may_see(asker, found):
            raise BadInput(
                f"There is no digest {subscription_id} here.",
                allowed="The list shows yours and this channel's.",
                suggestions=(f"digest {ListAll()}",),
            )
        is_deleted = found.state is SubscriptionState.DELETED
        if is_deleted and not deleted:
            raise BadInput(
                f"Digest {found.id} was deleted.",
                allowed="It can be restored.",
                suggestions=(f"digest {About(Verb.RESTORE, found.id)}",),
            )
        if deleted and not is_deleted:
            raise BadInput(
                f"Digest {found.id} is not deleted.",
                suggestions=(f"digest {About(Verb.SHOW, found.id)}",),
            )
        return found

    async def to_change(
        self, asker: Actor, subscription_id: str, *, deleted: bool = False
    ) -> Subscription:
        """Return a digest that the asker may change.

        Raises:
            BadInput: There is none.
            NotAllowed: It is somebody else's.
        """
        found = await self.find(asker, subscription_id, deleted=deleted)
        await self._access.check_change(asker, found)
        return found

    async def view(self, asker: Actor, subscription: Subscription) -> DigestView:
        """Return a digest whole."""
        ids = {subscription.owner_id, who_paused(subscription) or subscription.owner_id}
        names = await self.names(asker.team_id, ids)
        entries = await self._history.of(subscription.id, limit=1)
        return DigestView(
            subscription=subscription,
            state=_state(subscription, names),
            last=entries[0] if entries else None,
            sends=sends_of(subscription, self._clock.now()),
            owner=names[subscription.owner_id],
            may_change=await self._access.may_change(asker, subscription),
        )

    async def lines(self, asker: Actor) -> list[DigestLine]:
        """Return the asker's own digests and then the others of the channel."""
        own, here = await asyncio.gather(
            self._subscriptions.of_owner(asker.team_id, asker.user_id),
            self._subscriptions.of_channel(asker.team_id, asker.channel_id),
        )
        every = {each.id: each for each in (*own, *here)}
        return await self.describe(every.values())

    async def describe(self, found: Iterable[Subscription]) -> list[DigestLine]:
        """Return how digests stand, in their order."""
        return list(await asyncio.gather(*map(self._line, found)))

    async def _line(self, subscription: Subscription) -> DigestLine:
        entries = await self._history.of(subscription.id, limit=1)
        sends = sends_of(subscription, self._clock.now())
        return DigestLine(
            subscription=subscription,
            state=_state(subscription, {}),
            last=entries[0] if entries else None,
            next=sends[0] if sends else None,
        )

    async def names(self, team_id: str, ids: Iterable[str]) -> dict[str, str]:
        """Return what people are called, by their ids.

        Whom Slack does not tell of now, or not any more, goes by the id.
        """

        async def name(user_id: str) -> str:
            try:
                return (await self._directory.person(team_id, user_id)).name
            except SlackFault:
                return user_id

        people = tuple(ids)
        names = await asyncio.gather(*map(name, people))
        return dict(zip(people, names, strict=True))


def _state(subscription: Subscription, names: Mapping[str, str]) -> str:
    """Return whether a digest is at work, and if not, why."""
    if subscription.state is not SubscriptionState.PAUSED:
        return subscription.state
    person = who_paused(subscription)
    if person is None:
        return f"paused: {refusal_of(subscription.paused_reason or '').explanation}"
    return f"paused by {names[person]}" if person in names else "paused by hand"
