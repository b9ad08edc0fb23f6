"""What owners are told of their digests: what happened, and the command that helps."""

from datetime import UTC, date, datetime

import pytest
from examples import draft

from zenmux_bot.digests.delivery import texts
from zenmux_bot.digests.delivery.entries import (
    DigestPost,
    Entry,
    OutboundEntry,
    OutboundMessage,
    OutboundPost,
)
from zenmux_bot.digests.schedule import Days, Occurrence
from zenmux_bot.render.message import Message

WEEK = Days(first=date(2026, 11, 9), last=date(2026, 11, 15))
DUE = Occurrence(nominal="x", at=datetime(2026, 11, 16, 8, tzinfo=UTC), days=WEEK)
DIGEST = draft(id="d-7kq3")
NAMED = "`d-7kq3` in <#C1>"
SPAN = "9–15 Nov 2026"
JOB = DigestPost(
    entry=Entry(
        id=1,
        subscription_id="d-7kq3",
        occurrence=DUE,
        retry_at=DUE.at,
        planned_at=DUE.at,
    ),
    subscription=DIGEST,
)
ALERT = OutboundPost(
    entry=OutboundEntry(
        id=1,
        retry_at=DUE.at,
        planned_at=DUE.at,
        message=OutboundMessage(
            key="alert:a-7kq3:2026-11-15",
            team_id="T1",
            channel_id="C2",
            owner_id="U1",
            message=Message("OpenAI passed Anthropic."),
            subject="The alert `a-7kq3`",
        ),
    )
)
AGAIN = "`/zenmux digest send d-7kq3` sends it now."


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        (texts.superseded(DUE), [f"only the newest, for {SPAN}"]),
        (texts.already_covered(DUE), [f"{SPAN} went out before"]),
        (texts.gave_up("no answer"), ["gave up: no answer"]),
        (texts.missed(DIGEST, 1, DUE), ["missed one send of", NAMED, SPAN]),
        (
            texts.missed(DIGEST, 3, DUE),
            ["missed 3 sends of", "`/zenmux digest history d-7kq3`"],
        ),
        (texts.skipped(DIGEST, DUE, "no data"), [NAMED, SPAN, "no data.", AGAIN]),
        (texts.struggling(JOB, "down", 6), [NAMED, "down.", "up to 6 hours"]),
        (texts.not_sent(JOB, "too long"), ["was not sent: too long.", AGAIN]),
        (
            texts.unknown(JOB, texts.NOT_SEARCHED),
            ["may or may not", texts.NOT_SEARCHED, AGAIN],
        ),
        (
            texts.not_sent(ALERT, "too long"),
            ["The alert `a-7kq3` for <#C2> was not sent: too long."],
        ),
        (
            texts.refused(ALERT, "is_archived", "the channel is archived"),
            ["The alert `a-7kq3` for <#C2>", "archived (`is_archived`)."],
        ),
        (
            texts.team_paused("token_revoked", "the bot was removed"),
            ["paused: the bot was removed (`token_revoked`).", "/zenmux digest list"],
        ),
    ],
)
def test_a_notice_says_what_happened_and_what_to_do(said, parts):
    assert [part for part in parts if part not in said] == []


def test_paused__says_how_to_fix_it_and_what_did_not_go_out():
    fix = "Say `/invite {bot}` in <#{channel}>, then resume {id}."
    why = ("not_in_channel", "I am not in the channel", fix)

    said = texts.paused(DIGEST, *why)

    assert f"Digest {NAMED} is paused: I am not in the channel" in said
    assert "Say `/invite @ZenMux` in <#C1>, then resume d-7kq3." in said
    assert "did not go out" not in said
    assert f"The one for {SPAN} did not go out" in texts.paused(DIGEST, *why, DUE)


def test_one_day_is_one_date():
    day = Days(first=WEEK.last, last=WEEK.last)
    due = Occurrence(nominal="x", at=DUE.at, days=day)

    assert texts.superseded(due).endswith("for 15 Nov 2026, is sent")
