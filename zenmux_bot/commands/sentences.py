"""Turn questions in free wording into commands, by a table of shapes.

A sentence is split into words that each have one meaning (their tags), names from the
catalogue, and days. A shape lists the tags it needs, those it allows, and the commands
that answer it. Everything a sentence says must be part of the command: it is not run if
a word is unknown or negates the question, or if a name or period has no place in it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cache

from zenmux_bot.commands.account_parser import (
    CHANNEL,
    PICK_CHANNEL,
    UNKNOWN_CHANNEL,
)
from zenmux_bot.commands.digest_commands import WEEKDAY_NUMBERS
from zenmux_bot.commands.digest_parser import ON_WORKDAYS
from zenmux_bot.commands.grammar import BY_WORD
from zenmux_bot.commands.lexer import SPELT_ALIKE, WordError, plain, quoted
from zenmux_bot.commands.names import Catalogue
from zenmux_bot.commands.period_parser import MONTHS_IN_FULL, take_period
from zenmux_bot.commands.queries import TOP, Request
from zenmux_bot.commands.vocabulary import (
    ABSENT,
    CHINESE,
    FAMILIES,
    NUMBERS,
    NUMERALS,
    PHRASES,
    REFUSED,
    SETTLED,
    TAGS,
)
from zenmux_bot.core import zones
from zenmux_bot.core.periods import DAY, Dates, Period, Span
from zenmux_bot.core.windows import BadPeriod, resolve

_CJK = re.compile(r"[\u3400-\u9fff]")
_AMOUNT = re.compile(
    r"(us\$|\$)?(\d[\d,]*(?:\.\d+)?)(k|m|b|t)?(usd|%|pp|\$)?", re.ASCII
)
_ROWS = re.compile(r"\d{1,2}", re.ASCII)
_TIME = re.compile(r"\d{1,2}(:\d\d)?(am|pm)|\d{1,2}:\d\d|noon|midnight", re.ASCII)
_KEY = re.compile(r"key_\w+", re.ASCII)
_GENERATION = re.compile(r"gen_\w+", re.ASCII)
_WORD = re.compile(r"<#[^>]+>|[^\s,;:!?()\"“”。，！？、：；]+(?::\d\d\w*)?|:\d\d")
_MONTHS_ALSO_WORDS = frozenset({"may", "march", "mar", "sun", "sat", "mon", "wed"})
_BEFORE_MONTH = frozenset({"in", "since", "last", "from", "during", "for", "of"})
_SLOT = re.compile(r"\{(\w+)\}")
_TOPICS = {
    **dict.fromkeys(("pp", "points", "percentage"), "pp"),
    **dict.fromkeys(("others", "other"), "others"),
    "list-price": "cost",
}
_FAMILY = re.compile(r"[a-z]\S\S")
"""Fewer letters could be part of any name."""

_CUTS = ("key", "type", "day", "hour", "host", "model")


@dataclass(slots=True)
class Sentence:
    """What a text says, word by word.

    Attributes:
        tags: The meanings of its words.
        period: The days that it names.
        days: How many days those are.
        other: The days that those are compared with.
        has_today: It names the current day.
        providers: Slugs of the providers it names, in order.
        models: Slugs of the models it names.
        families: Words that are part of the names of several models.
        authors: Slugs of the providers of those models.
        top: How many rows.
        names: All of these, as typed or by slug.
        amounts: Numbers with their units.
        weekday: A recurring day of the week or month.
        cadence: How often.
        is_on_workdays: Only on workdays, which no digest is.
        time: A time of day.
        channel: A channel, as Slack writes it.
        unresolved: A channel by its name, which can't be looked up.
        key: The id of an API key.
        generation: The id of a request.
        zone: A time zone.
        topics: Terms to be explained.
        unknown: Words that are not understood.
        negations: Words that negate or change the question.
        is_guessed: A name was misspelt.
    """

    tags: set[str] = field(default_factory=set)
    period: str = ""
    days: int = 0
    other: str = ""
    has_today: bool = False
    providers: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    families: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    top: int | None = None
    amounts: list[tuple[str, str]] = field(default_factory=list)
    weekday: str = ""
    cadence: str = ""
    is_on_workdays: bool = False
    time: str = ""
    channel: str = ""
    unresolved: str = ""
    key: str = ""
    generation: str = ""
    zone: str = ""
    topics: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    negations: list[str] = field(default_factory=list)
    is_guessed: bool = False

    @property
    def slots(self) -> set[str]:
        """Return the slots that a command must have."""
        said = {
            "p": self.period,
            "vs": self.other,
            "top": self.top is not None,
            "pv": self.providers,
            "model": self.models,
            "family": self.families,
            "amount": self.amounts,
            "often": self.weekday or self.cadence or self.time,
            "in": self.channel,
            "k": self.key,
            "gen": self.generation,
            "zone": self.zone,
            "topic": self.topics,
            "m": self.tags & {"cost", "tokens"},
            "cut": self.tags & {f"{cut}-cut" for cut in _CUTS},
            "w": self.tags & {"week-cut"},
        }
        return {name for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a sentence was understood.

    Attributes:
        commands: Commands that answer it.
        is_sure: The one command may be run at once.
        problem: Why there is none, or why it is not run.
        allowed: What to do instead.
        is_absent: It asks for something that does not exist.
        unknown: The first unknown word, if there is one.
    """

    commands: tuple[str, ...] = ()
    is_sure: bool = False
    problem: str = ""
    allowed: str = ""
    is_absent: bool = False
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape of sentences.

    Attributes:
        needs: Tags that must be there, each with its alternatives.
        allows: Tags that may be there.
        templates: Commands with slots for what the sentence says.
        required: Slots that must be filled.
        is_offered: Its command is offered, never run.
    """

    needs: tuple[frozenset[str], ...]
    allows: frozenset[str]
    templates: tuple[str, ...]
    required: frozenset[str]
    is_offered: bool

    @property
    def is_weak(self) -> bool:
        """Tell whether the shape needs no tags but fillers."""
        return all("small" in group for group in self.needs)

    def commands(self, sentence: Sentence) -> tuple[str, ...]:
        """Return the commands for a sentence of this shape, or none."""
        if not all(group & sentence.tags for group in self.needs):
            return ()
        if sentence.tags - frozenset().union(*self.needs) - self.allows - _IN_SLOTS:
            return ()
        slots = sentence.slots
        if self.required - slots:
            return ()
        filled = (
            _fill(each, sentence)
            for each in self.templates
            if slots <= _slots(each) and _has_unit(each, sentence.tags)
        )
        return tuple(dict.fromkeys(command for command in filled if command))


_IN_SLOTS = frozenset(
    {"cost", "tokens", "key-id", *(f"{cut}-cut" for cut in _CUTS), "week-cut"}
)
"""Tags that are checked with the slots of a command, not with its shape."""


def _has_unit(template: str, tags: set[str]) -> bool:
    """Tell whether a command counts what is asked for: dollars, tokens or requests."""
    if template.startswith("usage"):
        return "cost" not in tags
    return not (
        template.startswith("spend")
        and tags & {"tokens", "requests", "usage"}
        and not tags & {"cost", "spend", "money", "price"}
    )


@cache
def _slots(template: str) -> frozenset[str]:
    """Return the slots that a command can take."""
    found = set[str]()
    for name in _SLOT.findall(template):
        found |= _FILL[name][1]
    if re.search(r"\b(cost|tokens|spend|usage|budget|rate)\b", template):
        found.add("m")
    return frozenset(found)


_SPLITS = " ".join(f"{cut}-cut" for cut in _CUTS) + " split key most lead model"
_MACROS = {
    "COMPARED": "than compare rise fall move above",
    "OWN": f"own money total all spend cost usage tokens requests by {_SPLITS}",
    "SPEND": "spend {p} {cut} {own_name} {k} {top} {vs}",
    "USAGE": "usage {p} {cut} {own_name} {k} {top} {vs}",
}
_TABLE = """
# the bot itself
thanks = help thanks
mean|calculate + topic share who cost tokens to all from = help {topic} ! topic
topic = help {topic} ! topic
mean|calculate + share = help share
mean perf = help throughput
mean ttft = help ttft
mean cost|price = help cost
mean tokens = help tokens
calculate + from = help data
csv + send to own all model leaderboard share table = help csv
csv + send to own all model leaderboard share table
  = leaderboard {m} {p} csv ; share {m} {p} csv ! p
