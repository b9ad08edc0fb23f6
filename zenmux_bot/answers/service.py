"""From words to an answer, the same for commands, mentions, buttons and terminal.

It never raises: expected errors become replies, others an apology. Faults that are not
the actor's have a reference, which is also in the log.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import structlog

from zenmux_bot.answers.allowances import Allowances
from zenmux_bot.answers.cache import AnswerCache, FreshnessRecorder
from zenmux_bot.answers.fetching import FetchContext
from zenmux_bot.answers.help.report import HelpView, report_help, report_readers
from zenmux_bot.answers.known import known_models
from zenmux_bot.answers.leaderboard.fetch import fetch_leaderboard
from zenmux_bot.answers.leaderboard.view import LeaderboardView
from zenmux_bot.answers.registry import KINDS, AnswerKind, Visibility, files_of
from zenmux_bot.answers.share.fetch import fetch_share
from zenmux_bot.answers.share.view import ShareView
from zenmux_bot.answers.status.fetch import Health
from zenmux_bot.commands.account_commands import OpenChannel
from zenmux_bot.commands.defaults import UNSET, Defaults
from zenmux_bot.commands.grammar import COMMAND
from zenmux_bot.commands.names import Catalogue
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import (
    AlertQuery,
    Audience,
    DigestQuery,
    HelpQuery,
    LeaderboardQuery,
    Query,
    Request,
    ShareQuery,
    StatusQuery,
    canonical,
)
from zenmux_bot.core.actors import Actor
from zenmux_bot.core.clock import Clock, FixedClock, end_of
from zenmux_bot.core.periods import DAY, FLOOR, day_words
from zenmux_bot.errors import (
    ApiError,
    BadInput,
    BotError,
    NotUnderstood,
    RateLimited,
    SlackFault,
)
from zenmux_bot.history.as_of import AsOfApi
from zenmux_bot.observability import REFERENCE, reference
from zenmux_bot.permissions import NOBODY, WHO_MAY_SEE_OWN_SPEND, Permissions
from zenmux_bot.render import slack
from zenmux_bot.render.errors import report_error, report_fault
from zenmux_bot.render.highlight import marked
from zenmux_bot.render.jsonable import jsonable
from zenmux_bot.render.message import Message, with_command
from zenmux_bot.render.report import Button, Report
from zenmux_bot.render.tabular import Attachment
from zenmux_bot.zenmux.api import INTERACTIVE, Api, TeamApis
from zenmux_bot.zenmux.outages import Outages

if TYPE_CHECKING:  # what the terminal does without
    from zenmux_bot.alerts.service import AlertService
    from zenmux_bot.answers.interpreter import Interpreter
    from zenmux_bot.budgets.service import OwnAccount
    from zenmux_bot.digests.service import DigestService
    from zenmux_bot.digests.specs import Draft

log = structlog.get_logger(__name__)

_ANY = object()
_WHO_SEES = HelpQuery(topic="private")

_PEOPLE_OF_THE_WORKSPACE = (
    "Only people of this workspace can use digests, alerts and budgets. Statistics are "
    "for everyone in the channel."
)

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_CATALOGUE_AGE = timedelta(hours=1)
_CATALOGUE_PATIENCE = timedelta(seconds=1)
"""How long a sentence waits for the names; commands need none."""

_parsed = lru_cache(maxsize=1024)(parse)
"""The same words mean the same all day, and many people ask the same."""


@dataclass(frozen=True)
class Answered:
    """A computed answer, and its report.

    Attributes:
        view: What was computed.
        report: How it is presented.
        paths: The endpoints of ZenMux that it was computed from.
        fault: Why some of it is an old copy, None if nothing failed.
    """

    view: Any
    report: Report
    paths: Collection[str] = ()
    fault: ApiError | None = None

    @cached_property
    def message(self) -> Message:
        """Return it as a Slack message, built once for all who ask the same."""
        return slack.message(self.report)


class Answers:
    """Answers requests, from memory while an earlier answer is still valid.

    Args:
        apis: Give ZenMux's answers to each workspace.
        clock: Tells which day it is.
        health: Checks the bot.
        outages: Knows which endpoints give no answers.
        as_of: Gives the answers of an earlier day to a workspace; None: without a
            history.
        key_names: Knows what a workspace calls the account's API keys.
    """

    def __init__(
        self,
        apis: TeamApis,
        clock: Clock,
        health: Health,
        *,
        outages: Outages | None = None,
        as_of: Callable[[str | None, date], AsOfApi] | None = None,
        key_names: Callable[[str], Awaitable[Mapping[str, str]]] | None = None,
    ) -> None:
        self._apis = apis
        self._as_of = as_of or (
            lambda team_id, day: AsOfApi(apis.of(team_id), None, day)
        )
        self._clock = clock
        self._health = health
        self._key_names = key_names
        self._cache: AnswerCache[Answered] = AnswerCache(clock)
        self._outages = Outages(clock) if outages is None else outages

    def why_old(self, answered: Answered) -> str:
        """Say why an answer has no newer figures; empty if it is up to date.

        Answers from memory are included, so that they are not taken for new ones.
        """
        outage = self._outages.find(answered.paths.__contains__)
        if outage is not None:
            return str(outage)
        if not answered.report.stale:
            return ""
        if isinstance(answered.fault, RateLimited):
            return "ZenMux's rate limit is reached"
        return "ZenMux isn't responding"

    async def answer(
        self,
        request: Request,
        *,
        team_id: str | None = None,
        patience: timedelta = INTERACTIVE,
    ) -> Answered:
        """Return the answer, an earlier one if it is still valid.

        Args:
            request: The question and its options.
            team_id: The workspace that asks; None on the terminal.
            patience: How long to wait for the API at most.

        Raises:
            BadInput: A name is unknown, or a period has no days with data.
            NoData: The API has nothing for the days.
            ApiError: The API gave no answer and there is no old one.
        """
        kind = _kind_of(request)
        as_of: date | None = getattr(request.query, "as_of", None)
        if as_of is not None:
            return await self._make_as_of(kind, request, as_of, team_id, patience)
        scope = ""
        if kind.is_cached:
            scope = await self._apis.scope_of(team_id)
            found = self._cache.get(scope, request)
            if found is not None:
                return found
        recorder = self._recorder(team_id)
        context = self._context(recorder, team_id, patience)
        if kind.visibility is Visibility.OWN_ACCOUNT:
            context = await self._with_key_names(context, team_id)
        view = await kind.fetch(context, request.query)
        report = kind.report(view, request)
        made = Answered(view, report, frozenset(recorder.paths), recorder.fault)
        if kind.is_cached:
            self._cache.put(scope, request, made, until=recorder.until)
        return made

    async def is_ready(self, request: Request, *, team_id: str | None = None) -> bool:
        """Tell whether the answer is in memory, so that it costs nothing."""
        scope = await self._apis.scope_of(team_id)
        return self._cache.get(scope, request) is not None

    async def catalogue(self, *, patience: timedelta) -> Catalogue | None:
        """Return all names of models and providers, or None if they are not known."""
        context = self._context(self._apis.of(None), None, patience)
        try:
            known = await known_models(context)
        except ApiError:
            return None
        providers = dict(known.authors.values())
        authors = {slug: author for slug, (author, _) in known.authors.items()}
        return Catalogue(providers, known.labels, authors)

    async def leaderboard(
        self,
        query: LeaderboardQuery,
        *,
        team_id: str | None = None,
        patience: timedelta,
    ) -> LeaderboardView:
        """Return the models of a period; see :meth:`answer`."""
        context = self._context(self._recorder(team_id), team_id, patience)
        return await fetch_leaderboard(context, query)

    async def share(
        self, query: ShareQuery, *, team_id: str | None = None, patience: timedelta
    ) -> ShareView:
        """Return the providers of a period; see :meth:`answer`."""
        context = self._context(self._recorder(team_id), team_id, patience)
        return await fetch_share(context, query)

    def _recorder(self, team_id: str | None) -> FreshnessRecorder:
        return FreshnessRecorder(self._apis.of(team_id), self._outages)

    def _context(
        self, api: Api, team_id: str | None, patience: timedelta
    ) -> FetchContext:
        return FetchContext(
            api,
            self._clock,
            patience,
            health=self._health,
            team_id=team_id,
        )

    async def _with_key_names(
        self, context: FetchContext, team_id: str | None
    ) -> FetchContext:
        if self._key_names is None or team_id is None:
            return context
        return replace(context, key_names=await self._key_names(team_id))

    async def _make_as_of(
        self,
        kind: AnswerKind,
        request: Request,
        day: date,
        team_id: str | None,
        patience: timedelta,
    ) -> Answered:
        """Answer with what was known at the end of an earlier day.

        Raises:
            BadInput: The day is not over, or nothing was known yet.
            NoData: The history does not hold it.
        """
        if not FLOOR + DAY < day < self._clock.now().date():
            raise BadInput(
                f"No figures can be shown as of {day_words(day)}.",
                allowed=f"Days from {day_words(FLOOR + DAY * 2)} to yesterday (UTC).",
            )
        api = self._as_of(team_id, day)
        context = FetchContext(api, FixedClock(end_of(day)), patience, self._health)
        view = await kind.fetch(context, request.query)
        view = replace(view, basis=view.basis.noting(api.note))
        return Answered(view, kind.report(view, request))


def _kind_of(request: Request) -> AnswerKind:
    """Return the kind of answer to a request.

    Raises:
        BadInput: It is handled by a service that only runs in Slack.
    """
    kind = KINDS.get(type(request.query))
    if kind is None or getattr(request.query, "command", None) is not None:
        raise BadInput(
            f"“{request.query.name}” only works in Slack.",
            allowed="Digests, alerts and budgets belong to a workspace.",
            suggestions=(canonical(HelpQuery(topic=request.query.name)),),
        )
    return kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What the actor gets.

    Attributes:
        report: The answer or the error, to be rendered.
        request: What was understood, None if nothing was.
        view: The computed answer, None for an error.
        error: Why there is no answer, None if there is one.
        ready: A finished message to show instead of the report.
        form: The first values of a form, if one can be opened instead.
        command: What the slash command is called where it was asked.
        unposted: Why it was not posted, for people who have already seen the answer.
        is_old: It has old figures, because ZenMux gave no new ones.
    """

    report: Report
    request: Request | None = None
    view: Any = None
    error: Exception | None = None
    ready: Message | None = None
    form: Draft | None = None
    command: str = COMMAND
    unposted: Report | None = None
    is_old: bool = False

    @property
    def ok(self) -> bool:
        """Tell whether it is an answer."""
        return self.error is None

    @property
    def is_public(self) -> bool:
        """Tell whether everyone may see it; errors are shown to the actor alone."""
        public = self.request is not None and self.request.audience is Audience.PUBLIC
        return public and self.ok

    @property
    def sentences(self) -> str:
        """Return it as plain sentences, for a form or a short notice."""
        return with_command(self.report.sentences, self.command)

    def message(self, *, shared_by: str | None = None) -> Message:
        """Return it as a Slack message that names who shared it."""
        if self.ready is not None and (shared_by is None or self.view is None):
            message = self.ready
        else:
            message = slack.message(self.report, shared_by=shared_by)
        return with_command(message, self.command)

    def files(self) -> tuple[Attachment, ...]:
        """Return the files, if they were asked for and the answer has figures."""
        if self.request is None or not self.request.csv or self.view is None:
            return ()
        return files_of(self.view, self.request)

    def as_json(self) -> dict[str, Any]:
        """Return the computed view, or the error."""
        if self.view is not None and self.request is not None:
            kind = self.request.query.name
            return {"kind": kind, **jsonable(self.view)}
        said: dict[str, Any] = {
            "type": type(self.error).__name__,
            "message": f"{self.report.title}. {self.report.finding}".strip(),
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


Handler = Callable[[Request, Actor], Awaitable[Response]]
"""Carries out a request of a service that keeps something, such as digests."""


def digest_handler(digests: DigestService) -> Handler:
    """Return what answers requests about digests."""

    async def handle(request: Request, actor: Actor) -> Response:
        assert isinstance(request.query, DigestQuery)  # noqa: S101 - dispatched by kind
        reply = await digests.answer(request.query.command, actor)
        return Response(
            report=reply.report,
            request=request.for_(Audience.PRIVATE),
            ready=reply.ready,
            form=reply.form,
        )

    return handle


def alert_handler(alerts: AlertService) -> Handler:
    """Return what answers requests about alerts."""

    async def handle(request: Request, actor: Actor) -> Response:
        assert isinstance(request.query, AlertQuery)  # noqa: S101 - dispatched by kind
        report = await alerts.answer(request.query.command, actor)
        return Response(report=report, request=request.for_(Audience.PRIVATE))

    return handle


def own_account_handler(account: OwnAccount) -> Handler:
    """Return what answers commands that change settings of the own account."""

    async def handle(request: Request, actor: Actor) -> Response:
        report = await account.answer(request, actor)
        return Response(report=report, request=request.for_(Audience.PRIVATE))

    return handle


class AnswerService:
    """Takes words and returns answers.

    Args:
        answers: Answers what was understood.
        clock: Tells which day it is.
        handlers: Handle requests of services that keep something, by query.
        permissions: Knows who may see what is about the account.
        allowances: Count what people ask.
        interpreter: Asks a model about questions that are not understood; None: off.
    """

    def __init__(
        self,
        answers: Answers,
        clock: Clock,
        handlers: Mapping[type[Query], Handler] | None = None,
        *,
        permissions: Permissions = NOBODY,
        allowances: Allowances | None = None,
        interpreter: Interpreter | None = None,
    ) -> None:
        self._answers = answers
        self._clock = clock
        self._handlers = dict(handlers or {})
        self._permissions = permissions
        self._allowances = Allowances() if allowances is None else allowances
        self._interpreter = interpreter
        self._watchers: list[Callable[[Actor], None]] = []
        self._catalogue: Catalogue | None = None
        self._catalogue_at = _LONG_AGO

    def watch(self, watcher: Callable[[Actor], None]) -> None:
        """Call ``watcher`` after every handled request of a person."""
        self._watchers.append(watcher)

    def read(
        self, text: str, *, base: Request | None = None, usual: Defaults = UNSET
    ) -> Request:
        """Return what ``text`` asks for.

        Raises:
            BadInput: Some of it cannot be understood.
        """
        return _parsed(
            text,
            today=self._clock.now().date(),
            base=base,
            usual=usual,
            catalogue=self._catalogue,
        )

    async def understand(
        self,
        text: str,
        *,
        base: Request | None = None,
        usual: Defaults = UNSET,
        actor: Actor | None = None,
    ) -> Request:
        """Return what ``text`` asks for; a sentence may need the names.

        Raises:
            BadInput: Some of it cannot be understood.
        """
        try:
            return self.read(text, base=base, usual=usual)
        except BadInput as error:
            if not await self._look_up_names():
                return await self._interpret(text, error, actor)
        try:
            return self.read(text, base=base, usual=usual)
        except BadInput as error:
            return await self._interpret(text, error, actor)

    async def _interpret(
        self, text: str, error: BadInput, actor: Actor | None
    ) -> Request:
        """Return what a model reads in a question that the parser cannot."""
        is_question = isinstance(error, NotUnderstood)
        if self._interpreter is None or self._catalogue is None or not is_question:
            raise error
        meant = await self._interpreter.interpret(
            text, self._catalogue, team_id="" if actor is None else actor.team_id
        )
        if meant is None:
            raise error
        if meant.is_sure:
            return meant.request
        raise BadInput(
            "I'm not sure what you mean.",
            allowed="Did you mean this?",
            suggestions=(canonical(meant.request),),
        )

    async def _look_up_names(self) -> bool:
        """Load the catalogue if it is missing or old, and tell whether it is new."""
        now = self._clock.now()
        if now - self._catalogue_at < _CATALOGUE_AGE:
            return False
        found = await self._answers.catalogue(patience=_CATALOGUE_PATIENCE)
        if found is None:
            return False
        self._catalogue, self._catalogue_at = found, now
        return True

    async def answer(
        self,
        text: str,
        *,
        base: Request | None = None,
        usual: Defaults = UNSET,
        audience: Audience | None = None,
        patience: timedelta = INTERACTIVE,
        actor: Actor | None = None,
    ) -> Response:
        """Answer ``text``; errors become replies.

        Args:
            text: Words as typed.
            base: An earlier request; its fields are the defaults.
            usual: The defaults of the channel and the person.
            audience: Who sees it, overriding the words.
            patience: How long to wait for the API at most.
            actor: Who asks, for answers that not everyone may see.
        """
        began = time.perf_counter()
        request = None
        try:
            request = await self.understand(text, base=base, usual=usual, actor=actor)
            if audience is not None:
                request = request.for_(audience)
            wanted = request
            request = await self._confine(request, actor)
            handler = self._handler(request)
            if handler is not None and actor is not None:
                response = await self._handle(handler, request, actor, usual)
            else:
                response = await self._answer(request, usual, patience, actor)
                if wanted.audience is Audience.PUBLIC and actor is not None:
                    response = _kept_private(response, actor)
        except BotError as error:
            response = _failed(error, request, self._clock.now().date())
        except Exception as error:
            log.exception("answer.fault")
            response = Response(
                report=report_fault(reference()), request=request, error=error
            )
        if (
            request is not None
            and request.query == _WHO_SEES
            and actor is not None
            and response.ok
        ):
            report = await self._readers(actor)
            response = replace(response, report=report, ready=None)
        if usual.command is not None:
            response = replace(response, command=usual.command)
        log.info(
            "answer.made",
            kind=response.request.query.name if response.request else "none",
            outcome="ok" if response.ok else type(response.error).__name__,
            seconds=round(time.perf_counter() - began, 6),
        )
        return response

    async def _readers(self, actor: Actor) -> Report:
        """Explain who sees questions and answers in the actor's channel."""
        said = report_readers(
            is_direct=actor.location.is_direct, is_open=await self._is_open(actor)
        )
        return replace(report_help(HelpView(_WHO_SEES.topic)), finding=said)

    def _handler(self, request: Request) -> Handler | None:
        """Return the handler of a request, or None if it asks for figures."""
        if getattr(request.query, "command", _ANY) is None:
            return None
        return self._handlers.get(type(request.query))

    def _dated(self, answered: Answered, request: Request) -> Report:
        """Return a report that says how old its figures are if they are not new."""
        report = answered.report
        if report.as_of is None or isinstance(request.query, StatusQuery):
            return report
        why = self._answers.why_old(answered)
        if not why:
            return report
        at = f"{report.as_of:%H:%M} UTC"
        if report.as_of.date() != self._clock.now().date():
            at = day_words(report.as_of.date())
        said = f"{why}; these figures are from {at}."
        return replace(report, headline=f"{said} {report.headline}".strip())

    async def _confine(self, request: Request, actor: Actor | None) -> Request:
        """Make a request private whose answer not everyone in the channel may see."""
        match _visibility(request):
            case Visibility.ADMINS:
                return request.for_(Audience.PRIVATE)
            case Visibility.OWN_ACCOUNT if not await self._is_open(actor):
                return request.for_(Audience.PRIVATE)
        return request

    async def _check(self, request: Request, actor: Actor | None) -> None:
        """Check that the actor may see the answer.

        Raises:
            NotAllowed: They may not; the message says who may.
            SlackFault: Slack could not say who they are.
        """
        match _visibility(request):
            case Visibility.ADMINS:
                await self._permissions.check_admin(actor)
            case Visibility.OWN_ACCOUNT if not await self._may_see_own(actor):
                await self._permissions.check_admin(actor, WHO_MAY_SEE_OWN_SPEND)

    async def _may_see_own(self, actor: Actor | None) -> bool:
        return actor is not None and await self._permissions.may_see_own_account(actor)

    async def _is_open(self, actor: Actor | None) -> bool:
        """Tell whether everyone in the actor's channel may see own spend."""
        return actor is not None and await self._permissions.is_open(actor.location)

    async def _handle(
        self, handler: Handler, request: Request, actor: Actor, usual: Defaults
    ) -> Response:
        await self._permissions.check_insider(actor, _PEOPLE_OF_THE_WORKSPACE)
        self._allowances.take(actor)
        actor = replace(actor, zone=usual.zone)
        response = await handler(request, actor)
        for watcher in self._watchers:
            watcher(actor)
        return response

    async def _answer(
        self,
        request: Request,
        usual: Defaults,
        patience: timedelta,
        actor: Actor | None,
    ) -> Response:
        team_id = None if actor is None else actor.team_id
        is_ready = await self._answers.is_ready(request, team_id=team_id)
        if actor is not None and not is_ready:
            self._allowances.take(actor)
        await self._check(request, actor)
        answered = await self._answers.answer(
            request, team_id=team_id, patience=patience
        )
        dated = self._dated(answered, request)
        report = marked(dated, usual.watched or frozenset())
        return Response(
            report=report,
            request=request,
            view=answered.view,
            ready=answered.message if report is answered.report else None,
            is_old=dated is not answered.report,
        )


def _kept_private(response: Response, actor: Actor) -> Response:
    """Say that own spend was not posted, because the channel is not open for it."""
    request = response.request
    if request is None or response.is_public or actor.location.is_direct:
        return response
    if _visibility(request) is not Visibility.OWN_ACCOUNT:
        return response
    opening = f"spend {OpenChannel(actor.location.channel_id)}"
    ways = (Button(label="Open it", action="ask:open", command=opening),)
    said = "This channel isn't open for own spend"
    report = replace(
        response.report,
        headline=f"{said}, so only you see this. {response.report.headline}",
        buttons=(*ways, *response.report.buttons[:1]),
    )
    unposted = Report(
        title=said,
        finding="The answer wasn't posted. As an admin, you can open the channel so "
        "that everyone here can see own spend.",
        buttons=ways,
    )
    return replace(response, report=report, ready=None, unposted=unposted)


def _visibility(request: Request) -> Visibility:
    kind = KINDS.get(type(request.query))
    return Visibility.EVERYONE if kind is None else kind.visibility


def _failed(error: BotError, request: Request | None, today: date) -> Response:
    """Return the reply to an expected error, with a reference where one helps."""
    report = report_error(error, again=_again(request), today=today)
    if isinstance(error, ApiError | SlackFault):
        context = (*report.context, f"{REFERENCE} {reference()}")
        report = replace(report, context=context)
    return Response(report=report, request=request, error=error)


def _again(request: Request | None) -> str | None:
    """Return the command to try again; what is always private need not say so."""
    if request is None:
        return None
    if _visibility(request) is Visibility.ADMINS:
        request = replace(request, audience=None)
    return canonical(request)
