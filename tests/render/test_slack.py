"""Reports as Slack gets them, at their worst."""

import json
import re
from datetime import UTC, date, datetime

import pytest
from answer_worlds import (
    AS_OF,
    HOSTILE,
    LATEST,
    REST,
    TODAY,
    board,
    days_of,
    models_of,
    ranked,
    series,
    shared,
)
from hypothesis import given
from hypothesis import strategies as st

from zenmux_bot.answers.leaderboard.report import report_leaderboard
from zenmux_bot.answers.share.report import report_share
from zenmux_bot.commands.parser import parse
from zenmux_bot.commands.queries import Request, Show
from zenmux_bot.core.measures import Granularity, Metric
from zenmux_bot.core.periods import DAY
from zenmux_bot.render import limits, slack
from zenmux_bot.render.report import (
    Button,
    Cell,
    Choice,
    Column,
    Instant,
    Menu,
    Point,
    Report,
    Table,
)
from zenmux_demo.workspace.validation import problems

OBEYED = re.compile(r"<(?!!date\^)[!@#h]")
"""What Slack would make a mention, a broadcast or a link of."""


def worst_board(*, metric="cost", top=50, providers=(), show=None):
    """Return the report of a long leaderboard with hostile labels."""
    slugs = [f"author-{number % 11}/model-{number}" for number in range(50)]
    labels = {slug: HOSTILE[number % len(HOSTILE)] for number, slug in enumerate(slugs)}
    authors = {slug: HOSTILE[number % 4] for number, slug in enumerate(slugs)}
    now = board(
        {slug: 10**15 - 7 * number for number, slug in enumerate(slugs)},
        others=10**15,
        labels=labels,
        authors=authors,
    )
    before = board(dict.fromkeys(reversed(slugs[3:]), 10**14), others=5)
    query = models_of(metric, top=top, providers=providers)
    return report_leaderboard(
        ranked(now, before, query=query), Request(query=query, show=show)
    )


def worst_share(*, top=50, providers=(), show=None, count=20):
    """Return the report of many providers over many days, with hostile labels."""
    slugs = [f"author-{number}" for number in range(50)]
    labels = {slug: HOSTILE[number % len(HOSTILE)] for number, slug in enumerate(slugs)}
    buckets = series(
        {
            LATEST - day * DAY: {
                slug: 10**15 + (number * day) % 7 for number, slug in enumerate(slugs)
            }
            | {REST: 10**9}
            for day in range(2 * count)
        },
        labels=labels,
    )
    query = days_of("cost", count=count, top=top, providers=providers)
    view = shared(buckets, query, Granularity.DAY)
    return report_share(view, Request(query=query, show=show))


WORST = {
    "leaderboard": worst_board(),
    "leaderboard of tokens": worst_board(metric="tokens"),
    "leaderboard as chart": worst_board(show=Show.CHART),
    "leaderboard of a provider": worst_board(providers=("evil",)),
    "leaderboard to read": worst_board(top=15),
    "share": worst_share(),
    "share as chart": worst_share(show=Show.CHART),
    "share of a provider": worst_share(providers=("author-6",)),
    "share to read": worst_share(top=15),
    "one day": worst_share(count=1),
}


@pytest.fixture(params=WORST.values(), ids=WORST)
def worst(request):
    return request.param


