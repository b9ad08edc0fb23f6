"""Text made to fit, visibly."""

from __future__ import annotations

ELLIPSIS = "…"


def cut(text: str, size: int) -> str:
    """Return ``text`` in at most ``size`` characters, with ``…`` where it was cut."""
    return text if len(text) <= size else text[: max(size - 1, 0)].rstrip() + ELLIPSIS
