"""What goes to Slack: text for notifications and screen readers, and blocks."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

Block = dict[str, Any]


@dataclass(frozen=True)
class Message:
    """One message as Slack gets it.

    Attributes:
        text: The whole answer in words; read aloud instead of the blocks.
        blocks: Block Kit blocks, drawn from ``text`` where they fail.
    """

    text: str
    blocks: tuple[Block, ...] = ()

    def payload(self) -> dict[str, Any]:
        """Return the arguments ``text`` and ``blocks`` of a Web API call."""
        return {"text": self.text, "blocks": list(self.blocks)}

    @cached_property
    def encoded(self) -> str:
        """Return the payload as JSON; one message may go to many who ask the same."""
        return json.dumps(self.payload())

    def reduced(self) -> Message | None:
        """Return the next simpler form of a refused message, or None at the end.

        A refused payload goes again without its chart, then as text alone. So does
        one that would have no figures without its chart.
        """
        types = {block["type"] for block in self.blocks}
        if "data_visualization" in types and types & {"table", "data_table"}:
            rest = [b for b in self.blocks if b["type"] != "data_visualization"]
            return replace(self, blocks=tuple(rest))
        return replace(self, blocks=()) if self.blocks else None
