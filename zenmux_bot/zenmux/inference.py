"""Asks a model on ZenMux for one short JSON answer.

https://docs.zenmux.ai/api/openai/create-chat-completion.html
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import structlog
from pydantic import SecretStr

from zenmux_bot.core.clock import Clock

PATIENCE = timedelta(seconds=4)
"""A person waits, so both attempts together take no longer than this."""

MAX_FAILURES = 3
COOLDOWN = timedelta(minutes=5)
"""The pause after that many failures in a row."""

_MAX_TOKENS = 200
_OK = 200
_BAD_REQUEST = 400

log = structlog.get_logger(__name__)


class InferenceClient:
    """Asks one model; gives no answer while the model fails.

    Args:
        http: Sends the requests.
        key: A pay-as-you-go inference key.
        base_url: Where ``/chat/completions`` is.
        model: The slug of the model.
        clock: Tells the time.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        key: SecretStr,
        base_url: str,
        model: str,
        clock: Clock,
    ) -> None:
        self._http = http
        self._key = key
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self.model = model
        self._clock = clock
        self._failures = 0
        self._paused_until = clock.now()
        self._has_schemas = True

    async def ask(
        self, system: str, user: str, schema: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Return the JSON object that the model answers with; None: no answer."""
        now = self._clock.now()
        if now < self._paused_until:
            return None
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                answer = await self._ask(system, user, schema)
        except (
            httpx.HTTPError,
            TimeoutError,
            ValueError,
            LookupError,
            TypeError,
        ) as error:
            self._failures += 1
            log.warning("inference.failed", error=type(error).__name__)
            if self._failures >= MAX_FAILURES:
                self._failures, self._paused_until = 0, now + COOLDOWN
            return None
        self._failures = 0
        return answer

    async def _ask(
        self, system: str, user: str, schema: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Ask with the schema, or for any object if the model supports no schemas."""
        if self._has_schemas:
            strict = {"name": "command", "strict": True, "schema": schema}
            response = await self._post(
                system, user, {"type": "json_schema", "json_schema": strict}
            )
            if response.status_code == _OK:
                return _object(response)
            if response.status_code != _BAD_REQUEST:
                raise ValueError(response.status_code)
            self._has_schemas = False
        response = await self._post(system, user, {"type": "json_object"})
        if response.status_code != _OK:
            raise ValueError(response.status_code)
        return _object(response)

    async def _post(
        self, system: str, user: str, shape: Mapping[str, Any]
    ) -> httpx.Response:
        return await self._http.post(
            self._url,
            headers={"Authorization": f"Bearer {self._key.get_secret_value()}"},
            json={
                "model": self.model,
                "messages": [
                    {"role": "system", "content": system},
                    {"role": "user", "content": user},
                ],
                "temperature": 0,
                "max_tokens": _MAX_TOKENS,
                "response_format": shape,
            },
        )


def _object(response: httpx.Response) -> dict[str, Any]:
    """Return the object in the answer's only message."""
    content = response.json()["choices"][0]["message"]["content"]
    answer = json.loads(content)
    if not isinstance(answer, dict):
        raise TypeError
    return answer
