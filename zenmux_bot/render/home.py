"""The Home tab as Slack gets it.

https://docs.slack.dev/surfaces/app-home
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from zenmux_bot.answers.status.report import report_status
from zenmux_bot.answers.status.view import StatusView
from zenmux_bot.commands.defaults import UNSET, Defaults
from zenmux_bot.commands.digest_commands import OPEN_FORM, About, Edit, Verb
from zenmux_bot.commands.grammar import KINDS
from zenmux_bot.commands.queries import DigestQuery, HelpQuery, canonical
from zenmux_bot.digests import phrases
from zenmux_bot.digests.replies import DigestView
from zenmux_bot.digests.subscriptions import SubscriptionState
from zenmux_bot.render import key_form, limits
from zenmux_bot.render.forms import option, plain
from zenmux_bot.render.key_form import KeyState
from zenmux_bot.render.limits import cut
from zenmux_bot.render.message import Block
from zenmux_bot.render.numbers import UNKNOWN
from zenmux_bot.render.report import Button
from zenmux_bot.render.slack import (
    actions,
    confirmation,
    escape,
    escape_within,
    header,
    moment,
)
from zenmux_bot.render.wording import in_words

DO = "home:do:"
"""Runs the command that a button or a menu carries."""

SET_WORKSPACE = "home:defaults:workspace"
SET_CHANNEL = "home:defaults:channel"
MAX_EXAMPLES = 5

_ANY_DAY = date(2100, 1, 1)
"""Examples name no day, so they read the same on any."""

_WELCOME = (
    "Write to me here, mention me in a channel, or type /zenmux anywhere. "
    "These examples answer in our messages:"
)
_WHOSE = "Last complete week. What your own workspace spends: /zenmux spend."
_FAILED = (
    "Slack didn't take the Home tab (it said: {code}). Open the tab again in a minute. "
    "/zenmux digest list shows your digests, and /zenmux help what you can ask."
)


@dataclass(frozen=True, slots=True)
class DigestList:
    """Some digests, the oldest first.

    Attributes:
        lines: Those that are shown.
        hidden: How many more there are.
    """

    lines: tuple[DigestView, ...] = ()
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """The result of a button pressed on the tab.

    Attributes:
        text: What happened, in words.
        digest_id: The digest concerned; empty if there is none.
    """

    text: str
    digest_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """The Home tab of one person.

    Attributes:
        user_id: The person.
        as_of: When it was built.
        is_admin: They administer the workspace or the bot.
        headline: The last complete week in a sentence; empty if unknown.
        notice: The result of the last button, if one was pressed.
        own: Their digests.
        near: Other digests in their channels.
        others: All other digests of the workspace; administrators only.
        defaults: The defaults of the workspace.
        health: The health of the bot; administrators only.
        key: Which ZenMux key the workspace uses; administrators only, and None where
            workspaces cannot set one.
        missing: What could not be fetched, in words.
    """

    user_id: str
    as_of: datetime
    is_admin: bool = False
    headline: str = ""
    notice: Notice | None = None
    own: DigestList = field(default_factory=DigestList)
    near: DigestList = field(default_factory=DigestList)
    others: DigestList = field(default_factory=DigestList)
    defaults: Defaults = UNSET
    health: StatusView | None = None
    key: KeyState | None = None
    missing: tuple[str, ...] = ()


def build_home(view: HomeView) -> Block:
    """Return a person's Home tab."""
    blocks = [
        header("ZenMux last week" if view.headline else "ZenMux statistics"),
        *_headline(view),
        *_notice(view.notice),
        _section(_WELCOME),
        actions(_examples()),
        *_own_digests(view),
        *_digests("Digests in your channels", view.near, view),
        *_digests("All other digests", view.others, view),
        *_defaults(view),
        *_key(view),
        *_health(view),
        _context(_as_of(view)),
    ]
    return {"type": "home", "blocks": blocks}


def build_home_failure(code: str) -> Block:
    """Return the tab to publish after Slack refused it."""
    title = header("This tab can't be shown right now")
    return {"type": "home", "blocks": [title, _section(home_failure(code))]}


