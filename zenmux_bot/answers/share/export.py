"""The rows of a market share's files."""

from __future__ import annotations

from collections.abc import Iterator

from zenmux_bot.answers.share.view import ShareView
from zenmux_bot.render.tabular import (
    Row,
    Tables,
    compared,
    exact,
    percent,
    safe,
    tail,
    whole,
)


def export_share(view: ShareView) -> Tables:
    """Return the providers, and where there are several buckets, each of them."""
    tables = {"": [*_providers(view), *tail(view.others, view.total)]}
    if len(view.buckets) > 1:
        tables[f"-by-{view.buckets[0].width.word}"] = list(_buckets(view))
    return tables


def _providers(view: ShareView) -> Iterator[Row]:
    for row in view.rows:
        yield {
            "row": "provider",
            "rank": whole(row.rank),
            "provider": safe(row.provider),
            "label": safe(row.label),
            **compared(row.figures),
        }


def _buckets(view: ShareView) -> Iterator[Row]:
    labels = {row.provider: row.label for row in view.rows}
    for bucket in view.buckets:
        for provider, share in bucket.shares.items():
            yield {
                "bucket": str(bucket.start),
                "provider": safe(provider),
                "label": safe(labels[provider]),
                "share_percent": percent(share),
                "platform_total": exact(bucket.total),
            }
