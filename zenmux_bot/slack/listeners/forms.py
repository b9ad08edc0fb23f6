"""Forms: opened while Slack still lets them be, within three seconds of a click.

https://docs.slack.dev/reference/methods/views.open
"""

from __future__ import annotations

from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from zenmux_bot.errors import SlackFault
from zenmux_bot.render.message import Block, Message
from zenmux_bot.slack.calls import call

NOT_OPENED = Message("Slack did not open the form in time; please try again.")

log = structlog.get_logger(__name__)


async def is_opened(client: AsyncWebClient, body: dict[str, Any], view: Block) -> bool:
    """Open a form for who acted, and return whether Slack did."""
    try:
        await call(
            client.views_open(trigger_id=body.get("trigger_id") or "", view=view)
        )
    except SlackFault as fault:
        log.warning("slack.form_not_opened", code=fault.code, detail=fault.detail)
        return False
    return True
