"""Who is who: ``auth.*``, ``users.*``, ``bots.*``, ``oauth.*``, ``apps.*``."""

from __future__ import annotations

from zenmux_demo.workspace import shapes
from zenmux_demo.workspace.core import Core
from zenmux_demo.workspace.methods.base import Call, Method, page, require_team
from zenmux_demo.workspace.model import Json, Refusal
from zenmux_demo.workspace.seed import (
    APP_ID,
    BOT_ID,
    BOT_USER_ID,
    ENTERPRISE_ID,
    TEAM_DOMAIN,
    TEAM_ID,
)


def api_test(core: Core, call: Call) -> Json:
    """Echo the arguments, or fail as asked."""
    del core
    error = call.optional("error")
    if error:
        raise Refusal(error)
    return {"args": {k: v for k, v in call.args.items() if k != "token"}}


def auth_test(core: Core, call: Call) -> Json:
    """Say whose token it is."""
    del call
    where: Json = {"team": "Workspace", "team_id": TEAM_ID}
    if core.for_org:
        where = {
            "team": "Enterprise",
            "team_id": ENTERPRISE_ID,
            "enterprise_id": ENTERPRISE_ID,
        }
    return {
        "url": f"https://{TEAM_DOMAIN}.slack.com/",
        **where,
        "user": core.state.bot.name,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": core.for_org,
    }


def auth_revoke(core: Core, call: Call) -> Json:
    """Revoke the token; ``test`` only pretends."""
    if call.flag("test"):
        return {"revoked": False}
    core.tokens.end("token_revoked")
    return {"revoked": True}


def users_info(core: Core, call: Call) -> Json:
    """Return one user."""
    return {"user": shapes.user_json(core.state.user(call.text("user")), core.state)}


def users_list(core: Core, call: Call) -> Json:
    """Return everyone, a page at a time."""
    require_team(core, call)
    home = [u for u in core.state.users.values() if u.foreign_team_id is None]
    shown, cursor = page(core, call, home)
    return {
        "members": [shapes.user_json(user, core.state) for user in shown],
        "response_metadata": cursor,
    }


def bots_info(core: Core, call: Call) -> Json:
    """Return the bot."""
    if call.optional("bot") not in (None, BOT_ID):
        raise Refusal("bot_not_found")
    return {
        "bot": {
            "id": BOT_ID,
            "deleted": False,
            "name": core.manifest.bot_name,
            "user_id": BOT_USER_ID,
            "app_id": APP_ID,
        }
    }


def oauth_access(core: Core, call: Call) -> Json:
    """Exchange a code for a token."""
    return core.tokens.exchange(
        client_id=call.text("client_id"),
        client_secret=call.text("client_secret"),
        code=call.text("code"),
    )


def connections_open(core: Core, call: Call) -> Json:
    """Give out a WebSocket address.

    https://docs.slack.dev/reference/methods/apps.connections.open
    """
    del call
    ticket = core.sockets.issue_ticket()
    address = core.base_url.replace("http://", "ws://")
    return {"url": f"{address}/link/?ticket={ticket}&app_id={APP_ID}"}


METHODS = {
    "api.test": Method(run=api_test, authorized_by="nothing"),
    "auth.test": Method(run=auth_test),
    "auth.revoke": Method(run=auth_revoke),
    "users.info": Method(run=users_info, scope="users:read"),
    "users.list": Method(run=users_list, scope="users:read"),
    "bots.info": Method(run=bots_info, scope="users:read"),
    "oauth.v2.access": Method(run=oauth_access, authorized_by="nothing"),
    "apps.connections.open": Method(run=connections_open, authorized_by="app"),
}
