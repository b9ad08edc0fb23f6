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
from zenmux_bot.slack.calls import PAYLOAD_CODES
from zenmux_bot.slack.payloads import command_text, text_in

PRIVATE = "ephemeral"
PUBLIC = "in_channel"
_OK = 200
_ECHOED = 200
"""Characters of a command that the line about it repeats."""

_JSON: dict[str, str | Sequence[str]] = {"content-type": "application/json"}

_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
"""Slack was not reached, so it has not taken anything."""

log = structlog.get_logger(__name__)


class Sent(Enum):
    """What became of a reply."""

    TAKEN = auto()
    REFUSED = auto()
    LOST = auto()
    """Slack may have taken it, so it is not sent again."""


def response_type(*, public: bool) -> str:
    """Return Slack's word for who sees a message."""
    return PUBLIC if public else PRIVATE


def announcement(body: Mapping[str, Any], verb: str) -> Message:
    """Return the line that is shown before a slow answer, and may stay above it."""
    name = text_in(body.get("command")) or COMMAND
    command = code(cut(f"{name} {command_text(body)}".strip(), _ECHOED))
    return Message(f"{verb} {command}. The answer follows here.")


class Acknowledgement(BoltResponse):
    """A response that carries a message back.

    The message is encoded once, however many get it.

    Attributes:
        message: The message, for a transport that cannot carry it.
        public: All see it.
    """

    def __init__(self, message: Message, *, public: bool) -> None:
        kind = f'{{"response_type":"{response_type(public=public)}",'
        super().__init__(status=200, body=kind + message.encoded[1:], headers=_JSON)
        self.message = message
        self.public = public


@dataclass(frozen=True, slots=True)
class ResponseUrl:
    """Where answers to one interaction go: five times within half an hour."""

    url: str
    session: aiohttp.ClientSession

    async def send(self, message: Message, *, public: bool, **more: Any) -> Sent:
        """Send a message, in a simpler form if Slack refuses its blocks.

        Args:
            message: What to say.
            public: All see it.
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
        # the SDK's own handlers re-send after a lost connection, which may double it
        client = AsyncWebhookClient(self.url, session=self.session, retry_handlers=[])
        try:
            reply = await client.send_dict(payload)
        except _NOT_SENT as error:
            return Sent.REFUSED, type(error).__name__
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("slack.reply_lost", kind=type(error).__name__)
            return Sent.LOST, type(error).__name__
        reason = _reason(reply.body, is_ok=reply.status_code == _OK)
        return (Sent.TAKEN, "") if reason is None else (Sent.REFUSED, reason)


def _is_of_payload(reason: str) -> bool:
    return any(code in reason for code in PAYLOAD_CODES)


def _reason(body: str, *, is_ok: bool) -> str | None:
    """Return the error code of a refusal, which comes as JSON or as text.

    One that comes as JSON may have a status of success.
    """
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    if isinstance(parsed, dict) and parsed.get("ok") is False:
        return str(parsed.get("error"))
    return None if is_ok else body[:200]
