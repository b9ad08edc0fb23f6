"""Modals and Home tabs: who has which views open.

https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

import hashlib
import json

from zenmux_bot.render import limits
from zenmux_demo.workspace.inputs import initial_values
from zenmux_demo.workspace.model import Change, ChangeKind, Json, Refusal, View
from zenmux_demo.workspace.state import Workspace


class Surfaces:
    """Each person's stack of modals and Home tab."""

    def __init__(self, state: Workspace) -> None:
        self._state = state
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def home(self, user: str) -> View | None:
        """Return a person's Home tab, if one was published."""
        return self._homes.get(user)

    def stack(self, user: str) -> list[View]:
        """Return a person's open modals, the visible one last."""
        return list(self._stacks.get(user, ()))

    def find(self, view_id: str | None, external_id: str | None = None) -> View | None:
        """Return an open modal or a Home tab by either of its ids."""
        views = [view for stack in self._stacks.values() for view in stack]
        views += self._homes.values()
        for view in views:
            if view.id == view_id:
                return view
            if external_id and view.body.get("external_id") == external_id:
                return view
        return None

    def open(self, user: str, body: Json, *, here: str | None = None) -> View:
        """Show a modal in the place of whatever the person had open.

        ``here`` is the channel that menus may preselect.
        """
        self._refuse_taken(body)
        self._stacks[user] = []
        return self._put_on_top(user, body, here)

    def push(self, user: str, body: Json) -> View:
        """Show a modal on top of the open ones."""
        if not self._stacks.get(user):
            raise Refusal("not_found")
        if len(self._stacks[user]) >= limits.MODAL_STACK:
            raise Refusal("push_limit_reached")
        self._refuse_taken(body)
        return self._put_on_top(user, body, self._stacks[user][-1].here)

    def update(self, view: View, body: Json, *, expected_hash: str | None) -> View:
        """Replace the content of a view, keeping what was typed in kept blocks."""
        if expected_hash and expected_hash != view.hash:
            raise Refusal("hash_conflict")
        self._refuse_taken(body, but=view)
        typed = view.state["values"]
        view.body = body
        view.hash = self._hash(body)
        view.state = {"values": initial_values(view.blocks, view.here)}
        for block_id, actions in view.state["values"].items():
            for action_id in actions:
                kept = typed.get(block_id, {}).get(action_id)
                if kept and kept["type"] == actions[action_id]["type"]:
                    actions[action_id] = kept
        self._tell("home" if body["type"] == "home" else "view_updated", view)
        return view

    def publish(self, user: str, body: Json, *, expected_hash: str | None) -> View:
        """Show a Home tab."""
        known = self._homes.get(user)
        if known is not None:
            return self.update(known, body, expected_hash=expected_hash)
        if expected_hash:
            raise Refusal("hash_conflict")
        self._refuse_taken(body)
        view = self._build(user, body, None)
        self._homes[user] = view
        self._tell("home", view)
        return view

    def close(self, view: View) -> None:
        """Close a modal and show the one below."""
        stack = self._stacks[view.user]
        stack.remove(view)
        self._tell("view_closed", view)
        if stack:
            self._tell("view_updated", stack[-1])

    def clear(self, user: str) -> None:
        """Close all of a person's modals."""
        for view in reversed(self._stacks.pop(user, [])):
            self._tell("view_closed", view)

    def _put_on_top(self, user: str, body: Json, here: str | None) -> View:
        stack = self._stacks[user]
        view = self._build(user, body, here)
        if stack:
            view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        self._tell("view_opened", view)
        return view

    def _build(self, user: str, body: Json, here: str | None) -> View:
        view_id = self._state.next_id("V")
        return View(
            id=view_id,
            user=user,
            body=body,
            hash=self._hash(body),
            root_id=view_id,
            here=here,
            state={"values": initial_values(body["blocks"], here)},
        )

    def _refuse_taken(self, body: Json, *, but: View | None = None) -> None:
        external_id = body.get("external_id")
        holder = self.find(None, external_id) if external_id else None
        if holder is not None and holder is not but:
            raise Refusal("duplicate_external_id")

    def _hash(self, body: Json) -> str:
        digest = hashlib.sha256(json.dumps(body).encode()).hexdigest()[:8]
        return f"{self._state.next_ts().partition('.')[0]}.{digest}"

    def _tell(self, kind: ChangeKind, view: View) -> None:
        self._state.tell(Change(kind=kind, view=view, user=view.user))
