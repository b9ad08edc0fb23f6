"""The checks of `check` besides ZenMux: Slack, its scopes, the database, the clock."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path

import aiohttp
import httpx
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import inspect
from yarl import URL

from zenmux_bot.admin.check_digests import check_digests
from zenmux_bot.admin.check_workspaces import (
    check_encryption,
    check_installations,
    check_redirect,
)
from zenmux_bot.answers.service import Answers, AnswerService
from zenmux_bot.answers.status.fetch import Health, Probe
from zenmux_bot.answers.status.view import Check, StatusView
from zenmux_bot.bootstrap import make_clock, make_http, open_apis
from zenmux_bot.commands.grammar import KINDS
from zenmux_bot.config import KEY_FOR_MODELS, Settings
from zenmux_bot.errors import ConfigError
from zenmux_bot.permissions import OPERATOR
from zenmux_bot.slack.app import make_client, make_session
from zenmux_bot.slack.scopes import granted_scopes, needed_scopes
from zenmux_bot.slack.teams import code_of
from zenmux_bot.store.database import open_database, sqlite_file
from zenmux_bot.store.digest_history import History
from zenmux_bot.zenmux.api import OneApi

_CHECK_NETWORK = "Check the network, the proxy and SLACK_API_URL."
_INVALID = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}

SKEW = timedelta(minutes=5)
"""Slack's signatures are refused beyond it.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""


async def check_all(settings: Settings) -> StatusView:
    """Check everything that the settings name."""
    clock = make_clock(settings)
    async with open_apis(settings, clock) as made, make_session(settings) as session:
        apis = OneApi(made.of(settings.zenmux_management_api_key))
        client = make_client(settings, session)
        checks: list[Callable[[], Awaitable[Check]]] = [
            partial(check_socket, settings, client),
            partial(check_database, settings),
            partial(check_clock, settings),
            partial(check_model, settings),
        ]
        if settings.has_inference_key:
            checks.insert(0, check_key)
        if settings.serves_many:
            checks[:0] = [
                partial(check_encryption, settings),
                partial(check_redirect, settings),
                partial(check_installations, settings, session),
            ]
        else:
            answers = Answers(apis, clock, Health(apis, clock))
            service = AnswerService(answers, clock, permissions=OPERATOR)
            checks[:0] = [
                partial(check_slack, settings, client),
                partial(check_messages, settings, client, service),
            ]
        health = Health(apis, clock, list(map(_for_all, checks)), outages=made.outages)
        return await health.check(None)


def _for_all(check: Callable[[], Awaitable[Check]]) -> Probe:
    """Return a check that is the same for every workspace."""

    async def probe(_team_id: str | None) -> Check:
        return await check()

    return probe


async def check_key() -> Check:
    """Say that the key of the settings is one for models."""
    found = f"ZENMUX_MANAGEMENT_API_KEY {KEY_FOR_MODELS}."
    return Check("Kind of key", ok=None, found=found)


async def check_model(settings: Settings) -> Check:
    """Say whether questions are sent to a model."""
    name, model = "Model for questions", settings.zenmux_inference_model
    if settings.zenmux_inference_api_key is None or model is None:
        return Check(name, ok=None, found="off; no question leaves the bot.")
    return Check(
        name,
        ok=True,
        found=f"on: questions that the bot doesn't understand are sent to {model} "
        "on ZenMux, with the names of providers and models.",
    )


async def check_slack(settings: Settings, client: AsyncWebClient) -> Check:
    """Check the bot token, and compare its scopes with the manifest."""
    name = "Slack token"
    if settings.slack_bot_token is None:
        return Check(
            name, ok=None, found="not set.", fix="Set SLACK_BOT_TOKEN to run in Slack."
        )
    try:
        reply = await client.auth_test()
    except SlackApiError as error:
        return Check(
            name,
            ok=False,
            found=f"refused: {_said(error)}.",
            fix="Set SLACK_BOT_TOKEN to the token of the installed app.",
        )
    except (aiohttp.ClientError, TimeoutError) as error:
        return Check(
            name,
            ok=False,
            found=_not_reached(settings, error),
            fix=_CHECK_NETWORK,
        )
    granted = granted_scopes(reply.headers)
    missing = set() if granted is None else needed_scopes() - granted
    if missing:
        return Check(
            "Slack scopes",
            ok=False,
            found=f"missing: {', '.join(sorted(missing))}.",
            fix="Update the app from manifest.yml and install it again.",
        )
    scopes = "" if granted is None else " It has every scope it needs."
    return Check(
        name,
        ok=True,
        found=f"accepted, as {reply['user']} in {reply['team']}.{scopes}",
    )


