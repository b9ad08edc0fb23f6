"""Words after ``digest`` to a command, or to the first slip among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from zenmux_bot.commands import digest_parse_errors as complaints
from zenmux_bot.commands.digest_commands import (
    About,
    Ask,
    Command,
    Create,
    Edit,
    ListAll,
    ListAudit,
    OpenForm,
    Verb,
)
from zenmux_bot.commands.digest_reading import DigestParser
from zenmux_bot.commands.grammar import HELP
from zenmux_bot.commands.lexer import WordError

_FIRST = {"subscribe": "create", "digests": "list"}
_VERBS: dict[str, str] = {
    **{verb: verb for verb in complaints.VERBS},
    "new": "create",
    "add": "create",
    "remove": Verb.DELETE,
    "cancel": Verb.DELETE,
    "stop": Verb.PAUSE,
    "undo": Verb.RESTORE,
}
_ID = re.compile(r"d-[0-9a-z]{4,8}", re.ASCII)


def read_digest(words: Sequence[str], *, naming: bool = True) -> Command | None:
    """Return what ``words``, the first of them included, ask for; None asks for help.

    Args:
        words: The words.
        naming: Words that mean nothing may be names of providers.

    Raises:
        WordError: Some of them cannot be understood.
    """
    first = _FIRST.get(words[0])
    at = 1 if first else 2
    if first is None and len(words) == 1:
        return OpenForm()
    if any(word in HELP for word in words[1:at]):
        return None
    verb = first or _VERBS.get(words[1])
    match verb:
        case None:
            described = DigestParser(words).is_understood(1)
            raise WordError(complaints.no_verb(words, 1, described=described))
        case "create" | "form":
            wish = DigestParser(words, naming=naming).read(at)
            command = Create if verb == "create" else OpenForm
            return None if wish is None else command(wish)
        case "list" | "audit":
            _expect_end(words, at, verb)
            return ListAll() if verb == "list" else ListAudit()
        case "ask":
            return _read_ask(words, naming=naming)
    return _read_about(words, Verb(verb), naming=naming)


def _read_ask(words: Sequence[str], *, naming: bool) -> Command | None:
    """Read what a digest's owner is to be asked for."""
    wanted = _VERBS.get(words[2]) if len(words) > 2 else None  # noqa: PLR2004 - digest ask VERB
    if wanted is None or wanted not in set(Verb):
        raise WordError(complaints.no_favour(words))
    try:
        command = _read_about((words[0], *words[2:]), Verb(wanted), naming=naming)
    except WordError as error:
        slip = complaints.no_favour(words)
        raise WordError(replace(slip, problem=error.slip.problem)) from None
    return Ask(command) if isinstance(command, About | Edit) else None


def _read_about(words: Sequence[str], verb: Verb, *, naming: bool) -> Command | None:
    """Read what is to be done with one digest."""
    if any(word in HELP for word in words[2:3]):
        return None
    if len(words) < 3 or not _ID.fullmatch(words[2]):  # noqa: PLR2004 - digest VERB ID
        raise WordError(complaints.no_id(words, 2, verb))
    if verb is Verb.EDIT:
        wish = DigestParser(words, naming=naming).read(3)
        if wish is not None and wish.subject is not None:
            raise WordError(complaints.other_subject(words, words[2]))
        return None if wish is None else Edit(words[2], wish)
    again = verb is Verb.SEND and list(words[3:4]) == ["again"]
    _expect_end(words, 4 if again else 3, verb)
    return About(verb, words[2], again)


def _expect_end(words: Sequence[str], at: int, verb: str) -> None:
    if at < len(words):
        raise WordError(complaints.too_much(words, at, verb))
