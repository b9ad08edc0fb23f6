"""What a follow-up keeps of the request before it, and what is usual otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zenmux_bot.commands.defaults import Defaults
from zenmux_bot.commands.grammar import BY_WORD, Kind
from zenmux_bot.commands.queries import Query

_CARRIED = frozenset({"metric", "period"})
"""What a follow-up that names its command keeps."""


def command_of(
    words: Sequence[str], before: Query | None
) -> tuple[Kind | None, int, frozenset[str]]:
    """Return the command that words are for, if any, and what it keeps.

    Returns:
        The command, how many words name it, and the fields it keeps of ``before``.
    """
    kind = BY_WORD.get(words[0])
    if before and (kind is None or _is_top(words)):
        changed = BY_WORD[before.name]
        if "period" in changed.takes:
            return changed, 0, changed.takes
    return kind, 1, _CARRIED


def unsaid(
    kind: Kind, kept: frozenset[str], before: Query | None, usual: Defaults
) -> dict[str, Any]:
    """Return the fields of a command where its words say nothing."""
    kept = kind.takes & {*kept, *(kind.needs or ())[:1]}
    if "top" in kept:
        kept |= {"says_top"}
    said = {name: value for name, value in usual.said().items() if name in kind.takes}
    if kind.restricted:
        said.pop("audience", None)
    carried = {name: getattr(before, name) for name in kept if hasattr(before, name)}
    if "top" in said:
        carried["says_top"] = True
    return said | carried


def _is_top(words: Sequence[str]) -> bool:
    """Tell ``top 20`` from ``top`` as another word for the leaderboard."""
    return words[0] == "top" and len(words) > 1 and words[1].isdecimal()
