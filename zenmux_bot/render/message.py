"""Messages to Slack: text for notifications and screen readers, and blocks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from zenmux_bot.commands.grammar import COMMAND
from zenmux_bot.render import limits
from zenmux_bot.render.limits import cut

Block = dict[str, Any]

SHORT_ROWS = 10
"""Rows, besides the header, of a table that Slack refused as too long."""

_COMMAND = re.compile(rf"(?<![\w/.]){re.escape(COMMAND)}(?![\w.-])")
"""The command in a text, but not as part of an address."""

_CHARTS = frozenset({"data_visualization"})
_TABLES = frozenset({"table", "data_table"})
_SHORTENED = "Shortened: Slack did not take the whole table."


@dataclass(frozen=True)
class Message:
    """One message as Slack gets it.

    Attributes:
        text: The whole answer in words, for screen readers and notifications.
        blocks: Block Kit blocks.
    """

    text: str
    blocks: tuple[Block, ...] = ()

    def payload(self) -> dict[str, Any]:
        """Return the arguments ``text`` and ``blocks`` of a Web API call.

        Slack documents no empty list of blocks, so none is sent.
        """
        if not self.blocks:
            return {"text": self.text}
        return {"text": self.text, "blocks": list(self.blocks)}

    @cached_property
    def encoded(self) -> str:
        """Return the payload as JSON; cached, since many may ask the same."""
        return compact(self.payload())

    def reduced(self) -> Message | None:
        """Return the next simpler form of a refused message, or None at the end.

        First without the chart, then with a shorter table, then with text in place of
        the table, then as text alone. Buttons are kept as long as possible.
        """
        charts, tables = _of(_CHARTS, self.blocks), _of(_TABLES, self.blocks)
        if charts and tables:
            return replace(self, blocks=_without(_CHARTS, self.blocks))
        if any(len(table["rows"]) > SHORT_ROWS + 1 for table in tables):
            return replace(self, blocks=tuple(_shorter(self.blocks)))
        if charts or tables:
            return replace(self, blocks=self._in_words())
        return replace(self, blocks=()) if self.blocks else None

    def _in_words(self) -> tuple[Block, ...]:
        """Return the blocks with the text in place of the first table or chart."""
        text = {"type": "mrkdwn", "text": cut(self.text, limits.SECTION_TEXT)}
        words: Block = {"type": "section", "text": text}
        kinds = [block["type"] for block in self.blocks]
        at = next(n for n, kind in enumerate(kinds) if kind in _CHARTS | _TABLES)
        before, after = self.blocks[:at], self.blocks[at:]
        return (*before, words, *_without(_CHARTS | _TABLES, after))


Content = TypeVar("Content", Message, Block, str)


def compact(value: object) -> str:
    """Return a value as JSON in as few bytes as it takes.

    Frames of Socket Mode are small, and an escape takes six bytes for a character.
    """
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        written.encode()
    except UnicodeEncodeError:  # a lone surrogate, which only an escape can express
        return json.dumps(value, separators=(",", ":"))
    return written


def with_command(content: Content, command: str) -> Content:
    """Return content with the slash command's name in a workspace.

    Two apps in a workspace cannot share a command, so it may have another name.
    """
    if command == COMMAND:
        return content
    if isinstance(content, Message):
        text = _COMMAND.sub(command, content.text)
        blocks = tuple(_renamed(block, command) for block in content.blocks)
        return replace(content, text=text, blocks=blocks)
    renamed: Content = _renamed(content, command)
    return renamed


def _renamed(part: Any, command: str) -> Any:
    if isinstance(part, str):
        return _COMMAND.sub(command, part)
    if isinstance(part, list):
        return [_renamed(each, command) for each in part]
    if isinstance(part, dict):
        return {name: _renamed(each, command) for name, each in part.items()}
    return part


def _of(types: frozenset[str], blocks: Iterable[Block]) -> list[Block]:
    return [block for block in blocks if block["type"] in types]


def _without(types: frozenset[str], blocks: Iterable[Block]) -> tuple[Block, ...]:
    return tuple(block for block in blocks if block["type"] not in types)


def _shorter(blocks: Iterable[Block]) -> Iterable[Block]:
    """Yield blocks with shortened tables, and a note below each."""
    for block in blocks:
        if block["type"] not in _TABLES:
            yield block
            continue
        yield {**block, "rows": block["rows"][: SHORT_ROWS + 1]}
        note = {"type": "plain_text", "text": _SHORTENED, "emoji": False}
        yield {"type": "context", "elements": [note]}
