"""How well models are served: each model's hosts, best first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from zenmux_bot.commands import names
from zenmux_bot.core.bounded import ZERO
from zenmux_bot.core.measures import Measure
from zenmux_bot.core.periods import Span
from zenmux_bot.zenmux.models import CacheHit, CacheHitEntry, Speed, SpeedEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRow:
    """A way to reach a model: a host, and for cache hits one of its APIs.

    Attributes:
        host: The host's slug; not that of the model's provider.
        host_label: Its display name.
        api: The API, empty where the figure is of all of them.
        value: Median output tokens per second, median milliseconds to the first
            token, or cache hits as a fraction; None: not known.
        prompt_tokens: Of cache hits, what the fraction is of.
        cache_tokens: Of cache hits, the tokens that came from the cache.
    """

    host: str
    host_label: str
    api: str = ""
    value: Decimal | None = None
    prompt_tokens: Decimal | None = None
    cache_tokens: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """A model and its hosts.

    Attributes:
        rank: Its place by ZenMux; which figure of its hosts ranks it is not stated.
        model: Its slug.
        label: Its display name.
        hosts: Its hosts, best first, those without a figure last.
        combined: Cache hits over all hosts; None where that is not known, and for
            medians, which cannot be combined.
    """

    rank: int | None
    model: str
    label: str
    hosts: tuple[HostRow, ...]
    combined: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceView:
    """The best served models of a period.

    Attributes:
        command: The words that ask for it again, without the slash command.
        measure: What is measured.
        span: The days covered, UTC.
        data_through: The newest day with data.
        as_of: When the API gave the figures.
        stale: They are from an old copy.
        notes: What a reader must know about the days.
        models: The models, in ZenMux's order.
        late: Which days are not in yet, and what is shown instead; empty: none.
    """

    command: str
    measure: Measure
    span: Span
    data_through: date
    as_of: datetime
    stale: bool
    notes: tuple[str, ...]
    models: tuple[ServedModel, ...]
    late: str = ""


def served_by(data: Speed | CacheHit, measure: Measure) -> tuple[ServedModel, ...]:
    """Return the models with their hosts.

    The shape of the hosts goes by what was asked for.
    https://docs.zenmux.ai/api/platform/statistics-performance.html
    """
    if isinstance(data, CacheHit):
        models = [_cached(entry) for entry in data.entries]
    else:
        models = [_timed(entry, measure) for entry in data.entries]
    return tuple(sorted(models, key=lambda each: (each.rank is None, each.rank or 0)))


def _timed(entry: SpeedEntry, measure: Measure) -> ServedModel:
    hosts = (
        HostRow(
            host=each.provider,
            host_label=names.shown(each.provider_label, each.provider),
            value=each.value,
        )
        for each in entry.providers
    )
    return ServedModel(
        rank=entry.rank,
        model=entry.model,
        label=names.shown(entry.label, entry.model),
        hosts=_best_first(hosts, lowest=measure is Measure.TTFT),
    )


def _cached(entry: CacheHitEntry) -> ServedModel:
    hosts = _best_first(_cache_hosts(entry), lowest=False)
    return ServedModel(
        rank=entry.rank,
        model=entry.model,
        label=names.shown(entry.label, entry.model),
        hosts=hosts,
        combined=_combined(hosts),
    )


def _cache_hosts(entry: CacheHitEntry) -> Iterator[HostRow]:
    for slug, host in entry.providers.items():
        for api in host.apis:
            yield HostRow(
                host=slug,
                host_label=names.shown(host.provider_label, slug),
                api=names.shown(api.api),
                value=api.value,
                prompt_tokens=api.prompt_tokens,
                cache_tokens=api.cache_tokens,
            )


def _combined(hosts: Iterable[HostRow]) -> Decimal | None:
    """Return the hits of all hosts together: rates combine by their tokens alone."""
    cached = prompts = ZERO
    for host in hosts:
        if host.cache_tokens is None or host.prompt_tokens is None:
            return None
        cached += host.cache_tokens
        prompts += host.prompt_tokens
    return cached / prompts if prompts else None


def _best_first(hosts: Iterable[HostRow], *, lowest: bool) -> tuple[HostRow, ...]:
    sign = 1 if lowest else -1
    return tuple(
        sorted(
            hosts,
            key=lambda each: (
                each.value is None,
                sign * (each.value or ZERO),
                each.host,
                each.api,
            ),
        )
    )
