"""Budget commands, and settings of the own account, as frozen values.

``str`` of a command gives the words after ``spend`` or ``budget``, which parse back
to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from zenmux_bot.commands.lexer import quoted


@dataclass(frozen=True, slots=True)
class NameKey:
    """Give an API key a display name.

    Attributes:
        key: The id of the key, as typed.
        label: Its new name, as typed.
    """

    key: str
    label: str

    def __str__(self) -> str:
        return f'name {quoted(self.key)} "{self.label}"'


@dataclass(frozen=True, slots=True)
class OpenChannel:
    """Let everybody in a channel see the own account's figures there.

    Attributes:
        channel: Id of the channel.
        then: The command that was refused until then, offered next; empty: none.
    """

    channel: str
    then: str = ""

    def __str__(self) -> str:
        then = f" then {self.then}" if self.then else ""
        return f"allow <#{self.channel}>{then}"


@dataclass(frozen=True, slots=True)
class CloseChannel:
    """Restrict the own account's figures to administrators again."""

    channel: str

    def __str__(self) -> str:
        return f"deny <#{self.channel}>"


SpendCommand = NameKey | OpenChannel | CloseChannel


@dataclass(frozen=True, slots=True)
class ListBudgets:
    """Show where each budget stands."""

    def __str__(self) -> str:
        return "list"


@dataclass(frozen=True, slots=True)
class SetBudget:
    """Set an amount a month for the account, a model or a key.

    Attributes:
        amount: USD a calendar month.
        model: The model, as typed; None: all.
        key: The key, as typed; None: all.
        channel: Id of the channel that is alerted; None: the one it was set in.
    """

    amount: Decimal
    model: str | None = None
    key: str | None = None
    channel: str | None = None

    def __str__(self) -> str:
        words = [f"set ${self.amount.normalize():f}"]
        if self.model is not None:
            words.append(f"for model {quoted(self.model)}")
        if self.key is not None:
            words.append(f"for key {quoted(self.key)}")
        if self.channel is not None:
            words.append(f"in <#{self.channel}>")
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class DeleteBudget:
    """Delete a budget."""

    id: str

    def __str__(self) -> str:
        return f"delete {self.id}"


LIST_BUDGETS = ListBudgets()

BudgetCommand = ListBudgets | SetBudget | DeleteBudget
