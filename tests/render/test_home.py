"""The Home tab: what each person sees of digests, defaults, key and health."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from answer_worlds import AS_OF
from examples import draft

from zenmux_bot.answers.status.view import Check, StatusView
from zenmux_bot.commands.defaults import UNSET, Defaults
from zenmux_bot.commands.queries import Audience
from zenmux_bot.conversations.home import MAX_DIGESTS
from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.replies import DigestView
from zenmux_bot.digests.subscriptions import SubscriptionState, sends_of
from zenmux_bot.render.home import (
    DigestList,
    HomeView,
    Notice,
    build_home,
    said_defaults,
)
from zenmux_bot.render.key_form import KeyState
from zenmux_demo.workspace.validation import problems, view_problems

HEALTH = StatusView(
    (
        Check("ZenMux API", ok=True, found="answers."),
        Check("Digests", ok=False, found="1 failed."),
    ),
    AS_OF,
)
CHANGES = ["Send now", "Delete"]


def line(number=2, **changes):
    digest = draft(id=f"d-{number:04}", **changes)
    return DigestView(
        subscription=digest,
        state="active",
        last=None,
        sends=sends_of(digest, AS_OF),
    )


def home(**changes):
    """Draw the tab of U1, who is no administrator; Slack would take it."""
    values = {
        "user_id": "U1",
        "is_admin": False,
        "defaults": UNSET,
        "as_of": AS_OF,
    }
    for name in ("own", "near", "others"):
        if name in changes and not isinstance(changes[name], DigestList):
            changes[name] = DigestList(changes[name])
    view = build_home(HomeView(**values | changes))
    assert view_problems(view, "home") == []
    assert problems(view["blocks"], "home") == []
    return view


def headers(view):
    return [b["text"]["text"] for b in view["blocks"] if b["type"] == "header"]


def buttons(view):
    return [
        element["text"]["text"]
        for block in view["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def menus(view):
    """Return the lines of each digest's menu."""
    return [
        [each["text"]["text"] for each in block["accessory"]["options"]]
        for block in view["blocks"]
        if block.get("accessory", {}).get("type") == "overflow"
    ]


def said(view):
    return json.dumps(view, ensure_ascii=False)


def test_build_home__no_digests():
    view = home()

    assert headers(view) == ["ZenMux statistics", "Your digests", "Defaults"]
    assert "None yet." in said(view)
    assert "No defaults set." in said(view)
    assert "Set for the workspace" not in buttons(view)


def test_build_home__own_and_near_digests():
    near = line(3, owner_id="U2", state=SubscriptionState.PAUSED)
    view = home(own=(line(),), near=(near,))

    assert headers(view)[1:3] == ["Your digests", "Digests in your channels"]
    assert [label for label in buttons(view) if label in CHANGES] == CHANGES
    assert menus(view) == [
        ["Preview", "History", "Edit", "Pause"],
        ["Preview", "History"],
    ]
    assert "<@U2>" in said(view)
    assert "Next: –" in said(view)


def test_build_home__new_digest_stands_above_the_list():
    labels = buttons(home(own=(line(), line(3))))

    assert labels.index("New digest") < labels.index("Delete")
    assert labels[-3:] == [*CHANGES, "Set for a channel"]


def test_build_home__deleting_and_sending_ask_first():
    view = home(own=(line(),))

    asked = {
        element["text"]["text"]: element.get("confirm")
        for block in view["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    }
    assert all(asked[label]["text"]["text"].startswith(label) for label in ("Delete",))
    assert "now?" in asked["Send now"]["text"]["text"]


def test_build_home__the_week_is_first():
    view = home(headline="Anthropic leads with 41% <!here>.")

    first, second, third = view["blocks"][:3]
    assert first["text"]["text"] == "ZenMux last week"
    assert second["text"]["text"] == "*Anthropic leads with 41% &lt;!here&gt;.*"
    assert "Last complete week" in third["elements"][0]["text"]


def test_build_home__a_deleted_digest_keeps_its_place():
    gone = line(2, state=SubscriptionState.DELETED)
    view = home(own=(gone, line(3)), notice=Notice("It is gone.", "d-0002"))

    assert menus(view) == [["Preview", "History", "Edit", "Pause"]]
    assert buttons(view).index("Undo") < buttons(view).index("Delete")
    assert "*It is gone.*" in said(view)


def test_build_home__says_what_is_missing():
    view = home(missing=("your channels", "defaults"))

    assert "Not known right now: your channels, defaults." in said(view)


def test_build_home__administrator():
    paused = line(3, owner_id="U2", state=SubscriptionState.PAUSED)
    view = home(is_admin=True, others=(paused,), health=HEALTH)

    assert headers(view)[-3:] == ["All other digests", "Defaults", "Status"]
    assert "Set for the workspace" in buttons(view)
    assert menus(view) == [["Preview", "History", "Edit", "Resume"]]
    assert "Needs attention: Digests. Details: /zenmux status" in said(view)
    assert "Digests: 1 failed." in said(view)
    assert "ZenMux API" not in said(view)


def test_build_home__limits():
    many = DigestList(tuple(line(number) for number in range(MAX_DIGESTS)), hidden=3)

    view = home(
        is_admin=True,
        own=many,
        near=many,
        others=many,
        health=HEALTH,
        key=KeyState(is_own=True, set_at=AS_OF, set_by="U1"),
    )

    assert said(view).count("And 3 more: /zenmux digest list shows them.") == 3


@pytest.mark.parametrize(
    ("key", "offered", "words"),
    [
        (KeyState(is_own=False), ["Set a key"], "the operator's ZenMux key"),
        (
            KeyState(is_own=True, set_at=AS_OF, set_by="U9"),
            ["Set a key", "Forget the key"],
            "its own ZenMux key, set by <@U9>.",
        ),
    ],
)
def test_build_home__key(key, offered, words):
    view = home(is_admin=True, key=key)

    assert [label for label in buttons(view) if "key" in label] == offered
    assert words in said(view)


@pytest.mark.parametrize(
    ("defaults", "words"),
    [
        (UNSET, ""),
        (Defaults(metric=Metric.COST), "by cost"),
        (
            Defaults(
                top=5,
                audience=Audience.PUBLIC,
                zone="Asia/Tokyo",
                watched=frozenset({"openai", "anthropic"}),
            ),
            (
                "top 5, public answers, new digests in Asia/Tokyo, "
                "watched: anthropic openai"
            ),
        ),
    ],
)
def test_said_defaults__words(defaults, words):
    assert said_defaults(defaults) == words


def test_build_home__notice():
    assert "The key is set." in said(home(notice=Notice("The key is set.")))


def test_build_home__orphaned_digest():
    orphan = replace(line(), is_orphaned=True)

    [offered] = menus(home(others=DigestList((orphan,)), is_admin=True))

    assert "Take over" in offered