private + who all to share own = help private
fresh|status + platform if to from = status
help + own = help
help digest = help digest
help alert = help alert
help leaderboard = help leaderboard
help share = help share
help spend + own = help spend
help budget = help budget

# alerts
alert rise|fall|move + alert-me share who by above if cost
  = alert form {share_moves} {in} ! amount
alert above|below + alert-me share who if cost tokens rise fall
  = alert form {level} {in} ! amount
alert pass + alert-me if cost tokens = alert form {passes} {in}
alert new + alert-me model who if lead = alert form newcomer in top {n}
alert lead + alert-me move rise who if pass something
  = alert form any overtake in top {n}
alert unusual + alert-me if move something total doing = alert form {unusual}
alert above|most + alert-me own spend if a-month cost
  = budget set {usd} ! amount ?
alert-me + alert own = alert
alert set + alert own new = alert {any_name} ! pv
alert edit|set + own all = alert list
alert + all own = alert list

# budgets and the account
budget + own set a-month model to cost spend key-id
  = budget set {usd} {for} {in} ! amount ?
budget edit + own to = budget list {any_amount}
budget + own left above rise all if spend = budget list {any}
stop spend|own + own spend from all to private = spend deny {chan} ! in ?
allow|private spend|own + allow own spend all to private platform
  = spend allow {chan} ! in ?
generation + cost tokens spend requests all = generation {gen}
own account spend = spend {p} ; account
account + own left reset if total cost mean usage = account

# digests
digest stop|edit + own all every = digest list {no_often}
stop + subscribe own all every = digest list
digest if + own all = digest list
digest|subscribe + own all = digest list ; digest
every send|digest|subscribe|set + digest new share own spend leaderboard send to set all
  key cost tokens lead who by
  = digest form {often} {zone} {in} {digest_what} {key_cut} {pv} ! often
every who|lead + who lead share most cost tokens to
  = digest form {often} {zone} {in} {digest_what} ! often ?
send|set|new digest + send digest new share own spend cost tokens leaderboard set to
  = digest form {often} {zone} {in} {digest_what} {pv}
every share + to set cost tokens
  = digest form {often} {zone} {in} {digest_what} {pv} ; share {m} {by_often} ! often ?
every cost = spend {by_often} ; share cost {by_often} ! often ?
every spend|own spend|cost + own set cost
  = spend {p} {by_often} ; digest form {often} {zone} {in} spend ! often ?

# the own account
requests + OWN COMPARED send to = USAGE
own usage|requests + OWN COMPARED = USAGE
own tokens + OWN COMPARED = USAGE
usage key|key-cut|type-cut + OWN COMPARED = USAGE
own why|move cost|spend + share rise fall lead most doing model = spend {p}
why key-id + cost spend rise fall move most = SPEND
own trend spend|cost + total = spend {p} by day
own trend usage|tokens + total = usage {p} by day
own key|key-cut lead|most + all = spend {p} {cut} {top} ; usage {p} {cut} {top}
own model lead|most + all price = usage {p} {top} ; spend {p} {top}
own leaderboard + model = spend {p} {top} ; usage {p} {top}
key-id tokens|usage|requests + OWN COMPARED from = USAGE
key-id + OWN COMPARED = SPEND
spend + OWN COMPARED = SPEND
own cost|price|money + OWN COMPARED price = SPEND
tokens key|key-cut|hour-cut + OWN = USAGE
cost key|key-cut|type-cut|hour-cut + OWN COMPARED = SPEND
own compare|than|doing + own to doing = spend {p} {vs} ; usage {p} {vs}

own type-cut + total tokens all = USAGE

# apps
apps rise|hot|new + who model lead usage most platform = apps trending {m} {width}
apps + lead most usage platform leaderboard who all rise spend move = apps {m} {p} {top}

# how well models are served
ttft + model lead most perf fall host who all leaderboard
  = performance ttft {p} {served}
cache + model lead most host host-cut model-cut perf who all leaderboard price
  = performance cache {p} {served}
perf + model lead most host host-cut model-cut leaderboard who all
  = performance throughput {p} {served}

# prices
price + model cost tokens lead most all = leaderboard cost {p} {top} rate
price + model cost tokens all
  = model {model} cost {p} ; leaderboard cost {p} rate ! model

# why and who moved
why + share rise fall move doing who all lost most = why {m} {pv1} {p}
model move|rise|fall + lead most all platform = leaderboard {m} {pv} {p} {top}
rise|fall + who share lead most all platform = share {m} {pv} {p} {top}
move + who share lead most all platform = why {m} {pv1} {p}

# momentum
hot|new + model lead rise all who most platform something = trending {m} {width}
hot|new + model lead who most platform = leaderboard {m} {p} {top} ?

# names
money model + cost who platform = leaderboard cost {pv} {p} ! pv
money + cost who doing platform = share cost {pv} {p} {vs} ! pv
share|doing|rise|fall|compare|lead|small + share doing rise fall compare lead who than
  by day-cut week-cut platform usage most to
  = share {m} {pv} {p} {cut} {w} {top} {vs} ! pv
leaderboard|model + leaderboard model lead most by usage all
  = leaderboard {m} {pv} {p} {top} ! pv
small|compare|doing|trend|usage|cost|tokens|lead|most + model doing trend usage compare
  lead most rise fall day-cut total hot leaderboard share
  = model {model} {m} {p} {by_day} ! model
small + compare lead model doing usage most who all than
  = model {first} {m} {p} ; model {second} {m} {p} ; leaderboard {m} {makers} {p} !
    model ?
