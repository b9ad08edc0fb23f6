"""Tokens: who may call, with which scopes, and until when."""

from __future__ import annotations

from dataclasses import dataclass

from zenmux_demo.workspace.model import Json, Refusal
from zenmux_demo.workspace.seed import APP_ID, BOT_USER_ID, ENTERPRISE_ID, MAYA, TEAM_ID

BOT_TOKEN = "xoxb-0-workspace"  # noqa: S105 - opens this stand-in alone
APP_TOKEN = "xapp-0-workspace"  # noqa: S105 - likewise
SIGNING_SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - likewise
CLIENT_ID = "0.0"
CLIENT_SECRET = "client-secret-of-the-workspace"  # noqa: S105 - likewise


@dataclass(slots=True)
class Grant:
    """What a bot token may do.

    Attributes:
        scopes: Granted scopes; None allows everything.
        ended: The error code once the token no longer works.
    """

    scopes: frozenset[str] | None
    ended: str = ""


class Tokens:
    """The tokens of the workspace's one app."""

    def __init__(self, scopes: frozenset[str] | None, *, for_org: bool) -> None:
        self._scopes = scopes
        self._for_org = for_org
        self._codes: set[str] = set()
        self._issued = 0
        self.grants = {BOT_TOKEN: Grant(scopes)}

    def bot_grant(self, token: str) -> Grant:
        """Return what a bot token may do; refuse one that no longer works."""
        if not token:
            raise Refusal("not_authed")
        if token.startswith("xapp-"):
            raise Refusal("not_allowed_token_type")
        grant = self.grants.get(token)
        if grant is None:
            raise Refusal("invalid_auth")
        if grant.ended:
            raise Refusal(grant.ended)
        return grant

    def check_app_token(self, token: str) -> None:
        """Refuse anything but the app-level token."""
        if not token:
            raise Refusal("not_authed")
        if token.startswith("xoxb-"):
            raise Refusal("not_allowed_token_type")
        if token != APP_TOKEN:
            raise Refusal("invalid_auth")

    def end(self, code: str) -> None:
        """Let every bot token fail with ``token_revoked`` or ``account_inactive``."""
        for grant in self.grants.values():
            grant.ended = code

    def issue_code(self) -> str:
        """Give out the code that a person's consent to install leads to."""
        self._issued += 1
        code = f"code-{self._issued}"
        self._codes.add(code)
        return code

    def exchange(self, *, client_id: str, client_secret: str, code: str) -> Json:
        """Give a bot token for a code.

        https://docs.slack.dev/authentication/installing-with-oauth
        """
        if client_id != CLIENT_ID:
            raise Refusal("invalid_client_id")
        if client_secret != CLIENT_SECRET:
            raise Refusal("bad_client_secret")
        if code not in self._codes:
            raise Refusal("invalid_code")
        self._codes.remove(code)
        token = f"xoxb-{len(self.grants)}-workspace"
        self.grants[token] = Grant(self._scopes)
        return {
            "access_token": token,
            "token_type": "bot",
            "scope": ",".join(sorted(self._scopes or ())),
            "bot_user_id": BOT_USER_ID,
            "app_id": APP_ID,
            "team": None if self._for_org else {"id": TEAM_ID, "name": "Workspace"},
            "enterprise": {"id": ENTERPRISE_ID, "name": "Enterprise"}
            if self._for_org
            else None,
            "authed_user": {"id": MAYA},
            "is_enterprise_install": self._for_org,
        }
