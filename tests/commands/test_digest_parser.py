from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from digest_worlds import commands, nearly
from hypothesis import given, settings

from zenmux_bot.commands.digest_commands import (
    ALWAYS,
    EVERYONE,
    OPEN_FORM,
    About,
    Ask,
    Create,
    DigestSpec,
    Edit,
    ListAll,
    OpenForm,
    Verb,
)
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import DigestQuery, HelpQuery, canonical
from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.schedule import Cadence
from zenmux_bot.digests.subscriptions import WhenEmpty
from zenmux_bot.errors import BadInput

TODAY = date(2026, 11, 23)
WEEKLY, MONTHLY = Cadence.WEEKLY, Cadence.MONTHLY


def read(text):
    return parse(text, today=TODAY).query.command


def spec_of(words):
    return read(f"digest create {words}").spec


def error_of(text):
    with pytest.raises(BadInput) as caught:
        parse(text, today=TODAY)
    return caught.value


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("digest", OPEN_FORM),
        ("/zenmux digest", OPEN_FORM),
        ("DIGEST", OPEN_FORM),
        ("digest form", OPEN_FORM),
        ("digest form tokens top 5", OpenForm(DigestSpec(metric=Metric.TOKENS, top=5))),
        ("digest list", ListAll()),
        ("digests", ListAll()),
        ("subscribe", Create()),
        ("subscribe daily", Create(DigestSpec(cadence=Cadence.DAILY))),
        ("digest create", Create()),
        ("digest new", Create()),
        ("digest add daily", Create(DigestSpec(cadence=Cadence.DAILY))),
        ("digest show d-7kq3", About(Verb.SHOW, "d-7kq3")),
        ("digest SHOW D-7KQ3", About(Verb.SHOW, "d-7kq3")),
        ("digest preview `d-7kq3`", About(Verb.PREVIEW, "d-7kq3")),
        ("digest pause d-7kq3.", About(Verb.PAUSE, "d-7kq3")),
        ("digest resume d-7kq3", About(Verb.RESUME, "d-7kq3")),
        ("digest delete d-7kq3", About(Verb.DELETE, "d-7kq3")),
        ("digest remove d-7kq3", About(Verb.DELETE, "d-7kq3")),
        ("digest cancel d-7kq3", About(Verb.DELETE, "d-7kq3")),
        ("digest stop d-7kq3", About(Verb.PAUSE, "d-7kq3")),
        (
            "digest create only openai and anthropic please",
            Create(DigestSpec(providers=("openai", "anthropic"))),
        ),
        ("digest restore d-7kq3", About(Verb.RESTORE, "d-7kq3")),
        ("digest undo d-7kq3", About(Verb.RESTORE, "d-7kq3")),
        ("digest history d-7kq3", About(Verb.HISTORY, "d-7kq3")),
        ("digest ask pause d-7kq3", Ask(About(Verb.PAUSE, "d-7kq3"))),
        ("digest ask edit d-7kq3 top 5", Ask(Edit("d-7kq3", DigestSpec(top=5)))),
        ("digest send d-7kq3", About(Verb.SEND, "d-7kq3")),
        ("digest send d-7kq3 again", About(Verb.SEND, "d-7kq3", again=True)),
        ("digest edit d-7kq3", Edit("d-7kq3")),
        ("digest edit d-7kq3 top 5", Edit("d-7kq3", DigestSpec(top=5))),
    ],
)
def test_read_digest__commands(text, command):
    assert read(text) == command


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("daily", DigestSpec(cadence=Cadence.DAILY)),
        ("every day", DigestSpec(cadence=Cadence.DAILY)),
        ("weekly", DigestSpec(cadence=WEEKLY)),
        ("every week", DigestSpec(cadence=WEEKLY)),
        ("monthly", DigestSpec(cadence=MONTHLY)),
        ("every month", DigestSpec(cadence=MONTHLY)),
        ("mon", DigestSpec(cadence=WEEKLY, weekday=0)),
        ("weekly sun", DigestSpec(cadence=WEEKLY, weekday=6)),
        ("every Monday", DigestSpec(cadence=WEEKLY, weekday=0)),
        ("on thursdays", DigestSpec(cadence=WEEKLY, weekday=3)),
        ("tues", DigestSpec(cadence=WEEKLY, weekday=1)),
        ("monthly 1", DigestSpec(cadence=MONTHLY, day=1)),
        ("monthly last", DigestSpec(cadence=MONTHLY, day=31)),
        ("on the last day", DigestSpec(cadence=MONTHLY, day=31)),
        ("on the 15th", DigestSpec(cadence=MONTHLY, day=15)),
        ("2nd", DigestSpec(cadence=MONTHLY, day=2)),
        ("day 28", DigestSpec(cadence=MONTHLY, day=28)),
        ("day last", DigestSpec(cadence=MONTHLY, day=31)),
        ("monthly 9 am", DigestSpec(cadence=MONTHLY, at=time(9))),
        ("monthly 9 9am", DigestSpec(cadence=MONTHLY, day=9, at=time(9))),
        ("09:00", DigestSpec(at=time(9))),
        ("9:05", DigestSpec(at=time(9, 5))),
        ("9.30", DigestSpec(at=time(9, 30))),
        ("17h45", DigestSpec(at=time(17, 45))),
        ("at 9", DigestSpec(at=time(9))),
        ("at 21", DigestSpec(at=time(21))),
        ("9am", DigestSpec(at=time(9))),
        ("9 PM", DigestSpec(at=time(21))),
        ("9:30pm", DigestSpec(at=time(21, 30))),
        ("12am", DigestSpec(at=time(0))),
        ("12pm", DigestSpec(at=time(12))),
        ("noon", DigestSpec(at=time(12))),
        ("at midnight", DigestSpec(at=time(0))),
        ("Europe/Berlin", DigestSpec(zone="Europe/Berlin")),
        ("EUROPE/BERLIN", DigestSpec(zone="Europe/Berlin")),
        ("berlin", DigestSpec(zone="Europe/Berlin")),
        ("in Berlin", DigestSpec(zone="Europe/Berlin")),
        ("New York", DigestSpec(zone="America/New_York")),
        ('"new york"', DigestSpec(zone="America/New_York")),
        ("ho chi minh", DigestSpec(zone="Asia/Ho_Chi_Minh")),
        ("UTC", DigestSpec(zone="UTC")),
        ("tokens", DigestSpec(metric=Metric.TOKENS)),
        ("$", DigestSpec(metric=Metric.COST)),
        ("<#C0LLMCOSTS1|llm-costs>", DigestSpec(channel="C0LLMCOSTS1")),
        ("in <#C0LLMCOSTS1>", DigestSpec(channel="C0LLMCOSTS1")),
        ("to <#C0FINANCE01|>", DigestSpec(channel="C0FINANCE01")),
        ("in <#C1|q-12-2026-plans>", DigestSpec(channel="C1")),
        ("top 5", DigestSpec(top=5)),
        ("top5", DigestSpec(top=5)),
        ("provider Anthropic", DigestSpec(providers=("anthropic",))),
        ('provider "Moonshot AI"', DigestSpec(providers=("moonshot ai",))),
        ("provider all", DigestSpec(providers=EVERYONE)),
        (
            "anthropic OpenAI x-ai",
            DigestSpec(providers=("anthropic", "openai", "x-ai")),
        ),
        ("provider qwen microsoft", DigestSpec(providers=("qwen", "microsoft"))),
        (
            "google mon google",
            DigestSpec(cadence=WEEKLY, weekday=0, providers=("google",)),
        ),
        ("skip below 0.5pp", DigestSpec(skip_below_pp=Decimal("0.5"))),
        ("skip below 0,5 pp", DigestSpec(skip_below_pp=Decimal("0.5"))),
        ("skip below .5%", DigestSpec(skip_below_pp=Decimal("0.5"))),
        ("skip below 2", DigestSpec(skip_below_pp=Decimal(2))),
        ("skip never", DigestSpec(skip_below_pp=ALWAYS)),
        ("when empty skip", DigestSpec(when_empty=WhenEmpty.SKIP)),
        ("if empty say", DigestSpec(when_empty=WhenEmpty.SAY)),
    ],
)
def test_read_digest__spec(words, expected):
    assert spec_of(words) == expected


