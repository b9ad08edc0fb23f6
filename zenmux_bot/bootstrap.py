"""The composition root of production, demo, tests and benchmarks.

A builder imports what it alone builds inside itself. So a question on the terminal
loads neither database nor Slack, and a worker loads no listeners. All other modules
import at their top.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import socket
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    suppress,
)
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import httpx
import structlog
from pydantic import SecretStr

from zenmux_bot.answers.service import Answers, AnswerService
from zenmux_bot.answers.status.fetch import Health
from zenmux_bot.config import Settings, require
from zenmux_bot.core.clock import Clock, ShiftedClock, SystemClock
from zenmux_bot.permissions import OPERATOR, Permissions
from zenmux_bot.zenmux.api import KeyedApis, NoKeys, OneApi
from zenmux_bot.zenmux.cache import CachedApi, Upstream
from zenmux_bot.zenmux.client import ZenMuxClient
from zenmux_bot.zenmux.outages import Outages
from zenmux_bot.zenmux.requests import FlowRateRequest

if TYPE_CHECKING:
    import aiohttp
    from slack_bolt.async_app import AsyncApp

    from zenmux_bot.answers.interpreter import Interpreter
    from zenmux_bot.answers.known import KnownProviders
    from zenmux_bot.budgets.monitor import BudgetMonitor
    from zenmux_bot.budgets.service import OwnAccount
    from zenmux_bot.conversations.keys import WorkspaceKeys
    from zenmux_bot.conversations.preferences import Preferences
    from zenmux_bot.digests.composer import DigestComposer
    from zenmux_bot.digests.delivery.pacing import Limits
    from zenmux_bot.digests.delivery.worker import Delivery
    from zenmux_bot.digests.service import DigestService
    from zenmux_bot.history.reader import HistoryApis
    from zenmux_bot.history.refresh import Refresher
    from zenmux_bot.jobs import JobRunner
    from zenmux_bot.slack.directory import SlackDirectory
    from zenmux_bot.slack.installed import InstalledTeams
    from zenmux_bot.slack.installing import Installing
    from zenmux_bot.slack.posts import Posts
    from zenmux_bot.slack.socket import Socket
    from zenmux_bot.slack.tasks import Tasks
    from zenmux_bot.slack.teams import Teams
    from zenmux_bot.store.daily_history import DailyLists
    from zenmux_bot.store.database import Database
    from zenmux_bot.store.subscriptions import Subscriptions
    from zenmux_bot.store.vault import Vault

POST_SECONDS = 20.0
"""For Slack to take a digest; giving up sooner would leave more of them in doubt."""

Sleep = Callable[[float], Awaitable[None]]

_MAX_ADMINS = 10
"""Administrators who are told if no operations channel is set."""

log = structlog.get_logger(__name__)


def make_clock(settings: Settings) -> Clock:
    """Return the machine's clock, or one that starts where the settings say."""
    if settings.zenmux_bot_now is None:
        return SystemClock()
    return ShiftedClock.starting_at(settings.zenmux_bot_now, SystemClock())


def process_name() -> str:
    """Return a name that no other process has."""
    return f"{socket.gethostname()[:64]}:{os.getpid()}:{secrets.token_hex(4)}"


# ZenMux ------------------------------------------------------------------------------


