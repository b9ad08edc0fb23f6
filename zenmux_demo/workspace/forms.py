"""Forms: submitting and closing modals, and what the app answers to that.

https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zenmux_demo.workspace import payloads
from zenmux_demo.workspace.content import read_view
from zenmux_demo.workspace.core import Core
from zenmux_demo.workspace.delivery import Answer
from zenmux_demo.workspace.inputs import chosen, elements, missing_inputs, value_for
from zenmux_demo.workspace.interacting import find_element
from zenmux_demo.workspace.model import Json, Refusal, View
from zenmux_demo.workspace.replies import Reply, answer_fields
from zenmux_demo.workspace.seed import MAYA
from zenmux_demo.workspace.tickets import ResponseTicket

TROUBLE = "We had some trouble connecting. Try again?"


class Filling:
    """What people do with modals."""

    core: Core

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
