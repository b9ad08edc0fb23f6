"""What the page makes of each block."""

from __future__ import annotations

import pytest
import samples
from playwright.async_api import Locator, expect
from screen import Screen

from zenmux_demo.workspace.model import Message
from zenmux_demo.workspace.seed import BOT_USER_ID, COSTS
from zenmux_demo.workspace.server import SlackStandIn


@pytest.fixture
def slack(shared):
    return shared.slack


@pytest.fixture
def screen(shared):
    return shared.screen


def column(message: Locator, number: int) -> Locator:
    return message.locator(f"tbody tr > :nth-child({number})")


def post(slack: SlackStandIn, *blocks: samples.Json) -> None:
    """Put blocks into the channel that the stand-in itself would refuse."""
    slack.state.add(
        Message(
            channel=COSTS,
            ts=slack.state.next_ts(),
            user=BOT_USER_ID,
            text="",
            is_bot=True,
            blocks=list(blocks),
        )
    )


@pytest.mark.parametrize("name", samples.MESSAGES)
async def test_every_sample_is_rendered_without_placeholder(screen, name):
    message = await screen.ask(name)

    await expect(message.locator(".block").first).to_be_visible()
    await expect(message.locator(".placeholder")).to_have_count(0)


async def test_unknown_block_is_named_and_spoils_no_other(
    screen: Screen, slack: SlackStandIn
):
    post(slack, {"type": "hologram"}, {"type": "divider"})

    await expect(screen.last).to_contain_text("Block “hologram” is not shown here")
    await expect(screen.last.get_by_role("separator")).to_be_visible()


async def test_hostile_label_is_shown_as_it_is(screen):
    message = await screen.ask("text")

    await expect(message.get_by_text(samples.HOSTILE, exact=True)).to_be_visible()
    await expect(message.locator("img")).to_have_count(0)


async def test_mrkdwn_styles_mentions_and_entities(screen):
    message = await screen.ask("text")

    await expect(message.locator("strong", has_text="Bold")).to_be_visible()
    await expect(message.locator("em", has_text="italic")).to_be_visible()
    await expect(message.locator("s", has_text="struck")).to_be_visible()
    await expect(message.locator("blockquote")).to_have_text("a quote")
    await expect(message.get_by_role("link", name="link")).to_have_attribute(
        "href", "https://docs.slack.dev/"
    )
    await expect(message.get_by_text("@Tomás")).to_be_visible()
    await expect(message.get_by_text("#llm-costs")).to_be_visible()
    await expect(message.get_by_text("& later")).to_be_visible()


async def test_headers_keep_their_order_below_the_pages_own(screen):
    message = await screen.ask("text")

    await expect(
        message.get_by_role("heading", name="Leaderboard", level=3)
    ).to_be_visible()
    await expect(
        message.get_by_role("heading", name="Second level", level=4)
    ).to_be_visible()


async def test_rich_text_tree(screen):
    message = await screen.ask("rich")

    await expect(message.locator("pre")).to_have_text("share cost 8w\nby week")
    await expect(message.locator("ol li")).to_have_text("nested")
    await expect(message.locator("ul li")).to_have_text(["one", "two"])
    await expect(message).to_contain_text("Monday, November 23rd, 2026 10:00 AM")
    await expect(message.get_by_text("@here")).to_be_visible()


async def test_markdown_is_read_but_its_html_is_not(screen):
    message = await screen.ask("markdown")

    await expect(message.get_by_role("heading", name="Title")).to_be_visible()
    await expect(message.locator("li li")).to_have_text("nested")
    await expect(message.locator("td.align-right")).to_have_text("1")
    await expect(message.get_by_text("<b>shown as it is</b>")).to_be_visible()


async def test_table_obeys_its_column_settings(screen):
    message = await screen.ask("table")
    first = message.locator("tbody tr").first.locator("td")

    await expect(first.nth(0)).to_have_css("text-align", "left")
    await expect(first.nth(0)).to_have_css("white-space", "nowrap")
    await expect(first.nth(1)).to_have_css("text-align", "right")
    await expect(first.nth(2)).to_have_css("white-space", "normal")


