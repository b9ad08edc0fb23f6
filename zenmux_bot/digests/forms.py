"""The form for a digest: builds the modal from a draft, and reads a spec from it.

https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any

from zenmux_bot.commands.digest_commands import LAST_DAY, MAX_PROVIDERS, DigestSpec
from zenmux_bot.commands.digest_parser import MAX_PP, DigestParser
from zenmux_bot.commands.lexer import split
from zenmux_bot.commands.queries import MAX_TOP, Cut
from zenmux_bot.core.measures import Metric
from zenmux_bot.digests.phrases import frequency_of
from zenmux_bot.digests.schedule import Cadence
from zenmux_bot.digests.specs import Draft
from zenmux_bot.digests.subscriptions import DigestSubject, WhenEmpty
from zenmux_bot.render.forms import (
    FormErrors,
    chosen_in,
    field,
    names_menu,
    number_input,
    option,
    plain,
    select,
)
from zenmux_bot.render.message import Block

CALLBACK = "digest"
ZONE_ACTION = "digest_zone"
PROVIDERS_ACTION = "digest_providers"

_INVITE_HINT = "In a channel that I'm not in yet, type /invite @ZenMux first."
_SPEND_HINT = "One that I'm in, and that an admin opened with /zenmux spend allow."
_SAME = (
    "Digest {id} posts exactly this to the channel you are in. Choose another channel, "
    "or the same one and change something below."
)
_METRICS = {Metric.COST: "Cost (list price)", Metric.TOKENS: "Tokens"}
_CUTS = {Cut.MODEL: "Model", Cut.KEY: "API key"}
_EMPTY = {WhenEmpty.SAY: "Say that there is nothing", WhenEmpty.SKIP: "Send nothing"}
_FREQUENCIES = {
    "Daily": (DigestSpec(cadence=Cadence.DAILY),),
    "Weekly": tuple(
        DigestSpec(cadence=Cadence.WEEKLY, weekday=day) for day in range(7)
    ),
    "Monthly": tuple(
        DigestSpec(cadence=Cadence.MONTHLY, day=day) for day in range(1, LAST_DAY + 1)
    ),
}


@dataclass(frozen=True, slots=True)
class FormState:
    """The private metadata of a form.

    Attributes:
        draft: Its initial values.
        response_url: Where the answer to the submission goes.
    """

    draft: Draft
    response_url: str

    def dump(self) -> str:
        """Return it as text for ``private_metadata``."""
        id_ = self.draft.id or ""
        kept = [id_, str(self.draft.spec), self.response_url]
        return json.dumps(kept, ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> FormState:
        """Return the state that :meth:`dump` wrote."""
        id_, words, response_url = json.loads(text)
        spec = DigestParser(split(words)).read(0) or DigestSpec()
        return cls(Draft(id=id_ or None, spec=spec), response_url)


def build_form(draft: Draft, *, response_url: str) -> Block:
    """Return the modal with the values of a draft."""
    spec = draft.spec
    is_spend = spec.subject is DigestSubject.SPEND
    title = "New digest" if draft.id is None else f"Edit digest {draft.id}"
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": plain(title),
        "submit": plain("Create" if draft.id is None else "Save"),
        "close": plain("Cancel"),
        "private_metadata": FormState(draft, response_url).dump(),
        "blocks": [
            _input(
                "channel",
                "Channel",
                _channel(draft),
                hint=_channel_hint(draft),
            ),
            *_subject(draft),
            _input("frequency", "How often", _frequency(spec)),
            _input(
                "at",
                "Time",
                {"type": "timepicker", "initial_time": f"{spec.at:%H:%M}"},
                hint="Local time in the zone below.",
            ),
            _input("zone", "Time zone", _zone(spec.zone or "")),
            _input("top", "Rows", number_input(str(spec.top), most=MAX_TOP, least=1)),
            *([] if is_spend else _limits(spec)),
            _input("when_empty", "Without data", select(_EMPTY, spec.when_empty)),
        ],
    }


def _subject(draft: Draft) -> list[Block]:
    """Return the field for the metric, or for how spend is split."""
    spec = draft.spec
    if spec.subject is not DigestSubject.SPEND:
        return [_input("metric", "Market share by", select(_METRICS, spec.metric))]
    if draft.id is not None:
        return []
    cut = Cut.KEY if spec.by_key else Cut.MODEL
    return [_input("cut", "Own spend by", select(_CUTS, cut))]


def _limits(spec: DigestSpec) -> list[Block]:
    """Return the fields for the provider filter and the skip threshold."""
    return [
        _input(
            "providers",
            "Only these providers",
            names_menu(spec.providers or (), "All providers", most=MAX_PROVIDERS),
            optional=True,
        ),
        _input(
            "skip_below_pp",
            "Don't send it if every share moved less than",
            number_input(_points(spec), most=MAX_PP, least=0, is_decimal=True),
            hint="In percentage points, such as 0.5. Left empty, it is always sent.",
            optional=True,
        ),
    ]


def read_form(values: Mapping[str, Mapping[str, Any]]) -> DigestSpec:
    """Return the spec from a submitted form.

    Args:
        values: ``view.state.values`` of the submission.

    Raises:
        FormErrors: A value is not valid.
    """
    found = {name: next(iter(reports.values())) for name, reports in values.items()}
    errors: dict[str, str] = {}
    top = _read_number(found["top"], least=1, most=MAX_TOP)
    if top is None or top != int(top):
        errors["top"] = f"A whole number from 1 to {MAX_TOP}."
    points = _read_number(found.get("skip_below_pp", {}), least=0, most=MAX_PP)
    if points is None:
        errors["skip_below_pp"] = f"A number from 0 to {MAX_PP}, such as 0.5."
    if errors or top is None:
        raise FormErrors(errors)
    often = DigestParser(split(_option(found["frequency"]))).read(0) or DigestSpec()
    spec = DigestSpec(
        cadence=often.cadence,
        weekday=often.weekday,
        day=often.day,
        at=time.fromisoformat(found["at"]["selected_time"]),
        zone=_option(found["zone"]),
        channel=found["channel"]["selected_conversation"],
        top=int(top),
        when_empty=WhenEmpty(_option(found["when_empty"])),
    )
    if "metric" in found:
        return replace(
            spec,
            metric=Metric(_option(found["metric"])),
            providers=tuple(map(_as_typed, chosen_in(found.get("providers", {})))),
            skip_below_pp=points,
        )
    is_by_key = "cut" in found and _option(found["cut"]) == Cut.KEY
    return replace(spec, subject=DigestSubject.SPEND, by_key=is_by_key or None)


def block_of(field: str) -> str:
    """Return the block of a spec's field."""
    return "frequency" if field in {"cadence", "weekday", "day"} else field