def test_read_digest__any_order():
    words = (
        "weekly mon 09:00 Europe/Berlin cost in <#C0LLMCOSTS1|llm-costs> top 5 "
        "provider anthropic skip below 0.5pp when empty skip"
    )
    mixed = (
        "when empty skip provider anthropic berlin in <#C0LLMCOSTS1> at 9 mon "
        "skip below 0.5pp top 5 cost"
    )

    assert spec_of(words) == spec_of(mixed)
    assert canonical(DigestQuery(command=Create(spec_of(mixed)))) == (
        "digest create weekly mon 09:00 Europe/Berlin cost in <#C0LLMCOSTS1> top 5 "
        "provider anthropic skip below 0.5pp when empty skip"
    )


@pytest.mark.parametrize(
    ("text", "problem", "suggestions"),
    [
        ("digest creat", "Unknown digest command “creat”", ("digest",)),
        ("digest weekly", "Unknown digest command “weekly”", ("digest form weekly",)),
        (
            "digest d-7kq3",
            "Unknown digest command “d-7kq3”",
            ("digest show d-7kq3", "digest edit d-7kq3"),
        ),
        ("digest qqqq", "Unknown digest command “qqqq”", ("digest",)),
        ("digest pause", "“pause” needs the id", ("digest list",)),
        ("digest pause all", "not “all”", ("digest list",)),
        ("digest list all", "“all” is too much", ("digest list",)),
        ("digest pause d-7kq3 now", "“now” is too much", ("digest show d-7kq3",)),
        (
            "digest create wekly",
            "Unknown word “wekly”.",
            ("digest form weekly",),
        ),
        (
            "digest create berlni 9am",
            "Unknown word “berlni”.",
            ("digest form 09:00 Europe/Berlin",),
        ),
        (
            "digest create istanbul",
            "“istanbul” may be several time zones.",
            ("digest form Asia/Istanbul", "digest form Europe/Istanbul"),
        ),
        (
            "digest create 9am est",
            "“est” does not say how clocks change there.",
            ("digest form 09:00 America/New_York",),
        ),
        (
            "digest create 9",
            "“9” may be an hour, a day or a number of rows.",
            (
                "digest form 09:00",
                "digest form monthly day 9",
            ),
        ),
        (
            "digest create daily mon",
            "“daily” and “mon” do not go together.",
            ("digest form daily", "digest form weekly mon"),
        ),
        (
            "digest create mon 1st",
            "do not go together",
            ("digest form weekly mon", "digest form monthly day 1"),
        ),
        (
            "digest create tokens cost",
            "“tokens” and “cost” do not go together.",
            ("digest form tokens", "digest form cost"),
        ),
        ("digest create 25:00", "“25:00” isn't a valid time", ("digest form 09:00",)),
        ("digest create at 24", "“24” isn't a valid time", ("digest form 09:00",)),
        ("digest create 13pm", "“13pm” isn't a valid time", ("digest form 09:00",)),
        ("digest create at", "“at” needs a time", ("digest form 09:00",)),
        ("digest create top 51", "out of range", ("digest form top 50",)),
        ("digest create top 0", "out of range", ("digest form top 1",)),
        ("digest create top", "“top” needs", ("digest form top 10",)),
        ("digest create day 32", "out of range", ("digest form monthly day last",)),
        ("digest create monthly 0", "out of range", ("digest form monthly day 1",)),
        ("digest create in #nowhere", "“#nowhere”", ("digest",)),
        ("digest create #nowhere", "“#nowhere”", ("digest",)),
        ("digest create in", "“in” needs a channel", ("digest",)),
        ("digest create provider", "“provider” needs a name", ("digest",)),
        (f"digest create provider {'x' * 101}", "too long", ("digest",)),
        (
            f"digest create {' '.join(f'maker{n}' for n in range(11))}",
            "“maker10” is one provider too many.",
            (),
        ),
        (
            "digest create provider all openai",
            "“provider all” and “openai” do not go together.",
            ("digest form provider all", "digest form provider openai"),
        ),
        ("digest create dialy", "Unknown word", ("digest form daily",)),
        (
            "digest create berln",
            "Unknown word",
            ("digest form Europe/Berlin",),
        ),
        ("digest create europe/nowhere cost", "Unknown word", ("digest form cost",)),
        ("digest create hourly", "Unknown word “hourly”", ("digest",)),
        ("digest show <#c1|>", "not “#C1”", ("digest list",)),
        (
            "digest create skip below 101pp",
            "isn't a number of percentage points",
            ("digest form skip below 0.5pp", "digest form skip never"),
        ),
        (
            "digest create skip it",
            "“skip” needs",
            ("digest form skip below 0.5pp", "digest form skip never"),
        ),
        (
            "digest create when empty shout",
            "“when” needs",
            ("digest form when empty say", "digest form when empty skip"),
        ),
        (
            "digest create every now",
            "“every” needs",
            ("digest form weekly mon", "digest form daily"),
        ),
        *(
            (
                f"digest {days}",
                "Digests are daily, weekly or monthly, not only on workdays.",
                ("digest form daily 08:00", "digest form weekly mon 08:00"),
            )
            for days in (
                "create every weekday 8am",
                "create 8am on weekdays",
                "every workday 8am",
                "weekdays 8am",
                "form mon-fri 8am",
            )
        ),
        ("digst list", "Unknown command “digst”.", ("digest list",)),
    ],
)
def test_read_digest__errors(text, problem, suggestions):
    error = error_of(text)

    assert problem in error.problem
    assert error.suggestions[: len(suggestions)] == suggestions


