"""Render a report as a Slack message: blocks, and text for screen readers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from zenmux_bot.core.periods import moment_words
from zenmux_bot.render import limits
from zenmux_bot.render.forms import menu_elements, plain
from zenmux_bot.render.limits import ELLIPSIS, cut
from zenmux_bot.render.message import Block, Message
from zenmux_bot.render.numbers import UNKNOWN
from zenmux_bot.render.report import (
    MORE,
    Button,
    Cell,
    Chart,
    Choice,
    Column,
    Menu,
    Point,
    Report,
    Table,
    command_line,
)

EXPLORED = 15
"""Tables with more rows can be sorted, searched and paged."""

PAGE = 10
"""Rows per page of such a table, unless it sets its own."""

BUTTONS = 2
"""The most buttons below an answer; the others go into a menu."""

_FORMATTING = re.compile(r"(?<![\w*_~`])[*_~`]|[*_~`](?![\w*_~`])")
_JOINER = "\u2060"
_CHANNEL = re.compile(r"&lt;#([CDG]\w+)(?:\|[^&]*)?&gt;")
_CUT_ENTITY = re.compile(r"&[a-z]*$")
_PART = 1600
"""The most characters of the finding, or of the small print, in a text."""
_AROUND = 700
"""The most characters of the command and the age in the small print."""
_COUNTED = len("\n… and 999 more lines.")


def escape(text: str) -> str:
    """Return text that mrkdwn shows as it is.

    Slack's special characters are escaped; an invisible word joiner keeps ``*`` and the
    like from formatting.
    https://docs.slack.dev/messaging/formatting-message-text
    """
    return _FORMATTING.sub(lambda match: match[0] + _JOINER, entities(text))


def entities(text: str) -> str:
    """Return text with ``&``, ``<`` and ``>`` escaped; its formatting stays."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_within(text: str, size: int) -> str:
    """Return escaped text of at most ``size`` characters."""
    escaped = escape(text)
    if len(escaped) <= size:
        return escaped
    return _CUT_ENTITY.sub("", escaped[: size - 1]).rstrip() + ELLIPSIS


def moment(instant: datetime) -> str:
    """Return an instant that Slack shows in the reader's own time zone."""
    fallback = moment_words(instant)
    pattern = "{date_short_pretty} {time}"
    return f"<!date^{int(instant.timestamp())}^{pattern}|{fallback}>"


def message(report: Report, *, shared_by: str | None = None) -> Message:
    """Return a report as a message.

    Args:
        report: The report.
        shared_by: The id of the user who shared it with the channel.
    """
    blocks: list[Block] = [header(report.title)]
    if report.headline or report.finding:
        blocks.append(said(report.finding, headline=report.headline))
    if report.points:
        blocks.append(listed(report.points))
    if report.chart is not None:
        blocks.append(chart_block(report.chart))
    if report.table is not None and report.is_table_shown:
        blocks.append(table_block(report.table))
        there = len(report.table.rows)
        shown = len(blocks[-1]["rows"]) - 1 - len(report.table.tail)
        if shown < there:
            left_out = f"table: the first {shown} of {there} rows"
            report = replace(report, context=(*report.context, left_out))
    if report.instants:
        lines = (f"{escape(each.words)} {moment(each.at)}" for each in report.instants)
        blocks.append({"type": "section", "text": mrkdwn("\n".join(lines))})
    controls = controls_of(report)
    if controls:
        blocks.append({"type": "actions", "elements": controls})
    by = f"Shared by <@{shared_by}>" if shared_by else None
    blocks += context_block(report, by)
    return Message(text=text(report), blocks=tuple(blocks))


def controls_of(report: Report) -> list[Block]:
    """Return buttons and menus; of many buttons, two and a menu of the others.

    The buttons of an error stay buttons, and so do those that a menu cannot replace:
    those that need confirmation or have a long command.
    """
    buttons, menus = report.buttons, report.menus
    is_error = report.command is None and report.table is None
    if len(buttons) > BUTTONS and not menus and not is_error:
        kind = buttons[BUTTONS].action.partition(":")[0]
        folded = [
            each
            for each in buttons[BUTTONS:]
            if each.action.startswith(f"{kind}:")
            and not each.confirm
            and len(each.command) <= limits.OPTION_VALUE
        ]
        choices = tuple(Choice(each.label, each.command) for each in folded)
        buttons = tuple(each for each in buttons if each not in folded)
        menus = (Menu(label=MORE, action=f"{kind}:more", choices=choices),)
    controls = [*map(button, buttons), *menu_elements(menus)]
    return controls[: limits.ACTIONS_ELEMENTS]


