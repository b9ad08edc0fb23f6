"""The scopes that the app's manifest requests, and those that a token has."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_PACKAGE = Path(__file__).parents[1]
_PLACES = (_PACKAGE / "manifest.yml", _PACKAGE.parent / "manifest.yml")
"""In an installed package, and in a checkout."""


def asked_scopes() -> tuple[str, ...]:
    """Return the bot's scopes, including the optional ones that people may leave out.

    https://docs.slack.dev/changelog/2026/03/16/optional-scopes
    """
    return tuple(_manifest()["oauth_config"]["scopes"]["bot"])


def needed_scopes() -> frozenset[str]:
    """Return the scopes that the bot requires."""
    scopes = _manifest()["oauth_config"]["scopes"]
    return frozenset(scopes["bot"]) - frozenset(scopes.get("bot_optional", ()))


def granted_scopes(headers: Mapping[str, Any]) -> frozenset[str] | None:
    """Return a token's scopes from response headers; None if Slack lists none.

    https://docs.slack.dev/authentication/installing-with-oauth
    """
    listed = {str(name).lower(): str(value) for name, value in headers.items()}
    scopes = listed.get("x-oauth-scopes")
    if scopes is None:
        return None
    return frozenset(scope.strip() for scope in scopes.split(","))


@lru_cache
def _manifest() -> dict[str, Any]:
    path = next(place for place in _PLACES if place.exists())
    manifest: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return manifest
