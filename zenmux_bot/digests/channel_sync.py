"""Pausing and resuming digests, alerts and budgets when their channels change.

An event may be outdated when it arrives, so the channel's current state is checked.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from zenmux_bot.alerts.alert import Alert
from zenmux_bot.budgets.evaluate import Budget
from zenmux_bot.core.clock import Clock
from zenmux_bot.core.directory import ChannelInfo, Directory
from zenmux_bot.digests import phrases
from zenmux_bot.digests.audit import THE_BOT
from zenmux_bot.digests.delivery import texts
from zenmux_bot.digests.delivery.entries import Notification
from zenmux_bot.digests.delivery.slack_errors import refusal_of
from zenmux_bot.digests.subscriptions import Subscription, sends_of
from zenmux_bot.errors import SlackFault
from zenmux_bot.store.alerts import Alerts
from zenmux_bot.store.notifications import Notifications
from zenmux_bot.store.own_account import Budgets
from zenmux_bot.store.subscriptions import Subscriptions

UNINSTALLED = "account_inactive"
REVOKED = "token_revoked"

_ARCHIVED = "is_archived"
_NOT_THERE = "not_in_channel"
_UNSEEN = "channel_not_found"

log = structlog.get_logger(__name__)


class ChannelSync:
    """Applies changes of channels to their digests, alerts and budgets.

    Args:
        subscriptions: The digests of all workspaces.
        alerts: The alerts of all workspaces.
        budgets: The budgets of all workspaces.
        directory: Looks up the channels.
        notifications: Queues messages to owners.
        clock: Dates changes.
    """

    def __init__(
        self,
        *,
        subscriptions: Subscriptions,
        alerts: Alerts,
        budgets: Budgets,
        directory: Directory,
        notifications: Notifications,
        clock: Clock,
    ) -> None:
        self._subscriptions = subscriptions
        self._alerts = alerts
        self._budgets = budgets
        self._directory = directory
        self._notifications = notifications
        self._clock = clock

    async def check(self, team_id: str, channel_id: str) -> None:
        """Pause or resume what goes to a channel, and notify the owners.

        Only what was paused because of the channel is resumed.
        """
        if not (
            await self._subscriptions.of_channel(team_id, channel_id)
            or await self._alerts.of_channel(team_id, channel_id)
            or await self._budgets.of_channel(team_id, channel_id)
        ):
            return
        try:
            channel = await self._directory.channel(team_id, channel_id)
        except SlackFault as fault:
            # Delivery will find out when the next digest is due.
            log.warning("digests.channel_unknown", channel=channel_id, code=fault.code)
            return
        reason = _obstacle(channel)
        await self._redirect_budgets(team_id, channel_id, reason)
        if reason is not None:
            await self._pause(team_id, channel_id, reason)
            return
        for obstacle in (_ARCHIVED, _NOT_THERE, _UNSEEN):
            await self._resume(team_id, channel_id, obstacle)

    async def rename(self, team_id: str, channel_id: str, name: str) -> None:
        """Apply a channel's new name."""
        await self._subscriptions.follow_channel(
            team_id, channel_id, new_id=channel_id, new_name=name
        )
        await self._alerts.follow_channel(
            team_id, channel_id, new_id=channel_id, new_name=name
        )

    async def move(self, team_id: str, old_id: str, new_id: str) -> None:
        """Apply a channel's new id."""
        await self._alerts.follow_channel(team_id, old_id, new_id=new_id)
        known = await self._subscriptions.of_channel(team_id, old_id)
        if known:
            name = known[0].channel_name
            await self._subscriptions.follow_channel(
                team_id, old_id, new_id=new_id, new_name=name
            )

    async def leave(self, team_id: str, reason: str) -> None:
        """Pause everything in a workspace that the bot was removed from."""
        await self._alerts.pause_all(
            team_id, None, reason=reason, now=self._clock.now()
        )
        paused = await self._subscriptions.pause_all(
            team_id, reason=reason, by=THE_BOT, now=self._clock.now()
        )
        log.info("digests.team_left", team=team_id, paused=len(paused), reason=reason)

    async def _redirect_budgets(
        self, team_id: str, channel_id: str, reason: str | None
    ) -> None:
        """Send budget messages to owners while their channel is unavailable."""
        changed = await self._budgets.note_channel(team_id, channel_id, reason)
        said = f"<#{channel_id}> gets their messages again."
        if reason is not None:
            said = (
                f"I can't post in <#{channel_id}>: {refusal_of(reason).explanation}. "
                "Until that is fixed, their messages come to you here."
            )
        of_owner: dict[str, Budget] = {each.owner_id: each for each in changed}
        ids = {
            owner: ", ".join(f"`{b.id}`" for b in changed if b.owner_id == owner)
            for owner in of_owner
        }
        await self._notify(
            team_id,
            list(of_owner.values()),
            [f"Budgets ({ids[owner]}): {said}" for owner in of_owner],
        )

    async def _pause(self, team_id: str, channel_id: str, reason: str) -> None:
        refusal = refusal_of(reason)
        paused = await self._subscriptions.pause_all(
            team_id,
            channel_id=channel_id,
            reason=reason,
            by=THE_BOT,
            now=self._clock.now(),
        )
        await self._notify(
            team_id,
            paused,
            [
                texts.paused(each, reason, refusal.explanation, refusal.fix)
                for each in paused
            ],
        )
        alerts = await self._alerts.pause_all(
            team_id, channel_id, reason=reason, now=self._clock.now()
        )
        await self._notify(
            team_id,
            alerts,
            [
                f"Alert `{each.id}` in <#{each.channel_id}> is paused: "
                f"{refusal.explanation}. It goes on by itself once that is fixed."
                for each in alerts
            ],
        )

    async def _resume(self, team_id: str, channel_id: str, reason: str) -> None:
        now = self._clock.now()
        alerts = await self._alerts.resume_all(
            team_id, channel_id, reason=reason, now=now
        )
        await self._notify(
            team_id,
            alerts,
            [
                f"Alert `{each.id}` in <#{each.channel_id}> is active again."
                for each in alerts
            ],
        )
        resumed = await self._subscriptions.resume_channel(
            team_id, channel_id, reason=reason, by=THE_BOT, now=now
        )
        notes = [
            texts.resumed(
                each,
                phrases.moment(sends_of(each, now)[0].at, each.schedule.zone),
            )
            for each in resumed
        ]
        await self._notify(team_id, resumed, notes)

    async def _notify(
        self,
        team_id: str,
        kept: Sequence[Subscription | Alert | Budget],
        notes: Sequence[str],
    ) -> None:
        notifications = [
            Notification(recipient=each.owner_id, text=text)
            for each, text in zip(kept, notes, strict=True)
        ]
        if notifications:
            await self._notifications.add(team_id, notifications, self._clock.now())


def _obstacle(channel: ChannelInfo | None) -> str | None:
    """Return why the bot cannot post in a channel, as Slack's error code."""
    if channel is None:
        return _UNSEEN
    if channel.is_archived:
        return _ARCHIVED
    return None if channel.is_member else _NOT_THERE