small|doing|usage|compare|share|cost|tokens|rise|fall|lead|price + all doing usage share
  model rise fall compare lead
  = leaderboard {m} {makers} {p} ; share {m} {makers} {p} ! family
pass + share = share {two} {m} {p} ! pv
platform spend|cost|usage|tokens + platform spend cost usage tokens all total
  = model {model} {m} {p} ! model
compare = share {m} {pv} {p} {vs} ; leaderboard {m} {pv} {p} {vs} ! p vs
lead move + model = leaderboard {m} {p} {top} ! top

# who leads
trend|week-cut|day-cut + share usage total doing rise fall
  = share {m} {pv} {p} {cut} {w} ! pv
every + usage cost tokens share
  = share {m} {pv} {p} {by_often} ; digest form {often} {digest_what} {pv} ! pv often ?
every trend + total all usage tokens cost = trend {m} {p} {by_often} ! often
trend + model all share platform usage total lead most = trend {m} {p} {cut} {w} {top}
share + share lead most who all platform day-cut week-cut doing compare move
  provider-cut
  = share {m} {p} {cut} {w} {top} {vs}
who|provider-cut split|cost|tokens|platform + split platform provider-cut usage total
  = share {m} {p} {top}
who lead|most + who lead most all platform usage by model leaderboard
  = share {m} {p} {top}
model lead|most|leaderboard + lead most all platform usage by model leaderboard
  = leaderboard {m} {p} {top}
leaderboard + leaderboard model lead most all platform by compare
  = leaderboard {m} {p} {top} {vs}
lead + lead all by platform = leaderboard {m} {p} {top} ; share {m} {p} {top}
model|who money + lead most = leaderboard cost {p} {top} ; share cost {p} {top}
platform cost|tokens|total|usage|spend + platform total usage all lead most by spend
  = share {m} {p} {pv} ! pv
platform cost|tokens|total|usage|spend + platform total usage all lead most by spend
  model
  = leaderboard {m} {p}
total tokens|cost|platform + total all platform usage = leaderboard {m} {p}
tokens|total day-cut|week-cut + total usage = trend tokens {p} {cut} {w}
tokens|total rise|fall|trend|move + tokens total rise fall trend move
  = trend tokens {p} {cut} {w}
usage + usage total tokens by model = usage {p} ; leaderboard {m} {p}
cost + total = leaderboard {m} {p} ; share {m} {p} ; spend {p}
tokens + total = leaderboard {m} {p} ; share {m} {p} ; usage {p}
small + doing all model who = share {p} ; leaderboard {p} ! p
"""
"""Shapes, one a row: ``needs + allows = command ; command ! required ?``.

Needed tags have alternatives (``a|b``); ``required`` slots must be filled; with a
``?`` the command is offered, never run. Words in capitals are :data:`_MACROS`.
"""

_ROW = re.compile(r"([^+=]+)(?:\+([^=]+))?=([^!?]+)(?:!([^?]+))?(\?)?")


@cache
def _shapes() -> tuple[Shape, ...]:
    """Return the shapes; the first that fits a sentence answers it."""
    return tuple(_rows(_TABLE))


def _rows(table: str) -> Iterator[Shape]:
    """Yield the shapes of a table; an indented line continues its row."""
    for row in re.sub(r"\n +", " ", table).splitlines():
        if not row or row.startswith("#"):
            continue
        match = _ROW.fullmatch(re.sub(r"[A-Z]+", lambda m: _MACROS[m[0]], row))
        assert match, row  # noqa: S101 - a table of our own
        needs, allows, says, required, is_offered = match.groups(default="")
        yield Shape(
            tuple(frozenset(group.split("|")) for group in needs.split()),
            frozenset(allows.split()) | {"small"},
            tuple(each.strip() for each in says.split(";")),
            frozenset(required.split()),
            bool(is_offered),
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """A question that is understood but has no figures.

    Attributes:
        needs: Tags that must be there, each with its alternatives.
        unless: Tags that make it another question.
        said: Why it is not answered.
        offer: The closest command, with slots; it is offered, never run.
        names: Whether a provider or model must be named; None: either.
        units: Its amount must have one of these units, if there are any.
    """

    needs: tuple[frozenset[str], ...]
    unless: frozenset[str]
    said: str
    offer: str = ""
    names: bool | None = None
    units: frozenset[str] = frozenset()

    def fits(self, sentence: Sentence) -> bool:
        """Tell whether a sentence asks this."""
        return (
            all(group & sentence.tags for group in self.needs)
            and not self.unless & sentence.tags
            and self.names in {None, bool(sentence.names)}
            and (not self.units or any(u in self.units for _, u in sentence.amounts))
        )

    def near(self, sentence: Sentence) -> str:
        """Return the closest command, if its slots can take what is said."""
        if not self.offer or sentence.slots - _slots(self.offer):
            return ""
        return _fill(self.offer, sentence)


_OTHERS = "alert alert-me digest subscribe help mean every send"
_REFUSALS = """
Apps can't be asked about one by one; “apps” ranks the largest.
  app-name - own model cost tokens spend price > apps {p}
Apps can't be asked about one by one, nor by model or account.
  app-name - lead most
An alert on a change counts percentage points of share, either way: “alert share
anthropic moves 3pp”.
  alert rise|fall|move - spend own above below & % $
ZenMux counts requests of your own account only. “usage” shows them.
  requests|per-request - own usage spend key key-id key-cut & names > usage {p}
ZenMux counts requests of your own account only. “usage” shows them.
  requests lead|apps|model|who - own usage spend key key-id key-cut > usage {p}
Speed can't be asked for one model or provider. “performance” ranks the ten fastest.
  perf|ttft|cache - own spend mean alert price & names
I have figures of use, cost and speed, not of what models can do.
  best - own spend > leaderboard {m} {pv} {p} {top}
Averages per request are part of “spend” alone.
  per-request
Your own figures are split by day, not by week.
  own|spend|usage week-cut - share trend every > spend {p} {by_day_too}
Figures are not ordered from the lowest up, and prices are in none of them.
  cheap
I have no price lists. “leaderboard cost rate” shows what a million tokens cost on
average.
  price - own spend & names
Models are not ranked by price. A leaderboard by cost with “rate” shows what a million
tokens of each cost on average.
  price - own spend key cache > leaderboard cost {p} {top} rate
Models are not ranked by what they lost. Every leaderboard shows the change of its
models.
  model fall - OTHERS own apps who share spend & none
Models are not ranked by what they gained. “trending” ranks them by ZenMux's score of
growth and size.
  model rise|move - OTHERS own apps who share spend fall & none > trending {m} {width}
Models are not ranked by how much they changed. Every leaderboard shows the change of
its models.
  model rise|fall|move - OTHERS own apps who share spend & names
“trending” ranks models. “share” shows what each provider gained or lost.
  hot who - OTHERS model own apps > share {m} {p} {top}
Nothing tells when a provider came to ZenMux.
  new who - OTHERS own apps model
