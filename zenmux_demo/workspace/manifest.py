"""The parts of an app manifest that decide what Slack sends and allows.

https://docs.slack.dev/reference/app-manifest
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A slash command, with its leading slash."""

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A shortcut; ``type`` is ``global`` or ``message``."""

    name: str
    type: str
    callback_id: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the app asked for when it was created.

    Attributes:
        name: The app's name.
        bot_name: What the bot is called in the workspace.
        commands: Its slash commands.
        shortcuts: Its shortcuts.
        scopes: Scopes that every installation grants; None checks none.
        optional_scopes: Scopes that whoever installs the app may decline.
        events: Event types the app subscribed to; None subscribes to all.
        home_tab: Whether ``views.publish`` is allowed.
        messages_tab: Whether people and the bot can write to each other directly.
    """

    name: str
    bot_name: str
    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    scopes: frozenset[str] | None = None
    optional_scopes: frozenset[str] = frozenset()
    events: frozenset[str] | None = None
    home_tab: bool = True
    messages_tab: bool = True

    def command(self, name: str) -> Command | None:
        """Return a slash command by its name."""
        return next((c for c in self.commands if c.command == name), None)

    def shortcut(self, callback_id: str) -> Shortcut | None:
        """Return a shortcut by its callback id."""
        return next((s for s in self.shortcuts if s.callback_id == callback_id), None)

    def is_subscribed(self, event_type: str) -> bool:
        """Say whether the app gets events of a type."""
        return self.events is None or event_type in self.events


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """How the app was installed.

    Attributes:
        declined_scopes: Optional scopes that were not granted.
        for_org: For the whole organisation, not for one workspace.
        is_distributed: The app is distributed and not in the Marketplace.
    """

    declined_scopes: frozenset[str] = frozenset()
    for_org: bool = False
    is_distributed: bool = False

    def granted_scopes(self, manifest: Manifest) -> frozenset[str] | None:
        """Return the scopes of the bot token, None if none are checked."""
        if manifest.scopes is None:
            return None
        return manifest.scopes | manifest.optional_scopes - self.declined_scopes


def read_manifest(document: Mapping[str, Any]) -> Manifest:
    """Read a manifest as it stands in ``manifest.yml``."""
    name = document["display_information"]["name"]
    features = document.get("features", {})
    home = features.get("app_home", {})
    scopes = document.get("oauth_config", {}).get("scopes", {})
    subscriptions = document.get("settings", {}).get("event_subscriptions", {})
    requested = frozenset(scopes.get("bot", ()))
    # A scope that is named in ``bot_optional`` alone is never requested:
    # https://docs.slack.dev/changelog/2026/03/16/optional-scopes and the manifest of
    # slack-cli's tests, https://github.com/slackapi/slack-cli/pull/517
    optional = requested & frozenset(scopes.get("bot_optional", ()))
    return Manifest(
        name=name,
        bot_name=features.get("bot_user", {}).get("display_name", name),
        commands=tuple(
            Command(
                command=entry["command"],
                description=entry.get("description", ""),
                usage_hint=entry.get("usage_hint", ""),
                should_escape=entry.get("should_escape", False),
            )
            for entry in features.get("slash_commands", ())
        ),
        shortcuts=tuple(
            Shortcut(
                name=entry["name"],
                type=entry["type"],
                callback_id=entry["callback_id"],
                description=entry.get("description", ""),
            )
            for entry in features.get("shortcuts", ())
        ),
        scopes=requested - optional if requested else None,
        optional_scopes=optional,
        events=frozenset(subscriptions.get("bot_events", ())) or None,
        home_tab=home.get("home_tab_enabled", True),
        messages_tab=home.get("messages_tab_enabled", True),
    )
