"""Finding out whether a post with an unknown result is in Slack.

Nothing is posted a second time before the channel has been searched and the first
request can no longer arrive.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from zenmux_bot.digests.delivery.context import CannotSearch, Context
from zenmux_bot.digests.delivery.entries import Post
from zenmux_bot.digests.delivery.settle import (
    InDoubt,
    NotFound,
    SearchFailed,
    Sent,
    Unreadable,
    settle,
)
from zenmux_bot.errors import Throttled

log = structlog.get_logger(__name__)


async def recover(context: Context, post: Post) -> None:
    """Take over an abandoned claim, and find out whether its message was posted.

    A second attempt after an ambiguous result always passes through here.
    """
    now = context.clock.now()
    claimed = await context.ledger.take_over(
        post, context.settings.claim(now, post.channel_id)
    )
    if claimed is None:
        return
    log.info("delivery.recover", key=post.entry.key, holder=post.entry.holder)
    await settle(context, claimed, await search(context, claimed))


async def resolve(context: Context, claimed: Post) -> Post | None:
    """Search for a post with an ambiguous result; return it if it was sent.

    If it is not there, it may still arrive, so it is searched for again later.
    """
    found = await search(context, claimed)
    match found:
        case Sent():
            return await settle(context, claimed, found)
        case Unreadable():
            await settle(context, claimed, found)
        case SearchFailed(retry_after):
            await settle(context, claimed, InDoubt(retry_after or timedelta(0)))
        case NotFound():
            await settle(context, claimed, InDoubt())
    return None


async def search(
    context: Context, claimed: Post
) -> Sent | NotFound | SearchFailed | Unreadable:
    """Search for the marker of a claimed post."""
    entry = claimed.entry
    try:
        async with asyncio.timeout(context.settings.search_timeout.total_seconds()):
            found = await context.outbox.find_marker(
                claimed.location,
                entry.key,
                since=entry.claimed_at or entry.planned_at,
            )
    except Throttled as error:
        log.warning("delivery.search_throttled", key=entry.key)
        return SearchFailed(error.retry_after)
    except Exception as error:  # noqa: BLE001 - a failed search is a result
        log.warning("delivery.search_failed", key=entry.key, error=repr(error))
        return SearchFailed()
    if isinstance(found, CannotSearch):
        return Unreadable()
    return NotFound() if found is None else Sent(found)
