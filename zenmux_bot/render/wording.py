"""Commands in words for buttons: ``Top models by cost, last month``."""

from __future__ import annotations

import re
from datetime import date

from zenmux_bot.commands import alert_commands, digest_commands
from zenmux_bot.commands.account_commands import (
    BudgetCommand,
    CloseChannel,
    DeleteBudget,
    ListBudgets,
    NameKey,
    OpenChannel,
    SetBudget,
    SpendCommand,
)
from zenmux_bot.commands.digest_commands import DigestSpec, Verb
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import (
    TOP,
    AccountQuery,
    AlertQuery,
    AppsQuery,
    BudgetQuery,
    Cut,
    DigestQuery,
    GenerationQuery,
    HelpQuery,
    LeaderboardQuery,
    ModelQuery,
    PerformanceQuery,
    Query,
    ShareQuery,
    SpendQuery,
    StatusQuery,
    TrendingQuery,
    TrendQuery,
    UsageQuery,
    WhyQuery,
)
from zenmux_bot.core.measures import Granularity, Measure
from zenmux_bot.core.periods import (
    AllTime,
    CalendarUnit,
    Dates,
    Last,
    Period,
    Since,
    Span,
    ToDate,
    Unit,
    Versus,
    day_words,
)
from zenmux_bot.core.windows import ending
from zenmux_bot.digests.phrases import frequency_of
from zenmux_bot.digests.subscriptions import DigestSubject
from zenmux_bot.errors import BadInput
from zenmux_bot.render.cells import named

_MEASURES = {
    Measure.THROUGHPUT: "throughput",
    Measure.TTFT: "time to first token",
    Measure.CACHE: "cache hits",
}

_SPELLINGS = {
    "x-ai": "xAI",
    "z-ai": "Z.AI",
    "openai": "OpenAI",
    "deepseek": "DeepSeek",
    "minimax": "MiniMax",
    "moonshotai": "Moonshot AI",
    "mistralai": "Mistral AI",
    "xai": "xAI",
    "gpt": "GPT",
    "glm": "GLM",
    "ai": "AI",
}
"""Names with irregular capital letters."""


def in_words(command: str, today: date) -> str:
    """Return a command in words; unchanged if there are none for it."""
    try:
        request = parse(command, today=today)
    except BadInput:
        return command
    words = _query(request.query)
    if words is None:
        return command
    extra = [str(request.show)] if request.show else []
    extra += ["CSV"] if request.csv else []
    return ", ".join([words, *extra])


def _query(query: Query) -> str | None:
    """Return a query in words; None if the command says it best."""
    figures = _figures(query)
    if figures is None:
        return _command(query)
    when = getattr(query, "period", None)
    until = getattr(query, "until", None)
    if when:
        return f"{figures}, {period(ending(when, until))}{_versus(query)}"
    return figures if until is None else f"{figures}, until {day_words(until)}"


def _figures(query: Query) -> str | None:
    """Return the figures that a query asks for, without the days."""
    match query:
        case SpendQuery(command=command) if command is not None:
            return None
        case SpendQuery() | UsageQuery():
            return f"Our own {query.name}{_part(query)}"
        case LeaderboardQuery() | ShareQuery() | WhyQuery() | TrendQuery():
            what = _subject(query)
        case TrendingQuery():
            return f"Trending models by {query.metric}, by {query.by.word}"
        case ModelQuery():
            what = spelled(query.model)
        case PerformanceQuery():
            return f"Performance by {_MEASURES[query.measure]}"
        case AppsQuery(trending=is_trending):
            what = "Trending apps" if is_trending else "Apps"
        case _:
            return None
    return f"{what} by {query.metric}"


