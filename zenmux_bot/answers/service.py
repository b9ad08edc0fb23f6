"""The one way from words to an answer, for every way in; nothing leaves it but replies.

Expected errors become replies; anything else is an apology. What is not the asker's
doing bears a reference under which it stands in the log.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

import structlog

from zenmux_bot.answers.allowances import Allowances
from zenmux_bot.answers.registry import Answers, View
from zenmux_bot.commands.defaults import UNSET, Defaults
from zenmux_bot.commands.grammar import BY_WORD
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import Audience, DigestQuery, Request, canonical
from zenmux_bot.core.actors import Actor
from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.drafts import Draft
from zenmux_bot.digests.service import Digests
from zenmux_bot.errors import ApiError, BadInput, BotError, SlackFault
from zenmux_bot.observability import REFERENCE, reference
from zenmux_bot.permissions import NOBODY, Permissions
from zenmux_bot.render import slack
from zenmux_bot.render.errors import report_error, report_fault
from zenmux_bot.render.highlight import marked
from zenmux_bot.render.jsonable import jsonable
from zenmux_bot.render.message import Message
from zenmux_bot.render.report import Report
from zenmux_bot.zenmux.api import INTERACTIVE

log = structlog.get_logger(__name__)

_parsed = lru_cache(maxsize=1024)(parse)
"""The same words mean the same all day; many ask what others asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What the asker gets.

    Attributes:
        report: The answer or the error, to be drawn.
        request: What was understood, None if nothing was.
        view: The computed answer, None for an error.
        error: Why there is no answer, None if there is one.
        ready: A message that is shown as it is instead of the report.
        form: What a form begins with, where one can be opened instead.
    """

    report: Report
    request: Request | None = None
    view: View | None = None
    error: Exception | None = None
    ready: Message | None = None
    form: Draft | None = None

    @property
    def ok(self) -> bool:
        """Tell whether it is an answer."""
        return self.error is None

    @property
    def is_public(self) -> bool:
        """Tell whether all may see it; errors are the asker's alone."""
        public = self.request is not None and self.request.audience is Audience.PUBLIC
        return public and self.ok

    def message(self, *, shared_by: str | None = None) -> Message:
        """Return it as Slack gets it, saying who showed it to the channel."""
        if self.ready is not None and (shared_by is None or self.view is None):
            return self.ready
        return slack.message(self.report, shared_by=shared_by)

    def as_json(self) -> dict[str, Any]:
        """Return the computed view, or the error."""
        if self.view is not None and self.request is not None:
            kind = self.request.query.name
            return {"kind": kind, **jsonable(self.view)}
        said: dict[str, Any] = {
            "type": type(self.error).__name__,
            "message": self.report.finding,
        }
        if isinstance(self.error, BadInput):
            said |= {
                "problem": self.error.problem,
                "allowed": self.error.allowed,
                "suggestions": list(self.error.suggestions),
            }
        if isinstance(self.error, ApiError):
            said |= {"status": self.error.status, "request_id": self.error.request_id}
        return {"error": said}


class AnswerService:
    """Takes words and serves answers.

    Args:
        answers: Answers what was understood.
        clock: Tells which day it is.
        digests: Keeps digests; None where nobody can have any.
        permissions: Knows who may see what is about the account.
        allowances: Count what people ask.
    """

    def __init__(
        self,
        answers: Answers,
        clock: Clock,
        digests: Digests | None = None,
        *,
        permissions: Permissions = NOBODY,
        allowances: Allowances | None = None,
    ) -> None:
        self._answers = answers
        self._clock = clock
        self._digests = digests
        self._permissions = permissions
        self._allowances = Allowances() if allowances is None else allowances
        self._watchers: list[Callable[[Actor], None]] = []

    def watch(self, watcher: Callable[[Actor], None]) -> None:
        """Tell ``watcher`` whenever somebody has done something with digests."""
        self._watchers.append(watcher)

    def read(
        self, text: str, *, base: Request | None = None, usual: Defaults = UNSET
    ) -> Request:
        """Return what ``text`` asks for.

        Raises:
            BadInput: Some of it cannot be understood.
        """
        today = self._clock.now().date()
        return _parsed(text, today=today, base=base, usual=usual)

    async def serve(
        self,
        text: str,
        *,
        base: Request | None = None,
        usual: Defaults = UNSET,
        audience: Audience | None = None,
        patience: timedelta = INTERACTIVE,
        asker: Actor | None = None,
    ) -> Served:
        """Answer, whatever ``text`` and the world are like.

        Args:
            text: Words as typed.
            base: An earlier request whose fields hold where nothing else is said.
            usual: What holds where neither says anything.
            audience: Who sees it, whatever the words say.
            patience: How long to wait for the API at most.
            asker: Who asks, for what is not for everybody.
        """
        began = time.perf_counter()
        served = await self._serve(text, base, usual, audience, patience, asker=asker)
        log.info(
            "desk.served",
            kind=served.request.query.name if served.request else "none",
            outcome="ok" if served.error is None else type(served.error).__name__,
            seconds=round(time.perf_counter() - began, 6),
        )
        return served

    async def _serve(
        self,
        text: str,
        base: Request | None,
        usual: Defaults,
        audience: Audience | None,
        patience: timedelta,
        *,
        asker: Actor | None,
    ) -> Served:
        """Read the words, answer them, and turn every failure into a reply."""
        request = None
        try:
            request = self.read(text, base=base, usual=usual)
            if isinstance(request.query, DigestQuery) and self._digests and asker:
                self._allowances.take(asker)
                asker = replace(asker, zone=usual.zone)
                reply = await self._digests.answer(request.query.command, asker)
                for watcher in self._watchers:
                    watcher(asker)
                return Served(
                    report=reply.report,
                    request=request.for_(Audience.PRIVATE),
                    ready=reply.ready,
                    form=reply.form,
                )
            is_restricted = BY_WORD[request.query.name].restricted
            if is_restricted:
                # Before anything else, so that a refusal is private, too.
                request = request.for_(Audience.PRIVATE)
            elif audience is not None:
                request = request.for_(audience)
            if asker is not None and not await self._answers.is_ready(request):
                self._allowances.take(asker)
            if is_restricted:
                await self._permissions.check_admin(asker)
            answered = await self._answers.answer(request, patience=patience)
        except BotError as error:
            report = report_error(error, again=_again(request))
            if isinstance(error, ApiError | SlackFault):
                context = (*report.context, f"{REFERENCE} {reference()}")
                report = replace(report, context=context)
            return Served(report=report, request=request, error=error)
        except Exception as error:
            report = report_fault(reference())
            log.exception("desk.fault")
            return Served(report=report, request=request, error=error)
        report = marked(answered.report, usual.watched or frozenset())
        ready = answered.message if report is answered.report else None
        return Served(report=report, request=request, view=answered.view, ready=ready)


def _again(request: Request | None) -> str | None:
    """Return the words that ask once more; what is always private need not say so."""
    if request is not None and BY_WORD[request.query.name].restricted:
        request = replace(request, audience=None)
    return None if request is None else canonical(request)
