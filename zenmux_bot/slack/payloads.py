"""Reading Slack's requests: who acts, where, and with what text.

Nothing here raises: a field of an unexpected shape counts as missing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from zenmux_bot.core.actors import SLACKBOT, Actor

_LINK = re.compile(r"<(?:https?://|mailto:|tel:)[^|>]*\|([^>]*)>|<(https?://[^>]*)>")
"""Slack turns names such as ``z.ai`` into links; the label is what was typed."""

_PEOPLE = re.compile(r"<[@!][^>]*>")
_WORKSPACE = "T"
_HOME = ("user_team", "source_team")
"""Fields of an event with a person's own workspace; ``team`` may be the channel's."""


def fields(value: object) -> Mapping[str, Any]:
    """Return a mapping unchanged, and an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def text_in(value: object) -> str:
    """Return a string unchanged, and an empty one for anything else."""
    return value if isinstance(value, str) else ""


def team_of(body: Mapping[str, Any]) -> str:
    """Return the workspace whose installation a request is for.

    For an event, that may be neither the sender's workspace nor the envelope's: in a
    channel shared with another company these can be the other company's, and the
    authorization of an organization's installation names none. For a form, it is the
    workspace in which the form was opened, not that of the person who fills it in.
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
    """Return who sent a command, a click or a form, and where.

    A form itself has no channel.
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
    """Return who pressed a button, in the thread of the button's message.

    A public message that is not in a thread starts one.
    """
    actor, container = actor_of(body), fields(body.get("container"))
    if actor.thread_ts is None and not container.get("is_ephemeral"):
        return actor.in_thread(text_in(container.get("message_ts")) or None)
    return actor


def writer_of(body: Mapping[str, Any], event: Mapping[str, Any]) -> Actor:
    """Return who wrote the message of an event, and where.

    A workflow or another app has no user id. Its bot id stands in, and it counts as
    external.
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
    """Return the organization of an installation, or an empty string."""
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
    """Return the response URLs of a submitted form, one for each channel menu."""
    listed = body.get("response_urls")
    urls = listed if isinstance(listed, list | tuple) else ()
    found = (text_in(fields(each).get("response_url")) for each in urls)
    return [each for each in found if each]


def command_text(body: Mapping[str, Any]) -> str:
    """Return the text after a slash command, as it was typed.

    With ``should_escape``, Slack escapes the three control characters, and turns
    whatever looks like a domain into a link.
    https://docs.slack.dev/interactivity/implementing-slash-commands
    """
    return as_typed(text_in(body.get("text")))


def words_of(text: str, bot_user_id: str | None = None) -> str:
    """Return the text of a message as typed, without mentions.

    If there is text both before and after a mention of the bot, only the text after it
    is for the bot.
    """
    parts = re.split(rf"<@{bot_user_id}(?:\|[^>]*)?>", text)
    is_led = bool(_PEOPLE.sub("", parts[-1]).strip())
    text = parts[-1] if is_led else " ".join(parts)
    return as_typed(_PEOPLE.sub(" ", text)).strip()


def as_typed(text: str) -> str:
    """Return text without the links and entities that Slack added."""
    text = _LINK.sub(lambda match: match[1] or match[2] or "", text)
    return html.unescape(text)


def command_of(action: Mapping[str, Any]) -> str:
    """Return the value of a button, or of the chosen option of a menu."""
    chosen = fields(action.get("selected_option")) or action
    return text_in(chosen.get("value"))


def is_private(body: Mapping[str, Any]) -> bool:
    """Tell whether only one person sees the message that was clicked."""
    return bool(fields(body.get("container")).get("is_ephemeral"))


def form_values(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of a submitted form, by block and action."""
    state = fields(fields(body.get("view")).get("state"))
    return fields(state.get("values"))


def form_metadata(body: Mapping[str, Any]) -> str:
    """Return the private metadata of a form."""
    return text_in(fields(body.get("view")).get("private_metadata"))


def _authorization(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the first authorization of an event, or an empty mapping."""
    listed = body.get("authorizations")
    return fields(listed[0]) if isinstance(listed, list) and listed else {}


def _is_external_user(
    body: Mapping[str, Any], user: Mapping[str, Any], team: str
) -> bool:
    """Tell whether the actor belongs to another company.

    In an organization, people of other workspaces are not external; only their profiles
    tell.
    """
    home = text_in(user.get("team_id"))
    is_elsewhere = home.startswith(_WORKSPACE) and bool(team) and home != team
    return is_elsewhere and not organization_of(body)