def _command(query: Query) -> str | None:
    words: str | None = None
    match query:
        case HelpQuery(topic=topic):
            words = "Help" if topic is None else f"Help for {topic}"
        case AccountQuery() | StatusQuery():
            words = query.name.capitalize()
        case GenerationQuery():
            words = "One request"
        case DigestQuery(command=digest):
            words = _digest(digest)
        case AlertQuery(command=alert):
            words = _alert(alert)
        case BudgetQuery(command=budget):
            words = _budget(budget)
        case SpendQuery(command=setting):
            words = _setting(setting)
    return words


def _subject(query: LeaderboardQuery | ShareQuery | WhyQuery | TrendQuery) -> str:
    match query:
        case LeaderboardQuery():
            top = f"Top {query.top} models" if query.top != TOP else "Top models"
            priced = " with average prices" if query.rate else ""
            return f"{top}{_of(query.providers)}{priced}"
        case ShareQuery():
            return f"{_every(query.by, 'Market share')}{_of(query.providers)}"
        case WhyQuery(provider=None):
            return "Why shares moved"
        case WhyQuery(provider=provider):
            return f"Why {spelled(provider or '')} moved"
        case TrendQuery():
            return _every(query.by, "Trend")


def _every(by: Granularity | None, what: str) -> str:
    """Return ``Daily market share``, or ``what`` unchanged."""
    often = {Granularity.DAY: "Daily", Granularity.WEEK: "Weekly"}
    return what if by is None else f"{often[by]} {what[0].lower()}{what[1:]}"


def _of(providers: tuple[str, ...]) -> str:
    return f" of {named([*map(spelled, providers)])}" if providers else ""


def _part(query: SpendQuery | UsageQuery) -> str:
    """Return the part of the own account, and how it is split."""
    on = f" on {spelled(query.model)}" if query.model else ""
    key = f" with {query.key}" if query.key else ""
    by = "" if query.by is Cut.MODEL else f" by {query.by.word}"
    return f"{on}{key}{by}"


def _digest(command: digest_commands.Command) -> str:
    match command:
        case digest_commands.ListAll():
            words = "Digests"
        case digest_commands.ListAudit():
            words = "Who changed digests"
        case digest_commands.OpenForm(spec) | digest_commands.Create(spec):
            words = f"New{_spec(spec)}"
        case digest_commands.About(verb, id_, again):
            does = _DONE_TO_DIGESTS.get(verb, verb.capitalize())
            words = f"{does} digest {id_}{' again' if again else ''}"
        case digest_commands.Edit(id_, spec):
            words = f"Edit digest {id_}{_edited(spec)}"
        case digest_commands.Ask(wanted):
            words = f"Ask the owner of digest {wanted.id}"
    return words


_DONE_TO_DIGESTS = {Verb.TAKEOVER: "Take over", Verb.HISTORY: "History of"}


def _spec(spec: DigestSpec) -> str:
    """Return `` weekly digest by cost, every Friday at 09:00``."""
    often = f" {spec.cadence}" if spec.cadence else ""
    if spec.subject is DigestSubject.SPEND:
        what = f" of our own spend{' by key' if spec.by_key else ''}"
    else:
        by = f" by {spec.metric}" if spec.metric else ""
        what = f"{_of(spec.providers or ())}{by}"
    when = _when(spec)
    return f"{often} digest{what}{', ' if when else ''}{when}"


def _when(spec: DigestSpec) -> str:
    is_dated = spec.weekday is not None or spec.day is not None
    often = frequency_of(spec.weekday, spec.day) if is_dated else ""
    at = f"at {spec.at:%H:%M}" if spec.at else ""
    return f"{often} {at}".strip()


def _edited(spec: DigestSpec) -> str:
    """Return `` to Anthropic, by cost, every Friday``."""
    whose = named([*map(spelled, spec.providers)]) if spec.providers else ""
    by = f"by {spec.metric}" if spec.metric else ""
    said = ", ".join(filter(None, [whose, by, _when(spec)]))
    return f" to {said}" if said else ""