def noted(answer: Message, note: str) -> Message:
    """Return a message with a line of mrkdwn before it."""
    line = {"type": "context", "elements": [{"type": "mrkdwn", "text": note}]}
    blocks = (line, *answer.blocks) if answer.blocks else ()
    return Message(text=f"{note}\n{answer.text}", blocks=blocks)


def header(title: str) -> Block:
    """Return a heading."""
    return {"type": "header", "text": plain(cut(title, limits.HEADER_TEXT))}


def said(words: str, *, headline: str = "") -> Block:
    """Return sentences without markup, after a bold headline."""
    elements: list[Block] = []
    if headline:
        bold = cut(headline, limits.SECTION_TEXT)
        elements.append({"type": "text", "text": bold, "style": {"bold": True}})
    if words:
        rest = cut(f"{chr(10) * bool(headline)}{words}", limits.SECTION_TEXT)
        elements.append({"type": "text", "text": rest})
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "elements": [section]}


def actions(buttons: tuple[Button, ...]) -> Block:
    """Return a row of buttons."""
    elements = [button(each) for each in buttons[: limits.ACTIONS_ELEMENTS]]
    return {"type": "actions", "elements": elements}


def button(each: Button) -> Block:
    """Return one button; its value is the command it runs."""
    element: Block = {
        "type": "button",
        "text": plain(cut(each.label, limits.BUTTON_TEXT)),
        "action_id": each.action,
        "value": each.command,
    }
    if each.primary:
        element["style"] = "primary"
    if each.confirm:
        element["confirm"] = confirmation(each.label, each.confirm)
    return element


def confirmation(label: str, question: str) -> Block:
    """Return the dialog that confirms the press of a button."""
    return {
        "title": plain(cut(label, limits.CONFIRM_TITLE)),
        "text": plain(cut(question, limits.CONFIRM_TEXT)),
        "confirm": plain(cut(label, limits.CONFIRM_BUTTON)),
        "deny": plain("Cancel"),
    }


def listed(points: tuple[Point, ...]) -> Block:
    """Return a list without markup."""
    items = []
    for point in points:
        style = {"code": True} if point.is_typed else {"bold": True}
        label = {"type": "text", "text": point.label, "style": style}
        between = "  " if point.is_typed else ": "
        words = {"type": "text", "text": f"{between}{point.words}"}
        elements = [label, words] if point.words else [label]
        items.append({"type": "rich_text_section", "elements": elements})
    bullets = {"type": "rich_text_list", "style": "bullet", "elements": items}
    return {"type": "rich_text", "elements": [bullets]}