Nothing tells when a model was released. A leaderboard marks those that are new in its
top rows.
  new - OTHERS own apps set > leaderboard {m} {p} {top}
"""
"""The refusal, and below it indented ``needs - unless & names > command``.

``& names`` and ``& none`` say whether a provider or model must be named; other words
there are units of an amount. The command is offered, never run.
"""

_REFUSAL = re.compile(r"  (.+?)(?: - (.+?))?(?: & (.+?))?(?: > (.+))?")


def _refusals(table: str) -> Iterator[Refusal]:
    """Yield the refusals of a table."""
    said = ""
    for row in table.replace("OTHERS", _OTHERS).strip().splitlines():
        match = _REFUSAL.fullmatch(row)
        if match is None:
            # The first or the second line of a text.
            said = f"{said} {row}" if said else row
            continue
        needs, unless, given, offer = match.groups(default="")
        groups = tuple(frozenset(group.split("|")) for group in needs.split())
        names = {"names": True, "none": False}.get(given)
        units = frozenset() if names is not None else frozenset(given.split())
        yield Refusal(groups, frozenset(unless.split()), said, offer, names, units)
        said = ""


REFUSALS = tuple(_refusals(_REFUSALS))
"""The first that fits a sentence is the reason why it is not answered."""


@cache
def _compiled(
    table: tuple[tuple[str, str], ...],
) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return a table with compiled patterns; only sentences need them."""
    return tuple((re.compile(pattern), said) for pattern, said in table)


def understand(  # noqa: PLR0911 - one for each reason
    text: str, *, today: date, catalogue: Catalogue | None
) -> Outcome:
    """Return the commands for a sentence, or why there are none."""
    if match := _NAME_OF_KEY.fullmatch(text):
        return Outcome((f'spend name {match[1]} "{match[2] or match[3]}"',))
    normal = _normal(text)
    for pattern, instead in _compiled(SETTLED):
        normal = pattern.sub(instead, normal)
    absent = next(
        (said for each, said in _compiled(ABSENT) if each.search(normal)), None
    )
    if absent:
        return Outcome(problem=absent, is_absent=True)
    sentence = _analyse(_translated(dated(normal, today)), today, catalogue)
    if sentence.negations:
        said = (
            f"“{sentence.negations[0]}” changes what is asked in a way I can't follow."
        )
        return Outcome(problem=said)
    if sentence.unknown:
        return _respelt(text, sentence.unknown[0], today, catalogue)
    if sentence.tags == {"thanks", "small"}:
        return Outcome(("help thanks",), is_sure=True)
    refusal = next((each for each in REFUSALS if each.fits(sentence)), None)
    if refusal is not None:
        offered = refusal.near(sentence)
        return Outcome((offered,) if offered else (), problem=refusal.said)
    outcome = _answered(sentence)
    if sentence.unresolved and outcome.commands:
        problem = UNKNOWN_CHANNEL.format(sentence.unresolved)
        return Outcome(outcome.commands, problem=problem, allowed=PICK_CHANNEL)
    if sentence.is_on_workdays:
        # Other answers cannot leave days out.
        digests = tuple(c for c in outcome.commands if c.startswith("digest"))
        return Outcome(digests, problem=ON_WORKDAYS if digests else "")
    return outcome


_QUESTION_WORDS = ("what", "which", "who", "how", "why")


def _respelt(
    text: str, unknown: str, today: date, catalogue: Catalogue | None
) -> Outcome:
    """Return the outcome with the question word that an unknown word misspells."""
    near = [word for word in _QUESTION_WORDS if sorted(word) == sorted(unknown)]
    # “hwo” has the letters of two; the first letter is seldom wrong.
    near.sort(key=lambda word: word[0] != unknown[0])
    near += difflib.get_close_matches(unknown, _QUESTION_WORDS, 1, SPELT_ALIKE)
    if near:
        said = re.compile(rf"(?<!\w){re.escape(unknown)}(?!\w)", re.IGNORECASE)
        respelt = said.sub(near[0], text)
        if respelt != text:
            outcome = understand(respelt, today=today, catalogue=catalogue)
            return replace(outcome, is_sure=False)
    return Outcome(unknown=unknown)


def _answered(sentence: Sentence) -> Outcome:
    """Return the commands of the first shape that fits."""
    shape, commands = _delivered(sentence) or _commands(sentence)
    if shape is None:
        return Outcome()
    is_own = commands[0].split()[0] in _OWN_KINDS
    if sentence.has_today and not is_own:
        # Figures of the platform end yesterday.
        sentence.period = "yesterday"
        _, commands = _delivered(sentence) or _commands(sentence)
        return Outcome(commands)
    is_sure = len(commands) == 1 and not (shape.is_offered or sentence.is_guessed)
    return Outcome(commands, is_sure=is_sure)


def agrees(text: str, request: Request, *, today: date, catalogue: Catalogue) -> bool:
    """Tell whether a request asks exactly what a text asks.

    Every word must be understood; names, period, number of rows and metric must be the
    same, and both or neither must be about the own account.
    """
    normal = dated(_normal(text), today)
    sentence = _analyse(_translated(normal), today, catalogue)
    query = request.query
    is_own = query.name in {"spend", "usage"}
    usual = {each.name: each.default for each in fields(query)}
    named = {*getattr(query, "providers", ()), getattr(query, "provider", None)}
    named |= {getattr(query, "model", None)}
    period = str(getattr(query, "period", None))
    said = sentence.tags & {"cost", "tokens"}
    is_beyond = sentence.unknown or sentence.negations or sentence.has_today
    is_beyond = is_beyond or sentence.is_guessed
    return (
        query.name in _FIGURES
        and not (is_beyond or sentence.other or sentence.amounts)
        and is_own == ("own" in sentence.tags)
        and named - {None} == {*sentence.names}
        and period == (sentence.period or str(usual.get("period")))
        and (is_own or not said or {str(getattr(query, "metric", None))} == said)
        and getattr(query, "top", TOP) == (sentence.top or TOP)
    )


_FIGURES = frozenset(
    {
        *("leaderboard", "share", "why", "trend", "trending", "model", "performance"),
        *("apps", "spend", "usage"),
    }
)
_OWN_KINDS = frozenset({"spend", "usage", "budget", "account", "alert", "digest"})


_DELIVERIES = {
    "csv": "csv",
    "table": "table",
    "chart": "chart",
    "to-channel": "public",
    "to-me": "private",
}
"""How an answer is delivered, by tag."""


