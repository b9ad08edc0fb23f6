"""What Slack's requests say, whatever their shape: who acts, where, with what words.

Everything that comes in is read here, and nothing here raises: a field of another shape
than Slack's counts as missing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from zenmux_bot.core.actors import SLACKBOT, Actor

_LINK = re.compile(r"<(?:https?://|mailto:|tel:)[^|>]*\|([^>]*)>|<(https?://[^>]*)>")
"""Slack makes links of names such as ``z.ai``; what was typed is the label."""

_PEOPLE = re.compile(r"<[@!][^>]*>")
_WORKSPACE = "T"
_HOME = ("user_team", "source_team")
"""Where an event says whose workspace a person is of; ``team`` may be the channel's."""


def fields(value: object) -> Mapping[str, Any]:
    """Return an object as it is, and anything else as one without fields."""
    return value if isinstance(value, Mapping) else {}


def text_in(value: object) -> str:
    """Return a text as it is, and anything else as an empty one."""
    return value if isinstance(value, str) else ""


def team_of(body: Mapping[str, Any]) -> str:
    """Return the workspace whose installation a request is for.

    Of an event that is neither the sender's workspace nor always the envelope's: in a
    channel shared with another company these are another's, and for an organization's
    installation the authorization names none. Of a form it is the workspace in which it
    was opened, which a channel shared with another company tells apart from that of
    whoever fills it in.
    https://docs.slack.dev/apis/events-api/#authorizations
    https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """
    first = _authorization(body)
    team, view = body.get("team"), fields(body.get("view"))
    named = (
        view.get("app_installed_team_id"),
        team if isinstance(team, str) else fields(team).get("id"),
        first.get("team_id"),
        body.get("context_team_id"),
        body.get("team_id"),
        fields(body.get("event")).get("team"),
        fields(body.get("user")).get("team_id"),
        view.get("team_id"),
    )
    return next(
        (each for each in map(text_in, named) if each.startswith(_WORKSPACE)), ""
    )


def actor_of(body: Mapping[str, Any]) -> Actor:
    """Return who commands, presses or submits, and where.

    A form is in no channel by itself.
    """
    container, user = fields(body.get("container")), fields(body.get("user"))
    channel, team_id = fields(body.get("channel")), team_of(body)
    return Actor(
        team_id=team_id,
        user_id=text_in(body.get("user_id")) or text_in(user.get("id")),
        channel_id=text_in(container.get("channel_id"))
        or text_in(channel.get("id"))
        or text_in(body.get("channel_id")),
        thread_ts=text_in(container.get("thread_ts")) or None,
        is_external=_is_external_user(body, user, team_id),
    )


def actor_in_thread(body: Mapping[str, Any]) -> Actor:
    """Return who pressed a button, in the thread of the message that holds it.

    A message that all see begins a thread if it is in none.
    """
    actor, container = actor_of(body), fields(body.get("container"))
    if actor.thread_ts is None and not container.get("is_ephemeral"):
        return actor.in_thread(text_in(container.get("message_ts")) or None)
    return actor


def writer_of(body: Mapping[str, Any], event: Mapping[str, Any]) -> Actor:
    """Return who wrote the message that an event tells of, and where.

    A workflow or another app has no user id; it goes by its own and is nobody of this
    workspace.
    """
    user = text_in(event.get("user"))
    team = team_of(body)
    homes = [text_in(event.get(each)) for each in (*_HOME, "team")]
    own = {"", team, organization_of(body)}
    is_shared = bool(body.get("is_ext_shared_channel"))
    return Actor(
        team_id=team,
        user_id=user or text_in(event.get("bot_id")),
        channel_id=text_in(event.get("channel")),
        thread_ts=text_in(event.get("thread_ts")) or None,
        is_external=user in {"", SLACKBOT} or (is_shared and not own.issuperset(homes)),
        may_be_external=is_shared and not any(homes[: len(_HOME)]),
    )


def organization_of(body: Mapping[str, Any]) -> str:
    """Return the organization of an installation; empty if there is none."""
    first = _authorization(body)
    team = fields(body.get("team"))
    named = (
        fields(body.get("enterprise")).get("id"),
        first.get("enterprise_id"),
        body.get("context_enterprise_id"),
        body.get("enterprise_id"),
        team.get("enterprise_id"),
    )
    return next(filter(None, map(text_in, named)), "")


def is_org_wide(body: Mapping[str, Any]) -> bool:
    """Tell whether a request is for an installation of a whole organization."""
    return (_authorization(body) or body).get("is_enterprise_install") in {True, "true"}


def response_url_of(body: Mapping[str, Any]) -> str:
    """Return where answers to a command, a button or a message shortcut go."""
    return text_in(body.get("response_url"))


def response_urls_of(body: Mapping[str, Any]) -> list[str]:
    """Return where answers to a form go; its channel menu may bring some."""
    listed = body.get("response_urls")
    urls = listed if isinstance(listed, list | tuple) else ()
    found = (text_in(fields(each).get("response_url")) for each in urls)
    return [each for each in found if each]


def command_text(body: Mapping[str, Any]) -> str:
    """Return the words after a slash command, as they were typed.

    With ``should_escape`` Slack writes the three control characters as entities, and
    makes links of whatever looks like a domain.
    https://docs.slack.dev/interactivity/implementing-slash-commands
    """
    return as_typed(text_in(body.get("text")))


def words_of(text: str, bot_user_id: str | None = None) -> str:
    """Return the words of a message as typed, without mentions of the bot and others.

    In a sentence that has words before a mention of the bot and behind it, those behind
    are meant for the bot.
    """
    parts = re.split(rf"<@{bot_user_id}(?:\|[^>]*)?>", text)
    is_led = bool(_PEOPLE.sub("", parts[-1]).strip())
    text = parts[-1] if is_led else " ".join(parts)
    return as_typed(_PEOPLE.sub(" ", text)).strip()


def as_typed(text: str) -> str:
    """Return text without the links and entities that Slack puts into it."""
    text = _LINK.sub(lambda match: match[1] or match[2] or "", text)
    return html.unescape(text)


def command_of(action: Mapping[str, Any]) -> str:
    """Return what a button, or the chosen line of a menu, carries."""
    chosen = fields(action.get("selected_option")) or action
    return text_in(chosen.get("value"))


def is_private(body: Mapping[str, Any]) -> bool:
    """Tell whether only one person sees the message that was acted on."""
    return bool(fields(body.get("container")).get("is_ephemeral"))


def form_values(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a submitted form holds, by block and action."""
    state = fields(fields(body.get("view")).get("state"))
    return fields(state.get("values"))


def form_metadata(body: Mapping[str, Any]) -> str:
    """Return what a form carries along unseen."""
    return text_in(fields(body.get("view")).get("private_metadata"))


def _authorization(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the installation that an event was sent for, if Slack says."""
    listed = body.get("authorizations")
    return fields(listed[0]) if isinstance(listed, list) and listed else {}


def _is_external_user(
    body: Mapping[str, Any], user: Mapping[str, Any], team: str
) -> bool:
    """Tell whether whoever acts is of another company.

    In an organization people of other workspaces act, too; who they are is known only
    from their profiles.
    """
    home = text_in(user.get("team_id"))
    is_elsewhere = home.startswith(_WORKSPACE) and bool(team) and home != team
    return is_elsewhere and not organization_of(body)
