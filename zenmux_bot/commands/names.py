"""Find slugs by the names that people type, and clean names for display."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from zenmux_bot.commands.lexer import SPELT_ALIKE, quoted, readable, split
from zenmux_bot.commands.queries import (
    MAX_NAME,
    LeaderboardQuery,
    ModelQuery,
    Query,
    ShareQuery,
    WhyQuery,
    canonical,
)
from zenmux_bot.commands.vocabulary import FAMILIES
from zenmux_bot.errors import AmbiguousName, UnknownName

MAX_OFFERED = 5

NAMELESS = "(no name)"
_WORDS = re.compile(r"[\s/_:-]+")
_JOINERS = "\u200c\u200d"
"""Invisible too, but without them some scripts and emoji fall apart."""


def shown(*candidates: str) -> str:
    """Return the first readable name, on one line.

    Labels come from outside: line breaks and control characters become spaces, and
    invisible characters (which can reverse the text's direction) are removed.
    """
    for candidate in candidates:
        if name := _legible(candidate):
            return name
    return NAMELESS


def _legible(text: str) -> str:
    """Return text on one line without invisible marks; empty if nothing is left."""
    if not text.isprintable():
        text = "".join(map(_visible, text))
    return " ".join(text.split()) if text.strip(_JOINERS + " ") else ""


def _visible(character: str) -> str:
    """Return a character, or its visible replacement."""
    if character in _JOINERS:
        return character
    match unicodedata.category(character):
        case "Cf":
            return ""
        case "Cc" | "Zl" | "Zp" | "Zs":
            return " "
    return character


def find(name: str, labels: Mapping[str, str], *, what: str) -> str:
    """Return the slug of the one thing that ``name`` means.

    A whole slug wins over a whole label, and that over a part of either.

    Args:
        name: What was typed, in lower case.
        labels: Display names by slug.
        what: What is looked for, such as ``provider``.

    Raises:
        UnknownName: Nothing has that name; the suggestions are similar slugs.
        AmbiguousName: Several have; the suggestions are their slugs.
    """
    keys = {slug: (slug.lower(), label.lower()) for slug, label in labels.items()}
    found = (
        [slug for slug, names in keys.items() if names[0] == name]
        or [slug for slug, names in keys.items() if name in names]
        or [slug for slug, names in keys.items() if names[0].endswith(f"/{name}")]
        or [slug for slug, names in keys.items() if any(name in n for n in names)]
        or _loosely(name, keys)
        or _by_its_models(name, labels, what)
    )
    if len(found) == 1:
        return found[0]
    if found:
        raise AmbiguousName(
            f"“{name}” may mean several {what}s.",
            allowed=f"{len(found)} {what}s have it in their names.",
            suggestions=tuple(found[:MAX_OFFERED]),
        )
    raise UnknownName(
        f"No {what} in these figures is called “{readable(name)}”.",
        allowed=f"A {what} goes by its slug, its name or a part of it.",
        suggestions=near(name, labels),
    )


def _loosely(name: str, keys: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the slugs whose spellings contain ``name``, ignoring spaces and marks."""
    wanted = folded(name)
    if not wanted:
        return []
    return [
        slug for slug, names in keys.items() if any(wanted in folded(n) for n in names)
    ]


def _by_its_models(name: str, labels: Mapping[str, str], what: str) -> list[str]:
    """Return the provider whose models are called so, as in ``share claude gpt``."""
    slug = FAMILIES.get(name, "")
    return [slug] if what == "provider" and slug in labels else []


def folded(text: str) -> str:
    """Return text in lower case without spaces, hyphens and invisible characters."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(each for each in plain if each.isprintable() and each not in " -_")


def near(name: str, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return the slugs whose slug, label or a word of them is spelt most like it."""
    wholes: dict[str, list[str]] = {}
    words: dict[str, list[str]] = {}
    for slug, label in labels.items():
        for spelling in (slug.lower(), label.lower()):
            wholes.setdefault(spelling, []).append(slug)
            for word in _WORDS.split(spelling):
                words.setdefault(word, []).append(slug)
    found = [
        slug
        for spellings, cutoff in ((wholes, 0.7), (words, SPELT_ALIKE))
        for each in difflib.get_close_matches(
            name, spellings, n=MAX_OFFERED, cutoff=cutoff
        )
        for slug in spellings[each]
    ]
    return tuple(dict.fromkeys(found))[:MAX_OFFERED]


def provider(query: WhyQuery, labels: Mapping[str, str]) -> str:
    """Return the slug of the provider that a query names.

    Raises:
        UnknownName: None goes by that name; the suggestions are whole commands.
        AmbiguousName: Several do; likewise.
    """
    name = query.provider or ""
    return _found(name, labels, "provider", lambda slug: replace(query, provider=slug))


def providers(
    query: LeaderboardQuery | ShareQuery, labels: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the slugs of the providers that a query names.

    Raises:
        UnknownName: None goes by one of the names; the suggestions are whole commands.
        AmbiguousName: Several do; likewise.
    """

    def slug_at(place: int) -> str:
        def instead(slug: str | None) -> Query:
            named = list(query.providers)
            named[place : place + 1] = [] if slug is None else [slug]
            if slug is None:
                # Without it, and without all other unknown names.
                named = [name for name in named if _is_there(name, labels)]
            return replace(query, providers=tuple(named))

        return _found(query.providers[place], labels, "provider", instead)

    return tuple(dict.fromkeys(map(slug_at, range(len(query.providers)))))


def model(query: ModelQuery, labels: Mapping[str, str]) -> str:
    """Return the slug of the model that a query names.

    Raises:
        UnknownName: None goes by that name; the suggestions are whole commands.
        AmbiguousName: Several do; likewise.
    """

    def instead(slug: str | None) -> Query:
        if slug is None:
            return LeaderboardQuery(metric=query.metric, period=query.period)
        return replace(query, model=slug)

    return _found(query.model, labels, "model", instead)


def _is_there(name: str, labels: Mapping[str, str]) -> bool:
    """Tell whether exactly one thing has a name."""
    try:
        find(name, labels, what="provider")
    except (UnknownName, AmbiguousName):
        return False
    return True


def _found(
    name: str,
    labels: Mapping[str, str],
    what: str,
    instead: Callable[[str | None], Query],
) -> str:
    """Return a slug, or the error whose suggestions are whole commands.

    ``instead`` gives the query with a slug in place of the name, or without any.
    """
    try:
        return find(name, labels, what=what)
    except (UnknownName, AmbiguousName) as error:
        slugs = [slug.lower() for slug in error.suggestions if _can_be_typed(slug)]
        offered = tuple(canonical(instead(slug)) for slug in slugs)
        offered = offered or (canonical(instead(None)),)
        raise type(error)(
            error.problem, allowed=error.allowed, suggestions=offered
        ) from None


def _can_be_typed(slug: str) -> bool:
    """Tell whether a command with this slug means it; slugs may hold anything."""
    return len(slug) <= MAX_NAME and split(quoted(slug.lower())) == (slug.lower(),)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A model or provider that may be meant: its slug and its display name."""

    slug: str
    label: str


def suggest(
    typed: str, labels: Mapping[str, str], *, most: int
) -> tuple[Suggestion, ...]:
    """Return the names that match what is typed so far.

    Names that start with it come first, then those with a word that does, then those
    that contain it anywhere; ties keep their order. If none matches, similar names.

    Args:
        typed: What is typed so far; an empty text matches all.
        labels: Display names by slug, the most likely first.
        most: How many at most.
    """
    wanted = folded(typed)
    tiers = {slug: _tier(wanted, slug, label) for slug, label in labels.items()}
    slugs = sorted(
        (slug for slug, tier in tiers.items() if tier is not None),
        key=lambda slug: tiers[slug] or 0,
    )
    chosen = slugs or near(typed.lower(), labels)
    return tuple(Suggestion(slug, labels[slug]) for slug in chosen[:most])


def _tier(wanted: str, slug: str, label: str) -> int | None:
    """Return how well a name matches, 0 best; None: not at all."""
    spellings = (slug, label)
    if any(folded(each).startswith(wanted) for each in spellings):
        return 0
    parts = (part for each in spellings for part in _parts(each))
    if any(folded(part).startswith(wanted) for part in parts):
        return 1
    return 2 if any(wanted in folded(each) for each in spellings) else None


def _parts(spelling: str) -> list[str]:
    """Return what follows each space, hyphen and slash of a name."""
    marks = [at for at, character in enumerate(spelling) if character in " -/:"]
    return [spelling[at + 1 :] for at in marks]


class Catalogue:
    """The providers and models there are, found by any words of their names.

    Args:
        providers: Display names by slug.
        models: Display names by slug, the most used first.
        authors: The provider's slug by the model's.
    """

    MOST_WORDS = 6
    LEAST_LETTERS = 5
    """A shorter word resembles too many names."""

    def __init__(
        self,
        providers: Mapping[str, str],
        models: Mapping[str, str],
        authors: Mapping[str, str],
    ) -> None:
        self.providers = dict(providers)
        self.models = dict(models)
        self.authors = dict(authors)
        self._whole: dict[str, str] = {}
        self._models: dict[str, str] = {}
        self._parts: dict[str, list[str]] = {}
        for slug, label in self.models.items():
            for spelling in (slug, slug.partition("/")[2], label):
                self._models.setdefault(folded(spelling), slug)
                words = _name_words(spelling)
                for first in range(len(words)):
                    for stop in range(first + 1, len(words) + 1):
                        part = folded("".join(words[first:stop]))
                        if slug not in (found := self._parts.setdefault(part, [])):
                            found.append(slug)
        for slug, label in self.providers.items():
            for spelling in (slug, label):
                self._whole.setdefault(folded(spelling), slug)

    def provider(self, name: str) -> str | None:
        """Return the provider with exactly this slug or label."""
        return self._whole.get(folded(name))

    def model(self, name: str) -> str | None:
        """Return the model with this slug or label, or the only one with this part."""
        wanted = folded(name)
        found = self._models.get(wanted)
        if found is None and len(parts := self._parts.get(wanted, [])) == 1:
            found = parts[0] if any(c.isdigit() for c in wanted) else None
        return found

    def near(self, name: str) -> str | None:
        """Return the provider whose slug or label this is with a typing error."""
        if len(name) < self.LEAST_LETTERS or not name.isascii():
            return None
        found = difflib.get_close_matches(folded(name), self._whole, n=1, cutoff=0.85)
        return self._whole[found[0]] if found and found[0] != folded(name) else None

    def family(self, name: str) -> tuple[str, ...]:
        """Return the models whose names contain these words."""
        return tuple(self._parts.get(folded(name), ()))


def _name_words(spelling: str) -> list[str]:
    """Return the words of a slug or a label."""
    return [word for word in re.split(r"[\s/_:()-]+", spelling.lower()) if word]
