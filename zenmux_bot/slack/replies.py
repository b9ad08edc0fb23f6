"""Answers on their way to the asker: through the acknowledgement or a response URL.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import aiohttp
import structlog
from slack_bolt.response import BoltResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from zenmux_bot.commands.grammar import COMMAND
from zenmux_bot.render.limits import cut
from zenmux_bot.render.message import Message
from zenmux_bot.render.slack import code
from zenmux_bot.slack.calls import NOT_SENT, PAYLOAD_CODES
from zenmux_bot.slack.payloads import command_text, text_in

PRIVATE = "ephemeral"
PUBLIC = "in_channel"
_OK = 200
_ECHOED = 200
"""Characters of a command that the line about it repeats."""

HEADERS: dict[str, str | Sequence[str]] = {"content-type": "application/json"}

log = structlog.get_logger(__name__)


class Sent(Enum):
    """What became of a reply."""

    TAKEN = auto()
    REFUSED = auto()
    LOST = auto()
    """Slack may have accepted it, so it is not sent again."""


def response_type(*, public: bool) -> str:
    """Return Slack's word for who sees a message."""
    return PUBLIC if public else PRIVATE


def announcement(body: Mapping[str, Any], verb: str) -> Message:
    """Return the line that is shown before a slow answer arrives."""
    name = text_in(body.get("command")) or COMMAND
    command = code(cut(f"{name} {command_text(body)}".strip(), _ECHOED))
    return Message(f"{verb} {command}. The answer follows here.")


class Acknowledgement(BoltResponse):
    """A response whose body is a message.

    The message is encoded once, however many people get it.

    Attributes:
        message: The message, for a transport that has to send it separately.
        public: Everybody in the channel sees it.
    """

    def __init__(self, message: Message, *, public: bool) -> None:
        kind = f'{{"response_type":"{response_type(public=public)}",'
        super().__init__(status=200, body=kind + message.encoded[1:], headers=HEADERS)
        self.message = message
        self.public = public


@dataclass(frozen=True, slots=True)
class ResponseUrl:
    """Takes the answers to one interaction: up to five within half an hour."""

    url: str
    session: aiohttp.ClientSession

    async def send(self, message: Message, *, public: bool, **more: Any) -> Sent:
        """Send a message, in a simpler form if Slack refuses its blocks.

        Args:
            message: What to say.
            public: Everybody in the channel sees it.
            more: ``replace_original``, ``thread_ts``, ...
        """
        if not self.url:
            return Sent.REFUSED
        form: Message | None = message
        while form is not None:
            payload = {
                **form.payload(),
                "response_type": response_type(public=public),
                "replace_original": False,
                **more,
            }
            sent, reason = await self._post(payload)
            if sent is not Sent.REFUSED:
                return sent
            log.warning("slack.reply_refused", reason=reason, blocks=len(form.blocks))
            form = form.reduced() if _is_of_payload(reason) else None
        return Sent.REFUSED

    async def delete_original(self) -> None:
        """Remove the message that holds the button that was pressed."""
        await self._post({"delete_original": True})

    async def _post(self, payload: dict[str, Any]) -> tuple[Sent, str]:
        """Post once, and return what became of it and why Slack refused it."""
        # The SDK's own handlers retry lost connections, which may post it twice.
        client = AsyncWebhookClient(self.url, session=self.session, retry_handlers=[])
        try:
            reply = await client.send_dict(payload)
        except NOT_SENT as error:
            return Sent.REFUSED, type(error).__name__
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("slack.reply_lost", kind=type(error).__name__)
            return Sent.LOST, type(error).__name__
        reason = _reason(reply.body, is_ok=reply.status_code == _OK)
        return (Sent.TAKEN, "") if reason is None else (Sent.REFUSED, reason)


def _is_of_payload(reason: str) -> bool:
    return any(code in reason for code in PAYLOAD_CODES)


def _reason(body: str, *, is_ok: bool) -> str | None:
    """Return the error code of a refusal, which is JSON or plain text.

    A JSON refusal may have HTTP status 200.
    """
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    if isinstance(parsed, dict) and parsed.get("ok") is False:
        return str(parsed.get("error"))
    return None if is_ok else body[:200]
