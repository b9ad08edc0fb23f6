"""``views.*`` and ``blocks.validate``: modals and Home tabs.

https://docs.slack.dev/reference/methods/views.open
"""

from __future__ import annotations

from zenmux_demo.workspace import shapes
from zenmux_demo.workspace.content import read_structure, read_view
from zenmux_demo.workspace.core import Core
from zenmux_demo.workspace.methods.base import Call, Method
from zenmux_demo.workspace.model import Json, Refusal, View
from zenmux_demo.workspace.validation import Surface, find_problems, find_view_problems


def _body(core: Core, call: Call, surface: Surface) -> Json:
    return read_view(
        call.args,
        surface,
        next_id=core.state.next_id,
        forbidden=core.faults.forbidden_blocks,
    )


def _answer(view: View) -> Json:
    return {"view": shapes.view_json(view)}


def open_view(core: Core, call: Call) -> Json:
    """Open a modal."""
    body = _body(core, call, "modal")
    trigger = core.triggers.redeem(call.text("trigger_id"))
    return _answer(core.surfaces.open(trigger.user, body, here=trigger.channel))


def push_view(core: Core, call: Call) -> Json:
    """Put a modal on top of the one that the trigger came from."""
    body = _body(core, call, "modal")
    trigger = core.triggers.redeem(call.text("trigger_id"))
    return _answer(core.surfaces.push(trigger.user, body))


def update_view(core: Core, call: Call) -> Json:
    """Replace what a modal shows."""
    view = core.surfaces.find(call.optional("view_id"), call.optional("external_id"))
    if view is None:
        raise Refusal("not_found")
    surface: Surface = "home" if view.body["type"] == "home" else "modal"
    body = _body(core, call, surface)
    return _answer(
        core.surfaces.update(view, body, expected_hash=call.optional("hash"))
    )


def publish_view(core: Core, call: Call) -> Json:
    """Show a person's Home tab."""
    if not core.manifest.home_tab:
        raise Refusal("not_enabled")
    body = _body(core, call, "home")
    user = core.state.user(call.text("user_id"))
    return _answer(
        core.surfaces.publish(user.id, body, expected_hash=call.optional("hash"))
    )


def validate_blocks(core: Core, call: Call) -> Json:
    """Check blocks without showing them.

    https://docs.slack.dev/reference/methods/blocks.validate
    """
    del core
    given = [key for key in ("blocks", "view", "message") if call.args.get(key)]
    if len(given) != 1:
        raise Refusal("invalid_arguments")
    content = read_structure(call.args, given[0], "invalid_arguments")
    if given == ["view"]:
        surface: Surface = "home" if content.get("type") == "home" else "modal"
        found = find_view_problems(content, surface)
        found += find_problems(content.get("blocks"), surface)
    else:
        blocks = content if given == ["blocks"] else content.get("blocks", [])
        found = find_problems(blocks, "message")
    if found:
        raise Refusal("invalid_blocks", errors=[p.as_json() for p in found])
    return {}


METHODS = {
    "views.open": Method(run=open_view),
    "views.push": Method(run=push_view),
    "views.update": Method(run=update_view),
    "views.publish": Method(run=publish_view),
    "blocks.validate": Method(run=validate_blocks, authorized_by="nothing"),
}
