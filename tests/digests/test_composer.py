"""Digests composed from the sandbox's answers, and recomputed by a naive program."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import httpx
import pytest
from examples import DAILY, WEEKLY, draft
from pydantic import SecretStr

from zenmux_bot.answers.service import Answers
from zenmux_bot.answers.status.fetch import Health
from zenmux_bot.commands.defaults import UNSET
from zenmux_bot.commands.queries import ShareQuery
from zenmux_bot.core.measures import Metric
from zenmux_bot.core.periods import CalendarUnit, Unit
from zenmux_bot.digests.composer import ASK_AGAIN, DigestComposer
from zenmux_bot.digests.delivery.context import Skip, Wait
from zenmux_bot.digests.delivery.entries import Composed, Entry
from zenmux_bot.digests.news import choose, find_news
from zenmux_bot.digests.schedule import Cadence, Days, Occurrence, Schedule, due
from zenmux_bot.digests.subscriptions import Subscription, WhenEmpty
from zenmux_bot.errors import ApiError, ServerFault, Unreachable
from zenmux_bot.zenmux.api import INTERACTIVE, OneApi
from zenmux_bot.zenmux.cache import CachedApi
from zenmux_bot.zenmux.client import ZenMuxClient
from zenmux_demo.sandbox.api import Sandbox
from zenmux_demo.sandbox.replies import gateway_page

SUNDAY = date(2026, 11, 22)
WEEK = Days(first=date(2026, 11, 16), last=SUNDAY)
MONTHLY = Schedule(cadence=Cadence.MONTHLY, day=1, hour=9, zone="Europe/Berlin")
BOARD = "/statistics/leaderboard"
SHARES = "/statistics/market_share"


@dataclass
class Past:
    """What was sent before: nothing, or one digest."""

    entry: Entry | None = None
    asked: list[tuple[str, object]] = field(default_factory=list)

    async def sent_before(self, subscription_id, before, *, within):
        self.asked.append((subscription_id, before))
        return [] if self.entry is None else [self.entry]


@dataclass
class Kitchen:
    """A composer with all that it needs."""

    composer: DigestComposer
    answers: Answers
    past: Past
    sandbox: Sandbox
    clock: object

    def occurrence(self, schedule: Schedule) -> Occurrence:
        now = self.clock.now()
        return due(schedule, now - timedelta(days=40), now)[-1]

    async def compose(
        self, subscription: Subscription | None = None, *, late=False, final=False
    ) -> Composed | Skip | Wait:
        who = subscription or digest()
        occurrence = self.occurrence(who.schedule)
        return await self.composer.compose(who, occurrence, late=late, final=final)


async def unset(_team_id, _channel_id):
    return UNSET


def digest(**changes) -> Subscription:
    return draft(id="d-7kq3", **changes)


@pytest.fixture
async def kitchen(sandbox, clock) -> AsyncIterator[Kitchen]:
    async def sleep(seconds: float) -> None:
        clock.advance(seconds=seconds)
        await asyncio.sleep(0)

    async with httpx.AsyncClient() as http:
        client = ZenMuxClient(
            http,
            key=SecretStr(sandbox.key),
            base_url=sandbox.base_url,
            clock=clock,
            sleep=sleep,
        )
        api = CachedApi(client, clock=clock, sleep=sleep)
        answers = Answers(OneApi(api), clock, Health(OneApi(api), clock, ()))
        past = Past()
        composer = DigestComposer(answers, OneApi(api), past, clock, unset)
        yield Kitchen(composer, answers, past, sandbox, clock)
        await api.aclose()


def blocks(message, kind: str) -> list[dict]:
    return [block for block in message.blocks if block["type"] == kind]


def table(message) -> list[list[str]]:
    (block,) = blocks(message, "table")
    return [[cell["text"] for cell in row] for row in block["rows"]]


def title(message) -> str:
    return message.blocks[0]["text"]["text"]


async def naive_volumes(
    sandbox: Sandbox, metric: str, first: date, last: date
) -> Counter[str]:
    """Add up the raw daily answers of the API by provider's label."""
    sums: Counter[str] = Counter()
    async with httpx.AsyncClient() as http:
        for offset in range((last - first).days + 1):
            day = (first + timedelta(days=offset)).isoformat()
            answer = await http.get(
                sandbox.base_url + SHARES,
                params={
                    "metric": metric,
                    "bucket_width": "1d",
                    "starting_at": day,
                    "ending_at": day,
                    "limit": 50,
                },
                headers={"Authorization": f"Bearer {sandbox.key}"},
            )
            for each in answer.json()["data"]["series"][0]["authors"]:
                sums[each["label"]] += each["value"]
    return sums


def naive_sign(number: float) -> str:
    shown = f"{abs(number):,.1f}"
    if shown == "0.0":
        return "±0.0"
    return ("+" if number > 0 else "−") + shown


