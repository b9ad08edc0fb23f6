"""One inference request: its tokens, its times and its bill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from zenmux_bot.commands import names
from zenmux_bot.zenmux.models import Generation, NativeTokens, Rating


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a bill, in USD; None is not known."""

    name: str
    billed: Decimal | None
    discount: Decimal | None
    before_discount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a request cost, in USD.

    Attributes:
        billed: What was charged; None: not known.
        discount: What was taken off.
        before_discount: What it would have been without.
        items: Its lines.
    """

    billed: Decimal | None
    discount: Decimal | None = None
    before_discount: Decimal | None = None
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What was counted, as the model counts; None is not known."""

    prompt: Decimal | None
    cached: Decimal | None
    completion: Decimal | None
    reasoning: Decimal | None
    total: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationView:
    """One inference request.

    Attributes:
        command: The words that ask for it again, without the slash command.
        id: Its id.
        model: The slug of its model.
        api: The protocol it came by.
        created_at: When it came, None if not known.
        first_token_ms: Milliseconds to the first token.
        duration_ms: Milliseconds in all.
        tokens: What was counted, None if not known.
        streamed: The answer came in pieces; None if not known.
        finish_reason: Why it ended.
        retries: How often it was tried again; None if not known.
        bill: None while it is not billed, which is not a bill of zero.
        as_of: When the API answered.
        stale: It is an old copy.
    """

    command: str
    id: str
    model: str
    api: str
    created_at: datetime | None
    first_token_ms: Decimal | None
    duration_ms: Decimal | None
    tokens: Tokens | None
    streamed: bool | None
    finish_reason: str
    retries: Decimal | None
    bill: Bill | None
    as_of: datetime
    stale: bool


def build_generation(
    generation: Generation, *, command: str, as_of: datetime, stale: bool
) -> GenerationView:
    """Return what a request's record says."""
    tokens = generation.native_tokens
    return GenerationView(
        command=command,
        id=names.shown(generation.generation_id),
        model=names.shown(generation.model),
        api=names.shown(generation.api, "–"),
        created_at=generation.created_at,
        first_token_ms=generation.latency,
        duration_ms=generation.generation_time,
        tokens=None if tokens is None else _tokens(tokens),
        streamed=generation.streamed,
        finish_reason=names.shown(generation.finish_reason, "–"),
        retries=generation.request_retry_times,
        bill=_bill(generation),
        as_of=as_of,
        stale=stale,
    )


def _tokens(tokens: NativeTokens) -> Tokens:
    prompt, completion = tokens.prompt_tokens_details, tokens.completion_tokens_details
    return Tokens(
        prompt=tokens.prompt_tokens,
        cached=prompt.cached_tokens if prompt else None,
        completion=tokens.completion_tokens,
        reasoning=completion.reasoning_tokens if completion else None,
        total=tokens.total_tokens,
    )


def _bill(generation: Generation) -> Bill | None:
    """Return the bill; without its fields the request is not billed yet.

    https://docs.zenmux.ai/api/platform/generation.html
    """
    if generation.rating is not None:
        return _rated(generation.rating, generation.usage)
    if generation.usage is not None:
        return Bill(billed=generation.usage)
    return None


def _rated(rating: Rating, usage: Decimal | None) -> Bill:
    return Bill(
        billed=usage if rating.bill_amount is None else rating.bill_amount,
        discount=rating.discount_amount,
        before_discount=rating.origin_amount,
        items=tuple(
            Item(
                name=names.shown(each.fee_item_code, "–"),
                billed=each.bill_amount,
                discount=each.discount_amount,
                before_discount=each.origin_amount,
            )
            for each in rating.rating_details
        ),
    )
