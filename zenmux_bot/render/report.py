"""An answer before it is drawn: title, headline, table, chart, buttons, context.

Each kind of answer makes one; Slack's blocks, the terminal's table and the text that
is read aloud are drawn from it alone.
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
        text: What stands in it.
        number: What it is sorted by, if it is a number.
        said: How it is read aloud, where its signs say nothing.
        slugs: Those of the model or provider that it names, to be found by.
    """

    text: str
    number: float | None = None
    said: str = ""
    slugs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and how it is set.

    Attributes:
        heading: What stands above it.
        align: Numbers stand right.
        numeric: It is sorted by number.
        said: Name of the column in running text; empty: the value says it all.
        slugs: Those of the model that it is about, to be found by.
        is_wrapped: Its heading and its cells may be broken into lines, so that a phone
            shows the columns behind it.
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
        tail: Rows that always stand last (Others, the total).
        key: Index of the column that names the row.
        page: So many rows are shown at once, with a way to the others; 0 if the length
            of the table decides.
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
        action: What it does; unique within a message.
        command: The canonical command it carries.
        primary: The one that most people want.
        confirm: What is asked before anything is done; empty: nothing.
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
        group: The heading that it stands under in the menu.
    """

    label: str
    command: str
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """A menu of commands; choosing one runs it.

    Attributes:
        label: What it says while nothing is chosen.
        action: What it does; unique within a message.
        choices: What there is to choose.
    """

    label: str
    action: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A line of a list: what it is about, and what there is to say.

    Attributes:
        label: What it is about.
        words: What there is to say; empty: the label says it all.
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
        headline: The one figure that most people came for, with its change; bold.
        finding: What else it says, in sentences.
        points: What there is, line by line.
        instants: What happens when.
        table: The figures.
        chart: A picture of them.
        is_table_shown: The table is drawn; it is read aloud in any case.
        context: Where they come from, each a clause.
        as_of: When the API gave them; None where there are none.
        stale: They are an old copy.
        command: The canonical command, without the slash command; None for an error.
        buttons: What to do next.
        menus: What else to do next, where there is a choice.
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
        """Return what it says where nothing can be drawn, such as beside a field."""
        title = self.title if self.title.endswith((".", "?", "!")) else f"{self.title}."
        return " ".join(filter(None, (title, self.headline, self.finding)))

    @property
    def suggested(self) -> tuple[str, ...]:
        """Return the commands that an error offers, for whoever sees no buttons."""
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
"""What a menu says that holds all that has no button."""


def ask(request: Request, slot: str, label: str, query: Query) -> Button:
    """Return a button that asks another question, answered in the same manner."""
    command = canonical(replace(request, query=query))
    return Button(label=label, action=f"ask:{slot}", command=command)


def choice(request: Request, label: str, query: Query, group: str = "") -> Choice:
    """Return a choice that asks another question, answered in the same manner."""
    # Where it is chosen says who sees the answer, and options are short.
    words = replace(request, query=query, audience=None)
    return Choice(label, canonical(words), group)


def share_button(request: Request) -> tuple[Button, ...]:
    """Return the button that shows an answer to all; what is public needs none."""
    if request.audience is Audience.PUBLIC:
        return ()
    command = canonical(request)
    return (Button(label="Share to channel", action=PUBLISH, command=command),)
