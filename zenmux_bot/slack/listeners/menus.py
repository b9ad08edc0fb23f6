"""The menus of names in forms, filled while somebody types.

https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload
"""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from zenmux_bot.answers.suggestions import Suggestions
from zenmux_bot.commands.names import Suggestion
from zenmux_bot.digests.forms import PROVIDERS_ACTION
from zenmux_bot.render.ask_form import ABOUT, about_options
from zenmux_bot.render.defaults_form import WATCHED
from zenmux_bot.render.forms import grouped_options, options
from zenmux_bot.slack.payloads import team_of
from zenmux_bot.slack.tasks import Tasks


class Menus:
    """Offers providers and models.

    Args:
        suggestions: Knows their names.
        tasks: Keeps what runs on.
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
        providers, _ = await self._names(body)
        await ack(**options(providers))

    async def on_watched(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Offer providers and models by their slugs."""
        await ack(**grouped_options(*await self._names(body)))

    async def on_about(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Offer providers and models by the words that ask about them."""
        await ack(**about_options(*await self._names(body)))

    async def _names(
        self, body: dict[str, Any]
    ) -> tuple[tuple[Suggestion, ...], tuple[Suggestion, ...]]:
        return await self._suggestions.names(team_of(body), _typed(body))


def _typed(body: dict[str, Any]) -> str:
    return str(body.get("value") or "")