@pytest.mark.parametrize("metric", Metric)
async def test_a_naive_program_comes_to_the_same_figures(kitchen, sandbox, metric):
    composed = await kitchen.compose(digest(metric=metric))

    now = await naive_volumes(sandbox, metric, WEEK.first, WEEK.last)
    week = timedelta(weeks=1)
    before = await naive_volumes(sandbox, metric, WEEK.first - week, WEEK.last - week)
    total, total_before = sum(now.values()), sum(before.values())
    expected = []
    for label, value in now.most_common(10):
        share = 100 * value / total
        points = share - 100 * before[label] / total_before
        growth = 100 * (value / before[label] - 1)
        expected.append(
            [
                label,
                f"{share:.1f}%",
                f"{naive_sign(points)} pp",
                f"${value:,.0f}" if metric is Metric.COST else f"{value / 1e9:.3g}B",
                f"{naive_sign(growth)}%",
            ]
        )
    rows = table(composed.message)[1:]
    assert [
        [name, share, points, naive_tokens(volume), growth]
        for name, share, points, volume, growth in rows[:10]
    ] == [
        [name, share, points, naive_tokens(volume), growth]
        for name, share, points, volume, growth in expected
    ]
    assert rows[11][4] == f"{naive_sign(100 * (total / total_before - 1))}%"
    leader = expected[0]
    assert (
        f"{leader[0]} leads with {leader[1]} of {metric} ({leader[2]})"
        in composed.message.text
    )
    assert {
        name: float(value)
        for name, value in composed.figures.items()
        if ":" not in name
    } == {str(metric): pytest.approx(total)}


def naive_tokens(text: str) -> str | float:
    """Return tokens as a number, whatever unit they are written in."""
    scales = {"M": 1e6, "B": 1e9, "T": 1e12}
    if text.startswith("$"):
        return text
    return pytest.approx(float(text[:-1]) * scales[text[-1]], rel=1e-9)


@pytest.mark.parametrize(
    ("schedule", "words", "points", "last"),
    [
        (WEEKLY, "week 47 (16–22 Nov 2026)", 8, SUNDAY),
        (DAILY, "Sunday, 22 Nov 2026", 6, SUNDAY),
        (MONTHLY, "October 2026", 20, date(2026, 10, 31)),
    ],
    ids=["weekly", "daily", "monthly"],
)
async def test_each_cadence_reports_its_last_period(
    kitchen, schedule, words, points, last
):
    composed = await kitchen.compose(digest(schedule=schedule))

    assert title(composed.message) == f"Market share by cost, {words}"
    (chart,) = blocks(composed.message, "data_visualization")
    assert len(chart["chart"]["axis_config"]["categories"]) == points
    assert composed.data_through == last


async def test_the_reply_is_the_leaderboard_of_the_same_week(kitchen):
    composed = await kitchen.compose(digest(top=5, providers=("anthropic",)))

    assert title(composed.reply) == "Anthropic: top 5 models by cost, 16–22 Nov 2026"
    assert "leaderboard cost 2026-W47 top 5 provider anthropic" in composed.reply.text


async def test_several_providers_stand_beside_each_other(kitchen):
    composed = await kitchen.compose(digest(providers=("openai", "anthropic")))

    assert title(composed.message).startswith("Anthropic and OpenAI: market share by")
    rows = table(composed.message)[1:]
    assert [row[0] for row in rows][:2] == ["Anthropic", "OpenAI"]
    assert "provider openai provider anthropic" in composed.reply.text


async def test_late_ones_say_so(kitchen):
    composed = await kitchen.compose(late=True)

    assert "late: was due 23 Nov 2026 09:00 Europe/Berlin" in composed.message.text


async def test_a_hundred_channels_ask_the_api_no_more_than_one(kitchen, sandbox):
    await kitchen.compose()
    asked = len(sandbox.requests)
    many = [
        digest(
            channel_id=f"C{n}",
            top=1 + n % 50,
            providers=((), ("google",))[n % 2],
            skip_below_pp=(None, Decimal("0.1"))[n % 2],
        )
        for n in range(100)
    ]

    composed = await asyncio.gather(*map(kitchen.compose, many))

    assert all(isinstance(each, Composed) for each in composed)
    assert len(sandbox.requests) == asked == 5


async def test_a_cold_start_of_many_asks_once_too(kitchen, sandbox):
    await asyncio.gather(*(kitchen.compose(digest(top=n)) for n in range(1, 21)))

    assert len(sandbox.requests) == 5


