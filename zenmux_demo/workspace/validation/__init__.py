"""What Slack refuses in blocks and views, found before anybody sees them."""

from __future__ import annotations

from typing import Any

from zenmux_demo.workspace.validation.blocks import Surface
from zenmux_demo.workspace.validation.elements import OFFERED
from zenmux_demo.workspace.validation.payload import find_problems, placed
from zenmux_demo.workspace.validation.views import find_view_problems

__all__ = [
    "Surface",
    "block_types",
    "find_problems",
    "find_view_problems",
    "offer_problems",
    "problems",
    "view_problems",
]


def problems(blocks: Any, surface: Surface) -> list[str]:
    """Return what is wrong with blocks on a surface, with JSON pointers."""
    return [str(problem) for problem in find_problems(blocks, surface)]


def view_problems(view: Any, surface: Surface) -> list[str]:
    """Return what is wrong with a view, its blocks apart."""
    return [str(problem) for problem in find_view_problems(view, surface)]


def offer_problems(answer: Any) -> list[str]:
    """Return what is wrong with the options that an app gives to a menu."""
    return [str(problem) for problem in OFFERED(answer, "")]


def block_types(blocks: Any) -> list[tuple[str, str]]:
    """Return the pointer and type of each block, children included."""
    return [(pointer, block["type"]) for pointer, block in placed(blocks)]