class Apis:
    """Creates an API for each key on first use, so that keys share no answers.

    Args:
        http: Sends the requests of all.
        settings: The address of the API, and the cooldown of an endpoint.
        clock: Tells the time.
        database: Where processes share answers; None if there is one process.
        sleep: Waits a number of seconds.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        settings: Settings,
        clock: Clock,
        *,
        database: Database | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.http = http
        self.outages = Outages(clock)
        self._settings = settings
        self._clock = clock
        self._database = database
        self._sleep = sleep
        self._holder = process_name()
        self._made: dict[str, CachedApi] = {}

    def of(self, key: SecretStr | None) -> CachedApi:
        """Return the API as the owner of a key sees it."""
        secret = "" if key is None else key.get_secret_value()
        if secret not in self._made:
            self._made[secret] = self._make(key)
        return self._made[secret]

    async def probe(self, key: SecretStr) -> None:
        """Test a key.

        Raises:
            ApiError: ZenMux does not take it, or gives no answer.
        """
        await self.of(key).fetch(FlowRateRequest())

    async def aclose(self) -> None:
        """Cancel the running requests."""
        await asyncio.gather(*(api.aclose() for api in self._made.values()))

    def _make(self, key: SecretStr | None) -> CachedApi:
        settings, clock, sleep = self._settings, self._clock, self._sleep
        make_client = partial(
            ZenMuxClient,
            self.http,
            key=key,
            base_url=settings.zenmux_base_url,
            clock=clock,
            cooldown=timedelta(seconds=settings.zenmux_rate_limit_wait),
            outages=self.outages,
            sleep=sleep,
        )
        if self._database is None:
            return CachedApi(make_client(), clock=clock, sleep=sleep)

        from zenmux_bot.store.shared_cache import (
            Locks,
            SharedAnswers,
            StoredAnswers,
            StoredCooldowns,
            scope_of,
        )

        secret = "" if key is None else key.get_secret_value()
        scope = scope_of(secret, settings.zenmux_base_url)
        answers = SharedAnswers(
            make_client(cooldowns=StoredCooldowns(self._database, scope)),
            store=StoredAnswers(self._database, scope),
            locks=Locks(self._database, scope, holder=self._holder, sleep=sleep),
            clock=clock,
        )
        return CachedApi(answers, clock=clock, backend=answers, sleep=sleep)


def make_http(
    settings: Settings, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """Return what sends requests to ZenMux; the caller closes it."""
    url = settings.zenmux_base_url
    return httpx.AsyncClient(
        follow_redirects=False,
        transport=transport,
        # The settings have read the environment, for ZenMux and Slack alike.
        trust_env=False,
        proxy=settings.proxies.of(url),
        verify=settings.tls_for(url) or False,
    )


@asynccontextmanager
async def open_apis(
    settings: Settings,
    clock: Clock,
    *,
    database: Database | None = None,
    sleep: Sleep = asyncio.sleep,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[Apis]:
    """Give the cached API for each key, and close its connections at the end.

    Args:
        settings: The address of the API.
        clock: Tells the time.
        database: Processes on the same PostgreSQL share answers, too.
        sleep: Waits a number of seconds.
        transport: Carries the requests in place of the network.
    """
    shared = database if database is not None and database.is_shared else None
    async with make_http(settings, transport) as http:
        apis = Apis(http, settings, clock, database=shared, sleep=sleep)
        try:
            yield apis
        finally:
            await apis.aclose()


@asynccontextmanager
async def open_answers(
    settings: Settings,
    clock: Clock,
    *,
    database: Database | None = None,
    sleep: Sleep = asyncio.sleep,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[AnswerService]:
    """Give the service that answers for the owner of the operator's key."""
    async with open_apis(
        settings, clock, database=database, sleep=sleep, transport=transport
    ) as made:
        apis = OneApi(made.of(settings.zenmux_management_api_key))
        health = Health(apis, clock, outages=made.outages)
        answers = Answers(apis, clock, health, outages=made.outages)
        yield AnswerService(answers, clock, permissions=OPERATOR)


# Workspaces --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspaces:
    """The workspaces that are served.

    Attributes:
        teams: Who they are to Slack.
        installed: Those that installed the app through OAuth; None if there is one.
        installing: The pages of that installation; None if there is one.
        keys: The ZenMux keys that they bring; None where they bring none.
    """

    teams: Teams
    installed: InstalledTeams | None = None
    installing: Installing | None = None
    keys: WorkspaceKeys | None = None

    async def with_accounts(self) -> Sequence[str]:
        """Return the workspaces whose own account can be read.

        Where many are served, these are the ones that brought a key of their own. None
        is known until Slack has identified the bot; whoever waits for it logs that.
        """
        import aiohttp
        from slack_sdk.errors import SlackApiError

        if self.installed is None:
            me = None
            with suppress(SlackApiError, aiohttp.ClientError, TimeoutError):
                me = await self.teams.authorize(
                    team_id=None, enterprise_id=None, is_enterprise_install=False
                )
            return [me.team_id] if me is not None and me.team_id else []
        return [] if self.keys is None else await self.keys.teams()