async def test_a_day_that_is_late_is_waited_for_and_then_included(
    kitchen, sandbox, clock
):
    sandbox.weather.late = True

    waited = await kitchen.compose()
    assert waited == Wait(
        clock.now() + ASK_AGAIN, "the data of 22 Nov 2026 are not in yet"
    )
    clock.advance(minutes=10)
    assert isinstance(await kitchen.compose(), Wait)
    sandbox.weather.late = False
    clock.advance(minutes=10)
    composed = await kitchen.compose()

    volumes = await naive_volumes(sandbox, "cost", WEEK.first, WEEK.last)
    assert composed.figures["cost"] == pytest.approx(Decimal(sum(volumes.values())))
    assert composed.data_through == SUNDAY


async def test_figures_from_before_the_day_came_in_are_not_used(
    kitchen, sandbox, clock
):
    sandbox.weather.late = True
    period = CalendarUnit(Unit.WEEK, WEEK.first)
    early = await kitchen.answers.share(
        ShareQuery(metric=Metric.COST, period=period), patience=INTERACTIVE
    )
    sandbox.weather.late = False
    clock.advance(minutes=6)

    composed = await kitchen.compose()

    assert composed.figures["cost"] > early.total.value.low


async def test_at_last_it_goes_with_the_days_there_are(kitchen, sandbox):
    sandbox.weather.late = True

    composed = await kitchen.compose(final=True)

    assert title(composed.message).endswith("week 47 (16–21 Nov 2026)")
    assert "Sun 22 Nov isn't in yet" in composed.message.text.split(". ")[1]
    assert composed.data_through == SUNDAY - timedelta(days=1)
    (chart,) = blocks(composed.message, "data_visualization")
    assert chart["chart"]["axis_config"]["categories"][-1] == "9 Nov"


@pytest.mark.parametrize("when_empty", WhenEmpty)
async def test_a_day_that_never_came_is_said_or_skipped(kitchen, sandbox, when_empty):
    sandbox.weather.late = True
    who = digest(schedule=DAILY, when_empty=when_empty)

    assert isinstance(await kitchen.compose(who), Wait)
    composed = await kitchen.compose(who, final=True)

    reason = "22 Nov 2026 has no figures yet"
    if when_empty is WhenEmpty.SKIP:
        assert isinstance(composed, Skip)
        assert reason in composed.reason
    else:
        assert "Nothing to report" in composed.message.text
        assert reason in composed.message.text
        assert (composed.reply, composed.figures) == (None, {})


async def test_a_provider_that_is_gone_is_nothing_to_report(kitchen):
    who = digest(providers=("lumora",), when_empty=WhenEmpty.SKIP)

    skipped = await kitchen.compose(who)

    assert isinstance(skipped, Skip)
    assert "lumora" in skipped.reason


async def test_a_still_week_is_skipped_where_that_is_wanted(kitchen):
    skipped = await kitchen.compose(digest(skip_below_pp=Decimal(50)))

    assert skipped == Skip("no share moved by 50 pp or more")
    moved = await kitchen.compose(digest(skip_below_pp=Decimal("0.1")))
    assert isinstance(moved, Composed)


async def published(kitchen, changes: dict[str, Decimal]) -> Entry:
    """A digest of the week before, some of whose figures were others then."""
    kitchen.clock.advance(days=-7)
    composed = await kitchen.compose()
    occurrence = kitchen.occurrence(WEEKLY)
    kitchen.clock.advance(days=7)
    figures = {
        name: value * changes.get(name, Decimal(1))
        for name, value in composed.figures.items()
    }
    return Entry(
        id=1,
        subscription_id="d-7kq3",
        occurrence=occurrence,
        retry_at=occurrence.at,
        planned_at=occurrence.at,
        data_through=composed.data_through,
        figures=figures,
    )


async def test_compose__restated_figures_in_thread(kitchen):
    kitchen.past.entry = await published(
        kitchen, {"cost:openai": Decimal("0.9"), "cost:google": Decimal("1.0001")}
    )

    composed = await kitchen.compose()

    assert "Restated by ZenMux since the digest of 9–15 Nov 2026: OpenAI 12.2%" in (
        composed.reply.text
    )
    assert "Restated" not in composed.message.text
    assert "Google" not in composed.reply.text.split("Restated")[1].split(".\n")[0]
    assert kitchen.past.asked[-1] == ("d-7kq3", kitchen.occurrence(WEEKLY).at)


async def test_figures_that_stayed_as_they_were_are_no_news(kitchen):
    kitchen.past.entry = await published(kitchen, {})

    composed = await kitchen.compose()

    assert "Restated" not in composed.reply.text


async def test_a_digest_of_part_of_a_week_is_compared_on_those_days(kitchen, sandbox):
    sandbox.weather.late = True
    composed = await kitchen.compose(final=True)
    sandbox.weather.late = False
    entry = await published(kitchen, {})
    kitchen.past.entry = replace(
        entry,
        occurrence=kitchen.occurrence(WEEKLY),
        figures=composed.figures,
        data_through=composed.data_through,
    )
    kitchen.clock.advance(days=7)

    following = await kitchen.compose()

    assert "Restated" not in following.reply.text


