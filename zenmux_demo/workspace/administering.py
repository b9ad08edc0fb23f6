"""Everything around the conversation: members, channels, Home, the installation."""

from __future__ import annotations

from dataclasses import replace

from zenmux_demo.workspace import happenings
from zenmux_demo.workspace.core import Core
from zenmux_demo.workspace.delivery import Answer
from zenmux_demo.workspace.events import Event
from zenmux_demo.workspace.model import Change, Json, Refusal
from zenmux_demo.workspace.replies import Reply, answer_fields
from zenmux_demo.workspace.seed import BOT_USER_ID, MAYA, direct_channel


class Administering:
    """What happens to the app and the channels; each act waits for its event."""

    core: Core

    async def event(self, event: Json) -> Reply:
        """Send any event, subscribed or not."""
        record = await self.core.events.deliver(event)
        return Reply(**answer_fields(record.answers[-1]), event_id=record.id)

    async def redeliver(self, event_id: str, *, reason: str = "http_timeout") -> Answer:
        """Send an event once more under the same id."""
        return await self.core.events.redeliver(event_id, reason=reason)

    async def retry_due(self) -> list[Event]:
        """Send again the failed events whose time has come by the clock."""
        return await self.core.events.retry_due()

    async def open_home(self, *, user: str = MAYA) -> Reply:
        """Open the app's Home tab."""
        channel = self.core.state.channels[direct_channel(user)]
        return await self._happen(
            happenings.home_opened(
                user, channel, self.core.surfaces.home(user), self._ts()
            )
        )

    async def invite_bot(self, channel: str, *, user: str = MAYA) -> Reply:
        """Invite the bot to a channel."""
        place = self.core.state.visible_channel(channel, user)
        if place.is_archived:
            raise Refusal("is_archived")
        place.members.add(BOT_USER_ID)
        self._redraw()
        return await self._happen(
            happenings.joined(place, BOT_USER_ID, self._ts(), inviter=user)
        )

    async def remove_bot(
        self, channel: str, *, user: str = MAYA, is_told: bool = True
    ) -> Reply:
        """Remove the bot from a channel; Slack does not always tell it."""
        place = self.core.state.channel(channel)
        place.members.discard(BOT_USER_ID)
        self._redraw()
        if not is_told:
            return Reply()
        return await self._happen(happenings.kicked(place, user, self._ts()))

    async def leave(self, channel: str, *, user: str) -> Reply:
        """Let a person leave a channel."""
        place = self.core.state.channel(channel)
        place.members.discard(user)
        self._redraw()
        return await self._happen(happenings.left(place, user, self._ts()))

    def deactivate(self, user: str) -> None:
        """Let a person leave the company: the account stays and is marked."""
        users = self.core.state.users
        users[user] = replace(users[user], is_deleted=True)

    async def archive(self, channel: str, *, user: str = MAYA) -> Reply:
        """Archive a channel."""
        place = self.core.state.channel(channel)
        place.is_archived = True
        self._redraw()
        return await self._happen(
            happenings.channel_event("archive", place, self._ts(), user=user)
        )

    async def unarchive(self, channel: str, *, user: str = MAYA) -> Reply:
        """Bring a channel back; whoever was in it still is."""
        place = self.core.state.channel(channel)
        place.is_archived = False
        self._redraw()
        return await self._happen(
            happenings.channel_event("unarchive", place, self._ts(), user=user)
        )

    async def rename(self, channel: str, name: str) -> Reply:
        """Rename a channel."""
        place = self.core.state.channel(channel)
        if any(c.name == name for c in self.core.state.channels.values()):
            raise Refusal("name_taken")
        place.name = name
        self._redraw()
        return await self._happen(happenings.channel_event("rename", place, self._ts()))

    async def delete_channel(self, channel: str) -> Reply:
        """Delete a channel for good."""
        place = self.core.state.channels.pop(channel)
        self._redraw()
        return await self._happen(
            happenings.channel_event("deleted", place, self._ts())
        )

    async def change_channel_id(self, old: str, new: str) -> Reply:
        """Give a channel a new id, as moves between workspaces do."""
        self.core.state.move_channel(old, new)
        self._redraw()
        return await self._happen(happenings.id_changed(old, new, self._ts()))

    async def uninstall(self) -> None:
        """Remove the app: tokens end, and both events are sent."""
        self.core.tokens.end("account_inactive")
        await self._happen(happenings.tokens_revoked([BOT_USER_ID]))
        await self._happen(happenings.uninstalled())

    async def revoke_tokens(self) -> Reply:
        """Revoke the bot's tokens."""
        self.core.tokens.end("token_revoked")
        return await self._happen(happenings.tokens_revoked([BOT_USER_ID]))

    async def _happen(self, event: Json) -> Reply:
        if not self.core.events.wants(event):
            return Reply()
        return await self.event(event)

    def _ts(self) -> str:
        return self.core.state.next_ts()

    def _redraw(self) -> None:
        self.core.state.tell(Change(kind="channels"))