def make_vault(settings: Settings) -> Vault | None:
    """Return what encrypts secrets, or None if there is no key to do so.

    Without such a key, one is derived from the app's client secret. That one stays in
    use for what was stored with it.
    """
    keys = [key.get_secret_value() for key in settings.zenmux_bot_encryption_key]
    client_secret = settings.slack_client_secret
    if not keys and client_secret is None:
        return None

    from zenmux_bot.store.vault import Vault, derived_key

    if client_secret is not None:
        keys.append(derived_key(client_secret.get_secret_value()))
    return Vault(keys)


@asynccontextmanager
async def open_workspaces(
    settings: Settings,
    clock: Clock,
    *,
    database: Database,
    session: aiohttp.ClientSession,
) -> AsyncIterator[Workspaces]:
    """Give the workspaces that the settings name.

    Raises:
        ConfigError: The settings name none.
    """
    from zenmux_bot.slack.app import make_session
    from zenmux_bot.slack.teams import OneTeam

    vault = make_vault(settings)
    keys = None
    if vault is not None:
        from zenmux_bot.conversations.keys import WorkspaceKeys
        from zenmux_bot.store.workspace_keys import StoredKeys

        keys = WorkspaceKeys(StoredKeys(database, vault), clock)
    async with make_session(settings, seconds=POST_SECONDS) as posting_session:
        if vault is None or not settings.serves_many:
            teams = OneTeam(settings, session, posting_session)
            yield Workspaces(teams=teams, keys=keys)
            return
        if not settings.zenmux_bot_encryption_key:
            log.warning("vault.key_derived", variable="ZENMUX_BOT_ENCRYPTION_KEY")
        yield _make_workspaces(
            settings,
            clock,
            database=database,
            session=session,
            posting_session=posting_session,
            vault=vault,
            keys=keys,
        )


def _make_workspaces(
    settings: Settings,
    clock: Clock,
    *,
    database: Database,
    session: aiohttp.ClientSession,
    posting_session: aiohttp.ClientSession,
    vault: Vault,
    keys: WorkspaceKeys | None,
) -> Workspaces:
    """Return workspaces that install the app through OAuth."""
    from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
    from slack_sdk.web.async_client import AsyncWebClient

    from zenmux_bot.slack.installed import InstalledTeams
    from zenmux_bot.slack.installing import STATE_SECONDS, Installing
    from zenmux_bot.store.database import UNAVAILABLE
    from zenmux_bot.store.installations import EncryptedInstallations, OAuthStates

    client_id, secret = settings.slack_client_id, settings.slack_client_secret
    assert client_id is not None  # noqa: S101 - many are served
    assert secret is not None  # noqa: S101 - as above
    installations = EncryptedInstallations(client_id, database, vault)
    installed = InstalledTeams(
        installations=installations,
        rotator=AsyncTokenRotator(
            client_id=client_id,
            client_secret=secret.get_secret_value(),
            client=AsyncWebClient(base_url=settings.slack_api_url, session=session),
        ),
        lock=_make_lock(database, client_id),
        unavailable=UNAVAILABLE,
        clock=clock,
        base_url=settings.slack_api_url,
        session=session,
        posting_session=posting_session,
    )
    installing = Installing(
        settings,
        installations=installations,
        states=OAuthStates(database, clock, timedelta(seconds=STATE_SECONDS)),
        session=session,
        installed=installed.invalidate,
    )
    return Workspaces(
        teams=installed, installed=installed, installing=installing, keys=keys
    )


def _make_lock(
    database: Database, scope: str
) -> Callable[[str], AbstractAsyncContextManager[None]]:
    """Return a lock by name, shared by all processes on the same database."""
    from zenmux_bot.store.shared_cache import Locks

    own: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
    locks = None
    if database.is_shared:
        locks = Locks(database, scope, holder=process_name())

    @asynccontextmanager
    async def lock(name: str) -> AsyncIterator[None]:
        async with own[name]:
            if locks is None:
                yield
                return
            async with locks.lock(name):
                yield

    return lock