def _alert(command: alert_commands.AlertCommand) -> str:
    match command:
        case alert_commands.ListAlerts():
            words = "Alerts"
        case alert_commands.AlertForm(rule) | alert_commands.CreateAlert(rule):
            words = "New alert" if rule is None else f"Alert: {_rule(rule)}"
        case alert_commands.EditAlert(id_, rule):
            words = f"Change alert {id_}: {_rule(rule)}"
        case alert_commands.AboutAlert(verb, id_):
            is_history = verb is alert_commands.AlertVerb.HISTORY
            words = f"{'History of' if is_history else verb.capitalize()} alert {id_}"
        case alert_commands.SnoozeAlert(id_):
            words = f"Snooze alert {id_}"
        case alert_commands.ExpectDay(id_):
            words = f"Mark as expected: alert {id_}"
    return words


def _rule(rule: alert_commands.Rule) -> str:
    """Return a rule with its names in their usual spelling."""
    words = str(rule)
    match rule:
        case alert_commands.ShareMoves(name=name):
            move = words.rsplit(" moves ", maxsplit=1)[-1].replace("pp", " pp")
            return f"{spelled(name)}'s share moves {move}"
        case alert_commands.Level(name=name, direction=direction, subject=subject):
            amount = words.rsplit(f" {direction} ", maxsplit=1)[-1]
            return f"{spelled(name)}'s {subject} {direction} {amount}"
        case alert_commands.Passes(name=name, other=other):
            return f"{spelled(name)} passes {spelled(other)}"
        case alert_commands.Unusual(name=str(name)):
            return f"{spelled(name)} unusual"
    return words


def _budget(command: BudgetCommand) -> str:
    match command:
        case ListBudgets():
            return "Budgets"
        case DeleteBudget(id_):
            return f"Delete budget {id_}"
        case SetBudget(amount, model, key):
            whose = f" for {spelled(model)}" if model else f" for {key}" if key else ""
            return f"Set a budget of ${amount.normalize():,f} a month{whose}"


def _setting(command: SpendCommand | None) -> str | None:
    """Return a setting of the own account; buttons cannot show a channel's name."""
    match command:
        case OpenChannel():
            return "Open the channel"
        case CloseChannel():
            return "Close the channel"
        case NameKey(key):
            return f"Name the key {key}"
    return None


def spelled(name: str) -> str:
    """Return a name or slug as it is usually written: ``Claude Opus 4.8``."""
    name = name.rpartition("/")[2]
    if name in _SPELLINGS:
        return _SPELLINGS[name]
    words = [_SPELLINGS.get(word, _capital(word)) for word in re.split(r"[ -]", name)]
    joined = " ".join(words)
    return re.sub(r"\b(GPT|GLM) (?=\d)", r"\1-", joined)


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _versus(query: object) -> str:
    match getattr(query, "versus", Versus.PREVIOUS):
        case Versus.PREVIOUS:
            return ""
        case Versus.NONE:
            return ", without comparison"
        case versus:
            return f", compared with {period(versus)}"


def period(asked: Period) -> str:
    """Return a period in words, such as ``last 7 days``."""
    match asked:
        case Last(count, unit):
            return _last(count, unit)
        case ToDate(unit):
            return f"this {unit.name.lower()} so far"
        case CalendarUnit(unit, start):
            return _calendar_unit(asked, unit, start)
        case Dates(start, end):
            return Span(start, end).in_words()
        case Since(start):
            return f"since {day_words(start)}"
    return "all time" if isinstance(asked, AllTime) else str(asked)


def _last(count: int, unit: Unit) -> str:
    if count > 1:
        return f"last {count} {unit.name.lower()}s"
    return "yesterday" if unit is Unit.DAY else f"last {unit.name.lower()}"


def _calendar_unit(asked: CalendarUnit, unit: Unit, start: date) -> str:
    match unit:
        case Unit.QUARTER:
            return f"quarter {(start.month + 2) // 3} of {start.year}"
        case Unit.YEAR:
            return str(start.year)
    return Span(start, asked.end).in_words()
