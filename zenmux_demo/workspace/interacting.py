"""Clicking: buttons, menus, modals and shortcuts.

https://docs.slack.dev/reference/interaction-payloads
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from zenmux_demo.workspace import payloads
from zenmux_demo.workspace.content import refuse
from zenmux_demo.workspace.core import Core
from zenmux_demo.workspace.inputs import (
    VALUE_KEYS,
    chosen,
    elements,
    initial_values,
    value_for,
)
from zenmux_demo.workspace.model import Json, Message, View
from zenmux_demo.workspace.replies import Reply, answer_fields
from zenmux_demo.workspace.seed import MAYA
from zenmux_demo.workspace.tickets import ResponseTicket
from zenmux_demo.workspace.validation import offer_problems

NO_ANSWER = "{name} did not answer in time. Please try again."


class Interacting:
    """What people do with the pointer, outside forms."""

    core: Core

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
