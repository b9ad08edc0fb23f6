"""The page's pure modules, run where they live."""

from __future__ import annotations

import pytest
import pytest_asyncio
from scripted import START, workspace

from zenmux_bot.core.clock import ShiftedClock, SystemClock

NOON = 1795521600  # 2026-11-24 12:00 UTC


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def origin(page):
    """The page's files, and nothing that runs: functions have no state to share."""
    clock = ShiftedClock.starting_at(START, SystemClock())
    async with workspace(clock, {}) as slack:
        await page.goto(f"{slack.page_url}static/icon.svg")
        yield page


async def call(origin, module: str, expression: str, *arguments):
    return await origin.evaluate(
        f"async (args) => {{ const m = await import('/static/{module}');"
        f" return ({expression})(m, ...args); }}",
        list(arguments),
    )


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("{date_num}", "2026-11-24"),
        ("{date}", "November 24th, 2026"),
        ("{date_short}", "Nov 24, 2026"),
        ("{date_long}", "Tuesday, November 24th, 2026"),
        ("{date_pretty}", "Tomorrow"),
        ("{date_short_pretty} at {time}", "Tomorrow at 1:00 PM"),
        ("{time_secs}", "1:00:00 PM"),
        ("{ago}", "tomorrow"),
        ("on {weekday}", None),
    ],
)
async def test_date_tokens(origin, form, shown):
    actual = await call(
        origin,
        "dates.js",
        "(m, stamp, form) => m.formatDate(stamp, form,"
        " {zone: 'Europe/Berlin', now: new Date((stamp - 86400) * 1000)})",
        NOON,
        form,
    )

    assert actual == shown


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([3, 5], [0, 1, 2, 3, 4, 5]),
        ([41.2, 17.7], [0, 10, 20, 30, 40, 50]),
        ([-3, 4], [-4, -2, 0, 2, 4]),
        ([-8, -2], [-8, -6, -4, -2, 0]),
        ([0, 0], [0, 0.2]),
    ],
)
async def test_ticks_are_round_and_cover_zero(origin, values, ticks):
    actual = await call(
        origin, "blocks/scale.js", "(m, values) => m.niceTicks(values)", values
    )

    assert actual == pytest.approx(ticks)


async def test_smooth_line_overshoots_no_point(origin):
    """Sampled along the curve, peaks at 0 and 100 stay the outermost."""
    low, high = await call(
        origin,
        "blocks/scale.js",
        "(m) => { const path = document.createElementNS("
        " 'http://www.w3.org/2000/svg', 'path');"
        " path.setAttribute('d', m.smoothPath([[0,50],[10,100],[20,0],[30,60]]));"
        " const ys = Array.from({length: 101}, (_, i) =>"
        " path.getPointAtLength(path.getTotalLength() * i / 100).y);"
        " return [Math.min(...ys), Math.max(...ys)]; }",
    )

    assert low >= -0.001
    assert high <= 100.001


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a*b*c", "a*b*c"),
        ("*a* _b_", "<strong>a</strong> <em>b</em>"),
        ("*a _b_*", "<strong>a <em>b</em></strong>"),
        ("`*a*`", "<code>*a*</code>"),
        ("```x\n*y*```", "<pre>x\n*y*</pre>"),
        ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("<javascript:alert(1)|x>", "<span>x</span>"),
        ("<!date^1^{nope}|when>", "<span>when</span>"),
        ("snake_case_name", "snake_case_name"),
        (":tada: :nothing_such:", "🎉 :nothing_such:"),
    ],
)
async def test_mrkdwn(origin, text, html):
    actual = await call(
        origin,
        "mrkdwn.js",
        "(m, text) => { const box = document.createElement('div');"
        " box.append(...m.mrkdwn(text, {zone: 'UTC', now: () => new Date()}));"
        " return box.innerHTML; }",
        text,
    )

    assert actual == html
