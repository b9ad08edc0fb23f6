"""What the words about a digest have said so far, and whether it goes together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from zenmux_bot.commands.digest_commands import EVERYONE, MAX_PROVIDERS, DigestSubject
from zenmux_bot.commands.digest_parse_errors import DigestParseErrors
from zenmux_bot.commands.lexer import Place, WordError
from zenmux_bot.commands.queries import MAX_NAME
from zenmux_bot.digests.schedule import Cadence


@dataclass(slots=True)
class Notes:
    """What was said of a digest, field by field.

    Each method that notes something returns the index behind its words, and raises a
    WordError where it contradicts what was noted before.

    Attributes:
        words: All words.
        found: What they have said, by the name of the wish's field.
        places: Where they said it.
    """

    words: Sequence[str]
    found: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    @property
    def complaints(self) -> DigestParseErrors:
        """Return what is said of words that are wrong."""
        return DigestParseErrors(self.words)

    def put_provider(self, name: str, place: Place) -> int:
        """Note a provider, one of several perhaps."""
        if len(name) > MAX_NAME:
            raise WordError(self.complaints.too_long(name, place))
        earlier = self.found.get("providers", (name,))
        if earlier == EVERYONE:
            raise WordError(self.complaints.conflict(self.places["providers"], place))
        names = tuple(dict.fromkeys((*earlier, name)))
        if len(names) > MAX_PROVIDERS:
            raise WordError(self.complaints.too_many(place))
        self.found.pop("providers", None)
        return self.put("providers", names, place)

    def put_number(self, name: str, number: int, most: int, place: Place) -> int:
        """Note a number, if it is in range."""
        if not 1 <= number <= most:
            slip = self.complaints.out_of_range(name, number, most, place)
            raise WordError(slip)
        return self.put(name, number, place)

    def put(self, name: str, value: object, place: Place) -> int:
        """Note a field; complain if it was said otherwise."""
        if self.found.get(name, value) != value:
            raise WordError(self.complaints.conflict(self.places[name], place))
        self.found[name] = value
        self.places.setdefault(name, place)
        return place[1]

    def agree(self) -> None:
        """Let days say the cadence, and complain where they contradict it."""
        for name, cadence in (("weekday", Cadence.WEEKLY), ("day", Cadence.MONTHLY)):
            if name not in self.found:
                continue
            if self.found.get("cadence", cadence) is not cadence:
                slip = self.complaints.conflict(
                    self.places["cadence"], self.places[name]
                )
                raise WordError(slip)
            self.found["cadence"] = cadence
            self.places.setdefault("cadence", self.places[name])
        self._agree_on_subject()

    def _agree_on_subject(self) -> None:
        """Complain where words about market share stand beside those about spend."""
        own = self.found.get("subject") is DigestSubject.SPEND
        others = ("metric", "providers", "skip_below_pp") if own else ("by_key",)
        for name in others:
            if name not in self.found:
                continue
            if not own and "subject" not in self.found:
                # only spend is split by key
                self.found["subject"] = DigestSubject.SPEND
                self.places.setdefault("subject", self.places[name])
                self._agree_on_subject()
                return
            places = self.places["subject"], self.places[name]
            raise WordError(self.complaints.conflict(*places))