@pytest.mark.parametrize(
    "text",
    ["digest help", "digest ?", "digest create daily help", "digest edit d-7kq3 help"],
)
def test_read_digest__help(text):
    assert parse(text, today=TODAY).query == HelpQuery(topic="digest")


@pytest.mark.parametrize("text", ["digest pause help", "digest pause --help"])
def test_read_digest__help_instead_of_id(text):
    assert parse(text, today=TODAY).query == HelpQuery(topic="digest")


@given(command=commands)
def test_read_digest__round_trip(command):
    text = canonical(DigestQuery(command=command))

    assert parse(text, today=TODAY).query == DigestQuery(command=command)


@settings(max_examples=5 * settings().max_examples)
@given(text=nearly)
def test_read_digest__any_words(text):
    try:
        query = parse(text, today=TODAY).query
    except BadInput as complained:
        check_helpful(complained)
    else:
        assert parse(canonical(query), today=TODAY).query == query


def check_helpful(error):
    assert error.problem
    assert f"{error.problem}{error.allowed}".isprintable()
    assert error.suggestions
    for suggestion in error.suggestions:
        assert canonical(parse(suggestion, today=TODAY)) == suggestion


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("digest create mon 9:00 in #general", "digest form weekly mon 09:00"),
        ("digest create mon 9:00 #general cost", "digest form weekly mon 09:00 cost"),
        ("digest create to marketing mon", "digest form weekly mon"),
        ("digest create mon 9:00 to general", "digest form weekly mon 09:00"),
        ("digest create mon 9:00 in general", "digest form weekly mon 09:00"),
        ("digest create to Berlin daily", "digest form daily"),
        ("digest edit d-7kq3 to general", "digest edit d-7kq3"),
        ("digest form in #general", "digest"),
        ("subscribe daily in #general", "digest form daily"),
        ("digest edit d-7kq3 top 5 in #general", "digest edit d-7kq3"),
    ],
)
def test_read_digest__unknown_channel(text, offered):
    with pytest.raises(BadInput) as caught:
        parse(text, today=date(2026, 11, 20))

    assert caught.value.suggestions == (offered,)
    assert caught.value.problem.startswith("I can't tell which channel “")
    assert caught.value.allowed.startswith("Type # and pick the channel")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("digest ask", "“ask” needs what the owner is to do after it."),
        ("digest ask list", "“ask” needs what the owner is to do after it."),
        ("digest ask pause", "“pause” needs the id of a digest after it."),
    ],
)
def test_read_digest__ask_without_command(text, problem):
    error = error_of(text)

    assert error.problem == problem
    assert error.suggestions == ("digest list",)


@pytest.mark.parametrize("text", ["digest ask pause help", "digest pause ?"])
def test_read_digest__help_anywhere(text):
    assert parse(text, today=TODAY).query == HelpQuery(topic="digest")
