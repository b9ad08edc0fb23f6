"""The checks of `check` if many workspaces install the app: tokens and keys."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.answers.status.view import Check
from zenmux_bot.bootstrap import make_vault
from zenmux_bot.config import Settings
from zenmux_bot.errors import ConfigError
from zenmux_bot.render.numbers import plural
from zenmux_bot.slack.installing import REDIRECT
from zenmux_bot.slack.scopes import granted_scopes, needed_scopes
from zenmux_bot.slack.teams import code_of
from zenmux_bot.store.database import UNAVAILABLE, open_database
from zenmux_bot.store.installations import EncryptedInstallations, count_secrets
from zenmux_bot.store.vault import Vault

_AT_ONCE = 8
_NAMED = 10
"""Workspaces that are named; the rest are counted."""

_UNREAD: tuple[type[Exception], ...] = (ConfigError, *UNAVAILABLE)
_NOT_KNOWN = "not known; see the database."


async def check_encryption(settings: Settings) -> Check:
    """Check that the keys decrypt every stored secret, and that the newest does."""
    name, keys = "Encryption key", settings.zenmux_bot_encryption_key
    vault = make_vault(settings)
    if vault is None:
        return Check(name, ok=None, found="not set.")
    newest = Vault([keys[0].get_secret_value()]) if keys else vault
    try:
        async with open_database(settings.database_url, exclusive=False) as database:
            count, shut, old = await count_secrets(database, vault, newest)
    except _UNREAD:
        return Check(name, ok=None, found=_NOT_KNOWN)
    if shut:
        return Check(
            name,
            ok=False,
            found=f"opens {count - shut} of {plural(count, 'stored secret')}.",
            fix="Add the key that the others were stored with to "
            "ZENMUX_BOT_ENCRYPTION_KEY, after the newest one and a comma.",
        )
    if old:
        return Check(
            name,
            ok=None,
            found=f"{old} of {plural(count, 'stored secret')} still use an older key.",
            fix="`python bot.py rekey` re-encrypts them with the newest key.",
        )
    if not keys:
        return Check(
            name,
            ok=None,
            found="derived from SLACK_CLIENT_SECRET; opens "
            f"{plural(count, 'stored secret')}.",
            fix="Set ZENMUX_BOT_ENCRYPTION_KEY instead: `python bot.py new-key` makes "
            "a key, `rekey` applies it.",
        )
    found = f"opens {plural(count, 'stored secret')}, all there are."
    return Check(name, ok=True, found=found)


async def check_redirect(settings: Settings) -> Check:
    """Check where Slack sends people after they consent."""
    name, address = "Redirect URI", settings.slack_redirect_uri
    if address is None:
        return Check(
            name,
            ok=None,
            found=f"https://HOST{REDIRECT}, with the host of each request.",
            fix="Set SLACK_REDIRECT_URI if a proxy hides the host's name.",
        )
    ok = urlsplit(address).path.endswith(REDIRECT)
    return Check(
        name,
        ok=ok,
        found=f"{address}." if ok else f"{address}, where nothing listens.",
        fix=""
        if ok
        else f"Set SLACK_REDIRECT_URI to https://HOST{REDIRECT}, as the app has it.",
    )


async def check_installations(
    settings: Settings, session: aiohttp.ClientSession
) -> Check:
    """Check the token of each installation, its scopes, and its workspace."""
    name = "Installations"
    vault, client_id = make_vault(settings), settings.slack_client_id
    if vault is None or client_id is None:
        return Check(name, ok=None, found="not set up.")
    try:
        async with open_database(settings.database_url, exclusive=False) as database:
            bots = await EncryptedInstallations(client_id, database, vault).every()
    except _UNREAD:
        return Check(name, ok=None, found=_NOT_KNOWN)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def check(bot: Bot) -> str:
        client = AsyncWebClient(
            bot.bot_token,
            base_url=settings.slack_api_url,
            session=session,
        )
        async with gate:
            return await _find_problem(bot, client)

    problems = [each for each in await asyncio.gather(*map(check, bots)) if each]
    if problems:
        return Check(
            name,
            ok=False,
            found=f"{len(problems)} of {len(bots)} don't work: {_listed(problems)}.",
            fix="Install the app there again, at https://HOST/slack/install.",
        )
    return Check(name, ok=True, found=f"{len(bots)}, all accepted.")


async def _find_problem(bot: Bot, client: AsyncWebClient) -> str:
    """Return what is wrong with an installation, empty if nothing is."""
    whose = bot.team_id or bot.enterprise_id
    ends_at = bot.bot_token_expires_at
    if ends_at is not None and ends_at <= time.time():
        # The bot renews it; a check must not use up the refresh token.
        return ""
    try:
        reply = await client.auth_test()
    except SlackApiError as error:
        return f"{whose} refused: {code_of(error) or 'no readable answer'}"
    except (aiohttp.ClientError, TimeoutError) as error:
        return f"{whose} not reached: {type(error).__name__}"
    theirs = [reply[name] for name in ("team_id", "enterprise_id") if reply.get(name)]
    if theirs and whose not in theirs:
        return f"{whose} has a token for {theirs[0]}"
    granted = granted_scopes(reply.headers)
    missing = set() if granted is None else needed_scopes() - granted
    return f"{whose} lacks {', '.join(sorted(missing))}" if missing else ""


def _listed(problems: list[str]) -> str:
    more = len(problems) - _NAMED
    named = "; ".join(sorted(problems)[:_NAMED])
    return f"{named}; and {more} more" if more > 0 else named
