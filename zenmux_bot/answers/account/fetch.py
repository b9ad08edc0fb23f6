"""The account and single requests: what only the operator's people may see."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TypeVar

from pydantic import BaseModel

from zenmux_bot.answers.account.view import AccountView, build_account
from zenmux_bot.answers.fetching.days import FetchContext
from zenmux_bot.answers.generation.view import GenerationView, build_generation
from zenmux_bot.commands.queries import AccountQuery, GenerationQuery, canonical
from zenmux_bot.errors import ApiError, BadInput, RequestRefused
from zenmux_bot.zenmux.account_requests import (
    BalanceRequest,
    FlowRateRequest,
    GenerationRequest,
    SubscriptionRequest,
)
from zenmux_bot.zenmux.models import Answer
from zenmux_bot.zenmux.requests import Request

T = TypeVar("T", bound=BaseModel)


async def ask_account(asking: FetchContext, _query: AccountQuery) -> AccountView:
    """Return the account, each part for itself.

    Raises:
        ApiError: No part could be had.
    """
    subscription, flow_rate, balance = await asyncio.gather(
        _part(asking, SubscriptionRequest()),
        _part(asking, FlowRateRequest()),
        _part(asking, BalanceRequest()),
    )
    named = {
        "plan and quotas": subscription,
        "Flow rate": flow_rate,
        "credits": balance,
    }
    failures = {
        name: part for name, part in named.items() if isinstance(part, ApiError)
    }
    there = [part for part in named.values() if isinstance(part, Answer)]
    if not there:
        raise next(iter(failures.values()))
    return build_account(
        subscription.data if isinstance(subscription, Answer) else None,
        flow_rate.data if isinstance(flow_rate, Answer) else None,
        balance.data if isinstance(balance, Answer) else None,
        missing={name: failure.message for name, failure in failures.items()},
        as_of=min(part.fetched_at for part in there),
        stale=any(part.stale for part in there),
    )


async def _part(asking: FetchContext, request: Request[T]) -> Answer[T] | ApiError:
    """Return a part, or why there is none: the others are told without it."""
    try:
        return await asking.fetch(request)
    except ApiError as error:
        return error


async def ask_generation(
    asking: FetchContext, query: GenerationQuery
) -> GenerationView:
    """Return one inference request.

    Raises:
        BadInput: ZenMux knows none of that id.
    """
    command = canonical(query)
    try:
        answer = await asking.fetch(GenerationRequest(generation_id=query.id))
    except RequestRefused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        raise BadInput(
            f"ZenMux knows no generation {query.id}.",
            allowed="A new one can be asked for after some minutes.",
            suggestions=(command,),
        ) from None
    return build_generation(
        answer.data, command=command, as_of=answer.fetched_at, stale=answer.stale
    )
