"""What people do in the workspace, and what the app gets and answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from zenmux_demo.workspace import payloads
from zenmux_demo.workspace.content import read_view, refuse
from zenmux_demo.workspace.core import Core
from zenmux_demo.workspace.delivery import Answer
from zenmux_demo.workspace.events import Event
from zenmux_demo.workspace.inputs import (
    VALUE_KEYS,
    chosen,
    elements,
    initial_values,
    missing_inputs,
    value_for,
)
from zenmux_demo.workspace.manifest import Command
from zenmux_demo.workspace.mentions import resolve
from zenmux_demo.workspace.model import (
    Change,
    Channel,
    Json,
    Message,
    Refusal,
    User,
    View,
)
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
from zenmux_demo.workspace.validation import offer_problems

UNKNOWN_COMMAND = (
    "{name} is not a valid command. In Slack, all messages that start with the "
    "“/” character are interpreted as commands."
)
THREAD_COMMAND = "{name} is not supported in threads. Sorry!"
# What Slack tells whoever mentions an app that is not there.
NOT_HERE = (
    "You mentioned <@{bot}>, but they're not in this channel. "
    "To add them, type `/invite @{name}`."
)
FAILED_COMMAND = '{name} failed with the error "{code}"'
FAILURE_CODES = {
    "http_timeout": "operation_timeout",
    "connection_failed": "dispatch_failed",
    "http_error": "dispatch_failed",
}
NO_ANSWER = "{name} did not answer in time. Please try again."
TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The app's answer to one delivery and what became of it.

    Attributes:
        status: HTTP status of the answer; 200 for a socket ack; None without one.
        body: The answer's body, decoded.
        elapsed_seconds: How long the app took to acknowledge.
        failure: Why there is no good answer, as Slack names it; empty if there is.
        messages: Messages that the acknowledgement itself made.
        notice: What Slack told the person instead, if anything.
        errors: What was wrong with the answer or, by block id, with a form.
        view: The modal the person sees afterwards.
        trigger_id: What was sent along.
        response_url: What was sent along.
        event_id: Of the event that was delivered.
        message: The person's own message, for mentions and direct messages.
    """

    status: int | None = None
    body: Any = None
    elapsed_seconds: float = 0.0
    failure: str = ""
    messages: tuple[Message, ...] = ()
    notice: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    view: View | None = None
    trigger_id: str = ""
    response_url: str = ""
    event_id: str = ""
    message: Message | None = None


def answer_fields(answer: Answer) -> dict[str, Any]:
    """Return what a reply takes over from an answer."""
    return {
        "status": answer.status,
        "body": answer.body,
        "elapsed_seconds": answer.elapsed_seconds,
        "failure": answer.failure,
    }


