from __future__ import annotations

from datetime import timedelta

import pytest
from examples import draft

from zenmux_bot.digests.delivery import slack_errors as refusals
from zenmux_bot.digests.delivery import texts
from zenmux_bot.digests.delivery.settle import backoff
from zenmux_bot.digests.delivery.slack_errors import Action, refusal_of


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("not_in_channel", Action.PAUSE),
        ("is_archived", Action.PAUSE),
        ("restricted_action", Action.PAUSE),
        ("no_permission", Action.PAUSE),
        ("channel_not_found", Action.CONFIRM),
        ("invalid_auth", Action.CONFIRM_TEAM),
        ("not_authed", Action.CONFIRM_TEAM),
        ("account_inactive", Action.PAUSE_TEAM),
        ("token_revoked", Action.PAUSE_TEAM),
        ("missing_scope", Action.PAUSE_TEAM),
        ("team_access_not_granted", Action.PAUSE_TEAM),
        ("message_limit_exceeded", Action.RETRY),
        ("an_error_of_next_year", Action.RETRY),
    ],
)
def test_action(code, action):
    assert refusal_of(code).action is action


@pytest.mark.parametrize("code", sorted(refusals._TABLE))
def test_the_owner_gets_a_sentence_with_a_command(code):
    refusal = refusal_of(code)
    subscription = draft(id="d-7kq3")

    text = (
        texts.team_paused(code, refusal.explanation)
        if refusal.action in {Action.PAUSE_TEAM, Action.CONFIRM_TEAM}
        else texts.paused(subscription, code, refusal.explanation, refusal.fix)
    )

    assert code in text
    assert "`/zenmux digest " in text
    assert "{" not in text


def test_pauses_between_attempts_grow_to_half_an_hour():
    pauses = [backoff(failures) for failures in (0, 1, 2, 3, 7, 8, 9, 1000)]

    assert [pause / timedelta(seconds=1) for pause in pauses] == [
        0,
        15,
        30,
        60,
        960,
        1800,
        1800,
        1800,
    ]