def _delivered(sentence: Sentence) -> tuple[Shape, tuple[str, ...]] | None:
    """Return the shape and commands of a sentence that also says how to answer."""
    said = [tag for tag in _DELIVERIES if tag in sentence.tags]
    if not said or "every" in sentence.tags:
        return None
    tags = sentence.tags - _DELIVERIES.keys() - {"send", "to"}
    if "chart" in said and not tags & {"share", "leaderboard", "own", "spend"}:
        # as in "chart tokens of the top 3 models"
        said.remove("chart")
        tags |= {"trend"}
    shape, commands = _commands(replace(sentence, tags=tags))
    is_own = any(command.split()[0] in _OWN_KINDS for command in commands)
    kinds = {command.split()[0] for command in commands}
    is_weak = shape is None or (shape.is_weak and not sentence.names)
    if shape is None or is_weak or not kinds <= _FIGURES:
        return None
    if is_own and "to-channel" in said:
        return None
    how = " ".join(_DELIVERIES[tag] for tag in said)
    return shape, tuple(f"{command} {how}".strip() for command in commands)


def _commands(sentence: Sentence) -> tuple[Shape | None, tuple[str, ...]]:
    """Return the first shape that fits, and its commands."""
    for shape in _shapes():
        if commands := shape.commands(sentence):
            return shape, commands
    return None, ()


def _normal(text: str) -> str:
    """Return a text in normal spelling, without the slash command."""
    words = plain(text).replace("’", "'")
    words = re.sub(r"^\s*/?zenmux\b(?!')(?=\s)", " ", words)
    return re.sub(
        r"(?<=[\u3400-\u9fff])(?=[\x21-\x7e])|(?<=[\x21-\x7e])(?=[\u3400-\u9fff])",
        " ",
        words,
    )


_DAYS_AGO = (
    (re.compile(r"大前天|\bthree days ago\b"), 3),
    (re.compile(r"前天|前日|\b(the )?day before yesterday\b|\btwo days ago\b"), 2),
)
_WEEK_BEFORE_LAST = re.compile(
    r"上上个?(?:周|星期)(?![一二三四五六日天])|"
    r"\b(?:the )?week before last\b|\btwo weeks ago\b"
)
_MONTH_BEFORE_LAST = re.compile(
    r"上上个?月|\b(?:the )?month before last\b|\btwo months ago\b"
)
_DAY_OF_WEEK = re.compile(r"(上+)个?(?:周|星期)([一二三四五六日天])")
_DAY_OF_MONTH = re.compile(r"(?:(20\d\d)\s*年\s*)?(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]")
_MONTH_OF_LAST_YEAR = re.compile(r"去年\s*(\d{1,2}|[一二三四五六七八九十]+)\s*月份?")
_LAST_DAYS = re.compile(r"前\s*(\d+|[一二两三四五六七八九十]+)\s*(天|日|周|个月)")
_SINCE = re.compile(r"(20\d\d-\d\d-\d\d)\s*(?:以来|起|至今)")
_UNTIL = re.compile(r"(20\d\d-\d\d-\d\d)\s*(?:到|至)\s*(20\d\d-\d\d-\d\d)")
_UNTIL_DAY = re.compile(
    r"(\d{1,2}\s*月)\s*(\d{1,2})\s*[日号]?\s*[到至-]\s*(\d{1,2})\s*[日号]"
)


_NAME_OF_KEY = re.compile(
    r"\s*(?:please )?(?:re)?name (key_\w+) (?:as |to )?"
    r"(?:[\"“'](.{1,80})[\"”']|([\w.-]{1,80}))\s*",
    re.IGNORECASE,
)
_DATED = re.compile(r"before|ago\b|[\u3400-\u9fff]")


def is_dated(text: str) -> bool:
    """Tell whether a text may name days relative to today."""
    return _DATED.search(text) is not None


def dated(text: str, today: date) -> str:
    """Return a text with dates in place of days relative to today."""
    for pattern, days in _DAYS_AGO:
        text = pattern.sub(f" {today - days * DAY} ", text)
    year, week, _ = (today - 14 * DAY).isocalendar()
    text = _WEEK_BEFORE_LAST.sub(f" {year}-w{week:02} ", text)
    month = (today.year * 12 + today.month - 1) - 2
    text = _MONTH_BEFORE_LAST.sub(f" {month // 12}-{month % 12 + 1:02} ", text)
    if not _CJK.search(text):
        return text

    def of_week(match: re.Match[str]) -> str:
        back = len(match[1]) * 7 + today.weekday() - "一二三四五六日天".index(match[2])
        return f" {today - (back + (match[2] == '天')) * DAY} "

    def of_month(match: re.Match[str]) -> str:
        month, day = int(match[2]), int(match[3])
        is_over = (month, day) < (today.month, today.day)
        year = int(match[1] or today.year - (not is_over))
        return f" {year}-{month:02}-{day:02} "

    def of_last_year(match: re.Match[str]) -> str:
        month = NUMERALS.get(match[1], match[1])
        return f" {today.year - 1}-{int(month):02} " if month.isdecimal() else match[0]

    text = _DAY_OF_WEEK.sub(of_week, text)
    text = _MONTH_OF_LAST_YEAR.sub(of_last_year, text)
    text = _UNTIL_DAY.sub(r"\1\2日到\1\3日", text)
    text = _DAY_OF_MONTH.sub(of_month, text)
    text = _LAST_DAYS.sub(r"最近\1\2", text)
    text = _UNTIL.sub(r" \1 .. \2 ", text)
    return _SINCE.sub(r" since \1 ", text)


def _translated(text: str) -> str:
    """Return a text with Chinese words in English, and phrases as one word each."""
    if _CJK.search(text):
        text = _english(text)
    for pattern, instead in _compiled(PHRASES):
        text = pattern.sub(instead if instead in {"usd", "%"} else f" {instead} ", text)
    return text


@cache
def _chinese() -> re.Pattern[str]:
    longest = sorted(CHINESE, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest)))


_COUNTED = re.compile(
    r"(?:最近|过去|近)\s*([0-9]+|[一二两三四五六七八九十]+)\s*(?:个)?\s*(天|日|周|星期|月|年|季度)"
    r"|(?<![\d每])([0-9]+)\s*(天|周|个月)(?!前|后)"
)
_UNITS = {
    "天": "d",
    "日": "d",
    "周": "w",
    "期": "w",
    "月": "m",
    "年": "y",
    "度": "q",
}
_RANKS = re.compile(r"前\s*([0-9]+|[一二两三四五六七八九十]+)\s*(?:名|个|大)?")
_FIRST_TOKEN = re.compile(r"首\s*token\s*")
_COUNTS = re.compile(r"([一二两三四五六七八九十]+)\s*个(?!月)")
_LEADERS = re.compile(r"([0-9]+|[一二两三四五六七八九十]+)\s*[家款]")
_QUARTER = re.compile(r"第?([一二三四1-4])季度")
_DAY_OF_EACH_MONTH = re.compile(r"每个?月\s*(\d{1,2})\s*[号日]")
_YEAR_MONTH = re.compile(r"(20\d\d)\s*年\s*(\d{1,2})\s*月")
_MONTH = re.compile(r"(?<!\d)(\d{1,2}|[一二三四五六七八九十]+)\s*月(?:份)?")
_CLOCK = re.compile(r"(\d{1,2}|[一二两三四五六七八九十]+)\s*点(半?)")


