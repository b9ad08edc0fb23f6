"""The scopes that the app's manifest asks for."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

MANIFEST = Path(__file__).parents[2] / "manifest.yml"


@lru_cache
def asked_scopes() -> tuple[str, ...]:
    """Return the bot's scopes, the optional ones too, which a person may take out.

    https://docs.slack.dev/changelog/2026/03/16/optional-scopes
    """
    manifest: dict[str, Any] = yaml.safe_load(MANIFEST.read_text("utf-8"))
    scopes = manifest["oauth_config"]["scopes"]
    return (*scopes["bot"], *scopes.get("bot_optional", ()))
