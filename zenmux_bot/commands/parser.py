"""Text to a request, or to what is wrong with it and whole commands that are right.

Whatever the text, the outcome is a :class:`Request` or :class:`BadInput`; every
suggestion of the latter parses, and is canonical.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from zenmux_bot.commands.account_commands import NameKey
from zenmux_bot.commands.defaults import UNSET, Defaults
from zenmux_bot.commands.grammar import BY_WORD, CHANNEL, COMMAND, NAMING
from zenmux_bot.commands.lexer import (
    FILLERS,
    GREETINGS,
    MAX_CHARACTERS,
    ParseError,
    WordError,
    split,
)
from zenmux_bot.commands.queries import (
    GenerationQuery,
    HelpQuery,
    Request,
    SpendQuery,
    UsageQuery,
    canonical,
)
from zenmux_bot.commands.reading import read
from zenmux_bot.errors import BadInput

MAX_SUGGESTIONS = 3
_MAX_MENDS = 8
_RANGE = re.compile(r"\.\.|(?<=\d\d)-(?=\d{4}-)")


def parse(
    text: str,
    *,
    today: date,
    base: Request | None = None,
    usual: Defaults = UNSET,
) -> Request:
    """Return what ``text`` asks for.

    Args:
        text: Words as typed, with or without the slash command before them.
        today: The running UTC day.
        base: An earlier request. Words without a command change it; a command keeps
            its metric and period where it names none.
        usual: What holds where neither the words nor the base say anything.

    Raises:
        BadInput: Some of it cannot be understood or has no data.
    """
    if len(text) > MAX_CHARACTERS:
        raise BadInput(
            f"That is {len(text)} characters long.",
            allowed=f"A command has at most {MAX_CHARACTERS}.",
            suggestions=("help",),
        )
    words = command_words(text)
    try:
        return _as_typed(read(words, today, base, usual), text)
    except WordError as error:
        slip = error.slip
    # Where it is chosen says who sees the answer.
    usual = replace(usual, audience=None)
    suggestions = _suggest(words, slip, today, base, usual, text=text)
    raise BadInput(slip.problem, allowed=slip.allowed, suggestions=suggestions)


def command_words(text: str) -> tuple[str, ...]:
    """Return words without the slash command; ranges and quotes of no name apart.

    What leads to them, as in ``show me the share`` and ``hi, share``, is left out.
    """
    plain: list[str] = []
    for word in split(text):
        is_name = plain and plain[-1] in NAMING
        if word == "the" and not is_name:
            # also amid a date, as in "since the 9th"
            continue
        if is_name or word.isalnum() or word.startswith(CHANNEL):
            plain.append(word)
        else:
            plain += _RANGE.sub(" .. ", word).split()
    if plain and plain[0] in {COMMAND, COMMAND[1:]}:
        del plain[0]
    words = _behind(plain, FILLERS)
    ungreeted = _behind(words, FILLERS | GREETINGS)
    return tuple(ungreeted if ungreeted[:1] and ungreeted[0] in BY_WORD else words)


def _behind(words: Sequence[str], small: Collection[str]) -> Sequence[str]:
    """Return words from the first on that is not a small one, or all."""
    return words[next((at for at, word in enumerate(words) if word not in small), 0) :]


def _as_typed(request: Request, text: str) -> Request:
    """Return the same with ids in the case they were typed in, which words forget."""
    match request.query:
        case GenerationQuery(id=id_) as query:
            return replace(request, query=replace(query, id=_typed(id_, text)))
        case SpendQuery(command=NameKey(key, label)) as query:
            command = NameKey(_typed(key, text), _typed(label, text))
            return replace(request, query=replace(query, command=command))
        case (SpendQuery() | UsageQuery()) as query if query.key is not None:
            return replace(request, query=replace(query, key=_typed(query.key, text)))
    return request


def _typed(words: str, text: str) -> str:
    """Return words as they stand in a text, in the case they have there."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    found = re.search(rf"(?<![\w-]){pattern}(?![\w-])", text, re.IGNORECASE | re.ASCII)
    return words if found is None else " ".join(found[0].split())


def _suggest(
    words: Sequence[str],
    slip: ParseError,
    today: date,
    base: Request | None,
    usual: Defaults,
    *,
    text: str,
) -> tuple[str, ...]:
    """Return whole commands near to what was typed."""
    tries = [_replaced(words, slip, instead) for instead in slip.instead]
    mended = dict.fromkeys(
        canonical(_as_typed(request, text))
        for corrected in tries
        if corrected
        and (
            request := _mend(
                corrected,
                today,
                base,
                usual,
                tries=_MAX_MENDS,
                naming=_is_command(words, corrected),
            )
        )
    )
    if not mended:
        kind = BY_WORD.get(words[0])
        mended[canonical(HelpQuery(topic=kind.name if kind else None))] = None
    return tuple(mended)[:MAX_SUGGESTIONS]


def _is_command(words: Sequence[str], corrected: Sequence[str]) -> bool:
    """Tell a command from a sentence turned into one, whose words are no names.

    What a sentence ends with may be a command all the same.
    """
    is_ending = len(corrected) < len(words)
    is_led = corrected[1:] in {tuple(words), tuple(words[1:])}
    return is_ending or is_led or corrected[0] == words[0]


def _mend(
    words: Sequence[str],
    today: date,
    base: Request | None,
    usual: Defaults,
    *,
    tries: int,
    naming: bool,
) -> Request | None:
    """Read words, with replacements for the slips that are left in them."""
    try:
        return read(words, today, base, usual, naming=naming)
    except WordError as error:
        slip = error.slip
    if not tries or not slip.instead:
        return None
    # What can be left out is: a second guess beside the first helps nobody.
    instead = () if () in slip.instead else slip.instead[0]
    mended = _replaced(words, slip, instead)
    return _mend(mended, today, base, usual, tries=tries - 1, naming=naming)


def _replaced(
    words: Sequence[str], slip: ParseError, instead: Sequence[str]
) -> tuple[str, ...]:
    """Return words with others, in lower case too, for those of the slip."""
    replacement = (word.lower() for word in instead)
    return (*words[: slip.start], *replacement, *words[slip.stop :])
