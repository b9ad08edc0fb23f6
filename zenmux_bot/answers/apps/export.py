"""The rows of the files about apps."""

from __future__ import annotations

from collections.abc import Iterator

from zenmux_bot.answers.apps.view import AppsView
from zenmux_bot.render.tabular import (
    Row,
    Tables,
    daily,
    known,
    percent,
    safe,
    value,
    whole,
)


def export_apps(view: AppsView) -> Tables:
    """Return the apps, and each day of each."""
    days = [
        cells
        for row in view.rows
        for cells in daily({"app": safe(row.app), "label": safe(row.label)}, row.daily)
    ]
    return {"": list(_apps(view)), "-by-day": days}


def _apps(view: AppsView) -> Iterator[Row]:
    rows = [*view.rows, *([] if view.others is None else [view.others])]
    for row in rows:
        yield {
            "row": "app" if row.rank is not None else "others",
            "rank": whole(row.rank),
            "app": safe(row.app),
            "label": safe(row.label),
            **value(known(row.value)),
            "share_of_recognised_percent": percent(known(row.share)),
            "zenmux_growth_label": safe(row.growth_label),
            "own_change_percent": "" if row.own is None else percent(row.own.growth),
            "is_new": "yes" if row.own is not None and row.own.is_new else "no",
        }
    if view.total is not None:
        yield {"row": "total", **value(known(view.total))}