class Acts:
    """Everything that people do."""

    def __init__(self, core: Core) -> None:
        self.core = core

    # Typing: https://docs.slack.dev/interactivity/implementing-slash-commands

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
            message, [payloads.edited(message, previous, place), *mentions]
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
        found = [payloads.posted(message, channel)]
        is_named = f"<@{BOT_USER_ID}>" in message.text
        if channel.kind != "im" and (is_named or is_stray):
            found.append(payloads.mentioned(message))
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

    # Pressing and choosing: https://docs.slack.dev/reference/interaction-payloads

    async def press(
        self, place: Message | View, button: str, *, user: str = MAYA
    ) -> Reply:
        """Press a button, named by its ``action_id`` or its text."""
        block, element = find_element(place, button)
        action = {"action_id": element["action_id"], "block_id": block["block_id"]}
        return await self.act(place, action, user=user)

    async def select(
        self, place: Message | View, action_id: str, value: Any, *, user: str = MAYA
    ) -> Reply:
        """Choose in a menu, picker or group; options by their value or text."""
        block, element = find_element(place, action_id)
        action = {
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            VALUE_KEYS[element["type"]]: value_for(element, value),
        }
        return await self.act(place, action, user=user)

    async def act(
        self,
        place: Message | View,
        action: Json,
        *,
        user: str = MAYA,
        values: Json | None = None,
    ) -> Reply:
        """Send ``block_actions`` for an element, completed from its definition."""
        who = self.core.state.user(user)
        block, element = find_element(place, action["action_id"], action["block_id"])
        full = {
            **_definition(element),
            **action,
            "type": element["type"],
            "block_id": block["block_id"],
            "action_ts": self.core.state.next_ts(),
        }
        ticket: ResponseTicket | None = None
        if isinstance(place, View):
            if values is not None:
                merge_values(place.state["values"], values)
            _remember(place.state, block, element, full)
            trigger_id = self.core.triggers.issue(who.id, channel=place.here)
            payload = payloads.view_actions(
                user=who, view=place, action=full, trigger_id=trigger_id
            )
        else:
            trigger_id = self.core.triggers.issue(who.id, channel=place.channel)
            ticket = self.core.response_tickets.issue(
                channel=place.channel, user=who.id, source_ts=place.ts
            )
            state: Json = {
                "values": initial_values(place.blocks) if values is None else values
            }
            _remember(state, block, element, full)
            payload = payloads.message_actions(
                user=who,
                message=place,
                channel=self.core.state.channels[place.channel],
                action=full,
                trigger_id=trigger_id,
                response_url=self.core.response_url(ticket),
                values=state["values"],
            )
        return await self._send(payload, user, ticket)

    async def shortcut(
        self, callback_id: str, *, user: str = MAYA, message: Message | None = None
    ) -> Reply:
        """Run a shortcut, on a message if one is given."""
        who = self.core.state.user(user)
        known = self.core.manifest.shortcut(callback_id)
        if known is None or (known.type == "message") != (message is not None):
            raise LookupError(f"no such shortcut here: {callback_id}")
        trigger_id = self.core.triggers.issue(
            who.id, channel=message.channel if message else None
        )
        ts = self.core.state.next_ts()
        if message is None:
            payload = payloads.global_shortcut(
                user=who, callback_id=callback_id, trigger_id=trigger_id, ts=ts
            )
            return await self._send(payload, user, None)
        ticket = self.core.response_tickets.issue(channel=message.channel, user=who.id)
        payload = payloads.message_shortcut(
            user=who,
            callback_id=callback_id,
            trigger_id=trigger_id,
            response_url=self.core.response_url(ticket),
            message=message,
            channel=self.core.state.channels[message.channel],
            ts=ts,
        )
        return await self._send(payload, user, ticket)

    async def options(
        self, place: Message | View, action_id: str, typed: str, *, user: str = MAYA
    ) -> Reply:
        """Ask the app for the options of an external menu."""
        block, element = find_element(place, action_id)
        payload = payloads.suggestion(
            user=self.core.state.user(user),
            action_id=element["action_id"],
            block_id=block["block_id"],
            typed=typed,
            view=place if isinstance(place, View) else None,
            message=None if isinstance(place, View) else place,
            channel=None
            if isinstance(place, View)
            else self.core.state.channels[place.channel],
        )
        reply = await self._send(payload, user, None)
        wrong = [] if reply.failure else offer_problems(reply.body)
        if not wrong:
            return reply
        self.core.note(refuse("invalid_options", wrong))
        return replace(reply, body=None, errors={action_id: "; ".join(wrong)})

    async def _send(
        self, payload: Json, user: str, ticket: ResponseTicket | None
    ) -> Reply:
        answer = await self.core.interact("interactive", payload)
        if ticket is not None:
            ticket.acknowledged.set()
        notice = ""
        if answer.failure:
            notice = NO_ANSWER.format(name=self.core.manifest.bot_name)
            self.core.state.notice(notice, user=user)
        return Reply(
            **answer_fields(answer),
            notice=notice,
            trigger_id=payload.get("trigger_id", ""),
            response_url=payload.get("response_url", ""),
        )

    # Forms: https://docs.slack.dev/surfaces/modals

    async def submit(
        self, view: View, values: Mapping[str, Any], *, user: str = MAYA
    ) -> Reply:
        """Fill a form and submit it.

        ``values`` maps action ids to plain values, or block ids to what the
        elements report; what is not mentioned keeps its value.
        """
        self._fill(view, values)
        missing = missing_inputs(view.blocks, view.state["values"])
        if missing:
            return Reply(errors=missing, view=view)
        who = self.core.state.user(user)
        tickets: list[ResponseTicket] = []
        payload = payloads.submission(
            user=who,
            view=view,
            trigger_id=self.core.triggers.issue(who.id, channel=view.here),
            response_urls=self._response_urls(view, who.id, tickets),
        )
        answer = await self.core.interact("interactive", payload)
        for ticket in tickets:
            ticket.acknowledged.set()
        return self._conclude(view, answer)

    async def close(self, view: View, *, user: str = MAYA) -> Reply:
        """Close a modal; the app hears of it if it wanted to."""
        who = self.core.state.user(user)
        payload = payloads.closed(
            user=who, view=view, is_cleared=bool(view.body.get("clear_on_close"))
        )
        if view.body.get("clear_on_close"):
            self.core.surfaces.clear(user)
        else:
            self.core.surfaces.close(view)
        if not view.body.get("notify_on_close"):
            return Reply()
        answer = await self.core.interact("interactive", payload)
        return Reply(**answer_fields(answer))

    def _fill(self, view: View, values: Mapping[str, Any]) -> None:
        blocks = {block["block_id"] for block, _ in elements(view.blocks)}
        for name, given in values.items():
            if name in blocks and isinstance(given, Mapping):
                view.state["values"].setdefault(name, {}).update(given)
                continue
            block, element = find_element(view, name)
            view.state["values"].setdefault(block["block_id"], {})[
                element["action_id"]
            ] = chosen(element, value_for(element, given))

    def _response_urls(
        self, view: View, user: str, tickets: list[ResponseTicket]
    ) -> list[Json]:
        """Return a response URL for each menu that asked for one."""
        found = []
        for block, element in elements(view.blocks):
            if not element.get("response_url_enabled"):
                continue
            report = view.state["values"][block["block_id"]][element["action_id"]]
            channel = report.get("selected_conversation") or report.get(
                "selected_channel"
            )
            ticket = self.core.response_tickets.issue(channel=channel, user=user)
            tickets.append(ticket)
            found.append(
                {
                    "block_id": block["block_id"],
                    "action_id": element["action_id"],
                    "channel_id": channel,
                    "response_url": self.core.response_url(ticket),
                }
            )
        return found

    def _conclude(self, view: View, answer: Answer) -> Reply:
        if answer.failure:
            return self._trouble(view, answer, {})
        body = answer.body if isinstance(answer.body, dict) else {}
        try:
            errors = self._obey(view, body)
        except Refusal as refusal:
            self.core.note(refusal)
            words = "; ".join(refusal.extra.get("errors", []))
            return self._trouble(view, answer, {refusal.code: words})
        stack = self.core.surfaces.stack(view.user)
        return Reply(
            **answer_fields(answer), errors=errors, view=stack[-1] if stack else None
        )

    def _obey(self, view: View, body: Json) -> dict[str, str]:
        """Do what a ``response_action`` says; return errors to show in the form."""
        action = body.get("response_action")
        if action is None:
            self.core.surfaces.close(view)
        elif action == "clear":
            self.core.surfaces.clear(view.user)
        elif action == "errors":
            return self._checked_errors(view, body.get("errors"))
        elif action in ("update", "push"):
            new = read_view(
                body,
                "modal",
                next_id=self.core.state.next_id,
                forbidden=self.core.faults.forbidden_blocks,
            )
            if action == "update":
                self.core.surfaces.update(view, new, expected_hash=None)
            else:
                self.core.surfaces.push(view.user, new)
        else:
            raise Refusal("invalid_response_action")
        return {}

    def _checked_errors(self, view: View, errors: Any) -> dict[str, str]:
        inputs = {b["block_id"] for b in view.blocks if b["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
            raise Refusal("invalid_errors", errors=[f"not input blocks: {errors}"])
        return dict(errors)

    def _trouble(self, view: View, answer: Answer, errors: dict[str, str]) -> Reply:
        self.core.state.notice(TROUBLE, user=view.user)
        return Reply(**answer_fields(answer), notice=TROUBLE, errors=errors, view=view)

    # Members, channels, Home and the installation.

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
        return await self._emit(
            payloads.home_opened(
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
        return await self._emit(
            payloads.joined(place, BOT_USER_ID, self._ts(), inviter=user)
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
        return await self._emit(payloads.kicked(place, user, self._ts()))

    async def leave(self, channel: str, *, user: str) -> Reply:
        """Let a person leave a channel."""
        place = self.core.state.channel(channel)
        place.members.discard(user)
        self._redraw()
        return await self._emit(payloads.left(place, user, self._ts()))

    def deactivate(self, user: str) -> None:
        """Let a person leave the company: the account stays and is marked."""
        users = self.core.state.users
        users[user] = replace(users[user], is_deleted=True)

    async def archive(self, channel: str, *, user: str = MAYA) -> Reply:
        """Archive a channel."""
        place = self.core.state.channel(channel)
        place.is_archived = True
        self._redraw()
        return await self._emit(
            payloads.channel_event("archive", place, self._ts(), user=user)
        )

    async def unarchive(self, channel: str, *, user: str = MAYA) -> Reply:
        """Bring a channel back; whoever was in it still is."""
        place = self.core.state.channel(channel)
        place.is_archived = False
        self._redraw()
        return await self._emit(
            payloads.channel_event("unarchive", place, self._ts(), user=user)
        )

    async def rename(self, channel: str, name: str) -> Reply:
        """Rename a channel."""
        place = self.core.state.channel(channel)
        if any(c.name == name for c in self.core.state.channels.values()):
            raise Refusal("name_taken")
        place.name = name
        self._redraw()
        return await self._emit(payloads.channel_event("rename", place, self._ts()))

    async def delete_channel(self, channel: str) -> Reply:
        """Delete a channel for good."""
        place = self.core.state.channels.pop(channel)
        self._redraw()
        return await self._emit(payloads.channel_event("deleted", place, self._ts()))

    async def change_channel_id(self, old: str, new: str) -> Reply:
        """Give a channel a new id, as moves between workspaces do."""
        self.core.state.move_channel(old, new)
        self._redraw()
        return await self._emit(payloads.id_changed(old, new, self._ts()))

    async def uninstall(self) -> None:
        """Remove the app: tokens end, and both events are sent."""
        self.core.tokens.end("account_inactive")
        await self._emit(payloads.tokens_revoked([BOT_USER_ID]))
        await self._emit(payloads.uninstalled())

    async def revoke_tokens(self) -> Reply:
        """Revoke the bot's tokens."""
        self.core.tokens.end("token_revoked")
        return await self._emit(payloads.tokens_revoked([BOT_USER_ID]))

    async def _emit(self, event: Json) -> Reply:
        if not self.core.events.wants(event):
            return Reply()
        return await self.event(event)

    def _ts(self) -> str:
        return self.core.state.next_ts()

    def _redraw(self) -> None:
        self.core.state.tell(Change(kind="channels"))


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


def find_element(
    place: Message | View, name: str, block_id: str | None = None
) -> tuple[Json, Json]:
    """Return an element and its block, by ``action_id`` or the text on a button."""
    seen = []
    for block, element in elements(place.blocks):
        label = (element.get("text") or {}).get("text")
        seen.append(f"{element.get('action_id')} ({label or element['type']})")
        if name in (element.get("action_id"), label) and block_id in (
            None,
            block["block_id"],
        ):
            return block, element
    raise LookupError(f"nothing called {name!r} here, only: {', '.join(seen)}")


def merge_values(state: Json, given: Mapping[str, Any]) -> None:
    """Put what was chosen, block by block, over what is known."""
    for block_id, reports in given.items():
        state.setdefault(block_id, {}).update(reports)


def _definition(element: Json) -> Json:
    """Return what a button or menu reports of itself."""
    kept = ("action_id", "text", "value", "style", "placeholder", "timezone")
    return {key: element[key] for key in kept if key in element}


def _remember(state: Json, block: Json, element: Json, action: Json) -> None:
    """Keep what was chosen in the state of the surface."""
    kind = element["type"]
    if kind in VALUE_KEYS and kind != "overflow":
        report = chosen(element, action.get(VALUE_KEYS[kind]))
        values = state["values"].setdefault(block["block_id"], {})
        values[element["action_id"]] = report
