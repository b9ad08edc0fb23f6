"""What the bot says when it is let into a channel."""

from __future__ import annotations

from zenmux_bot.commands.digest_commands import OPEN_FORM
from zenmux_bot.commands.queries import DigestQuery, ShareQuery, canonical
from zenmux_bot.core.measures import Metric
from zenmux_bot.render.report import Button, Report, command_line, to_type

DIGEST = "digest:form"


def report_welcome(*, model: str | None = None) -> Report:
    """Return the one message that a channel gets.

    Args:
        model: The model that reads questions which are not understood, if one does.
    """
    share = canonical(ShareQuery(metric=Metric.COST))
    digest = canonical(DigestQuery(command=OPEN_FORM))
    return Report(
        title="Hi, I bring ZenMux statistics to Slack",
        finding="I show which models and providers are used most, by tokens or list "
        "price, and how that changed. Only you see answers to commands, unless you add "
        "“public”; mentions are answered in a thread.",
        points=(
            to_type(command_line("leaderboard cost 7d"), "models, ranked"),
            to_type(command_line(share), "providers' market share"),
            to_type("@ZenMux why anthropic", "what moved a share"),
            to_type(command_line(digest), "a digest in this channel every Monday"),
            to_type(command_line("help"), "everything else"),
        ),
        context=()
        if model is None
        else (
            (
                f"Questions that I don't understand go to {model} on ZenMux, which "
                "picks a command."
            ),
        ),
        buttons=(
            Button(
                label="Show market share",
                action="ask:share",
                command=share,
                primary=True,
            ),
            Button(label="Get it every week", action=DIGEST, command=digest),
        ),
    )
