"""The form for what holds where nothing is said: a workspace's, or a channel's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zenmux_bot.commands.defaults import UNSET, Defaults
from zenmux_bot.commands.queries import MAX_TOP, Audience
from zenmux_bot.core import zones
from zenmux_bot.core.measures import Metric
from zenmux_bot.render.message import Block
from zenmux_bot.render.options import chosen_in, names_menu

CALLBACK = "defaults_form"
CHANNEL = "channel"
WATCHED = "watched"
_USUAL = "usual"
_OPERATIONS = "operations_channel"
_MAX_WATCHED = 20
_METRICS = {_USUAL: "As usual", Metric.TOKENS: "Tokens", Metric.COST: "Cost"}
_AUDIENCES = {
    _USUAL: "As usual",
    Audience.PRIVATE: "For the asker alone",
    Audience.PUBLIC: "For the whole channel",
}


class FormErrors(Exception):
    """Some fields cannot be taken; ``errors`` says why, by block id."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(str(dict(errors)))
        self.errors = dict(errors)


def build_defaults_form(defaults: Defaults | None) -> Block:
    """Return the modal; None asks for a channel, whose defaults it replaces."""
    shown = defaults or UNSET
    blocks = [] if defaults is not None else [_channel()]
    blocks += [
        _input("metric", "Count by", _select(_METRICS, shown.metric)),
        _input(
            "top",
            f"Rows (1 to {MAX_TOP})",
            _number(shown.top),
            is_optional=True,
        ),
        _input("audience", "Answers to commands", _select(_AUDIENCES, shown.audience)),
        _input("zone", "Time zone of new digests", _text(shown.zone), is_optional=True),
        _input(
            WATCHED,
            "Watched: marked in the tables of answers",
            names_menu(
                sorted(shown.watched or ()),
                "Providers and models",
                most=_MAX_WATCHED,
            ),
            is_optional=True,
        ),
    ]
    if defaults is not None:
        blocks.append(_operations(defaults.operations_channel))
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": _plain("Defaults"),
        "submit": _plain("Save"),
        "close": _plain("Cancel"),
        "blocks": blocks,
    }


def read_channel(values: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the channel chosen, None if the form is the workspace's."""
    if CHANNEL not in values:
        return None
    return str(values[CHANNEL][CHANNEL]["selected_conversation"])


def read_defaults(values: Mapping[str, Mapping[str, Any]]) -> Defaults:
    """Return what was filled in.

    Raises:
        FormErrors: A field cannot be taken.
    """
    typed = str(values["zone"]["zone"].get("value") or "").strip()
    found = zones.find(typed.lower()) if typed else ()
    if typed and len(found) != 1:
        meant = found or zones.near(typed.lower())
        hint = f" Perhaps {', '.join(meant)}?" if meant else ""
        raise FormErrors({"zone": f"I don't know the zone “{typed}”.{hint}"})
    metric = values["metric"]["metric"]["selected_option"]["value"]
    audience = values["audience"]["audience"]["selected_option"]["value"]
    top = values["top"]["top"].get("value")
    watched = chosen_in(values.get(WATCHED, {}).get(WATCHED, {}))
    hearing = values.get(_OPERATIONS, {}).get(_OPERATIONS, {})
    return Defaults(
        metric=None if metric == _USUAL else Metric(metric),
        top=int(top) if top else None,
        audience=None if audience == _USUAL else Audience(audience),
        zone=found[0] if found else None,
        watched=frozenset(map(str.lower, watched)) or None,
        operations_channel=hearing.get("selected_conversation"),
    )


def _input(
    name: str, label: str, element: Block, *, is_optional: bool = False
) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": _plain(label),
        "optional": is_optional,
        "element": element | {"action_id": name},
    }


def _channel() -> Block:
    menu = {
        "type": "conversations_select",
        "filter": {"include": ["public", "private"]},
    }
    return _input(CHANNEL, "Channel, whose defaults are replaced by these", menu)


def _operations(chosen: str | None) -> Block:
    menu: Block = {
        "type": "conversations_select",
        "filter": {"include": ["public", "private"]},
    }
    if chosen is not None:
        menu["initial_conversation"] = chosen
    label = "Channel that hears when digests fail"
    return _input(_OPERATIONS, label, menu, is_optional=True)


def _select(labels: Mapping[Any, str], chosen: str | None) -> Block:
    options = {
        str(value): {"text": _plain(label), "value": str(value)}
        for value, label in labels.items()
    }
    return {
        "type": "static_select",
        "options": list(options.values()),
        "initial_option": options[str(chosen or _USUAL)],
    }


def _number(initial: int | None) -> Block:
    menu: Block = {
        "type": "number_input",
        "is_decimal_allowed": False,
        "min_value": "1",
        "max_value": str(MAX_TOP),
    }
    return menu if initial is None else menu | {"initial_value": str(initial)}


def _text(initial: str | None) -> Block:
    menu: Block = {
        "type": "plain_text_input",
        "placeholder": _plain("Europe/Berlin"),
    }
    return menu if initial is None else menu | {"initial_value": initial}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
