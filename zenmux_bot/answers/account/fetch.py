"""The account: plan, quotas and credits, each asked for by itself."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from pydantic import BaseModel

from zenmux_bot.answers.account.view import AccountView, build_account
from zenmux_bot.answers.fetching import FetchContext
from zenmux_bot.commands.queries import AccountQuery
from zenmux_bot.errors import ApiError
from zenmux_bot.zenmux.models import Answer
from zenmux_bot.zenmux.requests import (
    BalanceRequest,
    FlowRateRequest,
    Request,
    SubscriptionRequest,
)

T = TypeVar("T", bound=BaseModel)


async def fetch_account(context: FetchContext, _query: AccountQuery) -> AccountView:
    """Return the account, each part for itself.

    Raises:
        ApiError: No part could be had.
    """
    subscription, flow_rate, balance = await asyncio.gather(
        _part(context, SubscriptionRequest()),
        _part(context, FlowRateRequest()),
        _part(context, BalanceRequest()),
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


async def _part(context: FetchContext, request: Request[T]) -> Answer[T] | ApiError:
    """Return a part, or why there is none; the others are shown without it."""
    try:
        return await context.fetch(request)
    except ApiError as error:
        return error