async def test_an_earlier_digest_that_had_no_figures_is_not_compared(kitchen):
    kitchen.past.entry = replace(await published(kitchen, {}), figures={})

    composed = await kitchen.compose()

    assert "Restated" not in composed.reply.text


async def test_an_api_that_is_down_fails_the_attempt(kitchen, sandbox):
    sandbox.weather.down = True

    for final in (False, True):
        with pytest.raises(ApiError):
            await kitchen.compose(final=final)


async def test_an_old_copy_is_no_digest(kitchen, sandbox, clock):
    await kitchen.compose()
    occurrence = kitchen.occurrence(WEEKLY)
    sandbox.weather.down = True
    clock.advance(days=1)

    for final in (False, True):
        with pytest.raises(Unreachable, match="no new figures"):
            await kitchen.composer.compose(digest(), occurrence, late=True, final=final)


async def gateway_fault(request, answer):
    """Answer like a gateway that cannot reach the API."""
    del request, answer
    return gateway_page(502)


async def test_a_leaderboard_that_cannot_be_had_delays_and_at_last_is_left_out(
    kitchen, sandbox
):
    sandbox.weather.expect(BOARD, *[gateway_fault] * 40)

    with pytest.raises(ServerFault):
        await kitchen.compose()
    composed = await kitchen.compose(final=True)

    assert composed.reply is None
    assert title(composed.message).endswith("week 47 (16–22 Nov 2026)")


async def test_a_provider_below_every_list_of_models_has_no_leaderboard(
    kitchen, sandbox
):
    """Its volume is in the market share, its models are among the others."""
    composed = await kitchen.compose(digest(providers=("nvidia",)))

    assert title(composed.message).startswith("NVIDIA: market share")
    assert composed.reply is None


async def test_news__reported_once_with_proof(kitchen):
    everyone = digest(top=50)
    composed = await kitchen.compose(everyone)
    found = await kitchen.composer._weeks(everyone, SUNDAY)
    labels = {row.provider: row.label for row in found.rows}
    expected = choose(find_news(found.buckets, labels, top=50), ())

    assert composed.news == tuple(each.key for each in expected)
    for each in expected:
        assert each.sentence in composed.message.text
    earlier = kitchen.occurrence(WEEKLY)
    kitchen.past.entry = Entry(
        id=1,
        subscription_id="d-7kq3",
        occurrence=replace(earlier, at=earlier.at - timedelta(weeks=3)),
        retry_at=earlier.at,
        planned_at=earlier.at,
        news=composed.news,
    )
    again = await kitchen.compose(everyone)
    assert not set(again.news) & set(composed.news)


async def test_corrections__go_to_the_thread_of_the_news(kitchen):
    earlier = await published(kitchen, {})
    everyone = digest(top=50, updated_at=earlier.planned_at)
    weeks = await kitchen.composer._weeks(everyone, SUNDAY - timedelta(weeks=1))
    labels = {row.provider: row.label for row in weeks.rows}
    true = tuple(each.key for each in find_news(weeks.buckets, labels, top=50))
    wrong = ("record:openai", "overtake:google:openai", "streak:google:lost:8")
    kitchen.past.entry = replace(earlier, news=(*true, *wrong))

    composed = await kitchen.compose(everyone)

    assert [each.thread_key for each in composed.corrections] == [earlier.key] * 3
    assert [each.key for each in composed.corrections] == [
        f"correction:{earlier.key}:{key}" for key in wrong
    ]
    first = composed.corrections[0].message.text
    assert "ZenMux has restated figures of 9–15 Nov 2026" in first
    assert "OpenAI's share was not its largest since data begin." in first
    edited = replace(everyone, updated_at=kitchen.clock.now())
    assert (await kitchen.compose(edited)).corrections == ()


async def test_compose__what_many_digests_tell_is_computed_once(kitchen, sandbox):
    first = await kitchen.compose()
    sandbox.weather.down = True

    other = await kitchen.compose(digest(channel_id="C2"))
    again = await kitchen.compose(replace(digest(), id="d-2222"))
    late = await kitchen.compose(late=True)

    assert other == first
    assert again.reply == first.reply
    assert again.figures == first.figures
    assert again.message.text == first.message.text.replace("d-7kq3", "d-2222")
    assert "late: was due" in late.message.text
    with pytest.raises(ApiError):
        await kitchen.compose(digest(metric=Metric.TOKENS))


async def test_news__is_for_digests_of_all_providers_at_the_end_of_a_week(kitchen):
    kitchen.clock.advance(days=1)

    assert (await kitchen.compose(digest(schedule=DAILY))).news == ()
    assert (await kitchen.compose(digest(providers=("google",)))).news == ()
