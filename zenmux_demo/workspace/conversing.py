"""Typing: slash commands, mentions, messages in channels and to the bot.

https://docs.slack.dev/interactivity/implementing-slash-commands
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from zenmux_demo.workspace import happenings, payloads
from zenmux_demo.workspace.core import Core
from zenmux_demo.workspace.delivery import Answer
from zenmux_demo.workspace.manifest import Command
from zenmux_demo.workspace.mentions import resolve
from zenmux_demo.workspace.model import Channel, Json, Message, Refusal, User
from zenmux_demo.workspace.replies import Reply, answer_fields
from zenmux_demo.workspace.responses import apply_response
from zenmux_demo.workspace.seed import (
    BOT_USER_ID,
    COSTS,
    MAYA,
    SLACKBOT,
    WORKFLOW_BOT_ID,
    direct_channel,
)
from zenmux_demo.workspace.tickets import ResponseTicket

UNKNOWN_COMMAND = (
    "{name} is not a valid command. In Slack, all messages that start with the "
    "“/” character are interpreted as commands."
)
THREAD_COMMAND = "{name} is not supported in threads. Sorry!"
# What Slack tells whoever mentions an app that is not there.
NOT_HERE = (
    "You mentioned <@{bot}>, but they’re not in this channel. "
    "To add them, type `/invite @{name}`."
)
FAILED_COMMAND = '{name} failed with the error "{code}"'
FAILURE_CODES = {
    "http_timeout": "operation_timeout",
    "connection_failed": "dispatch_failed",
    "http_error": "dispatch_failed",
}


class Conversing:
    """What people do with the keyboard."""

    core: Core

    async def command(
        self,
        text: str,
        *,
        user: str = MAYA,
        channel: str = COSTS,
        thread_ts: str | None = None,
    ) -> Reply:
        """Type a slash command and wait for its acknowledgement."""
        name, _, words = text.partition(" ")
        known = self.core.manifest.command(name)
        refusal = self.command_refusal(name, thread_ts=thread_ts)
        if known is None or refusal:
            return Reply(notice=refusal)
        place = self.core.state.channel(channel)
        who = self.core.state.user(user)
        ticket = self.core.response_tickets.issue(channel=place.id, user=who.id)
        payload = self._command_payload(known, words.strip(), who, place, ticket)
        answer = await self.core.interact("slash_commands", payload)
        try:
            return self._finish(text, answer, ticket, payload)
        finally:
            ticket.acknowledged.set()

    def command_refusal(self, name: str, *, thread_ts: str | None) -> str:
        """Return what Slack says instead of running a command, or nothing."""
        if self.core.manifest.command(name) is None:
            return UNKNOWN_COMMAND.format(name=name)
        return THREAD_COMMAND.format(name=name) if thread_ts else ""

    def _command_payload(
        self,
        command: Command,
        words: str,
        user: User,
        channel: Channel,
        ticket: ResponseTicket,
    ) -> Json:
        return payloads.command(
            name=command.command,
            text=resolve(words, self.core.state) if command.should_escape else words,
            user=user,
            channel=channel,
            trigger_id=self.core.triggers.issue(user.id, channel=channel.id),
            response_url=self.core.response_url(ticket),
        )

    def _finish(
        self, typed: str, answer: Answer, ticket: ResponseTicket, payload: Json
    ) -> Reply:
        common = {
            **answer_fields(answer),
            "trigger_id": payload["trigger_id"],
            "response_url": payload["response_url"],
        }
        if answer.failure:
            return self._failed(payload, FAILURE_CODES[answer.failure], common, {})
        try:
            messages = self._apply(typed, _as_response(answer.body), ticket)
        except Refusal as refusal:
            self.core.note(refusal)
            errors = {refusal.code: "; ".join(refusal.extra.get("errors", []))}
            return self._failed(payload, refusal.code, common, errors)
        return Reply(**common, messages=tuple(messages))

    def _failed(
        self, payload: Json, code: str, common: dict[str, Any], errors: dict[str, str]
    ) -> Reply:
        notice = FAILED_COMMAND.format(name=payload["command"], code=code)
        self.core.state.notice(notice, user=payload["user_id"])
        return Reply(**common, notice=notice, errors=errors)

    def _apply(
        self, typed: str, response: Json, ticket: ResponseTicket
    ) -> list[Message]:
        """Show the typed command if the app wants that, and the app's answer."""
        messages = []
        if response.get("response_type") == "in_channel":
            messages.append(self._post(ticket.channel, ticket.user, typed))
        if any(response.get(key) for key in ("text", "blocks", "attachments")):
            message = apply_response(self.core, ticket, response)
            if message is not None:
                messages.append(message)
        return messages

    def _post(
        self, channel: str, user: str, text: str, thread_ts: str | None = None
    ) -> Message:
        return self.core.state.add(
            Message(
                channel=channel,
                ts=self.core.state.next_ts(),
                user=user,
                team_id=self.core.state.user(user).foreign_team_id,
                text=text,
                thread_ts=thread_ts,
            )
        )

    async def say(
        self,
        text: str,
        *,
        user: str = MAYA,
        channel: str = COSTS,
        thread_ts: str | None = None,
        is_stray: bool = False,
    ) -> Reply:
        """Post a person's message and send the app the events it leads to.

        The reply is that of the last event; without events it has no status.

        Args:
            text: What is typed.
            user: Who types it.
            channel: Where.
            thread_ts: The thread it replies to.
            is_stray: Send ``app_mention`` though nobody is named, as was seen of
                replies in threads.
        """
        place = self.writable_channel(user, channel)
        message = self._post(place.id, user, resolve(text, self.core.state), thread_ts)
        self._warn_of_absence(message, place)
        return await self._tell(
            message, self._events_of(message, place, is_stray=is_stray)
        )

    def _warn_of_absence(self, message: Message, place: Channel) -> None:
        is_named = f"<@{BOT_USER_ID}>" in message.text
        is_channel = place.kind in ("public", "private")
        if BOT_USER_ID in place.members or not is_named or not is_channel:
            return
        self.core.state.add(
            Message(
                channel=place.id,
                ts=self.core.state.next_ts(),
                user=SLACKBOT,
                reader=message.user,
                thread_ts=message.thread_ts,
                text=NOT_HERE.format(bot=BOT_USER_ID, name=self.core.manifest.bot_name),
            )
        )

    async def edit(self, message: Message, text: str) -> Reply:
        """Let an author edit a message where the bot is; a mention is told again."""
        previous = replace(message)
        self.core.state.edit(
            message, text=resolve(text, self.core.state), blocks=message.blocks
        )
        place = self.core.state.channels[message.channel]
        _, *mentions = self._events_of(message, place)
        return await self._tell(
            message, [happenings.edited(message, previous, place), *mentions]
        )

    async def say_by_workflow(
        self, text: str, *, channel: str = COSTS, user: str = ""
    ) -> Reply:
        """Post what a workflow or reminder says; it has a ``bot_id`` and no person."""
        place = self.core.state.channel(channel)
        message = self.core.state.add(
            Message(
                channel=place.id,
                ts=self.core.state.next_ts(),
                user=user,
                bot_id=WORKFLOW_BOT_ID,
                subtype="bot_message",
                text=resolve(text, self.core.state),
            )
        )
        return await self._tell(message, self._events_of(message, place))

    async def _tell(self, message: Message, events: list[Json]) -> Reply:
        reply = Reply(message=message)
        for event in filter(self.core.events.wants, events):
            record = await self.core.events.deliver(event)
            reply = Reply(
                **answer_fields(record.answers[-1]),
                event_id=record.id,
                message=message,
            )
        return reply

    def writable_channel(self, user: str, channel: str) -> Channel:
        """Return the channel; refuse where the person cannot write."""
        place = self.core.state.visible_channel(channel, user)
        if place.is_archived:
            raise Refusal("is_archived")
        if user not in place.members:
            raise Refusal("not_in_channel")
        return place

    def _events_of(
        self, message: Message, channel: Channel, *, is_stray: bool = False
    ) -> list[Json]:
        if BOT_USER_ID not in channel.members:
            return []
        found = [happenings.posted(message, channel)]
        is_named = f"<@{BOT_USER_ID}>" in message.text
        if channel.kind != "im" and (is_named or is_stray):
            found.append(happenings.mentioned(message))
        return found

    async def mention(
        self,
        text: str,
        *,
        user: str = MAYA,
        channel: str = COSTS,
        thread_ts: str | None = None,
    ) -> Reply:
        """Mention the bot, with the words after the mention."""
        return await self.say(
            f"<@{BOT_USER_ID}> {text}", user=user, channel=channel, thread_ts=thread_ts
        )

    async def dm(
        self, text: str, *, user: str = MAYA, thread_ts: str | None = None
    ) -> Reply:
        """Write to the bot directly."""
        return await self.say(
            text, user=user, channel=direct_channel(user), thread_ts=thread_ts
        )


def _as_response(body: Any) -> Json:
    """Read the body of an acknowledgement; plain text is an ephemeral message."""
    if isinstance(body, dict):
        return body
    if isinstance(body, str):
        try:
            decoded = json.loads(body)
        except ValueError:
            return {"text": body}
        return decoded if isinstance(decoded, dict) else {"text": body}
    return {}
