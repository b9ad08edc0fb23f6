"""Help: what can be asked, from the grammar itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zenmux_bot.answers.fetching import FetchContext
from zenmux_bot.commands.grammar import BY_WORD, DELIVERY, KINDS, PERIOD_HELP, TOPICS
from zenmux_bot.commands.queries import HelpQuery, Request, canonical
from zenmux_bot.render.report import Button, Choice, Menu, Report, command_line, to_type
from zenmux_bot.render.wording import in_words

MAX_BUTTONS = 2
"""The other examples are in a menu."""

_ANY_DAY = date(2100, 1, 1)
"""On which the examples mean something; their words name no day."""

_NOT_RUN = (
    "help",
    "budget set",
    "digest create",
    *(f"alert {rule}" for rule in ("share", "cost", "any", "newcomer")),
    "alert anthropic",
    "alert deepseek",
)
"""Examples that a click must not run: they set something up."""

MAX_GREETED = 3
"""Examples in a short help."""


@dataclass(frozen=True, slots=True)
class HelpView:
    """Which command is explained; None: all of them in short."""

    topic: str | None


async def fetch_help(_context: FetchContext, query: HelpQuery) -> HelpView:
    """Return what to explain; nothing is fetched for it."""
    return HelpView(query.topic)


def report_help(view: HelpView, _request: Request | None = None) -> Report:
    """Return the list of commands, or how one is written."""
    topic = view.topic
    command = canonical(HelpQuery(topic=topic))
    firsts = tuple(kind.examples[0] for kind in KINDS if kind.takes)
    if topic is None:
        return Report(
            title="ZenMux statistics in Slack",
            finding="Figures cover all ZenMux customers, unless you ask for your own "
            "spend or usage. Only you see the answer, unless you add “public”.",
            points=tuple(
                to_type(command_line(kind.examples[0]), kind.summary) for kind in KINDS
            ),
            context=(f"{command_line('help share')}: options and periods",),
            command=command,
            buttons=_examples(*firsts)[:MAX_BUTTONS],
            menus=(_menu(*firsts),),
        )
    if topic in TOPICS:
        title, explained = TOPICS[topic]
        said = None if topic == "thanks" else command
        return Report(title=title, finding=explained, command=said)
    kind = BY_WORD[topic]
    aliases = f"Also: {', '.join(kind.aliases)}." if kind.aliases else ""
    extra = []
    if kind.takes >= DELIVERY:
        words = "public · private · csv · chart · table"
        extra.append(to_type(words, "who sees the answer, and in which form"))
    if "period" in kind.takes:
        extra.append(to_type(PERIOD_HELP, "periods"))
    return Report(
        title=f"Help: {kind.name}",
        finding=f"{kind.summary[0].upper()}{kind.summary[1:]}. {aliases}".strip(),
        points=(
            to_type(command_line(kind.usage), "syntax"),
            *(to_type(command_line(example)) for example in kind.examples),
            *extra,
        ),
        command=command,
        buttons=_examples(*kind.examples)[:MAX_BUTTONS],
        menus=(_menu(*kind.examples),),
    )


def report_readers(*, is_direct: bool, is_open: bool) -> str:
    """Return who sees answers in a conversation.

    Args:
        is_direct: It is a direct message.
        is_open: Everybody in it may see the own spend.
    """
    if is_direct:
        return "This is a direct message: its members see what is asked here."
    own = (
        "Everyone here can see own spend."
        if is_open
        else "Only admins can see own spend here."
    )
    return (
        "In this channel, only you see answers to slash commands, unless you add "
        f"“public”. Everyone sees answers to mentions. {own}"
    )


def report_greeting() -> Report:
    """Return what is said to somebody who said nothing but the bot's name."""
    examples = [kind.examples[0] for kind in KINDS if "period" in kind.takes]
    command = canonical(HelpQuery())
    return Report(
        title="Ask me about ZenMux",
        finding="Write it after my name, such as “share cost 8w”. In the thread of an "
        "answer, words such as “top 20”, “tokens” or “last month” change it.",
        buttons=(
            *_examples(*examples[:MAX_GREETED]),
            Button(label="All commands", action="ask:help", command=command),
        ),
    )


def _examples(*commands: str) -> tuple[Button, ...]:
    """Return buttons that run the examples."""
    runnable = [command for command in commands if not command.startswith(_NOT_RUN)]
    return tuple(
        Button(
            label=in_words(command, _ANY_DAY), action=f"ask:{number}", command=command
        )
        for number, command in enumerate(runnable)
    )


def _menu(*commands: str) -> Menu:
    """Return the examples that have no button, as a menu."""
    rest = _examples(*commands)[MAX_BUTTONS:]
    choices = tuple(Choice(each.label, each.command) for each in rest)
    return Menu(label="More examples…", action="ask:more", choices=choices)
