"""Parse the words after ``budget``, and those after ``spend`` that set something."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from zenmux_bot.commands.account_commands import (
    LIST_BUDGETS,
    CloseChannel,
    DeleteBudget,
    NameKey,
    OpenChannel,
    SetBudget,
    SpendCommand,
)
from zenmux_bot.commands.grammar import HELP
from zenmux_bot.commands.lexer import ParseError, WordError, quoted
from zenmux_bot.commands.queries import MAX_NAME, BudgetQuery, HelpQuery, Query
from zenmux_bot.commands.vocabulary import FORECASTS

CHANNEL = re.compile(r"<#([cdg][0-9a-z]+)(?:\|[^>]*)?>", re.ASCII)
"""A channel as Slack sends it; a plain ``#name`` cannot be resolved to an id."""

MAX_AMOUNT = 10_000_000
"""USD a month; more is a typing error."""

_MONEY = re.compile(
    r"(?:\$|usd|us\$)?(\d{1,3}(?:,\d{3})+|\d{1,9})(\.\d{1,2})?(k|m)?(?:usd|\$)?",
    re.ASCII,
)
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:[-./][a-z0-9]+)+", re.ASCII)
_SCALES = {None: 1, "k": 1000, "m": 1_000_000}
_BUDGET_ID = re.compile(r"b-[0-9a-z]{4,8}", re.ASCII)
_LIST = frozenset({"list", "show", "all"})
_SET = frozenset({"set", "create", "new", "add"})
_DELETE = frozenset({"delete", "remove", "cancel"})
_EACH_MONTH = frozenset({"a", "per", "each", "every", "month", "monthly", "usd", "of"})
UNKNOWN_CHANNEL = "I can't tell which channel “{}” is."
PICK_CHANNEL = "Type # and pick the channel from the list that Slack offers."
_USAGE = "“help budget” shows the syntax."


def money(word: str) -> Decimal | None:
    """Return the amount that a word such as ``$1,500`` or ``2k`` says."""
    match = _MONEY.fullmatch(word)
    if match is None:
        return None
    whole, cents, scale = match.groups()
    return Decimal(whole.replace(",", "") + (cents or "")) * _SCALES[scale]


def read_spend_command(words: Sequence[str]) -> SpendCommand | None:
    """Return the command, if the words after ``spend`` set something.

    Raises:
        WordError: It is incomplete or wrong.
    """
    match list(words[1:]):
        case ["name", key, *label] if label:
            text = " ".join(label)
            if max(len(key), len(text)) > MAX_NAME:
                raise _wrong(
                    "That name is too long.", words, f"At most {MAX_NAME} characters."
                )
            return NameKey(key, text)
        case ["name", *_]:
            raise _wrong(
                "“spend name” needs the id of a key and a name for it.",
                words,
                'Such as spend name key_7f2 "CI pipeline".',
            )
        case ["forecast" | "projection", *_]:
            raise WordError(ParseError(FORECASTS, 0, len(words), (("budget", "list"),)))
        case ["allow" | "deny" as verb, *rest]:
            at = rest.index("then") if "then" in rest else len(rest)
            named = [word for word in rest[:at] if word not in {"in", "for", "to"}]
            match = CHANNEL.fullmatch(named[0]) if len(named) == 1 else None
            if match is None:
                raise _wrong(
                    f"“spend {verb}” needs one channel after it.",
                    words,
                    PICK_CHANNEL,
                )
            channel = match[1].upper()
            if verb == "deny":
                return CloseChannel(channel)
            return OpenChannel(channel, " ".join(map(quoted, rest[at + 1 :])))
    return None


def read_budget(words: Sequence[str]) -> Query:
    """Return what the words, ``budget`` the first of them, ask for.

    Raises:
        WordError: Some of them cannot be understood.
    """
    verb = words[1] if len(words) > 1 else "list"
    if verb in HELP:
        return HelpQuery(topic=BudgetQuery.name)
    if verb in _LIST and len(words) <= 2:  # noqa: PLR2004 - budget list
        return BudgetQuery(command=LIST_BUDGETS)
    if verb in _SET:
        return BudgetQuery(command=_read_set(words, 2))
    if verb in _DELETE:
        if len(words) != 3 or not _BUDGET_ID.fullmatch(words[2]):  # noqa: PLR2004 - budget delete ID
            raise _wrong(
                f"“{verb}” needs the id of a budget after it.",
                words,
                "Ids look like b-7kq3; “budget list” shows them.",
            )
        return BudgetQuery(command=DeleteBudget(words[2]))
    if money(verb) is not None:
        return BudgetQuery(command=_read_set(words, 1))
    raise _wrong(f"Unknown budget command “{verb}”.", words, _USAGE)


def _read_set(words: Sequence[str], at: int) -> SetBudget:
    """Parse an amount, what it applies to, and the channel."""
    amount: Decimal | None = None
    model = key = channel = None
    while at < len(words):
        word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
        found = CHANNEL.fullmatch(following if word in {"in", "to"} else word)
        if amount is None and (said := money(word)) is not None:
            amount = said
            at += 1
        elif found:
            channel = found[1].upper()
            at += 2 if word in {"in", "to"} else 1
        elif word == "for" and (what := _part(following)):
            start = at + 2 if following == what else at + 1
            stop = start
            while stop < len(words) and words[stop] not in {"in", "to", "for"}:
                stop += 1
            name = " ".join(words[start:stop])
            if not name or model or key or len(name) > MAX_NAME:
                raise _wrong(f"“for {what}” needs one name after it.", words)
            model, key = (name, key) if what == "model" else (model, name)
            at = stop
        elif word.startswith("#") or (word in {"in", "to"} and following[:1] == "#"):
            named = word if word.startswith("#") else following
            raise _wrong(UNKNOWN_CHANNEL.format(named), words, PICK_CHANNEL)
        elif word in _EACH_MONTH or word == "for":
            at += 1
        else:
            is_amount = amount is None
            raise _wrong(
                f"“{word}” isn't an amount."
                if is_amount
                else f"Unknown word “{word}”.",
                words,
                "Such as $500." if is_amount else _USAGE,
            )
    if amount is None or not 0 < amount <= MAX_AMOUNT:
        raise _wrong(
            "“budget set” needs an amount in USD a month.", words, "Such as $500."
        )
    return SetBudget(amount, model, key, channel)


def _part(word: str) -> str:
    """Return ``model`` or ``key`` if a word begins to name one."""
    if word in {"model", "key"}:
        return word
    if word.startswith("key_"):
        return "key"
    return "model" if _SLUG.fullmatch(word) else ""


def _wrong(problem: str, words: Sequence[str], allowed: str = _USAGE) -> WordError:
    """Return the error, with a harmless command offered instead."""
    instead = ("budget", "list") if words[0] != "spend" else ("help", "spend")
    return WordError(ParseError(problem, 0, len(words), (instead,), allowed))