async def check_messages(
    settings: Settings, client: AsyncWebClient, service: AnswerService
) -> Check:
    """Let Slack validate an answer of each kind, without posting any.

    https://docs.slack.dev/reference/methods/blocks.validate
    """
    name = "Messages"
    if settings.slack_bot_token is None:
        return Check(name, ok=None, found="not checked without a Slack token.")
    refused = []
    for kind in KINDS:
        message = (await service.answer(kind.examples[0])).message()
        try:
            await client.api_call("blocks.validate", json={"blocks": message.blocks})
        except SlackApiError as error:
            code = _said(error)
            if code not in _INVALID:
                return Check(name, ok=None, found=f"Slack doesn't check them: {code}.")
            refused.append(f"{kind.name} ({code})")
        except (aiohttp.ClientError, TimeoutError):
            return Check(name, ok=None, found="not checked; Slack can't be reached.")
    if refused:
        return Check(
            name,
            ok=False,
            found=f"Slack refuses {', '.join(refused)}.",
            fix="People get them in a simpler form; please report it as a bug.",
        )
    return Check(name, ok=True, found=f"Slack accepts all {len(KINDS)} kinds.")


def _not_reached(settings: Settings, error: Exception) -> str:
    host = URL(settings.slack_api_url).host
    if isinstance(error, TimeoutError):
        return f"no answer from {host} in time."
    return f"no connection to {host}."


def _said(error: SlackApiError) -> str:
    return code_of(error) or "no readable answer"


async def check_socket(settings: Settings, client: AsyncWebClient) -> Check:
    """Check how Slack reaches the bot: by Socket Mode or by signed requests."""
    if settings.slack_app_token is None:
        signed = settings.slack_signing_secret is not None
        wanted = settings.serves_many or settings.slack_bot_token is not None
        return Check(
            "Signing secret",
            ok=True if signed else (False if wanted else None),
            found="set; Slack reaches the bot by HTTP." if signed else "not set.",
            fix=""
            if signed
            else "Set SLACK_SIGNING_SECRET, or SLACK_APP_TOKEN for Socket Mode.",
        )
    try:
        await client.apps_connections_open(
            app_token=settings.slack_app_token.get_secret_value()
        )
    except SlackApiError as error:
        return Check(
            "Socket Mode",
            ok=False,
            found=f"refused: {_said(error)}.",
            fix="Set SLACK_APP_TOKEN to an app-level token with connections:write.",
        )
    except (aiohttp.ClientError, TimeoutError) as error:
        if settings.slack_bot_token is not None and not settings.serves_many:
            # The check of the token says so already.
            found = "not checked; Slack can't be reached."
            return Check("Socket Mode", ok=None, found=found)
        return Check(
            "Socket Mode",
            ok=False,
            found=_not_reached(settings, error),
            fix=_CHECK_NETWORK,
        )
    return Check("Socket Mode", ok=True, found="accepted.")


async def check_database(settings: Settings) -> Check:
    """Check that the database opens, and that no digests in it are paused."""
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        return _check_folder(file)
    try:
        # The bot may be running on it.
        async with open_database(settings.database_url, exclusive=False) as database:
            async with database.reading() as connection:
                has_tables = await connection.run_sync(
                    lambda known: inspect(known).has_table("subscriptions")
                )
            if has_tables:
                digests = await check_digests(History(database))
                if not digests.ok:
                    return digests
    except ConfigError as error:
        return Check("Database", ok=False, found=str(error))
    except Exception as error:  # noqa: BLE001 - each driver has errors of its own
        return Check(
            "Database",
            ok=False,
            found=f"can't be opened ({type(error).__name__}).",
            fix="Check DATABASE_URL, and that the server is running.",
        )
    return Check("Database", ok=True, found="can be opened.")


def _check_folder(file: Path) -> Check:
    """Check whether a missing database file can be created."""
    folder = next(each for each in file.absolute().parents if each.exists())
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return Check("Database", ok=None, found=f"{file}, created at the first start.")
    return Check(
        "Database",
        ok=False,
        found=f"{file} can't be created in {folder}.",
        fix="Let the user that the bot runs as write to that folder, or set "
        "DATABASE_URL to a file elsewhere.",
    )


async def check_clock(settings: Settings) -> Check:
    """Compare the machine's clock with that of ZenMux's server."""
    if settings.zenmux_bot_now is not None:
        return Check("Clock", ok=None, found="starts at ZENMUX_BOT_NOW.")
    try:
        async with make_http(settings) as http:
            reply = await http.head(settings.zenmux_base_url, timeout=10)
        there = parsedate_to_datetime(reply.headers["Date"])
    except (httpx.HTTPError, KeyError, ValueError):
        return Check("Clock", ok=None, found="no other clock to compare with.")
    off = abs(datetime.now(UTC) - there)
    return Check(
        "Clock",
        ok=off < SKEW,
        found=f"{off.total_seconds():.0f} s off ZenMux's clock.",
        fix="" if off < SKEW else "Correct the machine's time.",
    )