# The bot -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """The parts of a bot that does not run yet.

    Attributes:
        settings: What the operator set.
        clock: Tells the time.
        database: Keeps digests, threads and defaults.
        workspaces: Those that are served.
        apis: Gives ZenMux's API for each key.
        team_apis: Give ZenMux's answers to each workspace.
        live: The same without the history in front.
        lists: Keeps the daily figures.
        health: Checks the bot.
        answers: Answers questions.
        preferences: What people want where nothing is said.
        composer: Makes digests.
        session: Sends what conversations need.
        tasks: Keeps what runs on after an acknowledgement.
    """

    settings: Settings
    clock: Clock
    database: Database
    workspaces: Workspaces
    apis: Apis
    team_apis: HistoryApis
    live: KeyedApis
    lists: DailyLists
    health: Health
    answers: Answers
    preferences: Preferences
    composer: DigestComposer
    providers: KnownProviders
    session: aiohttp.ClientSession
    tasks: Tasks
    pick: Callable[[str], str] = secrets.choice


@asynccontextmanager
async def open_bot(
    settings: Settings, clock: Clock, tasks: Tasks
) -> AsyncIterator[Bot]:
    """Give the parts of a bot, and close what they hold at the end.

    Raises:
        ConfigError: A setting is missing or malformed.
    """
    from zenmux_bot.admin.check_digests import digest_probe
    from zenmux_bot.answers.known import KnownProviders
    from zenmux_bot.conversations.preferences import Preferences
    from zenmux_bot.digests.composer import DigestComposer
    from zenmux_bot.digests.spend import SpendComposer
    from zenmux_bot.history.as_of import AsOfApi
    from zenmux_bot.history.reader import HistoryApis
    from zenmux_bot.slack.app import make_session
    from zenmux_bot.store.conversations import BestEffortSettings
    from zenmux_bot.store.conversations import Settings as StoredSettings
    from zenmux_bot.store.daily_history import DailyLists
    from zenmux_bot.store.database import open_database
    from zenmux_bot.store.digest_history import History
    from zenmux_bot.store.own_account import Budgets, KeyNames
    from zenmux_bot.store.shared_cache import scope_of

    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        session = await enter(make_session(settings))
        database = await enter(open_database(settings.database_url))
        workspaces = await enter(
            open_workspaces(settings, clock, database=database, session=session)
        )
        apis = await enter(open_apis(settings, clock, database=database))
        live = KeyedApis(
            apis.of,
            workspaces.keys or NoKeys(),
            settings.zenmux_management_api_key,
            many=settings.serves_many,
        )
        lists = DailyLists(database, scope_of("", settings.zenmux_base_url))
        with_history = HistoryApis(live, lists, clock)
        history = History(database)
        health = Health(live, clock, [digest_probe(history)], outages=apis.outages)
        answers = Answers(
            with_history,
            clock,
            health,
            outages=apis.outages,
            as_of=lambda team, day: AsOfApi(live.of(team), lists, day),
            key_names=KeyNames(database).of_team,
        )
        preferences = Preferences(BestEffortSettings(database), clock)
        yield Bot(
            settings=settings,
            clock=clock,
            database=database,
            workspaces=workspaces,
            apis=apis,
            team_apis=with_history,
            live=live,
            lists=lists,
            health=health,
            answers=answers,
            preferences=preferences,
            composer=DigestComposer(
                answers,
                with_history,
                history,
                clock,
                preferences.defaults,
                spend=SpendComposer(
                    answers,
                    # Not best effort: an error is no reason to skip a digest.
                    is_open=Preferences(
                        StoredSettings(database), clock
                    ).shows_own_spend,
                    api_of=live.of,
                    budgets=Budgets(database, secrets.choice),
                    key_names=KeyNames(database),
                    clock=clock,
                ),
            ),
            providers=KnownProviders(with_history, clock),
            session=session,
            tasks=tasks,
        )


def require_slack(settings: Settings, *, web: bool) -> None:
    """Check that every setting that Slack needs is there.

    Raises:
        ConfigError: Some are missing; the message names all of them.
    """
    if settings.slack_client_id or settings.slack_client_secret:
        needed = ["slack_client_id", "slack_client_secret"]
    else:
        needed = ["slack_bot_token"]
    if web and not settings.uses_socket_mode:
        needed.append("slack_signing_secret")
    require(settings, *needed)


# Workers -----------------------------------------------------------------------------


def make_delivery(
    bot: Bot, limits: Limits | None = None, *, sleep: Sleep = asyncio.sleep
) -> Delivery:
    """Return what posts digests."""
    from zenmux_bot.digests.delivery.context import DeliverySettings
    from zenmux_bot.digests.delivery.pacing import Limits, Pace
    from zenmux_bot.digests.delivery.worker import Delivery
    from zenmux_bot.slack.outbox import SlackOutbox
    from zenmux_bot.store.conversations import OperationsChannel
    from zenmux_bot.store.conversations import Settings as StoredSettings
    from zenmux_bot.store.ledger import Ledger
    from zenmux_bot.store.notifications import Notifications
    from zenmux_bot.store.planner import Planner

    settings, database = bot.settings, bot.database
    return Delivery(
        planner=Planner(database),
        ledger=Ledger(database),
        notifications=Notifications(database),
        composer=bot.composer,
        outbox=SlackOutbox(
            bot.workspaces.teams.posting_client,
            bot.workspaces.teams.bot_id,
            is_distributed=bot.workspaces.installed is not None,
            command_of=bot.preferences.command_of,
        ),
        operations=OperationsChannel(StoredSettings(database)),
        pace=Pace(
            limits
            or Limits(team=timedelta(minutes=1) / settings.slack_posts_per_minute)
        ),
        clock=bot.clock,
        settings=DeliverySettings(
            holder=f"worker-{secrets.token_hex(4)}",
            lease=timedelta(seconds=settings.delivery_lease_seconds),
        ),
        shuffle=random.Random(),  # noqa: S311 - only spreads workers over a batch
        administrators=_administrators_of(bot),
        sleep=sleep,
    )


def _administrators_of(bot: Bot) -> Callable[[str], Awaitable[Sequence[str]]]:
    """Return what finds who is notified for a workspace: a channel, or admins."""
    from zenmux_bot.slack.directory import SlackDirectory
    from zenmux_bot.store.conversations import OperationsChannel
    from zenmux_bot.store.conversations import Settings as StoredSettings

    teams = bot.workspaces.teams
    directory = SlackDirectory(teams.client, teams.bot_id)
    operations = OperationsChannel(StoredSettings(bot.database))

    async def administrators(team_id: str) -> Sequence[str]:
        channel = await operations.channel_of(team_id)
        if channel is not None:
            return [channel]
        named = sorted(bot.settings.zenmux_bot_admins)
        return named or await directory.admins(team_id, _MAX_ADMINS)

    return administrators


def _make_refresher(bot: Bot) -> Refresher:
    """Return what collects the daily figures.

    It asks with the operator's key, else with that of a workspace with alerts: the
    statistics are the same for every key.
    """
    from zenmux_bot.history.refresh import Refresher
    from zenmux_bot.store.alerts import Alerts

    async def upstream() -> Upstream | None:
        key = bot.settings.zenmux_management_api_key
        if key is None and bot.workspaces.keys is not None:
            for team_id in await Alerts(bot.database).teams():
                key = key or await bot.workspaces.keys.of(team_id)
        return None if key is None else bot.apis.of(key).upstream

    return Refresher(upstream, bot.lists, bot.clock)


def make_jobs(bot: Bot, delivery: Delivery) -> JobRunner:
    """Return the periodic jobs of a worker.

    A feature adds its row here. Jobs are idempotent, as every worker runs them all.
    """
    import aiohttp
    from slack_sdk.errors import SlackApiError

    from zenmux_bot.alerts import monitor as alert_monitor
    from zenmux_bot.budgets import monitor as budget_monitor
    from zenmux_bot.errors import BotError
    from zenmux_bot.history import refresh
    from zenmux_bot.jobs import Job, JobRunner
    from zenmux_bot.store import retention
    from zenmux_bot.store.alerts import Alerts
    from zenmux_bot.store.database import UNAVAILABLE

    async def deliver(_now: datetime) -> None:
        await delivery.run_due()

    refresher = _make_refresher(bot)
    alerts = alert_monitor.AlertMonitor(Alerts(bot.database), bot.lists)

    async def refresh_history(now: datetime) -> None:
        if await refresher.run():
            await alerts.run(now)

    async def delete_old_rows(now: datetime) -> None:
        await retention.delete_old_rows(bot.database, now)

    tick = timedelta(seconds=bot.settings.scheduler_tick_seconds)
    jobs = [
        Job(name="digests", every=tick, run=deliver),
        Job(name="history", every=refresh.EVERY, run=refresh_history),
        Job(name="alerts", every=alert_monitor.EVERY, run=alerts.run),
        Job(
            name="alert corrections",
            every=alert_monitor.CORRECT_EVERY,
            run=alerts.correct,
        ),
        Job(
            name="budgets",
            every=budget_monitor.EVERY,
            run=make_budget_monitor(bot).run,
        ),
        Job(name="retention", every=retention.EVERY, run=delete_old_rows),
    ]
    # Failures that are not the job's fault are logged without a traceback.
    expected = (*UNAVAILABLE, aiohttp.ClientError, SlackApiError, BotError)
    return JobRunner(jobs, bot.clock, expected=expected)


def make_budget_monitor(bot: Bot) -> BudgetMonitor:
    """Return what checks budgets, credits and the plan."""
    from zenmux_bot.budgets.monitor import BudgetMonitor
    from zenmux_bot.store.conversations import Settings as StoredSettings
    from zenmux_bot.store.ledger import Ledger
    from zenmux_bot.store.own_account import Budgets, KeyNames

    database, workspaces = bot.database, bot.workspaces
    return BudgetMonitor(
        api_of=bot.live.of,
        teams=workspaces.with_accounts,
        budgets=Budgets(database, secrets.choice),
        key_names=KeyNames(database),
        is_open=bot.preferences.shows_own_spend,
        administrators=_administrators_of(bot),
        states=StoredSettings(database),
        ledger=Ledger(database),
    )


# Listeners ---------------------------------------------------------------------------


def make_posts(bot: Bot) -> Posts:
    """Return what posts for people who asked."""
    from zenmux_bot.slack.posts import Posts

    return Posts(bot.workspaces.teams.client, bot.session, bot.preferences.command_of)


def make_socket(bot: Bot, app: AsyncApp) -> Socket | None:
    """Return the connection of Socket Mode, None where Slack asks over HTTP."""
    settings = bot.settings
    if settings.slack_app_token is None:
        return None

    from zenmux_bot.slack.socket import Socket

    return Socket(
        app,
        settings.slack_app_token.get_secret_value(),
        make_posts(bot),
        proxy=settings.proxies.of(settings.slack_api_url),
    )


def make_listeners(bot: Bot) -> AsyncApp:
    """Return the Bolt app with everything that answers people."""
    from zenmux_bot.answers.known import Suggestions
    from zenmux_bot.conversations.home import Homes
    from zenmux_bot.conversations.keys import WorkspaceKeyService
    from zenmux_bot.conversations.threads import Contexts
    from zenmux_bot.digests.channel_sync import ChannelSync
    from zenmux_bot.slack.apologies import Apologies
    from zenmux_bot.slack.app import make_app, make_client
    from zenmux_bot.slack.conversation import Conversation
    from zenmux_bot.slack.directory import SlackDirectory
    from zenmux_bot.slack.files import Files
    from zenmux_bot.slack.listeners.access_requests import AccessRequests
    from zenmux_bot.slack.listeners.alerts import AlertListeners
    from zenmux_bot.slack.listeners.channels import ChannelEvents, Uninstall
    from zenmux_bot.slack.listeners.commands import SlashCommand
    from zenmux_bot.slack.listeners.defaults import DefaultsForms
    from zenmux_bot.slack.listeners.digests import DigestListeners
    from zenmux_bot.slack.listeners.events import Events
    from zenmux_bot.slack.listeners.home import Home
    from zenmux_bot.slack.listeners.keys import KeyForms
    from zenmux_bot.slack.listeners.mentions import Mentions
    from zenmux_bot.slack.listeners.menus import Menus
    from zenmux_bot.slack.listeners.private_commands import PrivateCommands
    from zenmux_bot.slack.listeners.questions import Questions
    from zenmux_bot.slack.listeners.shortcuts import Shortcuts
    from zenmux_bot.slack.listeners.welcome import Welcome
    from zenmux_bot.slack.teams import TeamsAuthorize
    from zenmux_bot.store.alerts import Alerts
    from zenmux_bot.store.audit import Audit
    from zenmux_bot.store.conversations import (
        LedgerThreads,
        SeenEvents,
        Threads,
        WelcomedChannels,
    )
    from zenmux_bot.store.notifications import Notifications
    from zenmux_bot.store.own_account import Budgets
    from zenmux_bot.store.subscriptions import Subscriptions

    settings, clock, database = bot.settings, bot.clock, bot.database
    workspaces, tasks, preferences = bot.workspaces, bot.tasks, bot.preferences
    teams = workspaces.teams
    clients = teams.client
    directory = SlackDirectory(clients, teams.bot_id)
    subscriptions = Subscriptions(database, bot.pick)
    permissions = Permissions(directory, settings.zenmux_bot_admins, preferences)
    digests = _make_digest_service(bot, directory, subscriptions, permissions)
    service = _make_answer_service(bot, directory, digests, permissions)
    posts = make_posts(bot)
    conversation = Conversation(
        service=service,
        posts=posts,
        files=Files(clients, posts),
        contexts=Contexts(Threads(database), LedgerThreads(database), clock),
        preferences=preferences,
    )
    channel_sync = ChannelSync(
        subscriptions=subscriptions,
        alerts=Alerts(database),
        budgets=Budgets(database, secrets.choice),
        directory=directory,
        notifications=Notifications(database),
        clock=clock,
    )
    homes = Homes(
        subscriptions=subscriptions,
        digests=digests,
        directory=directory,
        permissions=permissions,
        preferences=preferences,
        service=service,
        health=bot.health,
        clock=clock,
        keys=workspaces.keys,
    )
    home = Home(
        homes=homes,
        service=service,
        conversation=conversation,
        posts=posts,
        clients=clients,
        tasks=tasks,
    )
    menus = Menus(Suggestions(bot.team_apis, clock), tasks)
    private_commands = PrivateCommands(
        service=service,
        posts=posts,
        tasks=tasks,
        usual=preferences.defaults,
        menus=menus,
    )
    digest_listeners = DigestListeners(private_commands)
    alerts = AlertListeners(private_commands)
    questions = Questions(conversation=conversation, posts=posts, tasks=tasks)
    seen = SeenEvents(database)
    listeners = (
        digest_listeners,
        alerts,
        questions,
        Shortcuts(
            service=service,
            conversation=conversation,
            posts=posts,
            menus=menus,
            tasks=tasks,
        ),
        menus,
        AccessRequests(
            directory=directory,
            admins=settings.zenmux_bot_admins,
            posts=posts,
            seen=seen,
            tasks=tasks,
            clock=clock,
        ),
        home,
        DefaultsForms(
            preferences=preferences,
            permissions=permissions,
            directory=directory,
            home=home,
            posts=posts,
            menus=menus,
            tasks=tasks,
            audit=Audit(database),
            clock=clock,
        ),
    )
    app = make_app(
        settings,
        make_client(settings, bot.session),
        TeamsAuthorize(teams),
        # Bolt creates a flow of its own if it gets none.
        None if workspaces.installing is None else workspaces.installing.flow(""),
    )
    apologies = Apologies(posts, tasks)
    app.error(apologies.on_error)
    events = Events()
    model = bot.settings.zenmux_inference_model
    welcome = Welcome(posts, WelcomedChannels(database), tasks, clock, model=model)
    welcome.subscribe(events)
    ChannelEvents(
        channels=channel_sync,
        preferences=preferences,
        seen=SeenEvents(database),
        tasks=tasks,
        clock=clock,
    ).subscribe(events)
    home.subscribe(events)
    Mentions(
        conversation=conversation,
        posts=posts,
        clients=clients,
        seen=seen,
        tasks=tasks,
        clock=clock,
    ).subscribe(events)
    if workspaces.installed is not None:
        Uninstall(workspaces.installed, tasks).subscribe(events)
    app.middleware(
        SlashCommand(
            digests=digest_listeners,
            alerts=alerts,
            questions=questions,
            preferences=preferences,
            tasks=tasks,
        )
    )
    events.register(app)
    for each in listeners:
        each.register(app)
    if workspaces.keys is not None:
        KeyForms(
            service=WorkspaceKeyService(
                workspaces.keys, permissions, bot.apis.probe, clock
            ),
            home=home,
            posts=posts,
            tasks=tasks,
        ).register(app)
    apologies.catch_rest(app)
    return app


def _make_digest_service(
    bot: Bot,
    directory: SlackDirectory,
    subscriptions: Subscriptions,
    permissions: Permissions,
) -> DigestService:
    """Return what manages digests."""
    from zenmux_bot.digests.service import DigestService
    from zenmux_bot.store.audit import Audit
    from zenmux_bot.store.digest_history import History
    from zenmux_bot.store.notifications import Notifications
    from zenmux_bot.store.planner import Planner

    return DigestService(
        subscriptions=subscriptions,
        history=History(bot.database),
        audit=Audit(bot.database),
        planner=Planner(bot.database),
        notifications=Notifications(bot.database),
        composer=bot.composer,
        directory=directory,
        providers=bot.providers,
        permissions=permissions,
        clock=bot.clock,
    )


def _make_answer_service(
    bot: Bot,
    directory: SlackDirectory,
    digests: DigestService,
    permissions: Permissions,
) -> AnswerService:
    """Return what answers words, digests and account included."""
    from zenmux_bot.alerts.service import AlertService
    from zenmux_bot.answers.service import (
        Handler,
        alert_handler,
        digest_handler,
        own_account_handler,
    )
    from zenmux_bot.commands.queries import (
        AlertQuery,
        BudgetQuery,
        DigestQuery,
        Query,
        SpendQuery,
    )
    from zenmux_bot.store.alerts import Alerts
    from zenmux_bot.store.audit import Audit

    alerts = AlertService(
        alerts=Alerts(bot.database),
        lists=bot.lists,
        refresher=_make_refresher(bot),
        permissions=permissions,
        directory=directory,
        audit=Audit(bot.database),
        clock=bot.clock,
    )
    own = _make_own_account(bot, directory, permissions)
    handlers: dict[type[Query], Handler] = {
        AlertQuery: alert_handler(alerts),
        DigestQuery: digest_handler(digests),
        SpendQuery: own_account_handler(own),
        BudgetQuery: own_account_handler(own),
    }
    return AnswerService(
        bot.answers,
        bot.clock,
        handlers,
        permissions=permissions,
        interpreter=make_interpreter(bot.settings, bot.apis.http, bot.clock),
    )


def make_interpreter(
    settings: Settings, http: httpx.AsyncClient, clock: Clock
) -> Interpreter | None:
    """Return what asks a model about questions; None if none is set."""
    key, model = settings.zenmux_inference_api_key, settings.zenmux_inference_model
    if key is None or model is None:
        return None

    from zenmux_bot.answers.interpreter import Interpreter
    from zenmux_bot.zenmux.inference import InferenceClient

    client = InferenceClient(
        http, key=key, base_url=settings.inference_url, model=model, clock=clock
    )
    return Interpreter(client, clock)


def _make_own_account(
    bot: Bot, directory: SlackDirectory, permissions: Permissions
) -> OwnAccount:
    """Return what handles the settings of own spend, keys and budgets."""
    from zenmux_bot.budgets.service import OwnAccount
    from zenmux_bot.store.audit import Audit
    from zenmux_bot.store.own_account import Budgets, KeyNames

    return OwnAccount(
        api_of=bot.live.of,
        permissions=permissions,
        budgets=Budgets(bot.database, secrets.choice),
        key_names=KeyNames(bot.database),
        audit=Audit(bot.database),
        monitor=make_budget_monitor(bot),
        directory=directory,
        clock=bot.clock,
    )
