"""Parse the words after ``alert``."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from zenmux_bot.commands.account_parser import (
    CHANNEL,
    PICK_CHANNEL,
    UNKNOWN_CHANNEL,
    money,
)
from zenmux_bot.commands.alert_commands import (
    LEAD_DAYS,
    SHARE_DAYS,
    UNUSUAL_PERCENT,
    AboutAlert,
    AlertCommand,
    AlertForm,
    AlertVerb,
    AnyOvertake,
    CreateAlert,
    Direction,
    EditAlert,
    ExpectDay,
    Level,
    ListAlerts,
    Newcomer,
    Passes,
    Rule,
    ShareMoves,
    SnoozeAlert,
    Subject,
    Unusual,
)
from zenmux_bot.commands.grammar import HELP, WORDS
from zenmux_bot.commands.lexer import ParseError, WordError
from zenmux_bot.commands.period_parser import take_named
from zenmux_bot.commands.queries import (
    MAX_NAME,
    MAX_TOP,
    TOP,
    AlertQuery,
    HelpQuery,
    Query,
)
from zenmux_bot.core.measures import Metric

_VERBS: dict[str, AlertVerb] = {
    **{verb.value: verb for verb in AlertVerb},
    "remove": AlertVerb.DELETE,
    "cancel": AlertVerb.DELETE,
    "stop": AlertVerb.PAUSE,
    "mute": AlertVerb.SNOOZE,
    "unsnooze": AlertVerb.RESUME,
    "unmute": AlertVerb.RESUME,
    "expect": AlertVerb.EXPECTED,
    "test": AlertVerb.REHEARSE,
}
_CREATE = frozenset({"create", "new", "add"})
_LIST = frozenset({"list"})
_ID = re.compile(r"a-[0-9a-z]{4,8}", re.ASCII)
_NEARLY_ID = re.compile(r"#?(?:a-?)?\d+|a-.*", re.ASCII)
_DAYS = re.compile(r"(\d{1,3})(d|w)", re.ASCII)
_POINTS = re.compile(r"\+?(\d{1,3}(?:[.,]\d{1,2})?)(pp|%|pts|points)?", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)(%|percent|pp)?", re.ASCII)
_COUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,15})(\.\d{1,3})?(k|m|b|bn|t)?", re.ASCII)
_TOP = re.compile(r"(?:top)?(\d{1,3})", re.ASCII)
_SCALES = {None: 0, "k": 3, "m": 6, "b": 9, "bn": 9, "t": 12}
_SCALE_WORDS = {
    "thousand": "k",
    "million": "m",
    "billion": "b",
    "bn": "b",
    "trillion": "t",
    "k": "k",
    "m": "m",
    "b": "b",
    "t": "t",
}
_MOVES = frozenset({"moves", "move", "moved", "changes", "change", "shifts"})
_PASSES = frozenset({"passes", "pass", "overtakes", "overtake", "beats"})
_SIDES = {
    **dict.fromkeys(("above", "over", "exceeds", "tops", ">"), Direction.ABOVE),
    **dict.fromkeys(("below", "under", "<"), Direction.BELOW),
}
_VERBS_OF_LEVELS = frozenset({"is", "goes", "go", "gets", "falls", "rises", "drops"})
_LEADS = frozenset(
    {"me", "when", "if", "whenever", "the", "once", "us", "there's", "there", "is"}
)
_NO_NAMES = frozenset(
    {
        *("does", "do", "did", "share", "cost", "tokens", "our", "we", "any", "all"),
        *("if", "not", "never", "without", "except", "unless", "doesn't"),
    }
)
"""Words of a sentence, which must not become part of a name."""

_UNUSUAL = frozenset(
    {
        *("unusual", "unusually", "anomaly", "anomalies"),
        *("weird", "strange", "odd", "abnormal"),
    }
)
_AROUND_UNUSUAL = frozenset(
    {
        *("any", "anything", "something", "everything", "a", "the", "in", "of"),
        *("is", "are", "looks", "look", "seems", "does", "has", "goes", "going", "on"),
        *("happens", "happen", "happened", "happening"),
        *("volume", "activity", "movement", "movements", "day", "days"),
    }
)
"""Words beside ``unusual`` that name nothing."""

_WITHIN = frozenset({"in", "within", "over"})
_UNITS = frozenset({"pp", "%", "points", "percent", "pts"})
MAX_DAYS = 90
"""The furthest day that a share is compared with."""

_RULES = "“help alert” shows what an alert can be."


def read_alert(words: Sequence[str], today: date) -> Query:
    """Return what the words, ``alert`` the first of them, ask for.

    Raises:
        WordError: Some of them cannot be understood.
    """
    first = words[1] if len(words) > 1 else ""
    if first in HELP:
        return HelpQuery(topic=AlertQuery.name)
    return AlertQuery(command=_read(words, first, today))


def _read(words: Sequence[str], first: str, today: date) -> AlertCommand:
    """Read a command."""
    if not first:
        return ListAlerts() if words[0] == "alerts" else AlertForm()
    if first in _LIST and len(words) == 2:  # noqa: PLR2004 - alert list
        return ListAlerts()
    if first == "form":
        if len(words) == 2:  # noqa: PLR2004 - alert form
            return AlertForm()
        rest, channel = _channel(words[2:])
        return AlertForm(read_rule(words, rest) if rest else None, channel)
    if first in _VERBS and (len(words) == 2 or _looks_like_id(words[2])):  # noqa: PLR2004 - alert VERB ID
        return _read_about(words, _VERBS[first], today)
    rest, channel = _channel(words[2:] if first in _CREATE else words[1:])
    return CreateAlert(read_rule(words, rest), channel)


def _read_about(words: Sequence[str], verb: AlertVerb, today: date) -> AlertCommand:
    """Read a command about one alert."""
    if len(words) == 2 or not _ID.fullmatch(words[2]):  # noqa: PLR2004 - alert VERB ID
        but = f", not “{words[2]}”" if words[2:] else ""
        problem = f"“{verb}” needs the id of an alert after it{but}."
        allowed = "Ids look like a-7kq3; “alert list” shows them."
        instead = (("alert", "list"),)
        raise WordError(ParseError(problem, 0, len(words), instead, allowed))
    id_, rest = words[2], words[3:]
    match verb, list(rest):
        case AlertVerb.EDIT, [_, *_]:
            return EditAlert(id_, read_rule(words, rest))
        case AlertVerb.SNOOZE, ["until", *_] | ["until-recovered"]:
            return SnoozeAlert(id_, None)
        case AlertVerb.SNOOZE, [*period] if days := _days(period):
            return SnoozeAlert(id_, days)
        case AlertVerb.SNOOZE, _:
            raise _wrong(
                "“snooze” needs a number of days after the id.",
                words,
                f"Such as snooze {id_} 7d, or snooze {id_} until recovered.",
            )
        case AlertVerb.EXPECTED, []:
            return ExpectDay(id_)
        case AlertVerb.EXPECTED, [*said]:
            named = take_named(said, 0, today)
            if named and named[1] == len(said):
                return ExpectDay(id_, named[0].start)
        case _, []:
            return AboutAlert(verb, id_)
    raise _wrong(f"“{' '.join(rest)}” is too much for “{verb}”.", words, "")


def _looks_like_id(word: str) -> bool:
    """Tell a mistyped id, such as ``1`` or ``A1``, from the name in a rule."""
    return bool(_ID.fullmatch(word) or _NEARLY_ID.fullmatch(word))


def _days(words: Sequence[str]) -> int | None:
    """Return the number of days in ``7d``, ``1w``, ``7 days`` or ``a week``."""
    match = _DAYS.fullmatch("".join(words)[:4].replace("day", "d").replace("we", "w"))
    if match is None:
        return {"a day": 1, "day": 1, "a week": 7, "week": 7}.get(" ".join(words))
    days = int(match[1]) * (7 if match[2] == "w" else 1)
    return days if 1 <= days <= MAX_DAYS else None


def _channel(words: Sequence[str]) -> tuple[Sequence[str], str | None]:
    """Split a rule from the channel before or after it."""
    while words and words[0] in {"in", "to"}:
        words = words[1:]
    if first := CHANNEL.fullmatch(words[0]) if words else None:
        return words[1:], first[1].upper()
    match = CHANNEL.fullmatch(words[-1]) if words else None
    if match is None:
        if named := next((word for word in words if word[:1] == "#"), None):
            problem, instead = UNKNOWN_CHANNEL.format(named), (("alert",),)
            error = ParseError(problem, 0, len(words), instead, PICK_CHANNEL, True)
            raise WordError(error)
        return words, None
    stop = -2 if words[-2:-1] and words[-2] in {"in", "to"} else -1
    return words[:stop], match[1].upper()


def read_rule(words: Sequence[str], rest: Sequence[str]) -> Rule:
    """Return the rule in ``rest``.

    Raises:
        WordError: It is no rule.
    """
    plain = list(rest)
    while plain and plain[0] in _LEADS:
        del plain[0]
    subject = Subject(plain[0]) if plain and plain[0] in set(Subject) else None
    metric = _metric(plain)
    rule = (
        _read_newcomer(plain, metric)
        or _read_level(words, plain, metric)
        or _read_moves(words, plain, metric, subject)
        or _read_overtake(words, plain, metric)
        or _read_unusual(plain, metric)
    )
    if rule is None:
        instead = (("alert",), ("alert", "list"))
        problem = "That isn't a rule for an alert."
        end = len(words)
        raise WordError(ParseError(problem, 0, end, instead, _RULES, is_prose=True))
    return rule


def _metric(plain: list[str]) -> Metric:
    """Take a metric from the end of a rule."""
    if len(plain) > 1 and plain[-1] in WORDS and WORDS[plain[-1]][0] == "metric":
        return Metric(str(WORDS[plain.pop()][1]))
    return Metric.TOKENS


def _read_newcomer(plain: Sequence[str], metric: Metric) -> Rule | None:
    """Read ``newcomer in top 10`` and ``any overtake in top 5``."""
    kinds: dict[str, type[Newcomer | AnyOvertake]] = {
        **dict.fromkeys(("newcomer", "newcomers"), Newcomer),
        **dict.fromkeys(("overtake", "overtakes"), AnyOvertake),
    }
    said = [word for word in plain if word not in {"any", "a", "in", "the", "new"}]
    if plain and said and said[0] in kinds and plain[0] in {"any", "a", *kinds}:
        top = _top(said[1:])
        if top is not None:
            return kinds[said[0]](top, metric)
    return None


def _top(words: Sequence[str]) -> int | None:
    """Return the number in ``top 5``; without words the default."""
    if not words:
        return TOP
    match = _TOP.fullmatch("".join(words))
    number = int(match[1]) if match else 0
    return number if 1 <= number <= MAX_TOP else None


def _read_level(words: Sequence[str], plain: list[str], metric: Metric) -> Rule | None:
    """Read ``share anthropic above 30%``."""
    at = _first(plain, _SIDES)
    if at is None or not plain or plain[0] not in set(Subject):
        return None
    subject, direction = Subject(plain[0]), _SIDES[plain[at]]
    name = _name(words, plain[1:at], small=_VERBS_OF_LEVELS)
    amount = _amount(subject, plain[at + 1 :])
    if subject is Subject.SHARE and amount == 100 and direction is Direction.ABOVE:  # noqa: PLR2004 - percent
        amount = None
    if amount is None:
        shapes = {"share": "a percentage such as 30%", "cost": "an amount such as $500"}
        what = shapes.get(subject, "a number such as 5B")
        raise _wrong(f"“{plain[at]}” needs {what} after it.", words, _RULES)
    of = metric if subject is Subject.SHARE else Metric.TOKENS
    return Level(subject, name, direction, amount, of)


def _amount(subject: Subject, words: Sequence[str]) -> Decimal | None:
    """Return a level: percent, USD or tokens."""
    plain = [word for word in words if word not in {"usd", "tokens", "percent", "%"}]
    if len(plain) == 2 and plain[1] in _SCALE_WORDS:  # noqa: PLR2004 - a number and its scale
        plain = [plain[0] + _SCALE_WORDS[plain[1]]]
    if len(plain) != 1:
        return None
    amount: Decimal | None = None
    if subject is Subject.SHARE:
        match = _PERCENT.fullmatch(plain[0])
        amount = Decimal(match[1]) if match else None
        if amount is not None and amount > 100:  # noqa: PLR2004 - percent
            return None
    elif subject is Subject.COST:
        amount = money(plain[0])
    elif match := _COUNT.fullmatch(plain[0]):
        number = Decimal(match[1].replace(",", "") + (match[2] or ""))
        amount = number.scaleb(_SCALES[match[3]])
    return amount if amount is None or amount > 0 else None


def _read_moves(
    words: Sequence[str], plain: list[str], metric: Metric, subject: Subject | None
) -> Rule | None:
    """Read ``share anthropic moves 3 pp in 7d``."""
    at = _first(plain, _MOVES)
    if at is None or subject in {Subject.TOKENS, Subject.COST}:
        return None
    name = _name(words, plain[1 if subject else 0 : at], small={"by", "share", "of"})
    said = [word for word in plain[at + 1 :] if word not in {"by", "more", "than"}]
    match = _POINTS.fullmatch(said[0]) if said else None
    points = Decimal(match[1].replace(",", ".")) if match else Decimal(0)
    rest = said[2 if said[1:2] and said[1] in _UNITS else 1 :]
    days: int | None = SHARE_DAYS
    if rest and rest[0] in _WITHIN:
        days = _days(rest[1:])
    elif rest:
        days = None
    example = "Such as share anthropic moves 3pp in 7d."
    if points and days is None and any(map(str.isdigit, "".join(rest))):
        raise _wrong(f"A share moves within 1 to {MAX_DAYS} days.", words, example)
    if not 0 < points <= 100 or days is None:  # noqa: PLR2004 - percentage points
        problem = "“moves” needs a number of percentage points after it."
        raise _wrong(problem, words, example)
    return ShareMoves(name, points, days, metric)


def _read_overtake(
    words: Sequence[str], plain: Sequence[str], metric: Metric
) -> Rule | None:
    """Read ``anthropic passes google``."""
    at = _first(plain, _PASSES)
    if at is None or at == 0:
        return None
    after, days = list(plain[at + 1 :]), LEAD_DAYS
    if "for" in after[1:]:
        stop = after.index("for", 1)
        lasting = _days(after[stop + 1 :])
        if lasting is not None:
            after, days = after[:stop], lasting
    return Passes(_name(words, plain[:at]), _name(words, after), metric, days)


def _read_unusual(plain: Sequence[str], metric: Metric) -> Rule | None:
    """Read ``deepseek unusual`` and ``any unusual in top 10``."""
    at = _first(plain, _UNUSUAL)
    if at is None:
        return None
    before, after = (
        [word for word in said if word not in _AROUND_UNUSUAL]
        for said in (plain[:at], plain[at + 1 :])
    )
    if not _NO_NAMES.isdisjoint(before):
        return None
    percent = UNUSUAL_PERCENT
    if after[:1] == ["by"]:
        match = _POINTS.fullmatch("".join(after[1:2]))
        if match is None or not match[1].isdigit() or not int(match[1]):
            return None
        percent = int(match[1])
        del after[: 3 if after[2:3] and after[2] in _UNITS else 2]
    if before and not after:
        return Unusual(" ".join(before), metric=metric, percent=percent)
    top = None if before else _top(after)
    return None if top is None else Unusual(None, top, metric, percent)


def _first(words: Sequence[str], among: Collection[str]) -> int | None:
    """Return the index of the first of ``words`` that is in ``among``."""
    return next((at for at, word in enumerate(words) if word in among), None)


def _name(
    words: Sequence[str], said: Sequence[str], *, small: Collection[str] = ()
) -> str:
    """Return the name, which is required."""
    name = " ".join(word.removesuffix("'s") for word in said if word not in small)
    if not _NO_NAMES.isdisjoint(name.split()):
        end = len(words)
        problem = "That is not a rule I know."
        raise WordError(ParseError(problem, 0, end, (), _RULES, is_prose=True))
    if not name or len(name) > MAX_NAME:
        raise _wrong("That rule needs the name of a provider or model.", words, _RULES)
    return name


def _wrong(problem: str, words: Sequence[str], allowed: str) -> WordError:
    instead = (("alert",), ("alert", "list"))
    return WordError(ParseError(problem, 0, len(words), instead, allowed))
