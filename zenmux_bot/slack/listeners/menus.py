"""The menus of names in forms, filled while somebody types.

https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload
"""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from zenmux_bot.answers.known import Names, Suggestions
from zenmux_bot.digests.forms import PROVIDERS_ACTION
from zenmux_bot.render.ask_form import ABOUT, about_options
from zenmux_bot.render.defaults_form import WATCHED
from zenmux_bot.render.forms import explained, grouped_options, options
from zenmux_bot.slack.payloads import team_of, text_in
from zenmux_bot.slack.tasks import Tasks

NOT_LOADED = explained("Names aren't available right now. Type again in a moment.")


class Menus:
    """Offers providers and models.

    Args:
        suggestions: Finds their names.
        tasks: Runs work in the background.
    """

    def __init__(self, suggestions: Suggestions, tasks: Tasks) -> None:
        self._suggestions = suggestions
        self._tasks = tasks

    def register(self, app: AsyncApp) -> None:
        """Listen to the menus of all forms."""
        app.options(PROVIDERS_ACTION)(self.on_providers)
        app.options(WATCHED)(self.on_watched)
        app.options(ABOUT)(self.on_about)

    def prepare(self, team_id: str) -> None:
        """Fetch the names while a form opens, so that its menus have them."""
        self._tasks.start(self._suggestions.names(team_id, ""), is_asked=False)

    async def on_providers(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Offer providers."""
        names = await self._names(body)
        await ack(**NOT_LOADED if names is None else options(names[0]))

    async def on_watched(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Offer providers and models by their slugs."""
        names = await self._names(body)
        await ack(**NOT_LOADED if names is None else grouped_options(*names))

    async def on_about(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Offer the questions about providers and models."""
        names = await self._names(body)
        await ack(**NOT_LOADED if names is None else about_options(*names))

    async def _names(self, body: dict[str, Any]) -> Names | None:
        typed = text_in(body.get("value"))
        return await self._suggestions.names(team_of(body), typed)
