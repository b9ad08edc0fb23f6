"""Rate limits for people and channels: a token bucket each, in memory.

They are far above what people type, so only scripts reach them. Digests are exempt.
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
"""The least recently used are dropped, and start full again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """The size of a bucket, and how fast it refills.

    Attributes:
        at_once: Questions in a burst.
        per_minute: Questions a minute after that.
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
    """Limits how much people and channels ask.

    Args:
        person: The limit of one person.
        channel: The limit of a channel, for all people together.
        monotonic: Gives the seconds of a monotonic clock.
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
        # Take from both or from none: a channel at its limit costs people nothing.
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