def strings(value):
    """Yield every string of a payload with the key it stands under."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from ((key, each),) if isinstance(each, str) else strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def blocks_of(message, kind):
    return [block for block in message.blocks if block["type"] == kind]


def test_message__largest_report_and_reductions(worst):
    form = slack.message(worst, shared_by="U012345")
    while form is not None:
        assert problems(list(form.blocks), "message") == []
        json.dumps(form.payload(), allow_nan=False).encode()
        form = form.reduced()


def test_text__limit(worst):
    text = slack.message(worst).text

    assert len(text) <= limits.MESSAGE_TEXT_ADVISED
    rows = len(worst.table.rows)
    lines = text.split("\n")
    assert lines[0].startswith(f"{slack.escape(worst.title)}. ")
    assert lines[-1].endswith(slack.escape(f"/zenmux {worst.command}"))
    assert any(re.match(r"(Total|All of ZenMux), ", line) for line in lines)
    cut = re.search(r"… and (\d+) more lines\.", text)
    tail = len(worst.table.tail)
    said = len(lines) - 2 - tail - bool(cut)
    assert said + (int(cut[1]) if cut else 0) == rows


def test_message__label_markup(worst):
    message = slack.message(worst)

    assert not OBEYED.search(message.text)
    for block in message.blocks:
        for element in block.get("elements", ()):
            if element.get("type") == "mrkdwn":
                assert not OBEYED.search(element["text"])
    dangerous = [text for _, text in strings(list(message.blocks)) if "\x1b" in text]
    assert dangerous == []
    assert not re.search("[\\x00-\\x09\\x0b-\\x1f\\u202e\\u2028]", message.text)


def test_message__buttons(worst):
    (actions,) = blocks_of(slack.message(worst), "actions")[:1]

    *buttons, menu = actions["elements"]
    assert len(buttons) <= 2
    options = [each for group in menu["option_groups"] for each in group["options"]]
    assert all(len(each["value"]) <= limits.OPTION_VALUE for each in options)
    for carrier in (*buttons, *options):
        assert len(carrier["value"]) <= limits.BUTTON_VALUE
        assert parse(carrier["value"], today=TODAY)
    ids = [button["action_id"] for button in actions["elements"]]
    assert len(set(ids)) == len(ids)


def labelled(*labels, kind="ask", command="status"):
    return tuple(
        Button(label=each, action=f"{kind}:{each}", command=command) for each in labels
    )


@pytest.mark.parametrize(
    ("changes", "shown", "folded"),
    [
        ({"buttons": labelled("a", "b")}, ["a", "b"], []),
        ({"buttons": labelled("a", "b", "c", "d")}, ["a", "b"], ["c", "d"]),
        ({"buttons": labelled(*"abc"), "command": None}, ["a", "b", "c"], []),
        (
            {"buttons": (*labelled("a", "b"), *labelled("c", command="x" * 151))},
            ["a", "b", "c"],
            [],
        ),
        (
            {"buttons": (*labelled(*"abc"), *labelled("d", kind="digest"))},
            ["a", "b", "d"],
            ["c"],
        ),
        (
            {
                "buttons": labelled(*"abc"),
                "menus": (
                    Menu(label="Own", action="m", choices=(Choice("d", "help"),)),
                ),
            },
            ["a", "b", "c"],
            ["d"],
        ),
    ],
    ids=["two", "four", "error", "long command", "another kind", "own menu"],
)
def test_controls_of__two_buttons_and_a_menu(changes, shown, folded):
    report = Report(**{"title": "", "finding": "", "command": "status", **changes})

    controls = slack.controls_of(report)

    buttons = [each for each in controls if each["type"] == "button"]
    assert [each["text"]["text"] for each in buttons] == shown
    options = [
        option["text"]["text"]
        for each in controls
        if each["type"] == "static_select"
        for option in each["options"]
    ]
    assert options == folded


def test_chart_block__limits(worst):
    for block in blocks_of(slack.message(worst), "data_visualization"):
        chart = block["chart"]
        names = [series["name"] for series in chart["series"]]
        assert len(names) == len(set(names)) <= 4
        assert all(len(name) <= 20 for name in names)
        categories = chart["axis_config"]["categories"]
        assert 2 <= len(categories) <= 20
        assert all(len(each) <= 20 for each in categories)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("leaderboard", "data_table"),
        ("leaderboard to read", "table"),
        ("share", "data_table"),
        ("share to read", "table"),
        ("share as chart", None),
        ("leaderboard as chart", None),
    ],
)
def test_table_block__long_and_short(name, kind):
    message = slack.message(WORST[name])

    tables = [block["type"] for block in message.blocks if "table" in block["type"]]
    assert tables == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("count", "length", "shown"),
    [(10, 900, 10), (10, 1200, 8), (50, 300, 50), (50, 500, 39), (300, 10, 199)],
    ids=["to read", "too long to read", "to explore", "too long", "too many"],
)
def test_message__shows_as_many_rows_as_slack_takes(count, length, shown):
    rows = ((Cell("x" * length),),) * count
    tail = ((Cell("Total"),),)
    table = Table(caption="A", columns=(Column("A"),), rows=rows, tail=tail)

    message = slack.message(Report(title="T", finding="", table=table))

    assert problems(list(message.blocks), "message") == []
    (block,) = [each for each in message.blocks if "table" in each["type"]]
    assert len(block["rows"]) == shown + 2
    assert block["rows"][-1][0]["text"] == "Total"
    said = f"table: the first {shown} of {count} rows"
    assert (said in json.dumps(message.blocks)) is (shown < count)


def test_table_block__alignment():
    (table,) = blocks_of(slack.message(worst_share(top=3)), "table")

    assert [setting["align"] for setting in table["column_settings"]] == [
        "left",
        "right",
        "right",
        "right",
        "right",
    ]
    assert table["rows"][-1][0] == {"type": "raw_text", "text": "Total"}


def test_table_block__numbers():
    (table,) = blocks_of(slack.message(WORST["leaderboard"]), "data_table")

    kinds = [{row[at]["type"] for row in table["rows"][1:]} for at in range(7)]
    assert kinds == [
        {"raw_number"},
        {"raw_text"},
        {"raw_number"},
        {"raw_number"},
        {"raw_number"},
        {"raw_text"},
        {"raw_text"},
    ]
    assert table["rows"][1][0] == {"type": "raw_number", "value": 1, "text": "1"}
    assert table["row_header_column_index"] == 1
    assert table["caption"] == "Top 50 models by cost"


TABLE = Table(
    caption="c",
    columns=(
        Column("#", "right", numeric=True, said="rank"),
        Column("Name"),
        Column("Move"),
    ),
    rows=((Cell("1", 1), Cell("A & *B*"), Cell("▲2", said="up 2")),),
    tail=((Cell("–"), Cell("Total"), Cell("–")),),
)


def test_text__rows():
    report = Report(
        title="Title",
        finding="It is so.",
        table=TABLE,
        context=("one", "two"),
        as_of=AS_OF,
        command="share cost 8w",
    )

    assert slack.text(report).replace("\u2060", "") == (
        "Title. It is so.\n"
        "rank 1, A &amp; *B*, up 2.\n"
        "Total.\n"
        "one; two. As of 23 Nov 2026 09:30 UTC. /zenmux share cost 8w"
    )


def test_message__bare_report():
    report = Report(title="Sorry", finding="")

    message = slack.message(report)

    assert message.text == "Sorry."
    assert [block["type"] for block in message.blocks] == ["header"]


def test_message__points():
    points = (Point("/zenmux help"), Point("/zenmux status", "how all is"))
    report = Report(title="Help", finding="Ask.", points=points)

    message = slack.message(report)

    assert message.text == "Help. Ask.\n/zenmux help\n/zenmux status: how all is"
    (listed,) = blocks_of(message, "rich_text")[1:]
    assert len(listed["elements"][0]["elements"]) == 2
    assert problems(list(message.blocks), "message") == []


def test_context__is_one_line_in_which_nothing_is_obeyed():
    report = Report(
        title="T",
        finding="f",
        context=("<!channel> *b*",),
        as_of=AS_OF,
        stale=True,
        command='share tokens 8w provider "<!here> `x`"',
    )

    (context,) = blocks_of(slack.message(report, shared_by="U1"), "context")

    [line] = context["elements"]
    assert line["text"].split(" · ") == [
        "`/zenmux share tokens 8w provider \"&lt;!here&gt; 'x'\"`",
        "&lt;!channel&gt; *\u2060b*\u2060",
        f"stale copy, as of {slack.moment(AS_OF)}",
        "Shared by <@U1>",
    ]
    assert "Stale copy, as of 23 Nov 2026 09:30 UTC." in slack.text(report)


def test_command__its_channels_are_links():
    command = "digest create weekly cost in <#C0IN> top 5"
    report = Report(
        title="Done",
        finding="",
        command="spend allow <#C0IN|costs>",
        buttons=(Button(label="x", action="ask:0", command=command),),
    )

    made = slack.message(report)

    small_print = made.blocks[-1]["elements"][0]["text"]
    assert small_print == "`/zenmux spend allow` <#C0IN>"
    assert "/zenmux spend allow <#C0IN>" in made.text
    assert slack.code("a `b` <#C0IN> <c>") == "`a 'b'` <#C0IN> `&lt;c&gt;`"


def test_noted__before_answer():
    answer = slack.message(Report(title="T", finding="f"))

    noted = slack.noted(answer, "*Listen*")

    assert noted.text == "*Listen*\nT. f"
    assert noted.blocks[1:] == answer.blocks
    assert noted.blocks[0]["elements"][0]["text"] == "*Listen*"
    assert slack.noted(answer.reduced(), "n").blocks == ()


def test_button__primary():
    first = Button(label="x" * 80, action="ask:0", command="share", primary=True)
    second = Button(label="y", action="ask:1", command="help")

    one, other = slack.actions((first, second))["elements"]

    assert one["style"] == "primary"
    assert len(one["text"]["text"]) == limits.BUTTON_TEXT
    assert "style" not in other


def test_text__cuts_whole_entities():
    report = Report(
        title="T", finding="&" * 4000, context=("<" * 4000,), command="help"
    )

    text = slack.text(report)

    assert len(text) <= limits.MESSAGE_TEXT_ADVISED
    assert re.fullmatch(r"T\. (&amp;)+…\n(&lt;)+… /zenmux help", text)
    assert problems(list(slack.message(report).blocks), "message") == []


def test_table_block__empty_cell():
    rows = ((Cell(""), Cell("")),)
    columns = (Column("a"), Column("b", numeric=True))
    short = Table(caption="c", columns=columns, rows=rows)
    long = Table(caption="c", columns=columns, rows=rows * 16)

    assert (
        slack.table_block(short)["rows"][1] == [{"type": "raw_text", "text": "–"}] * 2
    )
    assert slack.table_block(long)["rows"][1] == [
        {"type": "raw_text", "text": "–"},
        {"type": "raw_number", "value": 0, "text": "–"},
    ]


@pytest.mark.parametrize(
    ("raw", "escaped"),
    [
        ("a & b", "a &amp; b"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("*bold*", "*\u2060bold*\u2060"),
        ("snake_case_name", "snake_case_name"),
        ("`code`", "`\u2060code`\u2060"),
    ],
)
def test_escape(raw, escaped):
    assert slack.escape(raw) == escaped


@given(st.text() | st.sampled_from(HOSTILE), st.integers(20, 60))
def test_escape_within__any_text(raw, size):
    escaped = slack.escape_within(raw, size)

    assert len(escaped) <= size
    assert not set(escaped) & set("<>")
    assert re.fullmatch(r"(?s)([^&]|&(amp|lt|gt);)*", escaped)


def test_moment__fallback():
    moment = slack.moment(datetime.combine(date(2026, 1, 1), AS_OF.time(), UTC))

    assert moment.endswith("|1 Jan 2026 09:30 UTC>")


def test_message__same_blocks_for_metrics():
    kinds = [
        [block["type"] for block in slack.message(worst_board(metric=metric)).blocks]
        for metric in Metric
    ]

    assert kinds[0] == kinds[1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "T. F."),
        ({"headline": "H."}, "T. H. F."),
        ({"title": "Why?", "finding": ""}, "Why?"),
    ],
)
def test_report__sentences_where_nothing_is_drawn(changes, words):
    assert Report(**{"title": "T", "finding": "F."} | changes).sentences == words


def test_message__instants():
    instants = (Instant("Next send:", AS_OF),)
    report = Report(title="T", finding="", headline="H.", instants=instants)

    message = slack.message(report)

    (section,) = blocks_of(message, "section")
    (bold,) = blocks_of(message, "rich_text")
    assert section["text"]["text"] == f"Next send: {slack.moment(AS_OF)}"
    assert [e["text"] for e in bold["elements"][0]["elements"]] == ["H."]
    assert problems(list(message.blocks), "message") == []
