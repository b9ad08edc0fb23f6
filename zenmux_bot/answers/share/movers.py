"""Providers of two periods side by side: who moved most, who came in.

Only what is certain is claimed, also where a provider is known only within bounds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zenmux_bot.core.bounded import (
    NOTHING,
    Bounded,
    Compared,
    change_of_share,
    compared,
    share_of,
)
from zenmux_bot.core.volumes import Volumes
from zenmux_bot.zenmux.models import OTHERS


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRow:
    """One provider's volume and share over the period, compared.

    Attributes:
        provider: Its slug.
        label: Its display name.
        rank: Its place on the platform; None where ties or bounds leave it open.
        figures: Its volume and share.
    """

    provider: str
    label: str
    rank: int | None
    figures: Compared


class Movers:
    """A period's volumes and those of the period before, side by side."""

    def __init__(
        self,
        now: Volumes,
        before: Volumes | None,
        labels: Mapping[str, str],
        *,
        commensurable: bool,
    ) -> None:
        self.now = now
        self.before = before
        self.labels = labels
        self.commensurable = commensurable

    def beside(self, value: Bounded | None, earlier: Bounded | None) -> Compared:
        """Return a volume beside the one before."""
        return compared(
            value,
            self.now.total,
            earlier,
            self.before.total if self.before else None,
            commensurable=self.commensurable,
        )

    def row(self, slug: str) -> ProviderRow:
        """Return the row of one provider."""
        earlier = self.before.of(slug) if self.before else None
        return ProviderRow(
            provider=slug,
            label=self.labels[slug],
            rank=self.now.places(slug).rank,
            figures=self.beside(self.now.of(slug), earlier),
        )

    def movers(self) -> tuple[ProviderRow | None, ProviderRow | None]:
        """Return who gained and who lost most points, where that is certain.

        It is if the change is known and nobody's can be as large, not even that of a
        provider that no bucket lists.
        """
        if self.before is None:
            return None, None
        changes = {
            slug: change
            for slug in (*self.now.known, *self.before.known, OTHERS)
            if (change := self._change(slug)) is not None
        }
        gained = _largest(changes)
        lost = _largest({slug: NOTHING - each for slug, each in changes.items()})
        return (
            None if gained is None else self.row(gained),
            None if lost is None else self.row(lost),
        )

    def _change(self, slug: str) -> Bounded | None:
        """Return a provider's change of share; of ``OTHERS``: of any not listed."""
        before = self.before or Volumes({}, NOTHING, None)
        return change_of_share(
            share_of(self.now.of(slug), self.now.total),
            share_of(before.of(slug), before.total),
        )

    def entered(self, shown: Sequence[str], top: int) -> tuple[str, ...]:
        """Return the labels of those who are in the top N and were not before.

        Only where both are certain, and the top N are not simply all there are.
        """
        if self.before is None or len(shown) < top:
            return ()
        return tuple(
            self.labels[slug]
            for slug in shown
            if (self.now.places(slug).worst or math.inf) <= top
            and self.before.places(slug).best > top
        )


def _largest(changes: Mapping[str, Bounded]) -> str | None:
    """Return whose change is certainly the largest, and more than nothing."""
    slug, change = max(changes.items(), key=lambda each: each[1].low)
    rivals = (other for rival, other in changes.items() if rival != slug)
    if change.value is None or change.low <= 0:
        return None
    return slug if all(other.high < change.low for other in rivals) else None
