"""What an act of a person led to, as far as it is known when it returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from zenmux_demo.workspace.delivery import Answer
from zenmux_demo.workspace.model import Message, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The app's answer to one delivery and what became of it.

    Attributes:
        status: HTTP status of the answer; 200 for a socket ack; None without one.
        body: The answer's body, decoded.
        elapsed_seconds: How long the app took to acknowledge.
        failure: Why there is no good answer, as Slack names it; empty if there is.
        messages: Messages that the acknowledgement itself made.
        notice: What Slack told the person instead, if anything.
        errors: What was wrong with the answer or, by block id, with a form.
        view: The modal the person sees afterwards.
        trigger_id: What was sent along.
        response_url: What was sent along.
        event_id: Of the event that was delivered.
        message: The person's own message, for mentions and direct messages.
    """

    status: int | None = None
    body: Any = None
    elapsed_seconds: float = 0.0
    failure: str = ""
    messages: tuple[Message, ...] = ()
    notice: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    view: View | None = None
    trigger_id: str = ""
    response_url: str = ""
    event_id: str = ""
    message: Message | None = None


def answer_fields(answer: Answer) -> dict[str, Any]:
    """Return what a reply takes over from an answer."""
    return {
        "status": answer.status,
        "body": answer.body,
        "elapsed_seconds": answer.elapsed_seconds,
        "failure": answer.failure,
    }
