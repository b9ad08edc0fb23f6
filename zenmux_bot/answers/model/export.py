"""The rows of a file about one model."""

from __future__ import annotations

from collections.abc import Iterator

from zenmux_bot.answers.model.view import ModelView
from zenmux_bot.render.tabular import (
    Row,
    Tables,
    compared,
    known,
    percent,
    safe,
    value,
)


def export_model(view: ModelView) -> Tables:
    """Return the days or weeks, then the whole period compared with the one before."""
    return {"": list(_rows(view))}


def _rows(view: ModelView) -> Iterator[Row]:
    named = {"model": safe(view.model.slug), "label": safe(view.model.label)}
    for bucket in view.buckets:
        yield {
            "row": view.width.word,
            "bucket": str(bucket.start),
            "bucket_last_day": str(bucket.end),
            **named,
            **value(known(bucket.value)),
            "is_used": "yes" if bucket.is_used else "no",
            "share_percent": percent(bucket.of_platform),
            "provider_share_percent": percent(bucket.of_provider),
        }
    yield {
        "row": "sum",
        **named,
        **compared(view.of_platform),
        "provider_share_percent": percent(view.of_provider.share),
        "provider_share_change_pp": percent(view.of_provider.points),
    }