async def test_data_table_sorts_numbers_ascending_descending_and_back(screen):
    message = await screen.ask("data")
    header = message.get_by_role("columnheader", name="Share")
    original = ["41.2 %", "22.7 %", "18.4 %", "6.1 %", "5.2 %"]
    await expect(column(message, 2)).to_have_text(original)

    await header.get_by_role("button").click()
    await expect(header).to_have_attribute("aria-sort", "ascending")
    await expect(column(message, 2)).to_have_text(
        ["3.1 %", "3.3 %", "5.2 %", "6.1 %", "18.4 %"]
    )
    await header.get_by_role("button").click()
    await expect(header).to_have_attribute("aria-sort", "descending")
    await expect(column(message, 2)).to_have_text(original)
    await header.get_by_role("button").click()
    await expect(header).to_have_attribute("aria-sort", "none")
    await expect(column(message, 2)).to_have_text(original)


async def test_data_table_pages_by_its_page_size(screen):
    message = await screen.ask("data")
    await expect(message.get_by_text("1–5 of 7")).to_be_visible()
    await expect(message.get_by_label("Previous page")).to_be_disabled()

    await message.get_by_label("Next page").click()

    await expect(message.get_by_text("6–7 of 7")).to_be_visible()
    await expect(column(message, 1)).to_have_text(["x-ai", samples.HOSTILE])
    await expect(message.get_by_label("Next page")).to_be_disabled()


async def test_data_table_search_keeps_the_rows_that_match(screen):
    message = await screen.ask("data")
    search = message.get_by_label("Search in Share of cost by provider")

    await search.fill("AI")
    await expect(column(message, 1)).to_have_text(["openai", "x-ai"])
    await search.fill("nobody")
    await expect(message.get_by_text("No rows match.")).to_be_visible()


@pytest.mark.parametrize(
    ("sample", "label"),
    [
        (
            "charts",
            (
                "Line chart: Share of cost, line. X axis: Week. Y axis: Percent. "
                "Series: anthropic, openai, google, Others, fifth."
            ),
        ),
        (
            "charts",
            (
                "Bar chart: Share of cost, bar. X axis: Week. Y axis: Percent. "
                "Series: anthropic, openai, google."
            ),
        ),
        (
            "more-charts",
            (
                "Area chart: Share of cost, area. X axis: Week. Y axis: Percent. "
                "Series: anthropic, openai, google."
            ),
        ),
        (
            "more-charts",
            "Pie chart: Share last week. Segments: anthropic, openai, google, Others.",
        ),
    ],
)
async def test_chart_is_an_image_with_names_and_no_values(screen, sample, label):
    message = await screen.ask(sample)

    await expect(message.get_by_role("img", name=label, exact=True)).to_be_visible()


async def test_chart_shows_zero_and_gives_the_fifth_series_the_first_colour(screen):
    message = await screen.ask("charts")
    chart = message.locator(".chart-line")
    strokes = await chart.locator(".line").evaluate_all(
        "lines => lines.map(line => getComputedStyle(line).stroke)"
    )

    await expect(chart.locator(".tick", has_text="0").first).to_have_text("0")
    assert len(set(strokes[:4])) == 4
    assert strokes[4] == strokes[0]


async def test_chart_tells_the_values_under_the_pointer(screen):
    message = await screen.ask("charts")
    plot = message.locator(".chart-line .chart-plot")
    box = await plot.bounding_box()

    await plot.hover(position={"x": box["width"] - 40, "y": 100})

    tip = message.locator(".chart-line .chart-tip")
    await expect(tip).to_contain_text("W46")
    await expect(tip).to_contain_text("41.2")


async def test_chart_can_be_read_as_a_table_and_back(screen):
    message = await screen.ask("charts")
    options = message.get_by_label("Chart options: Share of cost, line")

    await options.click()
    await screen.page.get_by_role("menuitem", name="View as table").click()
    figures = message.get_by_role("table", name="Share of cost, line")
    await expect(figures.get_by_role("row", name="W46")).to_contain_text("41.2")
    await options.click()
    await screen.page.get_by_role("menuitem", name="View as chart").click()

    await expect(figures).to_be_hidden()
    await expect(message.locator(".chart-line .plot")).to_be_visible()


async def test_container_folds_and_unfolds(screen):
    message = await screen.ask("boxes")
    head = message.get_by_role("button", name="How this was computed")
    await expect(head).to_have_attribute("aria-expanded", "false")
    await expect(message.get_by_text("Folded away")).to_be_hidden()

    await head.click()

    await expect(head).to_have_attribute("aria-expanded", "true")
    await expect(message.get_by_text("Folded away")).to_be_visible()
