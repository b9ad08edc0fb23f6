"""Answers on their way to the asker: through the acknowledgement or a response URL.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from slack_bolt.response import BoltResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from zenmux_bot.render.message import Message

PRIVATE = "ephemeral"
PUBLIC = "in_channel"
_OK = 200

log = structlog.get_logger(__name__)


def response_type(*, public: bool) -> str:
    """Return Slack's word for who sees a message."""
    return PUBLIC if public else PRIVATE


def acknowledgement(message: Message, *, public: bool) -> BoltResponse:
    """Return the response that carries a message back with the acknowledgement.

    The message is encoded once, however many get it.
    """
    kind = f'{{"response_type": "{response_type(public=public)}", '
    return BoltResponse(
        status=200,
        body=kind + message.encoded[1:],
        headers={"content-type": "application/json"},
    )


@dataclass(frozen=True, slots=True)
class ResponseUrl:
    """Where answers to one interaction go: five times within half an hour."""

    url: str
    session: aiohttp.ClientSession

    async def send(self, message: Message, *, public: bool, **more: Any) -> bool:
        """Send a message, in a simpler form if Slack refuses its blocks.

        Args:
            message: What to say.
            public: All see it.
            more: ``replace_original``, ``thread_ts``, ...

        Returns:
            Whether Slack took it.
        """
        form: Message | None = message
        while form is not None:
            payload = {
                **form.payload(),
                "response_type": response_type(public=public),
                "replace_original": False,
                **more,
            }
            refused = await self._post(payload)
            if refused is None:
                return True
            log.warning("slack.reply_refused", reason=refused, blocks=len(form.blocks))
            form = form.reduced() if "blocks" in refused else None
        return False

    async def pass_on(self, payload: dict[str, Any]) -> None:
        """Send what an acknowledgement would have carried."""
        refused = await self._post(payload)
        if refused is not None:
            log.warning("slack.reply_refused", reason=refused)

    async def delete_original(self) -> None:
        """Take away the message that the interaction came from."""
        await self._post({"delete_original": True})

    async def _post(self, payload: dict[str, Any]) -> str | None:
        """Post, and return why Slack refused it, or None if it took it."""
        client = AsyncWebhookClient(self.url, session=self.session)
        try:
            reply = await client.send_dict(payload)
        except (aiohttp.ClientError, TimeoutError) as error:
            return type(error).__name__
        return _reason(reply.body, is_ok=reply.status_code == _OK)


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
