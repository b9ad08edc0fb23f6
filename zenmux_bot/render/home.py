"""The Home tab as Slack gets it.

https://docs.slack.dev/surfaces/app-home
"""

from __future__ import annotations

from collections.abc import Sequence

from zenmux_bot.answers.status.report import report_status
from zenmux_bot.commands.defaults import Defaults
from zenmux_bot.commands.digest_commands import OPEN_FORM, About, Edit, Verb
from zenmux_bot.commands.grammar import KINDS
from zenmux_bot.commands.queries import DigestQuery, HelpQuery, canonical
from zenmux_bot.conversations.home_view import HomeView
from zenmux_bot.digests import phrases
from zenmux_bot.digests.replies import DigestLine
from zenmux_bot.digests.subscriptions import Subscription, SubscriptionState
from zenmux_bot.render import key_form, limits
from zenmux_bot.render.cut import cut
from zenmux_bot.render.message import Block
from zenmux_bot.render.numbers import UNKNOWN
from zenmux_bot.render.report import Button
from zenmux_bot.render.slack import actions, header, moment

DO = "home:do:"
"""Runs the command that a button carries; the answer comes directly."""

SET_WORKSPACE = "home:defaults:workspace"
SET_CHANNEL = "home:defaults:channel"
MAX_EXAMPLES = 5
MAX_DIGESTS = 10
"""In each list; all three fit into one view."""

_WELCOME = (
    "I know which models and providers are used most on ZenMux, by tokens or list "
    "price, and what changed since the period before. Write to me here, mention me in "
    "a channel, or type /zenmux anywhere. These examples answer in our messages:"
)


def build_home(view: HomeView) -> Block:
    """Return a person's Home tab."""
    blocks = [
        header("ZenMux statistics"),
        _section(_WELCOME),
        actions(_examples()),
        *(_digests("Your digests", view.own, view) or _none()),
        actions((_button("New digest", "digest:form", canonical(_NEW)),)),
        *_digests("Digests of your channels", view.near, view),
        *_digests("All other digests", view.others, view),
        *_defaults(view),
        *_key(view),
        *_health(view),
        {
            "type": "context",
            "elements": [{"type": "mrkdwn", "text": f"As of {moment(view.as_of)}"}],
        },
    ]
    return {"type": "home", "blocks": blocks}


_NEW = DigestQuery(command=OPEN_FORM)


def _examples() -> tuple[Button, ...]:
    words = [kind.examples[0] for kind in KINDS if "period" in kind.takes]
    chosen = [*words[:MAX_EXAMPLES], canonical(HelpQuery())]
    return tuple(_button(each, f"{DO}{each}", each) for each in chosen)


def _digests(title: str, lines: Sequence[DigestLine], view: HomeView) -> list[Block]:
    """Return digests with their buttons, if there are any."""
    if not lines:
        return []
    blocks: list[Block] = [{"type": "divider"}, header(title)]
    for line in lines[:MAX_DIGESTS]:
        shown = line.subscription
        is_theirs = view.is_admin or shown.owner_id == view.user_id
        blocks += [_section(_said(line)), actions(_about(shown, is_theirs=is_theirs))]
    if len(lines) > MAX_DIGESTS:
        hidden = len(lines) - MAX_DIGESTS
        blocks.append(_section(f"And {hidden} more: /zenmux digest list shows them."))
    return blocks


def _none() -> list[Block]:
    return [{"type": "divider"}, header("Your digests"), _section("None yet.")]


def _said(line: DigestLine) -> str:
    """Return how a digest stands, in three lines."""
    shown = line.subscription
    zone = shown.schedule.zone
    following = UNKNOWN if line.next is None else phrases.moment(line.next.at, zone)
    return (
        f"{shown.id} in {phrases.channel(shown)}: {phrases.content(shown)}\n"
        f"{phrases.schedule(shown.schedule)} · {line.state}\n"
        f"Last: {phrases.result(line.last, zone)} · Next: {following}"
    )


def _about(shown: Subscription, *, is_theirs: bool) -> tuple[Button, ...]:
    """Return what can be done with a digest, by whoever looks."""
    is_active = shown.state is SubscriptionState.ACTIVE
    switch = ("Pause", Verb.PAUSE) if is_active else ("Resume", Verb.RESUME)
    offered = [("Preview", Verb.PREVIEW), ("History", Verb.HISTORY)]
    changes = [switch, ("Send now", Verb.SEND), ("Delete", Verb.DELETE)]
    found = [
        _button(label, f"{DO}{verb}:{shown.id}", _words(About(verb, shown.id)))
        for label, verb in (*offered, *(changes if is_theirs else ()))
    ]
    if is_theirs:
        form = _words(Edit(shown.id))
        found.insert(2, _button("Edit", f"digest:edit:{shown.id}", form))
    return tuple(found)


def _words(command: About | Edit) -> str:
    return canonical(DigestQuery(command=command))


def _defaults(view: HomeView) -> list[Block]:
    """Return what holds where nothing is said, and who may change it."""
    offered = [_button("Set for a channel", SET_CHANNEL, "channel")]
    if view.is_admin:
        offered.insert(0, _button("Set for the workspace", SET_WORKSPACE, "workspace"))
    return [
        {"type": "divider"},
        header("Defaults"),
        _section(f"Where nothing is said: {said_defaults(view.defaults)}."),
        actions(tuple(offered)),
    ]


def said_defaults(defaults: Defaults) -> str:
    """Return defaults in words."""
    said = [
        f"by {defaults.metric}" if defaults.metric else "",
        f"top {defaults.top}" if defaults.top else "",
        f"{defaults.audience} answers" if defaults.audience else "",
        f"new digests in {defaults.zone}" if defaults.zone else "",
        f"watched: {' '.join(sorted(defaults.watched))}" if defaults.watched else "",
    ]
    return ", ".join(each for each in said if each) or "as usual"


def _key(view: HomeView) -> list[Block]:
    """Return which ZenMux key is used, and the way to another."""
    if view.key is None:
        return []
    offered = [_button("Set a key", key_form.OPEN, "key")]
    if view.key.is_own:
        offered.append(_button("Forget the key", key_form.CLEAR, "key"))
    said = {"type": "mrkdwn", "text": key_form.said_key(view.key)}
    return [
        {"type": "divider"},
        header("ZenMux key"),
        {"type": "section", "text": said},
        actions(tuple(offered)),
    ]


def _health(view: HomeView) -> list[Block]:
    if view.health is None:
        return []
    report = report_status(view.health)
    lines = [report.finding, *(f"{p.code}: {p.words}" for p in report.points)]
    return [{"type": "divider"}, header("How I am"), _section("\n".join(lines))]


def _section(text: str) -> Block:
    """Return words in which nothing is markup."""
    plain = {"type": "plain_text", "text": cut(text, limits.SECTION_TEXT)}
    return {"type": "section", "text": plain | {"emoji": False}}


def _button(label: str, action: str, command: str) -> Button:
    return Button(label=label, action=action, command=command)
