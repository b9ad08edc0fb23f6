"""Commands about the own account, apps and alerts, and figures as of a day."""

from datetime import date

import pytest

from zenmux_bot.commands.account_commands import LIST_BUDGETS
from zenmux_bot.commands.alert_commands import OPEN_ALERT_FORM
from zenmux_bot.commands.defaults import Defaults
from zenmux_bot.commands.digest_commands import About, Ask, Verb
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import canonical
from zenmux_bot.core.measures import Metric
from zenmux_bot.errors import BadInput

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("spend", "spend mtd"),
        ("spending today", "spend 2026-11-30"),
        ("spend last month by keys", "spend 1m by key"),
        ("spend by hour", "spend 2026-11-30 by hour"),
        ("spend yesterday by hour", "spend yesterday by hour"),
        ("spend model gpt-5.4 by host", "spend mtd by host model gpt-5.4"),
        ("spend claude opus 4.8 2026-10", 'spend 2026-10 model "claude opus 4.8"'),
        ("spend top5 vs last month", "spend mtd top 5 vs 1m"),
        ("usage", "usage mtd"),
        ('usage key "CI Pipeline" 7d', 'usage 7d key "CI Pipeline"'),
        ('spend name key_7f2 "CI pipeline"', 'spend name key_7f2 "CI pipeline"'),
        ("spend allow <#C0FIN|fin>", "spend allow <#C0FIN>"),
        (
            'spend allow <#C0FIN> then digest create spend provider "a b" in <#c0fin>',
            'spend allow <#C0FIN> then digest create spend provider "a b" in <#c0fin>',
        ),
        ("spend deny in <#C0FIN>", "spend deny <#C0FIN>"),
        ("budget", "budget"),
        ("budgets show", "budget"),
        ("budget 2k", "budget set $2000"),
        (
            "budget set 1,500.50 usd a month for model gpt-5.4 in <#C1|x>",
            "budget set $1500.5 for model gpt-5.4 in <#C1>",
        ),
        ("budget set $200 for key key_7f2", "budget set $200 for key key_7f2"),
        ("budget remove b-7kq3", "budget delete b-7kq3"),
        ("apps", "apps tokens 7d"),
        ("apps cost total top 5", "apps cost all top 5"),
        ("apps trending", "apps trending tokens week"),
        ("apps trending cost day", "apps trending cost day"),
        ("alert", "alert"),
        ("alerts", "alert list"),
        ("alert when share anthropic moves by 3 pp", "alert share anthropic moves 3pp"),
        (
            "alert share anthropic moves 2.5pp in 14d cost in <#C1>",
            "alert share anthropic moves 2.5pp in 14d cost in <#C1>",
        ),
        ("alert share z-ai goes above 10%", "alert share z-ai above 10%"),
        ("alert share z-ai below 5", "alert share z-ai below 5%"),
        ("alert tokens openai under 5.5 billion", "alert tokens openai below 5.5B"),
        ("alert cost openai over $1,000", "alert cost openai above $1000"),
        ("alert anthropic overtakes google", "alert anthropic passes google"),
        ("alert any overtake in the top 5", "alert any overtake in top 5"),
        ("alert newcomer in top 10 cost", "alert newcomer in top 10 cost"),
        ("alert kimi k3 unusual", "alert kimi k3 unusual"),
        ("alert any unusual in top 10", "alert any unusual in top 10"),
        ("alert form qwen unusual", "alert form qwen unusual"),
        ("alert anything unusual", "alert any unusual in top 10"),
        ("alert unusual anything", "alert any unusual in top 10"),
        ("alert when something unusual happens", "alert any unusual in top 10"),
        ("alert if anything weird happens in top 5", "alert any unusual in top 5"),
        ("alert when qwen does something unusual", "alert qwen unusual"),
        ("alert mute a-7kq3 a week", "alert snooze a-7kq3 7d"),
        (
            "alert snooze a-7kq3 until it recovers",
            "alert snooze a-7kq3 until recovered",
        ),
        ("alert expected a-7kq3 2026-11-09", "alert expected a-7kq3 2026-11-09"),
        (
            "alert edit a-7kq3 share z-ai moves 5pp",
            "alert edit a-7kq3 share z-ai moves 5pp",
        ),
        ("alert rehearse a-7kq3", "alert rehearse a-7kq3"),
        ("alert form", "alert"),
        ("alert form in <#C1>", "alert form in <#C1>"),
        ("alert expected a-7kq3", "alert expected a-7kq3"),
        ("alert any overtake", "alert any overtake in top 10"),
        ("alert tokens z-ai above 12345", "alert tokens z-ai above 12.345K"),
        ("alert tokens z-ai above 1234567", "alert tokens z-ai above 1234.567K"),
        ("alert tokens z-ai above 5.5", "alert tokens z-ai above 5.5"),
        ("alert qwen passes z-ai for 5d", "alert qwen passes z-ai for 5d"),
        ("alert qwen passes z-ai for ever", "alert qwen passes z-ai for ever"),
        ("alert z-ai unusual by 50", "alert z-ai unusual by 50%"),
        ("alert z-ai unusual by 50 %", "alert z-ai unusual by 50%"),
        ("alert any unusual by 50% in top 5", "alert any unusual by 50% in top 5"),
        ("budget list", "budget"),
        ("lb vs the week before", "leaderboard tokens 7d"),
        ("leaderboard spend", "leaderboard cost 7d"),
        ("apps 2026-11-09", "apps tokens 1d until 2026-11-09"),
        ("spend daily", "spend mtd by day"),
        ("budget set $9 for key_7f2", "budget set $9 for key key_7f2"),
        ("budget set $9 for gpt-5.4", "budget set $9 for model gpt-5.4"),
        (
            "leaderboard last month as of 2026-11-05",
            "leaderboard tokens 1m as of 2026-11-05",
        ),
        ("share as of yesterday", "share tokens 8w as of 2026-11-29"),
        ("digest create weekly spend by key", "digest create weekly spend by key"),
        ("subscribe by key", "digest create spend by key"),
    ],
)
def test_parse__own_words(text, words):
    request = parse(text, today=TODAY)

    assert canonical(request) == words
    assert parse(words, today=TODAY) == request


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("spend 7d by hour", "“by hour” takes one day."),
        ("spend by host", "“by host” needs a model."),
        ("spend by banana", "“by” needs one of model, key, type, day, hour, host"),
        ("spend tokens", "spend does not take “tokens”."),
        ("spend weekly", "spend does not take “weekly”."),
        ("spend lst month", "Unknown word “lst”."),
        ("spend 2027", "2027 starts on 1 Jan 2027"),
        ("spend deny #finance", "“spend deny” needs one channel"),
        ("spend name key_7f2", "“spend name” needs the id of a key"),
        ("spend public private", "Both “public” and “private”"),
        ("budget delete", "“delete” needs the id of a budget"),
        ("budget set", "“budget set” needs an amount"),
        ("budget set $500 for model", "“for model” needs one name"),
        ("budget set $500 in #finance", "I can't tell which channel “#finance” is."),
        ("budget set $500 blue", "Unknown word “blue”."),
        ("budget burn", "Unknown budget command “burn”."),
        ("apps last month", "ZenMux doesn't rank apps over October 2026."),
        ("trending until nov 1 nov 10", "Both “until nov 1” and “nov 10” are there"),
        ("trending week nov 10", "Both “week” and “nov 10” are there"),
        ("trending 2027", "2027 starts on 1 Jan 2027"),
        ("apps trending 30d", "ZenMux doesn't rank apps over 3"),
        ("spend forecast", "Forecasts are shown with budgets."),
        ("how much will we spend this month", "Forecasts are shown with budgets."),
        ("budget set abc", "“abc” isn't an amount."),
        ("defaults", "Defaults are set on the app's Home tab."),
        ("alert show 1", "“show” needs the id of an alert after it, not “1”."),
        ("alert rehearse A1", "“rehearse” needs the id of an alert after it, not"),
        ("alert snooze 1 3d", "“snooze” needs the id of an alert after it, not “1”."),
        ("alert banana", "That isn't a rule for an alert."),
        ("alert share above 5%", "That rule needs the name"),
        ("alert share z-ai above 500%", "“above” needs a percentage"),
        ("alert z-ai moves a lot", "“moves” needs a number"),
        ("alert expected a-7kq3 friday cost", "“friday cost” is too much"),
        ("alert newcomer in top 99", "That isn't a rule for an alert."),
        ("alert tokens z-ai above it", "“above” needs a number"),
        ("alert share z-ai above", "“above” needs a percentage"),
        ("alert z-ai moves 3pp now", "“moves” needs a number"),
        ("alert z-ai moves 3pp in cost", "“moves” needs a number"),
        ("alert share of qwen unusual", "That isn't a rule for an alert."),
        ("alert z-ai unusual by much", "That isn't a rule for an alert."),
        ("alert passes z-ai", "That isn't a rule for an alert."),
        ("spend name key_7f2 " + "x" * 101, "That name is too long."),
        ("digest create by week", "“by” needs key or model after it."),
        ("alert pause", "“pause” needs the id of an alert"),
        ("alert pause a-7kq3 now", "“now” is too much for “pause”."),
        ("alert snooze a-7kq3 forever", "“snooze” needs a number of days"),
        ("share as of 2027-01-01", "“as of 2027-01-01” is not a day"),
        ("digest create weekly spend cost", "“spend” and “cost” do not go together."),
        ("digest create z-ai by key", "“by key” and “z-ai” do not go together."),
        ("digest edit d-7kq3 spend", "A digest keeps what it reports"),
    ],
)
def test_parse__own_words_that_are_wrong(text, problem):
    with pytest.raises(BadInput) as caught:
        parse(text, today=TODAY)

    assert caught.value.problem.startswith(problem)
    for suggestion in caught.value.suggestions:
        parse(suggestion, today=TODAY)


@pytest.mark.parametrize("kind", ["budget", "alert", "spend", "apps"])
def test_parse__own_help(kind):
    assert canonical(parse(f"{kind} help", today=TODAY)) == f"help {kind}"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (LIST_BUDGETS, "list"),
        (OPEN_ALERT_FORM, ""),
        (Ask(About(Verb.PAUSE, "d-7kq3")), "ask pause d-7kq3"),
    ],
)
def test_commands__say_their_words(command, words):
    assert str(command) == words


def test_defaults__over_wider_ones():
    wider = Defaults(top=5, metric=Metric.COST)

    assert Defaults(top=20).over(wider) == Defaults(top=20, metric=Metric.COST)
