"""What is measured, and the width of buckets."""

from __future__ import annotations

from enum import StrEnum


class Metric(StrEnum):
    """What is counted: tokens (input plus output) or list-price USD."""

    TOKENS = "tokens"
    COST = "cost"


class Granularity(StrEnum):
    """The width of a bucket, as the API writes it."""

    DAY = "1d"
    WEEK = "1w"

    @property
    def word(self) -> str:
        """Return ``day`` or ``week``."""
        return self.name.lower()


class Measure(StrEnum):
    """How well a model is served: speed, wait for the first token, cache hits."""

    THROUGHPUT = "throughput"
    TTFT = "ttft"
    CACHE = "cache"