def _english(text: str) -> str:
    """Return a text with its Chinese words in English."""

    def number(said: str) -> str:
        return NUMERALS.get(said, said)

    text = _FIRST_TOKEN.sub("首字", text)
    text = _YEAR_MONTH.sub(lambda m: f" {m[1]}-{int(m[2]):02} ", text)
    text = _COUNTED.sub(
        lambda m: f" {number(m[1] or m[3])}{_UNITS[(m[2] or m[4])[-1:]]} ", text
    )
    text = _COUNTS.sub(lambda m: f" {number(m[1])} ", text)
    text = _RANKS.sub(lambda m: f" top {number(m[1])} ", text)
    text = _LEADERS.sub(lambda m: f" top {number(m[1])} ", text)
    text = _QUARTER.sub(lambda m: f" q{number(m[1])} ", text)
    text = _DAY_OF_EACH_MONTH.sub(r" monthly-on \1 ", text)
    text = _CLOCK.sub(
        lambda m: f" {number(m[1]).zfill(2)}:{'30' if m[2] else '00'} ", text
    )

    def month(match: re.Match[str]) -> str:
        said = number(match[1])
        named = said.isdecimal() and 1 <= int(said) <= len(MONTHS_IN_FULL)
        return f" in {MONTHS_IN_FULL[int(said) - 1]} " if named else match[0]

    text = _MONTH.sub(month, text)
    return _chinese().sub(lambda m: f" {CHINESE[m[0]]} ", text)


def _analyse(text: str, today: date, catalogue: Catalogue | None) -> Sentence:
    """Return the parts of a sentence."""
    sentence = Sentence(tags={"small"})
    words = [_bare(match[0]) for match in _WORD.finditer(text)]
    words = [NUMBERS.get(word, word) for word in words if word]
    at = 0
    while at < len(words):
        at += _take(sentence, words, at, today, catalogue)
    first = BY_WORD.get(words[0]) if words else None
    if first and "metric" in first.takes and "own" not in sentence.tags:
        # as in "top models by what people spend"
        sentence.tags = {"cost" if tag == "spend" else tag for tag in sentence.tags}
    if sentence.providers and all(word in FAMILIES for word in sentence.families):
        # as in "deepseek and kimi"
        sentence.providers += [FAMILIES[word] for word in sentence.families]
        sentence.families.clear()
    if {"budget", "every"} <= sentence.tags and sentence.cadence == "monthly":
        sentence.cadence = ""
        sentence.tags = sentence.tags - {"every"} | {"a-month"}
    is_pair = len(sentence.names) == len(("one", "other"))
    is_pair = is_pair or "alert" in sentence.tags
    if is_pair and "above" in sentence.tags and not sentence.amounts:
        # as in "deepseek goes above google"
        sentence.tags = sentence.tags - {"above"} | {"pass"}
    _settle_days(sentence, today)
    if sentence.period:
        sentence.days = _span(sentence.period, today).days
    return sentence


def _bare(word: str) -> str:
    if word.startswith("<#") or word == "..":
        return word
    word = word.strip("'*`~_.…[]{}<>").rstrip(".")
    return word if word in TAGS else word.removesuffix("'s")


def _take(
    sentence: Sentence,
    words: Sequence[str],
    at: int,
    today: date,
    catalogue: Catalogue | None,
) -> int:
    """Read the words from ``at``, and return how many were read."""
    for take in (_take_id, _take_mark, _take_rows, _take_often):
        if count := take(sentence, words, at):
            return count
    if count := _take_name(sentence, words, at, catalogue):
        return count
    if count := _take_days(sentence, words, at, today):
        return count
    return _take_word(sentence, words, at)


def _take_id(sentence: Sentence, words: Sequence[str], at: int) -> int:
    """Take a channel, a key or a request."""
    word = words[at]
    if CHANNEL.fullmatch(word):
        sentence.channel = word
    elif word.startswith("#") and len(word) > 1:
        sentence.unresolved = word
    elif _KEY.fullmatch(word):
        sentence.key = word
        sentence.tags.add("key-id")
    elif _GENERATION.fullmatch(word):
        sentence.generation = word
        sentence.tags.add("generation")
    else:
        return 0
    return 1


def _take_mark(sentence: Sentence, words: Sequence[str], at: int) -> int:
    """Take a time, an amount, or a term to be explained."""
    word = words[at]
    if count := _take_zone(sentence, words, at):
        return count
    if _TIME.fullmatch(word):
        sentence.time = word
    elif word in _TOPICS:
        sentence.topics.append(_TOPICS[word])
        sentence.tags.add("topic")
        return 2 if words[at + 1 : at + 2] in (["price"], ["points"], ["point"]) else 1
    elif (match := _AMOUNT.fullmatch(word)) and (match[1] or match[4]):
        sentence.amounts.append(_amount(match))
    elif match and words[at + 1 : at + 2] in (["pp"], ["%"], ["points"], ["point"]):
        sentence.amounts.append((match[2], "%" if words[at + 1] == "%" else "pp"))
        return 2
    elif word == "a-month":
        sentence.tags.add("a-month")
    elif word == "no-comparison":
        sentence.other = "none"
    else:
        return 0
    return 1


def _take_zone(sentence: Sentence, words: Sequence[str], at: int) -> int:
    """Take ``new york time``, and ``berlin`` after a time of day."""
    for count in range(zones.MAX_WORDS, 0, -1):
        is_said = words[at + count : at + count + 1] == ["time"]
        found = zones.find(" ".join(words[at : at + count]))
        if len(found) == 1 and (is_said or (sentence.time and words[at] not in TAGS)):
            [sentence.zone] = found
            return count + is_said
    return 0


def _amount(match: re.Match[str]) -> tuple[str, str]:
    number = match[2].replace(",", "") + (match[3] or "")
    unit = "$" if match[1] or match[4] in {"usd", "$"} else match[4]
    return number, unit


def _take_rows(sentence: Sentence, words: Sequence[str], at: int) -> int:
    """Take ``top 5``, and ``5 biggest models``."""
    following = words[at + 1] if at + 1 < len(words) else ""
    if words[at] == "top" and following.isdecimal():
        sentence.top = int(following)
        sentence.tags.add("lead")
        return 2
    if _ROWS.fullmatch(words[at]) and (
        TAGS.get(following) in {"lead", "most", "hot", "price"}
        or (TAGS.get(following) in {"model", "who"} and sentence.tags & _RANKING)
    ):
        sentence.top = int(words[at])
        return 1
    return 0


_RANKING = frozenset({"lead", "most"})
_OFTEN = {
    **dict.fromkeys(("day", "morning", "evening", "weekday", "workday"), "daily"),
    "week": "weekly",
    "month": "monthly",
    "daily": "daily",
    "weekly": "weekly",
    "monthly": "monthly",
}


