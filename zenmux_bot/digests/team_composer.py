"""Composing each digest for the workspace that it belongs to."""

from __future__ import annotations

from zenmux_bot.digests.delivery.context import Composed, Composer, Skip, Wait
from zenmux_bot.digests.schedule import Occurrence
from zenmux_bot.digests.subscriptions import Subscription
from zenmux_bot.zenmux.working_for import work_for


class TeamComposer:
    """Composes with the key of the digest's workspace.

    Args:
        composer: Makes the content.
    """

    def __init__(self, composer: Composer) -> None:
        self._composer = composer

    async def compose(
        self,
        subscription: Subscription,
        occurrence: Occurrence,
        *,
        late: bool,
        final: bool,
    ) -> Composed | Skip | Wait:
        """Return the digest of an occurrence; see ``ports_delivery.Composer``.

        Raises:
            BotError: It cannot be made now.
        """
        work_for(subscription.team_id)
        return await self._composer.compose(
            subscription, occurrence, late=late, final=final
        )
