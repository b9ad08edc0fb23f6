"""What blocks must keep together: counts, unique ids, sums over a payload.

https://docs.slack.dev/block-kit
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zenmux_bot.render import limits
from zenmux_demo.workspace.validation.blocks import BLOCK, Surface
from zenmux_demo.workspace.validation.data import cell_characters
from zenmux_demo.workspace.validation.rules import Found, Problem, list_of

TABLES = frozenset({"table", "data_table"})
BLOCK_LIMITS: dict[Surface, int] = {
    "message": limits.BLOCKS_PER_MESSAGE,
    "modal": limits.BLOCKS_PER_VIEW,
    "home": limits.BLOCKS_PER_VIEW,
}


def find_problems(blocks: Any, surface: Surface) -> list[Problem]:
    """Return everything that is wrong with the blocks of a surface."""
    at_least = 0 if surface == "message" else 1
    rule = list_of(BLOCK[surface], BLOCK_LIMITS[surface], at_least=at_least)
    found = list(rule(blocks, "/blocks"))
    if not found:
        found += _unique_ids(blocks)
        found += _sums(blocks)
        found += _form_rules(blocks, surface)
    return found


def placed(blocks: Any, at: str = "/blocks") -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every block with its pointer, children of containers included."""
    for index, block in enumerate(blocks):
        pointer = f"{at}/{index}"
        yield pointer, block
        yield from placed(block.get("child_blocks") or [], f"{pointer}/child_blocks")


def _unique_ids(blocks: Any) -> Found:
    seen: set[str] = set()
    for pointer, block in placed(blocks):
        block_id = block.get("block_id")
        if block_id in seen:
            yield Problem(
                "duplicate",
                f"block_id already exists: {block_id}",
                f"{pointer}/block_id",
            )
        if block_id is not None:
            seen.add(block_id)
        yield from _unique_action_ids(block, pointer)


def _unique_action_ids(block: dict[str, Any], pointer: str) -> Found:
    seen: set[str] = set()
    for index, element in enumerate(block.get("elements") or []):
        action_id = element.get("action_id")
        if action_id in seen:
            yield Problem(
                "duplicate",
                f"action_id already exists in this block: {action_id}",
                f"{pointer}/elements/{index}/action_id",
            )
        if action_id is not None:
            seen.add(action_id)


def _sums(blocks: Any) -> Found:
    every = list(placed(blocks))
    for kinds, limit, code in (
        (TABLES, limits.TABLES_PER_MESSAGE, "only_one_table_allowed"),
        ({"data_visualization"}, limits.CHARTS_PER_MESSAGE, "too_many"),
    ):
        pointers = [pointer for pointer, block in every if block["type"] in kinds]
        for pointer in pointers[limit:]:
            words = f"no more than {limit} of: {', '.join(sorted(kinds))}"
            yield Problem(code, f"{code}: {words}", pointer, limit)
    for kind, limit in (
        ("table", limits.TABLE_CHARACTERS),
        ("data_table", limits.DATA_TABLE_CHARACTERS),
    ):
        total = sum(cell_characters(b) for _, b in every if b["type"] == kind)
        if total > limit:
            yield Problem(
                "too_long",
                f"no more than {limit} characters in all cells of {kind} blocks",
                "/blocks",
                limit,
            )
    markdown = sum(len(b["text"]) for _, b in every if b["type"] == "markdown")
    if markdown > limits.MARKDOWN_TEXT_PER_MESSAGE:
        yield Problem(
            "too_long",
            "no more than "
            f"{limits.MARKDOWN_TEXT_PER_MESSAGE} characters in all markdown blocks",
            "/blocks",
            limits.MARKDOWN_TEXT_PER_MESSAGE,
        )


def _form_rules(blocks: Any, surface: Surface) -> Found:
    focused = 0
    for pointer, block in placed(blocks):
        parts = {
            f"{pointer}/element": block.get("element"),
            f"{pointer}/accessory": block.get("accessory"),
            **{
                f"{pointer}/elements/{index}": element
                for index, element in enumerate(block.get("elements") or [])
            },
        }
        for at, element in parts.items():
            if not element:
                continue
            focused += bool(element.get("focus_on_load"))
            if focused > 1 and element.get("focus_on_load"):
                yield Problem(
                    "duplicate",
                    "only one element may have focus",
                    f"{at}/focus_on_load",
                )
            is_input_of_modal = block["type"] == "input" and surface == "modal"
            if element.get("response_url_enabled") and not is_input_of_modal:
                yield Problem(
                    "not_allowed",
                    "only in an input block of a modal",
                    f"{at}/response_url_enabled",
                )
