"""How much a person and a channel may ask: a bucket of tokens each, in memory.

Far above what people type, so that only a script notices. Digests are not asked for
and take none.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import timedelta

from zenmux_bot.core.actors import Actor
from zenmux_bot.errors import TooMuch

MAX_BUCKETS = 10_000
"""Those used longest ago are forgotten, which fills them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a bucket holds, and how fast it fills again.

    Attributes:
        at_once: Questions that may come together.
        per_minute: Questions that may go on coming.
    """

    at_once: int
    per_minute: int


PERSON = Allowance(at_once=240, per_minute=60)
CHANNEL = Allowance(at_once=600, per_minute=240)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class Allowances:
    """Counts what people and channels ask.

    Args:
        person: What one person may ask.
        channel: What all in a channel may ask together.
        monotonic: Seconds that no change of the clock disturbs.
    """

    def __init__(
        self,
        person: Allowance = PERSON,
        channel: Allowance = CHANNEL,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._person = person
        self._channel = channel
        self._monotonic = monotonic
        self._buckets: OrderedDict[Hashable, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, asker: Actor) -> None:
        """Count a question.

        Raises:
            TooMuch: The person, or the channel, has to wait.
        """
        person = (asker.team_id, asker.user_id)
        buckets = [(self._bucket(person, self._person), self._person, "you")]
        if asker.channel_id:
            channel = (asker.team_id, asker.channel_id, "channel")
            bucket = self._bucket(channel, self._channel)
            buckets.append((bucket, self._channel, "this channel"))
        for bucket, allowance, who in buckets:
            if bucket.tokens < 1:
                wait = math.ceil((1 - bucket.tokens) * 60 / allowance.per_minute)
                raise TooMuch(who, timedelta(seconds=wait))
        # From both or from none, so that a full channel costs its people nothing.
        for bucket, _, _ in buckets:
            bucket.tokens -= 1

    def _bucket(self, key: Hashable, allowance: Allowance) -> _Bucket:
        """Return a bucket, filled up to now."""
        now = self._monotonic()
        bucket = self._buckets.setdefault(key, _Bucket(allowance.at_once, now))
        gained = (now - bucket.filled_at) * allowance.per_minute / 60
        bucket.tokens = min(allowance.at_once, bucket.tokens + gained)
        bucket.filled_at = now
        self._buckets.move_to_end(key)
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        return bucket
