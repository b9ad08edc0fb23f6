"""Settings from the environment, read once, frozen, with every secret masked.

The names are a contract; see the table in README.md.
"""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from zenmux_bot.errors import ConfigError

ZENMUX_URL = "https://zenmux.ai/api/v1/management"
SLACK_URL = "https://slack.com/api/"
DATABASE_URL = "sqlite+aiosqlite:///data/zenmux_bot.db"


def is_loopback(url: str) -> bool:
    """Tell whether a URL leads to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_url(url: str) -> str:
    """Let https through, and http on this machine; keys travel on it."""
    parts = urlsplit(url)
    allowed = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url))
    if not parts.hostname or not allowed or parts.username or parts.query:
        raise ValueError
    return url


def _with_slash(url: str) -> str:
    return f"{url.rstrip('/')}/"


def _check_database(url: str) -> str:
    """Name the asynchronous driver; hosts hand out ``postgres://`` plainly."""
    driven = re.sub(r"^postgres(ql)?://", "postgresql+asyncpg://", url)
    driven = re.sub(r"^sqlite://", "sqlite+aiosqlite://", driven)
    if not driven.startswith(("postgresql+asyncpg://", "sqlite+aiosqlite://")):
        raise ValueError
    return driven


def _strip_secret(value: Any) -> Any:
    """Drop the white space and line breaks that come along when a key is pasted."""
    return "".join(value.split()) if isinstance(value, str) else value