def home_failure(code: str) -> str:
    """Return why the tab is not shown, and what still works."""
    return _FAILED.format(code=code)


def _headline(view: HomeView) -> list[Block]:
    if not view.headline:
        return []
    bold = f"*{escape_within(view.headline, limits.SECTION_TEXT - 2)}*"
    return [_mrkdwn(bold), _context(_WHOSE)]


def _notice(notice: Notice | None) -> list[Block]:
    """Return the result of the last button, if it concerns no digest in a list."""
    if notice is None or notice.digest_id:
        return []
    return [_section(notice.text)]


def _new_digest() -> Button:
    form = canonical(DigestQuery(command=OPEN_FORM))
    return Button(label="New digest", action="digest:form", command=form)


def _examples() -> tuple[Button, ...]:
    words = [kind.examples[0] for kind in KINDS if "period" in kind.takes]
    chosen = [*words[:MAX_EXAMPLES], canonical(HelpQuery())]
    return tuple(
        Button(label=in_words(each, _ANY_DAY), action=f"{DO}{each}", command=each)
        for each in chosen
    )


def _own_digests(view: HomeView) -> list[Block]:
    """Return the person's digests, and a button for one more.

    The button stands above the list: below it would be next to *Delete*.
    """
    title, new = "Your digests", actions((_new_digest(),))
    if view.own.lines:
        return _digests(title, view.own, view, new)
    return [{"type": "divider"}, header(title), _section("None yet."), new]


def _digests(
    title: str, listed: DigestList, view: HomeView, *above: Block
) -> list[Block]:
    """Return a list of digests with their controls, if there are any."""
    if not listed.lines:
        return []
    blocks: list[Block] = [{"type": "divider"}, header(title), *above]
    for line in listed.lines:
        blocks += _row(line, view)
    if listed.hidden:
        blocks.append(
            _section(f"And {listed.hidden} more: /zenmux digest list shows them.")
        )
    return blocks


def _row(line: DigestView, view: HomeView) -> list[Block]:
    """Return one digest: two lines, a menu, and two buttons that need confirmation."""
    digest = line.subscription
    text = _row_text(line)
    notice = view.notice
    if notice is not None and notice.digest_id == digest.id:
        text = f"{text}\n*{escape_within(notice.text, limits.SECTION_TEXT // 2)}*"
    if digest.state is SubscriptionState.DELETED:
        restore = canonical(DigestQuery(command=About(Verb.RESTORE, digest.id)))
        undo = Button(label="Undo", action=f"{DO}restore:{digest.id}", command=restore)
        return [_mrkdwn(text), actions((undo,))]
    is_theirs = view.is_admin or digest.owner_id == view.user_id
    row = _mrkdwn(text) | {"accessory": _menu(line, is_theirs=is_theirs)}
    if not is_theirs:
        return [row]
    name = f"digest {digest.id} in {phrases.channel(digest)}"
    buttons = [
        _confirmed(line, "Send now", Verb.SEND, f"Send {name} now?"),
        _confirmed(line, "Delete", Verb.DELETE, f"Delete {name}? You can undo it.")
        | {"style": "danger"},
    ]
    return [row, {"type": "actions", "elements": buttons}]


def _row_text(line: DigestView) -> str:
    digest = line.subscription
    zone = digest.schedule.zone
    following = phrases.moment(line.sends[0].at, zone) if line.sends else UNKNOWN
    where, what = phrases.channel(digest), phrases.content(digest)
    last = phrases.result(line.last, zone)
    state = "deleted" if digest.state is SubscriptionState.DELETED else line.state
    owner = f"<@{digest.owner_id}>{' (left)' if line.is_orphaned else ''}"
    first = f"*{escape(where)}* · {escape(what)} · "
    first += escape(phrases.schedule(digest.schedule))
    second = f"{digest.id} · {owner} · {escape(state)} · "
    second += f"Next: {escape(following)} · Last: {escape(last)}"
    return f"{first}\n{second}"


