"""The alert form: a modal for a rule, and a command from its fields.

https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from zenmux_bot.alerts.rules import names_in
from zenmux_bot.commands.alert_commands import (
    LEAD_DAYS,
    UNUSUAL_PERCENT,
    AlertForm,
    AnyOvertake,
    Level,
    Newcomer,
    Passes,
    Rule,
    ShareMoves,
    Subject,
    Unusual,
)
from zenmux_bot.commands.lexer import quoted
from zenmux_bot.core.measures import Metric
from zenmux_bot.render.forms import chosen_in, field, names_menu, plain, select
from zenmux_bot.render.message import Block

CALLBACK = "alert"
NAMES_ACTION = "alert_names"
MAX_NAMES = 2

_MOVES = "moves"
_PASSES = "passes"
_OVERTAKE = "overtake"
_NEWCOMER = "newcomer"
_UNUSUAL = "unusual"
_TOP = "10"
_KINDS = {
    _MOVES: "A share moves up or down by N points in 7 days",
    "share above": "A day's share is above N percent",
    "share below": "A day's share is below N percent",
    "tokens above": "A day's tokens are above N",
    "tokens below": "A day's tokens are below N",
    "cost above": "A day's cost is above N",
    "cost below": "A day's cost is below N",
    _PASSES: "One name passes another",
    _UNUSUAL: "A day's volume is unusual",
    _OVERTAKE: "Any overtake in the top N",
    _NEWCOMER: "A newcomer in the top N",
}
_NUMBERS = {
    _MOVES: "Needs a name. N is in percentage points, such as 3.",
    "share above": "Needs a name. N is a percentage, such as 30.",
    "share below": "Needs a name. N is a percentage, such as 30.",
    "tokens above": "Needs a name. N is a number of tokens, such as 5B.",
    "tokens below": "Needs a name. N is a number of tokens, such as 5B.",
    "cost above": "Needs a name. N is an amount in USD, such as 50000.",
    "cost below": "Needs a name. N is an amount in USD, such as 50000.",
    _PASSES: f"Needs two names. N: days it must stay ahead ({LEAD_DAYS} if empty).",
    _UNUSUAL: f"N: percent for a name ({UNUSUAL_PERCENT} if empty), else the top N.",
    _OVERTAKE: f"Needs no name. N is {_TOP} if empty.",
    _NEWCOMER: f"Needs no name. N is {_TOP} if empty.",
}
"""What each rule needs, shown below it in the menu."""

_METRICS = {Metric.TOKENS: "Tokens", Metric.COST: "Cost (list price)"}
_OF_ANY = frozenset({_OVERTAKE, _NEWCOMER, _UNUSUAL})


class FormError(Exception):
    """Something in the form is missing.

    Attributes:
        block: The block that asks for it.
        problem: What is wrong.
    """

    def __init__(self, block: str, problem: str) -> None:
        super().__init__(problem)
        self.block = block
        self.problem = problem


def build_form(form: AlertForm, *, response_url: str) -> Block:
    """Return the modal, filled in as far as the rule is known."""
    kind, names, amount, metric = _initial_choices(form.rule)
    channel: Block = {
        "type": "conversations_select",
        "response_url_enabled": True,
        "filter": {"include": ["public", "private"]},
    }
    if form.channel:
        channel["initial_conversation"] = form.channel
    else:
        channel["default_to_current_conversation"] = True
    value: Block = {"type": "plain_text_input"}
    if amount:
        value["initial_value"] = amount
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": plain("New alert"),
        "submit": plain("Create"),
        "close": plain("Cancel"),
        "private_metadata": json.dumps({"response_url": response_url}),
        "blocks": [
            _input(
                "channel",
                "Channel to tell",
                channel,
                hint="The app must be in it: type /invite @ZenMux there.",
            ),
            _input("kind", "Tell when", select(_KINDS, kind, _NUMBERS)),
            _input(
                "names",
                "Provider or model",
                names_menu(names, "For example Anthropic", most=MAX_NAMES),
                hint="Needed unless the rule is about the top N or an unusual volume. "
                "For “one name passes another”, choose two, the one that passes first.",
                optional=True,
            ),
            _input(
                "amount",
                "Number (N)",
                value,
                hint="The menu above says what N is for each rule.",
                optional=True,
            ),
            _input("metric", "Counted in", select(_METRICS, metric)),
        ],
    }


def read_form(values: Mapping[str, Mapping[str, Any]]) -> tuple[str, str]:
    """Return the command that a submitted form stands for, and the channel.

    Raises:
        FormError: Something that the rule needs is missing.
    """
    found = {name: next(iter(inputs.values())) for name, inputs in values.items()}
    kind = str(found["kind"]["selected_option"]["value"])
    metric = str(found["metric"]["selected_option"]["value"])
    names = [quoted(name) for name in chosen_in(found.get("names", {}))]
    amount = str(found.get("amount", {}).get("value") or "").strip()
    channel = str(found["channel"]["selected_conversation"])
    needed = 0 if kind in _OF_ANY else 1 + (kind == _PASSES)
    if len(names) < needed:
        what = "Choose a provider or model." if needed == 1 else "Choose two names."
        raise FormError("names", what)
    if not amount and kind not in {_PASSES, *_OF_ANY}:
        raise FormError("amount", "This rule needs a number.")
    match kind:
        case "moves":
            rule = f"share {names[0]} moves {amount.removesuffix('pp')}pp {metric}"
        case "passes":
            lasting = f" for {amount.removesuffix('d')}d" if amount else ""
            rule = f"{names[0]} passes {names[1]}{lasting} {metric}"
        case "unusual" if names:
            least = f" by {amount.removesuffix('%')}%" if amount else ""
            rule = f"{names[0]} unusual{least} {metric}"
        case "unusual":
            rule = f"any unusual in top {amount or _TOP} {metric}"
        case "overtake":
            rule = f"any overtake in top {amount or _TOP} {metric}"
        case "newcomer":
            rule = f"newcomer in top {amount or _TOP} {metric}"
        case _:
            subject, _, side = kind.partition(" ")
            of = f" {metric}" if subject == Subject.SHARE else ""
            rule = f"{subject} {names[0]} {side} {amount}{of}"
    return f"alert {rule} in <#{channel}>", channel


def opened_at(view: Mapping[str, Any]) -> str:
    """Return the response URL that the form carries."""
    return str(json.loads(view["private_metadata"])["response_url"])


def _initial_choices(rule: Rule | None) -> tuple[str, tuple[str, ...], str, Metric]:
    """Return the initial choices: kind, names, amount, metric."""
    kind, amount = _MOVES, ""
    match rule:
        case ShareMoves(points=points):
            amount = f"{points.normalize():f}"
        case Level(subject=subject, direction=side):
            kind, amount = f"{subject} {side}", f"{rule.amount.normalize():f}"
        case Passes(days=days):
            kind, amount = _PASSES, "" if days == LEAD_DAYS else str(days)
        case AnyOvertake(top=top):
            kind, amount = _OVERTAKE, str(top)
        case Newcomer(top=top):
            kind, amount = _NEWCOMER, str(top)
        case Unusual(name=None, top=top):
            kind, amount = _UNUSUAL, str(top)
        case Unusual(percent=percent):
            kind = _UNUSUAL
            amount = "" if percent == UNUSUAL_PERCENT else str(percent)
    names = () if rule is None else names_in(rule)
    return kind, names, amount, Metric.TOKENS if rule is None else rule.metric


def _input(name: str, label: str, element: Block, **more: Any) -> Block:
    return field(name, label, element, action_id=f"alert_{name}", **more)