def _split_ids(value: Any) -> Any:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _split_keys(value: Any) -> Any:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _check_keys(keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    """Let keys through that are 32 bytes in the URL-safe alphabet."""
    for key in keys:
        Fernet(key.get_secret_value())
    return keys


def _check_id(value: str) -> str:
    if not re.fullmatch(r"[UW][A-Z0-9_]+", value):
        raise ValueError
    return value


def _to_utc(value: datetime) -> datetime:
    return value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


def _prefixed(*prefixes: str) -> AfterValidator:
    """Return a check of how a token begins."""

    def check(secret: SecretStr) -> SecretStr:
        if not secret.get_secret_value().startswith(prefixes):
            raise ValueError
        return secret

    return AfterValidator(check)


Secret = Annotated[SecretStr, BeforeValidator(_strip_secret)]
UserId = Annotated[str, AfterValidator(_check_id)]

_EXPECTED = {
    "zenmux_management_api_key": "a management key (sk-mg-v1-…) from "
    "https://zenmux.ai/platform/management",
    "zenmux_base_url": f"an https URL, or http on this machine; usually {ZENMUX_URL}",
    "slack_bot_token": "a bot token (xoxb-…) from your Slack app's OAuth & Permissions",
    "slack_app_token": "an app-level token (xapp-…) with connections:write from "
    "your Slack app's Basic Information",
    "slack_signing_secret": "the signing secret from your Slack app's "
    "Basic Information, or SLACK_APP_TOKEN for Socket Mode",
    "slack_client_id": "the client id from your Slack app's Basic Information",
    "slack_client_secret": "the client secret from your Slack app's Basic Information",
    "slack_redirect_uri": "https://HOST/slack/oauth_redirect, as the app has it",
    "slack_api_url": f"an https URL, or http on this machine; usually {SLACK_URL}",
    "database_url": f"{DATABASE_URL} or postgresql+asyncpg://user:password@host/name",
    "port": "a number from 0 to 65535",
    "log_level": "debug, info, warning or error",
    "log_format": "console or json",
    "zenmux_bot_admins": "Slack user ids such as U012AB3CD, separated by commas",
    "zenmux_bot_encryption_key": "keys of 32 random bytes in URL-safe base64, the "
    "newest first, separated by commas; python bot.py new-key makes one",
    "zenmux_rate_limit_wait": "seconds, from 1 to 3600",
    "scheduler_tick_seconds": "seconds, from 1 to 300",
    "delivery_lease_seconds": "seconds, from 10 to 3600",
    "slack_posts_per_minute": "a number from 1 to 100000; 300 suits one process",
    "zenmux_bot_now": "an instant such as 2026-11-23T08:59:50Z",
}


class Settings(BaseSettings):
    """What the operator sets; every field is the variable of the same name."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    zenmux_management_api_key: Secret | None = Field(
        None,
        validation_alias=AliasChoices(
            "zenmux_management_api_key", "zenmux_management_key"
        ),
    )
    zenmux_base_url: Annotated[str, AfterValidator(_check_url)] = ZENMUX_URL
    slack_bot_token: Annotated[Secret, _prefixed("xoxb-", "xoxe.")] | None = None
    slack_app_token: Annotated[Secret, _prefixed("xapp-")] | None = None
    slack_signing_secret: Secret | None = None
    slack_client_id: str | None = None
    slack_client_secret: Secret | None = None
    slack_redirect_uri: Annotated[str, AfterValidator(_check_url)] | None = None
    slack_api_url: Annotated[
        str, AfterValidator(_check_url), AfterValidator(_with_slash)
    ] = SLACK_URL
    database_url: Annotated[str, AfterValidator(_check_database)] = DATABASE_URL
    host: str = "0.0.0.0"  # noqa: S104 - Slack's requests come from outside
    port: int = Field(3000, ge=0, le=65535)
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        BeforeValidator(lambda v: v.lower() if isinstance(v, str) else v),
    ] = "info"
    log_format: Literal["console", "json"] = "console"
    zenmux_bot_admins: Annotated[
        frozenset[UserId], NoDecode, BeforeValidator(_split_ids)
    ] = frozenset()
    zenmux_bot_encryption_key: Annotated[
        tuple[SecretStr, ...],
        NoDecode,
        BeforeValidator(_split_keys),
        AfterValidator(_check_keys),
    ] = ()
    zenmux_rate_limit_wait: float = Field(60, ge=1, le=3600)
    scheduler_tick_seconds: float = Field(15, ge=1, le=300)
    delivery_lease_seconds: float = Field(120, ge=10, le=3600)
    slack_posts_per_minute: float = Field(300, ge=1, le=100_000)
    zenmux_bot_now: Annotated[datetime, AfterValidator(_to_utc)] | None = None

    @model_validator(mode="after")
    def _keep_real_slack_in_real_time(self) -> Self:
        speaks = self.slack_bot_token is not None or self.serves_many
        real = speaks and not is_loopback(self.slack_api_url)
        if self.zenmux_bot_now is not None and real:
            raise ConfigError(
                "ZENMUX_BOT_NOW: only for demos and tests; unset it, or point "
                "SLACK_API_URL to a stand-in on this machine"
            )
        return self

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return every secret there is, for what must not be printed."""
        values = (getattr(self, name) for name in type(self).model_fields)
        found = [v.get_secret_value() for v in values if isinstance(v, SecretStr)]
        found += [key.get_secret_value() for key in self.zenmux_bot_encryption_key]
        password = urlsplit(self.database_url).password
        return tuple(found + ([password] if password else []))

    @property
    def serves_many(self) -> bool:
        """Tell whether workspaces install the app by themselves."""
        return None not in (self.slack_client_id, self.slack_client_secret)

    @property
    def uses_socket_mode(self) -> bool:
        """Tell whether Slack is reached by Socket Mode rather than HTTP."""
        return self.slack_app_token is not None


def load_settings() -> Settings:
    """Return the settings of this process's environment.

    Raises:
        ConfigError: Some are malformed; a line for each names it and its shape.
    """
    try:
        return Settings()
    except ValidationError as error:
        names = dict.fromkeys(str(each["loc"][0]) for each in error.errors())
    lines = [f"{name.upper()}: malformed; expected {_expected(name)}" for name in names]
    raise ConfigError("\n".join(lines))


def require(settings: Settings, *names: str) -> None:
    """Complain about settings that are missing.

    Raises:
        ConfigError: A line for each says what is expected and where to get it.
    """
    missing = [name for name in names if getattr(settings, name) is None]
    if missing:
        lines = [f"{name.upper()}: missing; set {_expected(name)}" for name in missing]
        raise ConfigError("\n".join(lines))


def _expected(name: str) -> str:
    key = name.replace("management_key", "management_api_key")
    return _EXPECTED.get(key, "another value")
