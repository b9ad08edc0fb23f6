"""An answer before it is rendered: title, headline, table, chart, buttons, context.

Each kind of answer builds one; Slack's blocks, the terminal's tables and the text for
screen readers are rendered from it alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from zenmux_bot.commands.grammar import COMMAND
from zenmux_bot.commands.queries import Audience, Query, Request, canonical

Align = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes:
        text: Its text.
        number: The number to sort by, if it has one.
        said: How it is read aloud, if not as its text.
        slugs: The slugs of the model or provider that it names.
    """

    text: str
    number: float | None = None
    said: str = ""
    slugs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        heading: Its heading.
        align: How it is aligned; numbers to the right.
        numeric: It is sorted by number.
        said: Its name when rows are read aloud; empty: values need none.
        slugs: The slugs of the model that it is about.
        is_wrapped: Its text may wrap, so that a phone shows the columns after it.
    """

    heading: str
    align: Align = "left"
    numeric: bool = False
    said: str = ""
    slugs: tuple[str, ...] = ()
    is_wrapped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells under columns.

    Attributes:
        caption: What the table shows; announced by screen readers.
        columns: One for each cell of a row.
        rows: The rows, best first.
        tail: Rows that always come last (Others, the total).
        key: Index of the column that names the row.
        page: Rows per page; 0: paged only if the table is long.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    tail: tuple[tuple[Cell, ...], ...] = ()
    key: int = 0
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Lines or bars over the same categories.

    Attributes:
        title: What it shows.
        kind: ``line`` or ``bar``.
        categories: Along the x axis.
        series: Name and one value for each category.
        x_label: What the categories are.
        y_label: What the values are, with their unit.
    """

    title: str
    kind: Literal["line", "bar"]
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]
    x_label: str
    y_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button that runs a command, or does something of its own.

    Attributes:
        label: What it says.
        action: Its action id; unique within a message.
        command: The canonical command it carries.
        primary: It is the most likely choice.
        confirm: The question to confirm it with; empty: none.
    """

    label: str
    action: str
    command: str
    primary: bool = False
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a menu.

    Attributes:
        label: What it says.
        command: The canonical command that it runs.
        group: Its heading in the menu.
    """

    label: str
    command: str
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """A menu of commands; choosing one runs it.

    Attributes:
        label: What it says while nothing is chosen.
        action: Its action id; unique within a message.
        choices: Its lines.
    """

    label: str
    action: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A line of a list.

    Attributes:
        label: What it is about.
        words: What it says; empty: the label is all.
        is_typed: The label is something to type.
    """

    label: str
    words: str = ""
    is_typed: bool = False


@dataclass(frozen=True, slots=True)
class Instant:
    """When something happens, shown in the reader's own time zone where that works."""

    words: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole answer.

    Attributes:
        title: What it is about.
        headline: The most wanted figure, with its change; bold.
        finding: The other findings, in sentences.
        points: A list.
        instants: Upcoming times.
        table: The figures.
        chart: The figures as a chart.
        is_table_shown: The table is shown; it is read aloud anyway.
        context: The small print: where the figures come from, one clause each.
        as_of: When the figures were fetched; None where there are none.
        stale: The figures are an old copy.
        command: The canonical command, without the slash command; None for an error.
        buttons: Next steps.
        menus: Further next steps.
    """

    title: str
    finding: str
    headline: str = ""
    points: tuple[Point, ...] = ()
    instants: tuple[Instant, ...] = ()
    table: Table | None = None
    chart: Chart | None = None
    is_table_shown: bool = True
    context: tuple[str, ...] = ()
    as_of: datetime | None = None
    stale: bool = False
    command: str | None = None
    buttons: tuple[Button, ...] = ()
    menus: tuple[Menu, ...] = ()

    @property
    def sentences(self) -> str:
        """Return its sentences, for places without blocks, such as a form's error."""
        title = self.title if self.title.endswith((".", "?", "!")) else f"{self.title}."
        return " ".join(filter(None, (title, self.headline, self.finding)))

    @property
    def suggested(self) -> tuple[str, ...]:
        """Return the commands that an error offers, for places without buttons."""
        if self.command is not None or self.table is not None:
            return ()
        return tuple(
            each.command for each in self.buttons if each.action.startswith("ask:")
        )


def to_type(words: str, meaning: str = "") -> Point:
    """Return a line about something to type, and what it does."""
    return Point(words, meaning, is_typed=True)


def command_line(command: str) -> str:
    """Return a command as it is typed."""
    return f"{COMMAND} {command}"


PUBLISH = "publish"
MORE = "More…"
"""The label of the menu for everything without a button."""


def ask(request: Request, slot: str, label: str, query: Query) -> Button:
    """Return a button that asks another question, with the same options."""
    command = canonical(replace(request, query=query))
    return Button(label=label, action=f"ask:{slot}", command=command)


def choice(request: Request, label: str, query: Query, group: str = "") -> Choice:
    """Return a choice that asks another question, with the same options."""
    # Where it is chosen decides who sees the answer, and options must be short.
    words = replace(request, query=query, audience=None)
    return Choice(label, canonical(words), group)


def share_button(request: Request) -> tuple[Button, ...]:
    """Return the button that shares an answer, unless it is public already."""
    if request.audience is Audience.PUBLIC:
        return ()
    command = canonical(request)
    return (Button(label="Share to channel", action=PUBLISH, command=command),)
