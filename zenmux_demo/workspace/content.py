"""What a message says: read from arguments, checked, and made whole.

https://docs.slack.dev/reference/methods/chat.postMessage
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Collection, Container, Mapping
from dataclasses import dataclass
from typing import Any

from zenmux_bot.render import limits
from zenmux_demo.workspace.inputs import elements
from zenmux_demo.workspace.model import Json, Refusal
from zenmux_demo.workspace.validation import (
    Surface,
    block_types,
    problems,
    view_problems,
)

# Slack states that there is a limit but not which; a marker is far below this.
METADATA_BYTES = 8_000

# chat.postMessage refused between 12,000 and 13,000 characters of text in all blocks;
# measured, not documented: https://github.com/slackapi/bolt-js/issues/2509 and #2867.
# Whether cells of tables count is unknown, and response URLs take more.
POSTED_CHARACTERS = 12_000
CELLS = frozenset({"table", "data_table"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A checked message: what it says, not where."""

    text: str
    blocks: list[Json]
    attachments: list[Json]


def read_structure(args: Mapping[str, Any], key: str, error: str) -> Any:
    """Return an argument that is JSON, or JSON in a string; None if absent."""
    value = args.get(key)
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    try:
        return json.loads(value)
    except ValueError:
        raise Refusal(error) from None


def read_content(
    args: Mapping[str, Any],
    *,
    next_id: Callable[[str], str],
    forbidden: Collection[str] = (),
    takes_no_blocks: bool = False,
) -> Content:
    """Return the checked content of a message's arguments.

    ``takes_no_blocks`` allows an empty list of blocks, which an update needs.
    """
    if args.get("markdown_text"):
        return _read_markdown(args, next_id)
    given = read_structure(args, "blocks", "invalid_blocks_format")
    if given == [] and not takes_no_blocks:
        # Whether Slack takes an empty list is not documented; so it must not be sent.
        raise refuse("invalid_blocks", ["must provide blocks [json-pointer:/blocks]"])
    blocks = given or []
    attachments = read_structure(args, "attachments", "invalid_attachments") or []
    text = args.get("text") or ""
    if isinstance(blocks, list) and len(blocks) > limits.BLOCKS_PER_MESSAGE:
        raise Refusal("msg_blocks_too_many")
    if len(attachments) > limits.ATTACHMENTS:
        raise Refusal("too_many_attachments")
    if not (text or blocks or attachments):
        raise Refusal("no_text")
    check_blocks(blocks, "message", forbidden=forbidden)
    attached = [b for a in attachments for b in a.get("blocks") or []]
    if attached:
        # Limits for the whole message, such as one table, count both.
        check_blocks([*blocks, *attached], "message", forbidden=forbidden)
    assign_ids(blocks, next_id)
    return Content(
        text=str(text)[: limits.MESSAGE_TEXT], blocks=blocks, attachments=attachments
    )


def check_length(content: Content, *, counts_cells: bool) -> None:
    """Refuse blocks that together say more than a posted message may."""
    total = sum(
        _characters(block)
        for block in content.blocks
        if counts_cells or block["type"] not in CELLS
    )
    if total > POSTED_CHARACTERS:
        raise Refusal("msg_blocks_too_long")


def _characters(value: Any) -> int:
    """Count the texts in a block, however deep they stand."""
    if isinstance(value, list):
        return sum(_characters(item) for item in value)
    if isinstance(value, dict):
        return sum(
            len(item) if key == "text" and isinstance(item, str) else _characters(item)
            for key, item in value.items()
        )
    return 0


def _read_markdown(args: Mapping[str, Any], next_id: Callable[[str], str]) -> Content:
    if args.get("text") or args.get("blocks"):
        raise Refusal("markdown_text_conflict")
    text = str(args["markdown_text"])
    if len(text) > limits.MARKDOWN_TEXT_ARGUMENT:
        raise Refusal("msg_too_long")
    blocks: list[Json] = [{"type": "markdown", "text": text}]
    assign_ids(blocks, next_id)
    return Content(text=text, blocks=blocks, attachments=[])


def check_blocks(
    blocks: Any, surface: Surface, *, forbidden: Collection[str] = ()
) -> None:
    """Refuse blocks that Slack refuses, or that are not rolled out yet."""
    found = problems(blocks, surface)
    if not found:
        found = [
            f"unsupported type: {kind} [json-pointer:{pointer}]"
            for pointer, kind in block_types(blocks)
            if kind in forbidden
        ]
    if found:
        raise refuse("invalid_blocks", found)


def refuse(code: str, found: list[str]) -> Refusal:
    """Return the refusal that lists what is wrong."""
    return Refusal(
        code,
        errors=found,
        response_metadata={"messages": [f"[ERROR] {line}" for line in found]},
    )


def read_view(
    args: Mapping[str, Any],
    surface: Surface,
    *,
    next_id: Callable[[str], str],
    forbidden: Collection[str] = (),
) -> Json:
    """Return the checked view of a call's arguments."""
    view = read_structure(args, "view", "invalid_arguments")
    if not isinstance(view, dict):
        raise refuse("invalid_arguments", ["missing required field: view"])
    if len(json.dumps(view, ensure_ascii=False).encode()) > limits.VIEW_BYTES:
        raise Refusal("view_too_large")
    found = view_problems(view, surface)
    if found:
        raise refuse("invalid_arguments", found)
    check_blocks(view["blocks"], surface, forbidden=forbidden)
    assign_ids(view["blocks"], next_id)
    return view


def read_metadata(args: Mapping[str, Any]) -> Json | None:
    """Return a message's metadata; an empty mapping clears it."""
    metadata = read_structure(args, "metadata", "invalid_metadata_format")
    if metadata is None or metadata == {}:
        return metadata  # type: ignore[no-any-return]
    if not isinstance(metadata, dict):
        raise Refusal("invalid_metadata_format")
    is_shaped = (
        isinstance(metadata.get("event_type"), str)
        and metadata["event_type"]
        and isinstance(metadata.get("event_payload"), dict)
        and metadata.keys() <= {"event_type", "event_payload", "entities"}
    )
    if not is_shaped:
        raise Refusal("invalid_metadata_schema")
    if len(json.dumps(metadata)) > METADATA_BYTES:
        raise Refusal("metadata_too_large")
    return metadata


def assign_ids(blocks: list[Json], next_id: Callable[[str], str]) -> None:
    """Give blocks and elements the ids that their author left out.

    What is shown once more as it was gets the id it had, so that a page can leave it
    alone; but not inputs, whose values Slack keeps by the author's own ids only.
    """
    taken = {block.get("block_id") for block in blocks}
    for block in blocks:
        if block["type"] == "markdown":
            block.pop("block_id", None)
        if "block_id" not in block:
            block["block_id"] = (
                next_id("b") if block["type"] == "input" else _content_id(block, taken)
            )
            taken.add(block["block_id"])
        assign_ids(block.get("child_blocks") or [], next_id)
    for _, element in elements(blocks):
        element.setdefault("action_id", next_id("a"))


def _content_id(block: Json, taken: Container[str | None]) -> str:
    digest = hashlib.sha256(json.dumps(block).encode()).hexdigest()[:8]
    numbered = (f"b{digest}{count or ''}" for count in itertools.count())
    return next(block_id for block_id in numbered if block_id not in taken)
