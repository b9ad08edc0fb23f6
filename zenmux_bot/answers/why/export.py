"""The rows of an explanation's file."""

from __future__ import annotations

from collections.abc import Iterator

from zenmux_bot.answers.why.view import WhyView
from zenmux_bot.core.bounded import Bounded
from zenmux_bot.render.tabular import Row, Tables, compared, percent, safe, value


def export_why(view: WhyView) -> Tables:
    """Return the provider with the parts of its change, then its models."""
    return {"": list(_rows(view))}


def _rows(view: WhyView) -> Iterator[Row]:
    split = view.split
    yield {
        "row": "provider",
        "provider": safe(view.row.provider),
        "label": safe(view.row.label),
        **compared(view.row.figures),
        "own_volume_pp": "" if split is None else percent(Bounded.exact(split.own)),
        "all_others_pp": "" if split is None else percent(Bounded.exact(split.rest)),
    }
    for driver in view.drivers or ():
        yield {
            "row": "model",
            "model": safe(driver.model),
            "label": safe(driver.label),
            **value(driver.value),
            "share_change_pp": percent(driver.points),
        }
    yield {"row": "total", **compared(view.total)}
