"""The half that answers people: its parts, put together and registered."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import aiohttp
from slack_bolt.async_app import AsyncApp

from zenmux_bot.answers.fetching.providers import KnownProviders
from zenmux_bot.answers.registry import Answers
from zenmux_bot.answers.service import AnswerService
from zenmux_bot.answers.status.fetch import Health
from zenmux_bot.answers.suggestions import Suggestions
from zenmux_bot.apis import Apis
from zenmux_bot.config import Settings
from zenmux_bot.conversations.home import Homes
from zenmux_bot.conversations.keys import WorkspaceKeyService
from zenmux_bot.conversations.preferences import Preferences
from zenmux_bot.conversations.threads import Contexts
from zenmux_bot.core.clock import Clock
from zenmux_bot.digests.access import Access
from zenmux_bot.digests.channel_sync import ChannelSync
from zenmux_bot.digests.composer import DigestComposer
from zenmux_bot.digests.lookup import Lookup
from zenmux_bot.digests.service import build_digests
from zenmux_bot.permissions import Permissions
from zenmux_bot.slack.access_requests import AccessRequests
from zenmux_bot.slack.commands import listen_to_command
from zenmux_bot.slack.conversation import Conversation
from zenmux_bot.slack.defaults import DefaultsForms
from zenmux_bot.slack.digest_events import DigestEvents
from zenmux_bot.slack.digests import DigestListeners
from zenmux_bot.slack.directory import SlackDirectory
from zenmux_bot.slack.files import Files
from zenmux_bot.slack.home import Home
from zenmux_bot.slack.keys import KeyForms
from zenmux_bot.slack.memberships import SlackMemberships
from zenmux_bot.slack.mentions import Mentions
from zenmux_bot.slack.menus import Menus
from zenmux_bot.slack.middleware import Watch
from zenmux_bot.slack.posts import Posts
from zenmux_bot.slack.questions import Questions
from zenmux_bot.slack.shortcuts import Shortcuts
from zenmux_bot.slack.tasks import Tasks
from zenmux_bot.slack.teams import begin_work
from zenmux_bot.slack.uninstall import Uninstall
from zenmux_bot.slack.welcome import Welcome
from zenmux_bot.store.audit import Audit
from zenmux_bot.store.best_effort import (
    BestEffortDigestThreads,
    BestEffortSeenEvents,
    BestEffortThreads,
)
from zenmux_bot.store.conversations import SeenEvents, WelcomedChannels
from zenmux_bot.store.database import Database
from zenmux_bot.store.history import History
from zenmux_bot.store.notifications import Notices
from zenmux_bot.store.planner import Planner
from zenmux_bot.store.subscriptions import Subscriptions
from zenmux_bot.workspaces import Workspaces, probe_with
from zenmux_bot.zenmux.api import Api


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What answering people needs of the rest of the bot.

    Attributes:
        settings: What the operator set.
        clock: Tells the time.
        database: Keeps digests, threads and defaults.
        api: Gives ZenMux's answers.
        health: Knows how the bot is.
        answers: Answers questions.
        preferences: What people want where nothing is said.
        composer: Makes what a preview shows.
        workspaces: Knows those that are served, and the client of each.
        apis: Tests keys.
        session: Sends to response URLs.
        tasks: Keeps what runs on after an acknowledgement.
    """

    settings: Settings
    clock: Clock
    database: Database
    api: Api
    health: Health
    answers: Answers
    preferences: Preferences
    composer: DigestComposer
    workspaces: Workspaces
    apis: Apis
    session: aiohttp.ClientSession
    tasks: Tasks


def listen(app: AsyncApp, means: Means) -> None:
    """Register everything that answers people, but for the catch-all."""
    settings, clock, database = means.settings, means.clock, means.database
    teams, tasks = means.workspaces.teams, means.tasks
    clients = teams.talking
    preferences = means.preferences
    directory = SlackDirectory(clients, teams.bot_id)
    subscriptions = Subscriptions(database, secrets.choice)
    permissions = Permissions(directory, settings.zenmux_bot_admins, preferences)
    desk = _desk(means, directory, subscriptions, permissions)
    posts = Posts(clients)
    conversation = Conversation(
        desk=desk,
        posts=posts,
        files=Files(clients, posts),
        contexts=Contexts(
            BestEffortThreads(database), BestEffortDigestThreads(database), clock
        ),
        preferences=preferences,
    )
    rooms = ChannelSync(
        subscriptions=subscriptions,
        directory=directory,
        tellings=Notices(database),
        clock=clock,
    )
    homes = Homes(
        subscriptions=subscriptions,
        described=Lookup(
            subscriptions=subscriptions,
            history=History(database),
            directory=directory,
            access=Access(directory, permissions),
            clock=clock,
        ),
        memberships=SlackMemberships(clients),
        permissions=permissions,
        preferences=preferences,
        health=means.health,
        clock=clock,
        keys=means.workspaces.keys,
    )
    home = Home(
        homes=homes,
        desk=desk,
        conversation=conversation,
        posts=posts,
        clients=clients,
        tasks=tasks,
    )
    menus = Menus(Suggestions(means.api, clock), tasks)
    digests = DigestListeners(
        desk=desk,
        posts=posts,
        tasks=tasks,
        session=means.session,
        usual=preferences.defaults,
        menus=menus,
    )
    questions = Questions(
        conversation=conversation,
        posts=posts,
        tasks=tasks,
        session=means.session,
    )
    seen = BestEffortSeenEvents(database)
    listeners = (
        digests,
        questions,
        DigestEvents(rooms, SeenEvents(database), tasks, clock),
        Mentions(
            conversation=conversation,
            posts=posts,
            clients=clients,
            seen=seen,
            tasks=tasks,
            clock=clock,
        ),
        Shortcuts(
            desk=desk,
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
            session=means.session,
            clock=clock,
        ),
        Welcome(posts, WelcomedChannels(database), tasks, clock),
        home,
        DefaultsForms(
            preferences=preferences,
            permissions=permissions,
            members=directory,
            home=home,
            posts=posts,
            menus=menus,
            tasks=tasks,
        ),
    )
    app.middleware(Watch(begin_work))
    listen_to_command(app, digests, questions)
    for each in listeners:
        each.register(app)
    if means.workspaces.installed is not None:
        Uninstall(means.workspaces.installed, tasks).register(app)
    if means.workspaces.keys is not None:
        KeyForms(
            desk=WorkspaceKeyService(
                means.workspaces.keys, permissions, probe_with(means.apis), clock
            ),
            home=home,
            posts=posts,
            tasks=tasks,
        ).register(app)


def _desk(
    means: Means,
    directory: SlackDirectory,
    subscriptions: Subscriptions,
    permissions: Permissions,
) -> AnswerService:
    """Return what answers words, digests and account included."""
    digests = build_digests(
        subscriptions=subscriptions,
        history=History(means.database),
        deeds=Audit(means.database),
        planner=Planner(means.database),
        tellings=Notices(means.database),
        composer=means.composer,
        directory=directory,
        providers=KnownProviders(means.api, means.clock),
        permissions=permissions,
        clock=means.clock,
    )
    return AnswerService(means.answers, means.clock, digests, permissions=permissions)