def zone_options(names: Sequence[str]) -> list[Block]:
    """Return zones as options of a menu."""
    return [option(name, name) for name in names]


def _input(name: str, label: str, element: Block, **more: Any) -> Block:
    return field(name, label, element, action_id=f"digest_{name}", **more)


def _channel_hint(draft: Draft) -> str:
    """Say which channels can be chosen, and why none is if it has the digest."""
    hint = _INVITE_HINT
    if draft.spec.subject is DigestSubject.SPEND:
        hint = _SPEND_HINT
    return f"{_SAME.format(id=draft.same)} {hint}" if draft.same else hint


def _channel(draft: Draft) -> Block:
    """Return the menu of channels, with a response URL for the chosen one.

    No channel is chosen if it has the same digest, since Create would fail.
    """
    channel = draft.spec.channel or ""
    kinds = ["public", "private"]
    menu: Block = {"type": "conversations_select", "response_url_enabled": True}
    if draft.id is None and not draft.same:
        menu["default_to_current_conversation"] = True
    elif draft.id is not None:
        menu["initial_conversation"] = channel
        kinds += ["im"] if channel.startswith("D") else []
    return {**menu, "filter": {"include": kinds}}


def _frequency(spec: DigestSpec) -> Block:
    """Return one menu for cadence and day, so that they always match."""
    chosen = DigestSpec(cadence=spec.cadence, weekday=spec.weekday, day=spec.day)
    return {
        "type": "static_select",
        "option_groups": [
            {"label": plain(label), "options": [_often(each) for each in group]}
            for label, group in _FREQUENCIES.items()
        ],
        "initial_option": _often(chosen),
    }


def _often(spec: DigestSpec) -> Block:
    words = frequency_of(spec.weekday, spec.day)
    return option(words[0].upper() + words[1:], str(spec))


def _zone(name: str) -> Block:
    """Return the menu of zones, which is external since there are too many."""
    return {
        "type": "external_select",
        "min_query_length": 0,
        "initial_option": option(name, name),
        "placeholder": plain("A city, such as Berlin"),
    }


def _as_typed(name: str) -> str:
    """Return a name as the parser would read it."""
    return " ".join(split(f'"{name}"'))


def _points(spec: DigestSpec) -> str:
    points = spec.skip_below_pp
    return f"{points.normalize():f}" if points else ""


def _read_number(report: Mapping[str, Any], *, least: int, most: int) -> Decimal | None:
    """Return a number in range, or None; an empty field counts as the least."""
    try:
        number = Decimal(report.get("value") or least)
        is_in_range = least <= number <= most
    except InvalidOperation:  # not a number, or NaN, which can't be compared
        return None
    return number if is_in_range else None


def _option(report: Mapping[str, Any]) -> str:
    return str(report["selected_option"]["value"])
