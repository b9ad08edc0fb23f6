"""Commands in words, as buttons and menus say them."""

from datetime import date

import pytest

from zenmux_bot.commands.grammar import KINDS
from zenmux_bot.render.limits import BUTTON_TEXT
from zenmux_bot.render.wording import in_words, spelled

TODAY = date(2026, 11, 30)
EXAMPLES = [example for kind in KINDS for example in kind.examples]


@pytest.mark.parametrize("command", EXAMPLES)
def test_in_words__no_example_is_shown_as_it_is_typed(command):
    words = in_words(command, TODAY)

    assert words != command
    assert words[0].isupper()
    assert "gen_" not in words


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("apps tokens 7d", "Apps by tokens, last 7 days"),
        ("apps trending cost day", "Trending apps by cost, yesterday"),
        ("generation gen_01", "One request"),
        ("spend allow <#C1>", "Open the channel"),
        ("spend deny <#C1>", "Close the channel"),
        ("model x-ai/grok-4-fast cost", "Grok 4 Fast by cost, last 28 days"),
        (
            "model claude-opus-4.8 cost 8w",
            "Claude Opus 4.8 by cost, last 8 weeks",
        ),
        (
            "share openai xai 8w",
            "Market share of OpenAI and xAI by tokens, last 8 weeks",
        ),
        ("trend cost 12w by week", "Weekly trend by cost, last 12 weeks"),
        ("why openai 8w", "Why OpenAI moved by tokens, last 8 weeks"),
        (
            "leaderboard cost 7d rate",
            "Top models with average prices by cost, last 7 days",
        ),
        ("spend last month by key", "Our own spend by key, last month"),
        ("spend mtd key ci", "Our own spend with ci, this month so far"),
        ("share since 2026-10-05", "Market share by tokens, since 5 Oct 2026"),
        (
            "share 2026-10-05..2026-11-08",
            "Market share by tokens, 5 Oct – 8 Nov 2026",
        ),
        ("share all", "Market share by tokens, all time"),
        ("share 2026-Q3", "Market share by tokens, quarter 3 of 2026"),
        ("share 2026", "Market share by tokens, 2026"),
        (
            "share 2026-10 vs 2026-08",
            "Market share by tokens, October 2026, compared with August 2026",
        ),
        (
            "share yesterday vs none",
            "Market share by tokens, yesterday, without comparison",
        ),
        ("alert any unusual in top 5", "Alert: any unusual in top 5"),
        ("budget list", "Budgets"),
        ("budget delete b-7kq3", "Delete budget b-7kq3"),
        ("budget set $1500", "Set a budget of $1,500 a month"),
        ("digest", "New digest"),
        (
            "digest form weekly spend by key",
            "New weekly digest of our own spend by key",
        ),
        ("digest create daily openai cost", "New daily digest of OpenAI by cost"),
        ("digest create fri 17:30", "New weekly digest, every Friday at 17:30"),
        ("digest list", "Digests"),
        ("digest audit", "Who changed digests"),
        ("digest takeover d-7kq3", "Take over digest d-7kq3"),
        ("digest history d-7kq3", "History of digest d-7kq3"),
        ("digest send d-7kq3 again", "Send digest d-7kq3 again"),
        ("digest edit d-7kq3", "Edit digest d-7kq3"),
        ("digest edit d-7kq3 openai fri", "Edit digest d-7kq3 to OpenAI, every Friday"),
        ("digest ask resume d-7kq3", "Ask the owner of digest d-7kq3"),
        ("alert", "New alert"),
        ("alert share openai moves 3pp", "Alert: OpenAI's share moves 3 pp"),
        ("alert cost openai above $50000", "Alert: OpenAI's cost above $50000"),
        ("alert openai passes google", "Alert: OpenAI passes Google"),
        ("alert deepseek unusual", "Alert: DeepSeek unusual"),
        (
            "alert edit a-7kq3 newcomer in top 5",
            "Change alert a-7kq3: newcomer in top 5",
        ),
        ("alert history a-7kq3", "History of alert a-7kq3"),
        ("alert pause a-7kq3", "Pause alert a-7kq3"),
        ("alert snooze a-7kq3 7d", "Snooze alert a-7kq3"),
        ("alert expected a-7kq3", "Mark as expected: alert a-7kq3"),
        ('spend name key_7f2 "CI"', "Name the key key_7f2"),
        ("no command", "no command"),
    ],
)
def test_in_words__kinds(command, words):
    assert in_words(command, TODAY) == words
    assert len(words) <= BUTTON_TEXT


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("claude-opus-4.8", "Claude Opus 4.8"),
        ("gpt-5.4", "GPT-5.4"),
        ("glm-5 air", "GLM-5 Air"),
        ("Kimi K3", "Kimi K3"),
        ("x-ai", "xAI"),
        ("z-ai", "Z.AI"),
        ("", ""),
    ],
)
def test_spelled(typed, written):
    assert spelled(typed) == written