def _take_often(sentence: Sentence, words: Sequence[str], at: int) -> int:
    """Take ``every monday``, ``each week`` and ``daily``."""
    word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
    if word in {"at", "@"} and following.isdecimal() and "every" in sentence.tags:
        sentence.time = f"{int(following):02}:00"
        return 2
    if word in {"daily", "weekly", "monthly"}:
        sentence.cadence = word
        sentence.tags.add("every")
        return 1
    if word == "monthly-on":
        sentence.cadence = "monthly"
        sentence.weekday = "1st" if following == "first" else following
    elif word not in {"every", "each"}:
        return 0
    elif following in _OFTEN:
        sentence.cadence = _OFTEN[following]
        sentence.is_on_workdays = following in {"weekday", "workday"}
    elif following in WEEKDAY_NUMBERS:
        sentence.cadence = "weekly"
        sentence.weekday = following[:3]
    else:
        return 0
    sentence.tags.add("every")
    more = words[at + 2] if at + 2 < len(words) else ""
    if more in {"morning", "evening"}:
        return 3
    return 2


def _take_name(
    sentence: Sentence, words: Sequence[str], at: int, catalogue: Catalogue | None
) -> int:
    """Take the longest name that the catalogue knows."""
    if catalogue is None:
        return 0
    for count in range(min(catalogue.MOST_WORDS, len(words) - at), 0, -1):
        said = " ".join(words[at : at + count])
        is_word = count == 1 and (said in TAGS or said in REFUSED)
        if not is_word and _note_name(sentence, said, catalogue):
            return count
    word = words[at].removeprefix("@")
    if word not in TAGS and word not in REFUSED and (near := catalogue.near(word)):
        sentence.is_guessed = True
        _name(sentence, sentence.providers, near)
        return 1
    slug = FAMILIES.get(word, word if word != words[at] else "")
    if word not in TAGS and (of := catalogue.provider(word.removesuffix("s"))):
        # as in "googles share"
        slug = of
    if slug not in catalogue.providers:
        return 0
    _name(sentence, sentence.providers, slug)
    return 1


def _note_name(sentence: Sentence, said: str, catalogue: Catalogue) -> bool:
    """Add the provider, model or models that some words name."""
    provider = catalogue.provider(said)
    model = None if provider else catalogue.model(said)
    models: Sequence[str] = [model] if model else ()
    if provider is not None:
        _name(sentence, sentence.providers, provider)
    elif model is not None:
        _name(sentence, sentence.models, model)
    elif _FAMILY.match(said) and len(models := catalogue.family(said)) > 1:
        _name(sentence, sentence.families, said)
    else:
        return False
    sentence.authors += {catalogue.authors[each] for each in models}
    return True


def _name(sentence: Sentence, among: list[str], name: str) -> None:
    if name not in among:
        among.append(name)
    sentence.names.append(name)


def _take_days(sentence: Sentence, words: Sequence[str], at: int, today: date) -> int:
    """Take days, also today."""
    word = words[at]
    if word == "all-time":
        sentence.period = "all"
        return 1
    if word in {"today", "tonight"}:
        sentence.has_today = True
        period: Period = Dates(today, today)
        count = 1
    else:
        if word == "all" or (word in _MONTHS_ALSO_WORDS and not _is_month(words, at)):
            return 0
        try:
            taken = take_period(words, at, today)
        except WordError:
            return 0
        if taken is None:
            return 0
        period, count = taken
    led = at - 2 if at > 1 and words[at - 1] in _BEFORE_MONTH else at - 1
    is_base = at > 0 and words[led] in _BEFORE_BASE and not sentence.period
    if is_base or (sentence.period and str(period) != sentence.period):
        sentence.other = str(period)
    else:
        sentence.period = str(period)
    return count


_BEFORE_BASE = frozenset({"than", "vs", "versus", "against"})
_RUNNING = {"1w": "wtd", "1m": "mtd", "last quarter": "qtd", "last year": "ytd"}
"""The period to compare where only the period compared with is named."""


def _settle_days(sentence: Sentence, today: date) -> None:
    """Tell the days asked about from those compared with."""
    if sentence.other in {"", "none"}:
        return
    if not sentence.period:
        base = _span(sentence.other, today)
        running = (now for then, now in _RUNNING.items() if _span(then, today) == base)
        sentence.period = next(running, "")
        if not sentence.period:
            sentence.negations.append("than")
            return
    elif _span(sentence.other, today).start > _span(sentence.period, today).start:
        sentence.period, sentence.other = sentence.other, sentence.period
    if sentence.period in _RUNNING.values() and _span(sentence.other, today) == _span(
        next(then for then, now in _RUNNING.items() if now == sentence.period), today
    ):
        # That is the default comparison.
        sentence.other = ""


def _span(period: str, today: date) -> Span:
    """Return the days of a period that was parsed before; today if it has no data."""
    taken = take_period(period.replace("..", " .. ").lower().split(), 0, today)
    with suppress(BadPeriod):
        if taken is not None:
            return resolve(taken[0], today).span
    return Span(today, today)


def _is_month(words: Sequence[str], at: int) -> bool:
    before = words[at - 1] if at else ""
    following = words[at + 1] if at + 1 < len(words) else ""
    return before in _BEFORE_MONTH or following[:2] == "20" or following.isdecimal()


def _take_word(sentence: Sentence, words: Sequence[str], at: int) -> int:
    """Take a word by its tag."""
    word = words[at]
    if word in REFUSED:
        sentence.negations.append(word)
    elif word == "alert-me":
        sentence.tags |= {"alert", "alert-me"}
    elif tag := TAGS.get(word):
        sentence.tags.add(tag)
    else:
        sentence.unknown.append(word)
    return 1


def _fill(template: str, sentence: Sentence) -> str:
    """Return a command with its slots filled; empty if a slot can't be."""
    parts: list[str] = []
    for part in template.split():
        match = _SLOT.fullmatch(part)
        if match is None:
            parts.append(part)
            continue
        said = _FILL[match[1]][0](sentence)
        if said is None:
            return ""
        parts.append(said)
    return " ".join(filter(None, parts))


def _metric(sentence: Sentence) -> str | None:
    said = sentence.tags & {"cost", "tokens"}
    if "spend" in sentence.tags:
        said = said | {"cost"}
    return " ".join(said) if len(said) < 2 else None  # noqa: PLR2004 - one metric


def _cut(sentence: Sentence) -> str | None:
    said = [cut for cut in _CUTS if f"{cut}-cut" in sentence.tags]
    if not said and "key" in sentence.tags:
        said = ["key"]
    return None if len(said) > 1 else " ".join(f"by {cut}" for cut in said)


def _provider_words(slugs: Iterable[str]) -> str:
    return " ".join(f"provider {quoted(slug)}" for slug in slugs)


def _one_provider(sentence: Sentence) -> str | None:
    if len(sentence.providers) > 1:
        return None
    return _provider_words(sentence.providers)


def _one_model(sentence: Sentence) -> str | None:
    if len(sentence.models) > 1:
        return None
    return "".join(f"name {slug}" for slug in sentence.models)


def _of_two(sentence: Sentence, place: int) -> str | None:
    two = len(sentence.models) == len(("first", "second"))
    return f"name {sentence.models[place]}" if two else None