def _menu(line: DigestView, *, is_theirs: bool) -> Block:
    """Return the actions on a digest that need no confirmation."""
    digest = line.subscription
    is_active = digest.state is SubscriptionState.ACTIVE
    offered: list[tuple[str, About | Edit]] = [
        ("Preview", About(Verb.PREVIEW, digest.id)),
        ("History", About(Verb.HISTORY, digest.id)),
    ]
    if is_theirs:
        switch = ("Pause", Verb.PAUSE) if is_active else ("Resume", Verb.RESUME)
        offered += [
            ("Edit", Edit(digest.id)),
            (switch[0], About(switch[1], digest.id)),
        ]
    if line.is_orphaned:
        offered.append(("Take over", About(Verb.TAKEOVER, digest.id)))
    return {
        "type": "overflow",
        "action_id": f"{DO}more:{digest.id}",
        "options": [
            option(label, canonical(DigestQuery(command=command)))
            for label, command in offered
        ],
    }


def _confirmed(line: DigestView, label: str, verb: Verb, question: str) -> Block:
    """Return a button that needs confirmation."""
    id_ = line.subscription.id
    return {
        "type": "button",
        "text": plain(label),
        "action_id": f"{DO}{verb}:{id_}",
        "value": canonical(DigestQuery(command=About(verb, id_))),
        "accessibility_label": f"{label}: digest {id_}",
        "confirm": confirmation(label, question),
    }


def _defaults(view: HomeView) -> list[Block]:
    """Return the defaults, and buttons to change them."""
    offered = [Button(label="Set for a channel", action=SET_CHANNEL, command="channel")]
    if view.is_admin:
        offered.insert(
            0,
            Button(
                label="Set for the workspace", action=SET_WORKSPACE, command="workspace"
            ),
        )
    return [
        {"type": "divider"},
        header("Defaults"),
        _section(_said_workspace(view.defaults)),
        actions(tuple(offered)),
    ]


def _said_workspace(defaults: Defaults) -> str:
    said = said_defaults(defaults)
    return f"In this workspace: {said}." if said else "No defaults set."


def said_defaults(defaults: Defaults) -> str:
    """Return defaults in words; empty if there are none."""
    said = [
        f"by {defaults.metric}" if defaults.metric else "",
        f"top {defaults.top}" if defaults.top else "",
        f"{defaults.audience} answers" if defaults.audience else "",
        f"new digests in {defaults.zone}" if defaults.zone else "",
        f"watched: {' '.join(sorted(defaults.watched))}" if defaults.watched else "",
        "everybody can see own spend" if defaults.own_spend else "",
    ]
    return ", ".join(each for each in said if each)


def _key(view: HomeView) -> list[Block]:
    """Return which ZenMux key is used, and buttons to change it."""
    if view.key is None:
        return []
    offered = [Button(label="Set a key", action=key_form.OPEN, command="key")]
    if view.key.is_own:
        offered.append(
            Button(label="Forget the key", action=key_form.CLEAR, command="key")
        )
    return [
        {"type": "divider"},
        header("ZenMux key"),
        _mrkdwn(key_form.said_key(view.key)),
        actions(tuple(offered)),
    ]


def _health(view: HomeView) -> list[Block]:
    """Return the health of the bot and the checks that fail."""
    if view.health is None:
        return []
    lines = [f"{report_status(view.health).finding} Details: /zenmux status"]
    lines += [
        f"{check.name}: {check.found} {check.fix}".rstrip()
        for check in view.health.checks
        if not check.ok
    ]
    return [{"type": "divider"}, header("Status"), _section("\n".join(lines))]


def _as_of(view: HomeView) -> str:
    said = f"As of {moment(view.as_of)}"
    if not view.missing:
        return said
    return f"{said}. Not known right now: {', '.join(view.missing)}."


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}


def _mrkdwn(text: str) -> Block:
    """Return a section of mrkdwn that is already escaped."""
    said = {"type": "mrkdwn", "text": text[: limits.SECTION_TEXT]}
    return {"type": "section", "text": said}


def _section(text: str) -> Block:
    """Return a section of plain text."""
    return {"type": "section", "text": plain(cut(text, limits.SECTION_TEXT))}
