"""Names that people type to slugs that the API uses."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace

from zenmux_bot.domain.queries import LeaderboardQuery, ShareQuery, canonical
from zenmux_bot.errors import AmbiguousName, UnknownName

MAX_OFFERED = 5


def find(name: str, labels: Mapping[str, str], *, what: str) -> str:
    """Return the slug of the one thing that ``name`` means.

    A slug or label as it is wins over a part of one.

    Args:
        name: What was typed, in lower case.
        labels: Display names by slug.
        what: What is looked for, such as ``provider``.

    Raises:
        UnknownName: Nothing goes by that name; the suggestions are slugs near to it.
        AmbiguousName: Several do; the suggestions are their slugs.
    """
    keys = {slug: (slug.lower(), label.lower()) for slug, label in labels.items()}
    found = [slug for slug, names in keys.items() if name in names]
    if not found:
        found = [slug for slug, names in keys.items() if any(name in n for n in names)]
    if len(found) == 1:
        return found[0]
    if found:
        raise AmbiguousName(
            f"“{name}” may mean several {what}s.",
            allowed=f"{len(found)} {what}s have it in their names.",
            suggestions=tuple(found[:MAX_OFFERED]),
        )
    raise UnknownName(
        f"No {what} in these figures is called “{name}”.",
        allowed=f"A {what} goes by its slug, its name or a part of it.",
        suggestions=_near(name, keys),
    )


def _near(name: str, keys: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the slugs whose slug or label is spelt most like ``name``."""
    spellings = {spelling: slug for slug, names in keys.items() for spelling in names}
    near = difflib.get_close_matches(name, spellings, n=MAX_OFFERED, cutoff=0.5)
    return tuple(dict.fromkeys(spellings[spelling] for spelling in near))


def provider(query: LeaderboardQuery | ShareQuery, labels: Mapping[str, str]) -> str:
    """Return the slug of the provider that a query names.

    Raises:
        UnknownName: None goes by that name; the suggestions are whole commands.
        AmbiguousName: Several do; likewise.
    """
    try:
        return find(query.provider or "", labels, what="provider")
    except (UnknownName, AmbiguousName) as error:
        offered = [replace(query, provider=slug) for slug in error.suggestions]
        raise type(error)(
            error.problem,
            allowed=error.allowed,
            suggestions=tuple(
                canonical(each) for each in offered or [replace(query, provider=None)]
            ),
        ) from None
