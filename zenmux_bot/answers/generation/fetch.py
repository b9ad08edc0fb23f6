"""One inference request by its id."""

from __future__ import annotations

from http import HTTPStatus

from zenmux_bot.answers.fetching import FetchContext
from zenmux_bot.answers.generation.view import GenerationView, build_generation
from zenmux_bot.commands.queries import GenerationQuery, canonical
from zenmux_bot.errors import BadInput, RequestRefused
from zenmux_bot.zenmux.requests import GenerationRequest


async def fetch_generation(
    context: FetchContext, query: GenerationQuery
) -> GenerationView:
    """Return one inference request.

    Raises:
        BadInput: ZenMux knows none of that id.
    """
    command = canonical(query)
    try:
        answer = await context.fetch(GenerationRequest(generation_id=query.id))
    except RequestRefused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        raise BadInput(
            f"ZenMux doesn't know the generation {query.id}.",
            allowed="A new one shows up after a few minutes.",
            suggestions=(command,),
        ) from None
    return build_generation(
        answer.data, command=command, as_of=answer.fetched_at, stale=answer.stale
    )
