"""A bot without Bolt that answers with samples: the page is tested by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import samples
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

Json = dict[str, Any]


class EchoBot:
    """Answers `/zenmux NAME` with the sample of that name and remembers what it got."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self.forget()

    def forget(self) -> None:
        """Begin anew with what is remembered."""
        self.actions: list[Json] = []
        self.submissions: list[Json] = []
        self.shortcuts: list[Json] = []
        self.suggestions: list[Json] = []
        self.homes_opened = 0

    async def handle(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            await self._on_event((await request.json())["event"])
            return web.Response()
        form = await request.post()
        if "payload" in form:
            return await self._on_interaction(json.loads(str(form["payload"])))
        return await self._on_command({k: str(v) for k, v in form.items()})

    async def _on_command(self, form: dict[str, str]) -> web.Response:
        match form["text"].split():
            case ["form"]:
                await self._client.views_open(
                    trigger_id=form["trigger_id"], view=samples.FORM
                )
                return web.Response()
            case ["fail"]:
                return web.Response(status=500)
            case ["public", name]:
                return answer(name, response_type="in_channel")
            case [name] if name in samples.MESSAGES:
                return answer(name)
            case _:
                return web.json_response({"text": f"You said: {form['text']}"})

    async def _on_interaction(self, payload: Json) -> web.Response:
        handlers: dict[str, Callable[[Json], Any]] = {
            "block_actions": self._on_action,
            "block_suggestion": self._on_suggestion,
            "view_submission": self._on_submission,
            "shortcut": self._on_shortcut,
            "message_action": self._on_shortcut,
        }
        body = await handlers[payload["type"]](payload)
        return web.json_response(body) if body else web.Response()

    async def _on_action(self, payload: Json) -> None:
        self.actions += payload["actions"]
        view = payload.get("view")
        if payload["actions"][0]["action_id"] == "metric" and view:
            changed = {**samples.FORM, "title": samples.plain("Changed")}
            await self._client.views_update(view_id=view["id"], view=changed)

    async def _on_suggestion(self, payload: Json) -> Json:
        self.suggestions.append(payload)
        models = ["claude-opus", "claude-haiku", "gpt-5", "gemini"]
        found = [name for name in models if payload["value"] in name]
        return {"options": [samples.option(name, name) for name in found]}

    async def _on_submission(self, payload: Json) -> Json | None:
        values = payload["view"]["state"]["values"]
        self.submissions.append(values)
        if values["name"]["name"]["value"] == "taken":
            return {
                "response_action": "errors",
                "errors": {"name": "That name is taken."},
            }
        return None

    async def _on_shortcut(self, payload: Json) -> None:
        self.shortcuts.append(payload)
        await self._client.views_open(
            trigger_id=payload["trigger_id"], view=samples.FORM
        )

    async def _on_event(self, event: Json) -> None:
        if event["type"] == "app_home_opened":
            self.homes_opened += 1
            await self._client.views_publish(user_id=event["user"], view=samples.HOME)
        elif event["type"] == "app_mention":
            await self._client.chat_postMessage(
                channel=event["channel"],
                thread_ts=event.get("thread_ts", event["ts"]),
                text="Share of cost",
                blocks=samples.DATA_TABLE_BLOCKS,
            )


def answer(name: str, **extra: str) -> web.Response:
    return web.json_response({"text": name, "blocks": samples.MESSAGES[name], **extra})