def context_block(report: Report, by: str | None) -> list[Block]:
    """Return the small print as one line, if any: command, days, source, age."""
    parts = []
    if report.command is not None:
        parts.append(code(cut(command_line(report.command), _AROUND // 2)))
    if report.context:
        clauses = " · ".join(report.context)
        parts.append(escape_within(clauses, limits.CONTEXT_TEXT - _AROUND))
    if report.as_of is not None:
        age = "stale copy, as of" if report.stale else "as of"
        parts.append(f"{age} {moment(report.as_of)}")
    if by:
        parts.append(by)
    if not parts:
        return []
    return [{"type": "context", "elements": [mrkdwn(" · ".join(parts))]}]


def code(command: str) -> str:
    """Return a command as code that can be copied; its channels are links.

    Slack makes no links inside code.
    """
    words = entities(command.replace("`", "'"))
    parts = enumerate(_CHANNEL.split(words))
    shown = (
        f"<#{each}>" if n % 2 else f"`{each.strip()}`" for n, each in parts if each
    )
    return " ".join(shown)


def mrkdwn(text: str) -> Block:
    """Return a text object with markup, in which Slack adds no links of its own."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def table_block(table: Table) -> Block:
    """Return a table, paged if it is long, cut to Slack's limits."""
    if len(table.rows) > (table.page or EXPLORED):
        count = _fitting(table, limits.DATA_TABLE_CHARACTERS, limits.DATA_TABLE_ROWS)
        return _data_table(replace(table, rows=table.rows[:count]))
    count = _fitting(table, limits.TABLE_CHARACTERS, limits.TABLE_ROWS)
    return _plain_table(replace(table, rows=table.rows[:count]))


def _fitting(table: Table, characters: int, most: int) -> int:
    """Return how many rows fit together with the heading and the tail."""
    most -= 1 + len(table.tail)
    characters -= sum(len(column.heading) for column in table.columns)
    characters -= sum(map(_length, table.tail))
    for count, row in enumerate(table.rows[:most]):
        characters -= _length(row)
        if characters < 0:
            return count
    return min(len(table.rows), most)


def _length(row: tuple[Cell, ...]) -> int:
    return sum(len(cell.text or UNKNOWN) for cell in row)


def _plain_table(table: Table) -> Block:
    """Return a table with aligned columns.

    https://docs.slack.dev/reference/block-kit/blocks/table-block
    """
    heading = [_raw(column.heading) for column in table.columns]
    rows = [[_raw(cell.text) for cell in row] for row in (*table.rows, *table.tail)]
    settings = [
        {"align": column.align, "is_wrapped": column.is_wrapped}
        for column in table.columns
    ]
    return {"type": "table", "column_settings": settings, "rows": [heading, *rows]}


def _data_table(table: Table) -> Block:
    """Return a table that the reader sorts, searches and pages through.

    https://docs.slack.dev/reference/block-kit/blocks/data-table-block
    """
    heading = [_raw(column.heading) for column in table.columns]
    rows = [
        [
            _sortable(cell, column)
            for cell, column in zip(row, table.columns, strict=True)
        ]
        for row in (*table.rows, *table.tail)
    ]
    return {
        "type": "data_table",
        "caption": table.caption,
        "page_size": table.page or PAGE,
        "row_header_column_index": table.key,
        "rows": [heading, *rows],
    }


def _raw(words: str) -> Block:
    return {"type": "raw_text", "text": words or UNKNOWN}


def _sortable(cell: Cell, column: Column) -> Block:
    """Return a cell; a column sorts by number only if all its cells have one."""
    if not column.numeric:
        return _raw(cell.text)
    return {
        "type": "raw_number",
        "value": cell.number or 0,
        "text": cell.text or UNKNOWN,
    }


def chart_block(chart: Chart) -> Block:
    """Return a chart.

    https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
    """
    series = [
        {
            "name": name,
            "data": [
                {"label": label, "value": value}
                for label, value in zip(chart.categories, values, strict=True)
            ],
        }
        for name, values in chart.series
    ]
    axes = {
        "categories": list(chart.categories),
        "x_label": cut(chart.x_label, limits.CHART_AXIS_LABEL),
        "y_label": cut(chart.y_label, limits.CHART_AXIS_LABEL),
    }
    return {
        "type": "data_visualization",
        "title": cut(chart.title, limits.CHART_TITLE),
        "chart": {"type": chart.kind, "series": series, "axis_config": axes},
    }


def text(report: Report) -> str:
    """Return the whole answer as text, within the length that Slack recommends.

    Rows that do not fit are counted; Others, the total and the source are kept. All of
    it is escaped here.
    """
    opening = f"{report.title}. {report.headline} {report.finding}"
    head = escape_within(" ".join(opening.split()), _PART)
    said = [f"{p.label}: {p.words}" if p.words else p.label for p in report.points]
    lines = [*map(escape, said)]
    lines += [f"Try {_command(each)}" for each in report.suggested]
    said = [f"{each.words} {moment_words(each.at)}." for each in report.instants]
    tail = []
    if report.table is not None:
        said += [spoken(row, report.table) for row in report.table.rows]
        tail = [spoken(row, report.table) for row in report.table.tail]
    lines += map(escape, said)
    source = escape_within(_source(report), _PART)
    if report.command is not None:
        source = f"{source} {_command(report.command)}".strip()
    foot = [*map(escape, tail), source]
    left = limits.MESSAGE_TEXT_ADVISED - len("\n".join([head, *foot])) - _COUNTED
    kept: list[str] = []
    for line in lines:
        left -= len(line) + 1
        if left < 0:
            kept.append(f"… and {len(lines) - len(kept)} more lines.")
            break
        kept.append(line)
    return "\n".join(part for part in [head, *kept, *foot] if part)


def _source(report: Report) -> str:
    """Return the small print for screen readers."""
    said = [f"{'; '.join(report.context)}."] if report.context else []
    if report.as_of is not None:
        age = "Stale copy, as of" if report.stale else "As of"
        said.append(f"{age} {moment_words(report.as_of)}.")
    return " ".join(said)


def _command(command: str) -> str:
    """Return a command for screen readers, with channels as links."""
    return _CHANNEL.sub(r"<#\1>", escape(command_line(command)))


def spoken(row: tuple[Cell, ...], table: Table) -> str:
    """Return a row as a sentence; unknown and unchanged values are left out."""
    parts = [
        f"{column.said} {words}" if column.said else words
        for cell, column in zip(row, table.columns, strict=True)
        if (words := cell.said or cell.text) != UNKNOWN
    ]
    return f"{', '.join(parts)}."
