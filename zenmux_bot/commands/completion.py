"""Which names a person may mean while they are still typing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zenmux_bot.commands.names import core, near


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A model or provider that may be meant: its slug and its display name."""

    slug: str
    label: str


def suggest(
    typed: str, labels: Mapping[str, str], *, most: int
) -> tuple[Suggestion, ...]:
    """Return those whose names go with what is typed so far.

    Names that begin so come first, then those of which a word does, then those that
    hold it anywhere; among equals the order is kept. Where none does, those that are
    spelt much like it.

    Args:
        typed: What is typed so far; nothing goes with all.
        labels: Display names by slug, the most likely first.
        most: How many at most.
    """
    wanted = core(typed)
    tiers = {slug: _tier(wanted, slug, label) for slug, label in labels.items()}
    slugs = sorted(
        (slug for slug, tier in tiers.items() if tier is not None),
        key=lambda slug: tiers[slug] or 0,
    )
    chosen = slugs or near(typed.lower(), labels)
    return tuple(Suggestion(slug, labels[slug]) for slug in chosen[:most])


def _tier(wanted: str, slug: str, label: str) -> int | None:
    """Return how well a name goes with what is wanted, 0 best; None: not at all."""
    spellings = (slug, label)
    if any(core(each).startswith(wanted) for each in spellings):
        return 0
    parts = (part for each in spellings for part in _parts(each))
    if any(core(part).startswith(wanted) for part in parts):
        return 1
    return 2 if any(wanted in core(each) for each in spellings) else None


def _parts(spelling: str) -> list[str]:
    """Return what follows each space, hyphen and slash of a name."""
    marks = [at for at, character in enumerate(spelling) if character in " -/:"]
    return [spelling[at + 1 :] for at in marks]
