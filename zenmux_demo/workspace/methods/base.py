"""What a Web API method is, and how it reads its arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, TypeVar

from zenmux_demo.workspace.core import Core
from zenmux_demo.workspace.model import Json, Refusal
from zenmux_demo.workspace.seed import TEAM_ID

T = TypeVar("T")

DEFAULT_LIMIT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call; ``scopes`` are those of its token, None if all are granted."""

    args: Mapping[str, Any]
    scopes: frozenset[str] | None = None

    def text(self, key: str) -> str:
        """Return a required argument as text."""
        value = self.args.get(key)
        if value is None or value == "":
            raise Refusal(
                "invalid_arguments",
                response_metadata={
                    "messages": [f"[ERROR] missing required field: {key}"]
                },
            )
        return str(value)

    def optional(self, key: str) -> str | None:
        """Return an argument as text, or None."""
        value = self.args.get(key)
        return None if value is None or value == "" else str(value)

    def flag(self, key: str) -> bool:
        """Return an argument as yes or no; forms send words."""
        return str(self.args.get(key, "")).lower() in {"1", "true"}

    def number(self, key: str, default: Decimal | None = None) -> Decimal | None:
        """Return an argument as a number."""
        value = self.optional(key)
        if value is None:
            return default
        try:
            return Decimal(value)
        except InvalidOperation:
            raise Refusal(f"invalid_{key}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A Web API method.

    Attributes:
        run: Does the work and returns the answer without ``ok``.
        scope: What the token needs; ``{kind}`` stands for the channel's kind.
        authorized_by: Which token is checked.
    """

    run: Callable[[Core, Call], Json]
    scope: str = ""
    authorized_by: Literal["bot", "app", "nothing"] = "bot"


SCOPE_KINDS = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


def needed_scope(method: Method, core: Core, call: Call) -> str:
    """Return the scope this very call needs."""
    if "{kind}" not in method.scope:
        return method.scope
    channel = core.state.channels.get(str(call.args.get("channel")))
    kind = SCOPE_KINDS[channel.kind] if channel else "channels"
    return method.scope.format(kind=kind)


def require_team(core: Core, call: Call) -> None:
    """Refuse a token of the organisation that does not say which team is meant.

    https://docs.slack.dev/enterprise/organization-ready-apps
    """
    if core.for_org and not call.optional("team_id"):
        raise Refusal("missing_argument")
    if call.optional("team_id") not in (None, TEAM_ID):
        raise Refusal("team_not_found")


def page(
    core: Core, call: Call, found: Sequence[T], *, at_most: int | None = None
) -> tuple[list[T], Json]:
    """Return one page of a list and the cursor to the next.

    A page may be shorter than asked for although more follow:
    https://docs.slack.dev/apis/web-api/pagination
    """
    limit = min(int(call.number("limit") or DEFAULT_LIMIT), core.page_limit)
    if at_most is not None:
        limit = min(limit, at_most)
    cursor = call.optional("cursor") or "next:0"
    prefix, _, offset = cursor.partition(":")
    if prefix != "next" or not offset.isdigit():
        raise Refusal("invalid_cursor")
    start = int(offset)
    end = start + limit
    following = f"next:{end}" if end < len(found) else ""
    return list(found[start:end]), {"next_cursor": following}