def _own_name(sentence: Sentence) -> str | None:
    if len(sentence.names) > 1:
        return None
    return "".join(f"model {quoted(name)}" for name in sentence.names)


def _width(sentence: Sentence) -> str | None:
    """Return the days of a ranking by momentum, which are one or seven."""
    if sentence.has_today:
        return "day"
    if sentence.period == "wtd":
        return "week"
    return sentence.period if sentence.days in {0, 1, 7} else None


def _top(sentence: Sentence) -> str:
    return "" if sentence.top is None else f"top {sentence.top}"


def _usd(sentence: Sentence) -> str | None:
    is_one = len(sentence.amounts) == 1 and "tokens" not in sentence.tags
    return f"${sentence.amounts[0][0]}" if is_one else None


def _for_what(sentence: Sentence) -> str | None:
    named = [*sentence.models, *sentence.families]
    said = [f"for model {quoted(name)}" for name in named]
    said += [f"for key {sentence.key}"] if sentence.key else []
    return None if len(said) > 1 else "".join(said)


def _alert_name(name: str) -> str:
    """Return a name, with the provider's slug for the common name of its models."""
    return quoted(FAMILIES.get(name, name))


def _share_moves(sentence: Sentence) -> str | None:
    if len(sentence.names) != 1 or len(sentence.amounts) != 1:
        return None
    number, unit = sentence.amounts[0]
    if unit != "pp":
        # A relative change, which alerts do not know.
        return None
    cost = " cost" * ("cost" in sentence.tags)
    return f"share {_alert_name(sentence.names[0])} moves {number}pp{cost}"


def _level(sentence: Sentence) -> str | None:
    sides = sentence.tags & {"above", "below"}
    if len(sentence.names) != 1 or len(sentence.amounts) != 1 or len(sides) != 1:
        return None
    number, unit = sentence.amounts[0]
    what = {"%": "share", "pp": "share", "$": "cost"}.get(unit, "tokens")
    amount = f"${number}" if what == "cost" else f"{number}{'%' * (what == 'share')}"
    return f"{what} {_alert_name(sentence.names[0])} {min(sides)} {amount}"


def _passes(sentence: Sentence) -> str | None:
    if len(sentence.names) != 2:  # noqa: PLR2004 - one passes another
        return None
    first, other = map(_alert_name, sentence.names)
    return f"{first} passes {other}" + " cost" * ("cost" in sentence.tags)


def _unusual(sentence: Sentence) -> str | None:
    if len(sentence.names) > 1:
        return None
    return "".join(f"{_alert_name(name)} unusual" for name in sentence.names) or (
        f"any unusual in top {sentence.top or 10}"
    )


def _often(sentence: Sentence) -> str:
    words = (sentence.cadence, sentence.weekday, sentence.time)
    return " ".join(filter(None, words))


def _by_often(sentence: Sentence) -> str | None:
    if sentence.weekday or sentence.time:
        return None
    return {"daily": "by day", "weekly": "by week", "monthly": "mtd"}.get(
        sentence.cadence
    )


def _digest_what(sentence: Sentence) -> str:
    if "spend" in sentence.tags or ("own" in sentence.tags and "cost" in sentence.tags):
        return "spend"
    return _metric(sentence) or ""


def _key_cut(sentence: Sentence) -> str | None:
    said = {tag for tag in sentence.tags if tag in _IN_SLOTS and tag.endswith("-cut")}
    if said - {"key-cut"}:
        return None
    is_spend = _digest_what(sentence) == "spend"
    return ("by key" if is_spend else None) if said else ""


def _by_day(sentence: Sentence) -> str | None:
    """Return nothing: a model is always shown day by day."""
    cuts = {f"{cut}-cut" for cut in _CUTS} | {"week-cut"}
    return None if sentence.tags & cuts - {"day-cut"} else ""


def _host_cut(sentence: Sentence) -> str | None:
    """Return nothing: hosts and models are always shown; other cuts never."""
    shown = {"host-cut", "model-cut"}
    cuts = {f"{cut}-cut" for cut in _CUTS}
    return None if sentence.tags & cuts - shown else ""


def _authors(sentence: Sentence) -> str | None:
    """Return the providers of all models, unless a family has several."""
    slugs = dict.fromkeys((*sentence.providers, *sentence.authors))
    return _provider_words(slugs) if len(slugs) <= len(sentence.names) else None


_FILL: dict[str, tuple[Callable[[Sentence], str | None], set[str]]] = {
    "p": (lambda s: s.period, {"p"}),
    "k": (lambda s: f"key {s.key}" if s.key else "", {"k"}),
    "zone": (lambda s: s.zone, {"zone"}),
    "key_cut": (_key_cut, {"cut"}),
    "by_day": (_by_day, {"cut"}),
    "any": (lambda _: "", {"family", "model"}),
    "any_amount": (lambda _: "", {"amount"}),
    "any_name": (lambda _: "", {"family", "model", "pv"}),
    "two": (
        lambda s: _provider_words(s.providers) if len(s.providers) > 1 else None,
        {"pv"},
    ),
    "vs": (lambda s: f"vs {s.other}" if s.other else "", {"vs"}),
    "m": (_metric, {"m"}),
    "top": (_top, {"top"}),
    "n": (lambda s: str(s.top or TOP), {"top"}),
    "pv": (lambda s: _provider_words(s.providers), {"pv"}),
    "pv1": (_one_provider, {"pv"}),
    "model": (_one_model, {"model"}),
    "own_name": (_own_name, {"family", "model", "pv"}),
    "first": (lambda s: _of_two(s, 0), {"model"}),
    "second": (lambda s: _of_two(s, 1), {"model"}),
    "makers": (_authors, {"family", "model", "pv"}),
    "cut": (_cut, {"cut"}),
    "served": (_host_cut, {"cut"}),
    "no_often": (lambda _: "", {"often"}),
    "w": (lambda s: "by week" if "week-cut" in s.tags else "", {"w"}),
    "width": (_width, {"p"}),
    "usd": (_usd, {"amount"}),
    "for": (_for_what, {"family", "k", "model"}),
    "share_moves": (_share_moves, {"amount", "family", "m", "model", "pv"}),
    "level": (_level, {"amount", "family", "m", "model", "pv"}),
    "passes": (_passes, {"family", "m", "model", "pv"}),
    "unusual": (_unusual, {"family", "model", "pv", "top"}),
    "often": (_often, {"often"}),
    "by_often": (_by_often, {"often"}),
    "chan": (lambda s: s.channel, {"in"}),
    "gen": (lambda s: s.generation, {"gen", "m"}),
    "in": (lambda s: f"in {s.channel}" if s.channel else "", {"in"}),
    "digest_what": (_digest_what, {"m"}),
    "topic": (lambda s: s.topics[0], {"topic"}),
    "by_day_too": (lambda _: "by day", {"w"}),
}
"""For each slot of a template: its text, and the parts of a sentence it takes."""
