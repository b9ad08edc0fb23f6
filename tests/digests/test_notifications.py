"""What owners are told of their digests: what happened, and the command that helps."""

from datetime import UTC, date, datetime

import pytest
from examples import draft

from zenmux_bot.digests.delivery import texts
from zenmux_bot.digests.schedule import Days, Occurrence

WEEK = Days(first=date(2026, 11, 9), last=date(2026, 11, 15))
DUE = Occurrence(nominal="x", at=datetime(2026, 11, 16, 8, tzinfo=UTC), days=WEEK)
DIGEST = draft(id="d-7kq3")
NAMED = "`d-7kq3` in <#C1>"
SPAN = "2026-11-09 to 2026-11-15"
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
        (texts.struggling(DIGEST, DUE, "down", 6), [NAMED, "down.", "up to 6 hours"]),
        (texts.failed(DIGEST, DUE, "too long"), ["did not go out: too long.", AGAIN]),
        (
            texts.unknown(DIGEST, DUE, texts.NOT_LOOKED),
            ["cannot tell", texts.NOT_LOOKED, AGAIN],
        ),
        (
            texts.team_paused("token_revoked", "the bot was removed"),
            ["paused: the bot was removed (`token_revoked`).", "/zenmux digest list"],
        ),
    ],
)
def test_a_notice_says_what_happened_and_what_to_do(said, parts):
    assert [part for part in parts if part not in said] == []


def test_a_pause_says_how_to_mend_it_and_what_did_not_go_out():
    mend = "Say `/invite {bot}` in <#{channel}>, then resume {id}."
    why = ("not_in_channel", "I am not in the channel", mend)

    said = texts.paused(DIGEST, *why)

    assert f"Digest {NAMED} is paused: I am not in the channel" in said
    assert "Say `/invite @ZenMux` in <#C1>, then resume d-7kq3." in said
    assert "did not go out" not in said
    assert f"The one for {SPAN} did not go out" in texts.paused(DIGEST, *why, DUE)


def test_one_day_is_one_date():
    day = Days(first=WEEK.last, last=WEEK.last)
    due = Occurrence(nominal="x", at=DUE.at, days=day)

    assert texts.superseded(due).endswith("for 2026-11-15, is sent")
