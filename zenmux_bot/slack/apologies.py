"""Apologies for requests that a listener, or work it started, failed to answer.

The person who asked gets one, with the reference from the log: in the acknowledgement
if that has not been sent, otherwise where the answer would have gone.
"""

from __future__ import annotations

import json
import os
import re
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.response import BoltResponse

from zenmux_bot.core.actors import Actor
from zenmux_bot.observability import reference
from zenmux_bot.render import slack
from zenmux_bot.render.errors import report_fault
from zenmux_bot.render.forms import explained
from zenmux_bot.render.message import Message
from zenmux_bot.slack.payloads import (
    actor_of,
    fields,
    form_metadata,
    response_url_of,
    response_urls_of,
    team_of,
    text_in,
    writer_of,
)
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.replies import HEADERS, Acknowledgement
from zenmux_bot.slack.tasks import Tasks

_ERROR_TEXT = 300
_NO_OPTIONS = "Something went wrong. It is logged. Reference: {reference}"
MALFORMED = (AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What Bolt raises for requests that don't have the shape of Slack's."""

_SUGGESTION = "block_suggestion"
_PRESSED = "block_actions"
_ANY = re.compile(r"")
_OUTDATED = Message(
    "That is from an older version of the bot and no longer works. Ask again, or see "
    "/zenmux help."
)

log = structlog.get_logger(__name__)


@dataclass
class _Request:
    body: Mapping[str, Any]
    is_apologized: bool = False


_request: ContextVar[_Request | None] = ContextVar("request", default=None)
"""The request that this task, and the tasks it starts, belong to."""


def begin_request(body: Mapping[str, Any]) -> None:
    """Bind a request to this task and to the tasks it starts."""
    _request.set(_Request(body))


def apology() -> Message:
    """Return the apology for the current request, and mark it as apologized for."""
    request = _request.get()
    if request is not None:
        request.is_apologized = True
    return slack.message(report_fault(reference()))


class Apologies:
    """Tells people that the bot failed.

    Args:
        posts: Sends the apologies.
        tasks: Background tasks; their failures lead to apologies from now on.
    """

    def __init__(self, posts: Posts, tasks: Tasks) -> None:
        self._posts = posts
        self._tasks = tasks
        tasks.on_failure = self.send

    async def on_error(
        self, error: Exception, context: AsyncBoltContext, body: dict[str, Any]
    ) -> BoltResponse:
        """Log a listener's error, and apologize.

        Events are acknowledged, since a retry would fail as well. Forms stay open and
        show the error, and so do menus. What Bolt itself cannot read is refused.
        """
        if "command" not in body and _is_raised_by_bolt(error):
            log.warning("slack.request_unreadable", kind=type(error).__name__)
            return BoltResponse(status=400, body="")
        log.error(
            "slack.listener_failed",
            team=context.team_id,
            reference=reference(),
            exc_info=error,
        )
        if "command" in body:
            return Acknowledgement(apology(), public=False)
        if body.get("type") == _SUGGESTION:
            options = explained(_NO_OPTIONS.format(reference=reference()))
            return BoltResponse(status=200, body=json.dumps(options), headers=HEADERS)
        block = _first_input(body)
        if block:
            said = {block: apology().text[:_ERROR_TEXT]}
            errors = {"response_action": "errors", "errors": said}
            return BoltResponse(status=200, body=json.dumps(errors), headers=HEADERS)
        self._tasks.start(self.send())
        return BoltResponse(status=200, body="")

    def catch_rest(self, app: AsyncApp) -> None:
        """Acknowledge what no listener handles, so that Slack doesn't retry it.

        Register this last.
        """
        for listen in (app.action, app.view, app.shortcut, app.view_closed):
            listen(_ANY)(self.on_rest)
        app.options(_ANY)(self.on_rest)

    async def on_rest(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Tell people that what they pressed or submitted no longer works."""
        await ack()
        actor = _asker(body)
        if actor is not None and _is_asked(body):
            log.info("slack.outdated", kind=body.get("type"))
            self._tasks.start(self._send(body, actor, _OUTDATED))

    async def send(self) -> None:
        """Apologize to the sender of the current request, unless that was done."""
        request = _request.get()
        if request is None or request.is_apologized:
            return
        actor = _asker(request.body)
        if actor is not None:
            await self._send(request.body, actor, apology())

    async def _send(
        self, body: Mapping[str, Any], actor: Actor, message: Message
    ) -> None:
        urls = _urls(body)
        if actor.is_app:
            await self._posts.say(actor.location, message)
        elif urls or not actor.channel_id:
            await self._posts.answer(urls, actor.location, message)
        else:
            await self._posts.whisper(actor.location, message)


def _asker(body: Mapping[str, Any]) -> Actor | None:
    """Return who is waiting for an answer, and where; None if nobody is.

    Nobody waits for a menu: people see that it is empty.
    """
    event = body.get("event")
    if event is None:
        actor = actor_of(body)
        is_asked = body.get("type") != _SUGGESTION and bool(actor.user_id)
        return actor if is_asked else None
    said = fields(event)
    if said.get("type") == "app_home_opened" and said.get("tab") == "home":
        person = text_in(said.get("user"))
        return Actor(team_of(body), person) if person else None
    if text_in(said.get("type")) not in {"app_mention", "message"}:
        return None
    edited = said.get("subtype") == "message_changed"
    actor = writer_of(body, {**said, **(fields(said.get("message")) if edited else {})})
    if not actor.user_id:
        return None
    # Apps are not answered in threads, so an apology there starts no loop.
    is_loose = actor.is_app and actor.thread_ts is None
    return actor.in_thread(text_in(said.get("ts")) or None) if is_loose else actor


def _is_asked(body: Mapping[str, Any]) -> bool:
    """Tell whether somebody expects an answer to a request.

    Links, and choices within a form, have no answer of their own.
    """
    if body.get("type") != _PRESSED:
        return body.get("type") in {"view_submission", "shortcut", "message_action"}
    listed = body.get("actions")
    action = fields(listed[0]) if isinstance(listed, list) and listed else {}
    is_link = "url" in action
    return not is_link and fields(body.get("container")).get("type") == "message"


def _is_raised_by_bolt(error: Exception) -> bool:
    """Tell whether Bolt itself failed on a malformed request."""
    frames = traceback.extract_tb(error.__traceback__)
    is_bolts = all(f"{os.sep}slack_bolt{os.sep}" in each.filename for each in frames)
    return is_bolts and isinstance(error, MALFORMED)


def _urls(body: Mapping[str, Any]) -> list[str]:
    """Return the response URLs of a request; a form's metadata holds its opener's."""
    try:
        carried = json.loads(form_metadata(body) or "null")
    except ValueError:
        carried = None
    last = text_in(carried[-1]) if isinstance(carried, list) and carried else ""
    opened = [last] if last.startswith(("https://", "http://")) else []
    return [*filter(None, [response_url_of(body)]), *opened, *response_urls_of(body)]


def _first_input(body: Mapping[str, Any]) -> str:
    """Return the first field of a submitted form; empty for other requests."""
    blocks = fields(body.get("view")).get("blocks")
    if body.get("type") != "view_submission" or not isinstance(blocks, list):
        return ""
    inputs = (fields(each) for each in blocks)
    ids = (
        text_in(each.get("block_id")) for each in inputs if each.get("type") == "input"
    )
    return next(filter(None, ids), "")
