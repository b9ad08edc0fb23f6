"""Settings from the environment, read once, frozen, with every secret masked.

The names are a contract; see the table in README.md. Values are taken as people really
pass them: quoted, with blanks, line breaks or a byte order mark around them.
"""

from __future__ import annotations

import binascii
import ipaddress
import os
import re
import ssl
from base64 import urlsafe_b64decode
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import unquote, urlsplit, urlunsplit

import certifi
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from zenmux_bot.errors import ConfigError

ZENMUX_URL = "https://zenmux.ai/api/v1/management"
SLACK_URL = "https://slack.com/api/"
DATABASE_URL = "sqlite+aiosqlite:///data/zenmux_bot.db"

_OTHER_NAMES = {"zenmux_management_key": "zenmux_management_api_key"}
_INVISIBLE = "\ufeff\u200b\u200e\u200f\u2060\x00"
_QUOTES = ('""', "''", "“”", "‘’", "``")
_KEY_BYTES = 32
_PASSWORD = re.compile(r"://[^/]*?:(?P<password>.*)@")
_DIGIT = re.compile(r"\d")
_FIRST_DATA = date(2025, 9, 29)
_END = date(3000, 1, 1)
_LEVELS = {"warn": "warning", "critical": "error", "fatal": "error", "trace": "debug"}


def clean(value: str) -> str:
    """Return a value without what comes along when it is pasted or read from a file."""
    before = None
    while before != value:
        before, value = value, value.strip().strip(_INVISIBLE)
        if len(value) > 1 and value[0] + value[-1] in _QUOTES:
            value = value[1:-1]
    return value


def is_loopback(url: str) -> bool:
    """Tell whether a URL leads to this machine."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
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
    if parts.fragment or re.search(r"[\s\\]", url) or parts.port == 0:
        raise ValueError
    parts.hostname.encode("idna")
    return urlunsplit(parts._replace(netloc=parts.netloc.lower()))


def _with_slash(url: str) -> str:
    return f"{url.rstrip('/')}/"


def _without_slash(url: str) -> str:
    return url.rstrip("/")


def _check_database(url: str) -> str:
    """Name the asynchronous driver; hosts hand out ``postgres://`` plainly."""
    scheme, separator, rest = url.partition("://")
    match scheme.lower().partition("+")[0]:
        case "postgres" | "postgresql" if separator:
            return f"postgresql+asyncpg://{rest}"
        case "sqlite" if rest.startswith("/"):
            return f"sqlite+aiosqlite://{rest}"
    raise ValueError


def _strip_brackets(host: str) -> str:
    """Return an IPv6 address as sockets want it."""
    if not re.fullmatch(r"\[[0-9a-fA-F:.]+\]|[\w.:%-]+", host):
        raise ValueError
    host.encode("idna")
    return host.strip("[]")


def _strip_secret(value: Any) -> Any:
    """Drop the white space and line breaks that come along when a key is pasted."""
    return "".join(value.split()) if isinstance(value, str) else value


def _split_ids(value: Any) -> Any:
    """Return ids, also those of a JSON list and of people that are mentioned."""
    if not isinstance(value, str):
        return value
    ids = (each.strip("<@>[]\"'") for each in re.split(r"[\s,;]+", value))
    # A name has no digits, and is not taken for an id.
    return [each.upper() if _DIGIT.search(each) else each for each in ids if each]


def _split_keys(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return tuple(each.strip("\"'") for each in re.split(r"[\s,;]+", value) if each)


def _check_keys(keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    """Let keys through that are 32 bytes in the URL-safe alphabet."""
    for key in keys:
        try:
            found = urlsafe_b64decode(key.get_secret_value())
        except binascii.Error:
            raise ValueError from None
        if len(found) != _KEY_BYTES:
            raise ValueError
    return keys


def _check_secret(secret: SecretStr) -> SecretStr:
    """Let through what can stand in the header of a request."""
    if not re.fullmatch(r"[!-~]+", secret.get_secret_value()):
        raise ValueError
    return secret


def _check_id(value: str) -> str:
    if not re.fullmatch(r"[UW][A-Z0-9_]+", value):
        raise ValueError
    return value


def _check_model(slug: str) -> str:
    if not re.fullmatch(r"[\w.-]+/[\w.:-]+", slug, re.ASCII):
        raise ValueError
    return slug


def _to_level(value: Any) -> Any:
    """Return a level in the bot's own words, and as numbers where nobody would."""
    level = str(value).lower()
    return _LEVELS.get(level, level)


def _to_lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _to_utc(value: datetime) -> datetime:
    """Return an instant in UTC that has data before it, far from the calendar's end."""
    if not _FIRST_DATA < value.date() < _END:
        raise ValueError
    return value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


def _prefixed(*prefixes: str) -> AfterValidator:
    """Return a check of how a token begins."""

    def check(secret: SecretStr) -> SecretStr:
        if not secret.get_secret_value().startswith(prefixes):
            raise ValueError
        return secret

    return AfterValidator(check)


Secret = Annotated[
    SecretStr, BeforeValidator(_strip_secret), AfterValidator(_check_secret)
]
Url = Annotated[str, AfterValidator(_check_url)]
UserId = Annotated[str, AfterValidator(_check_id)]

KEY_FOR_MODELS = "is a key for models; a management key begins with sk-mg-"
_INFERENCE_KEYS = ("sk-ai-", "sk-ss-")

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
    "host": "an address to listen on, such as 0.0.0.0, 127.0.0.1 or ::",
    "port": "a number from 0 to 65535",
    "metrics_token": "printable ASCII characters without blanks",
    "log_level": "debug, info, warning or error",
    "log_format": "console or json",
    "zenmux_bot_admins": "Slack user ids such as U012AB3CD, separated by commas",
    "zenmux_bot_encryption_key": "keys of 32 random bytes in URL-safe base64, the "
    "newest first, separated by commas; python bot.py new-key makes one",
    "zenmux_rate_limit_wait": "seconds, from 1 to 3600",
    "scheduler_tick_seconds": "seconds, from 1 to 300",
    "delivery_lease_seconds": "seconds, from 10 to 3600",
    "slack_posts_per_minute": "a number from 1 to 100000; 300 suits one process",
    "zenmux_inference_api_key": "a pay-as-you-go inference key (sk-ai-v1-…) from "
    "https://zenmux.ai/platform/pay-as-you-go; neither a subscription key nor a "
    "management key",
    "zenmux_inference_model": "the slug of a model on ZenMux, such as "
    "openai/gpt-5-mini",
    "zenmux_inference_base_url": "an https URL, or http on this machine; usually "
    "https://zenmux.ai/api/v1",
    "zenmux_bot_now": f"an instant after {_FIRST_DATA}, such as 2026-11-23T08:59:50Z",
}


AUTHORITIES = ("ssl_cert_file", "ssl_cert_dir", "requests_ca_bundle", "curl_ca_bundle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxies:
    """The HTTP proxies of the environment, the same for ZenMux and Slack.

    Attributes:
        https: Where https is sent.
        http: Where http is sent.
        exempt: Hosts and domains that are reached without one; ``*`` means all.
    """

    https: str | None = field(default=None, repr=False)
    http: str | None = field(default=None, repr=False)
    exempt: tuple[str, ...] = ()

    def of(self, url: str) -> str | None:
        """Return the proxy for a URL, None for what is reached without one.

        Raises:
            ConfigError: It is of a kind that is not supported, or no address.
        """
        parts = urlsplit(url)
        proxy = self.http if parts.scheme == "http" else self.https
        if proxy is None or is_loopback(url):
            return None
        host, port = parts.hostname or "", parts.port
        if any(_is_exempt(host, port, rule) for rule in self.exempt):
            return None
        if not _is_http_proxy(proxy):
            raise ConfigError(
                f"{parts.scheme.upper()}_PROXY or ALL_PROXY: not supported; expected "
                "the address of an HTTP proxy, such as http://HOST:PORT or "
                "http://USER:PASSWORD@HOST:PORT, with signs such as @ : / # in the "
                "password written as %40 %3A %2F %23"
            )
        return proxy


def _is_http_proxy(proxy: str) -> bool:
    """Tell whether httpx and aiohttp can both use an address."""
    if not re.fullmatch(r"https?://[!-~]+", proxy):
        return False
    try:
        parts = urlsplit(proxy)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    user, _, _ = parts.netloc.rpartition("@")
    return (
        f"{parts.scheme}://{parts.netloc}" == proxy
        and port != 0
        and user.count("@") == 0
        and user.count(":") <= 1
        and _is_host(host)
    )


def _is_host(host: str) -> bool:
    """Tell whether a name or an address can be looked up."""
    with suppress(ValueError):
        return bool(ipaddress.ip_address(host))
    return (
        re.fullmatch(r"([A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?", host)
        is not None
    )


def _is_exempt(host: str, port: int | None, rule: str) -> bool:
    """Tell whether a rule of NO_PROXY covers a host: a name, a domain or a network."""
    if rule in {"*", f"{host}:{port}"}:
        return True
    with suppress(ValueError):
        network = ipaddress.ip_network(rule.strip("[]"), strict=False)
        return ipaddress.ip_address(host) in network
    domain = rule.removeprefix("*").removeprefix(".")
    return host == domain or host.endswith(f".{domain}")


def _read_proxies(given: Mapping[str, str]) -> Proxies:
    """Return the proxies of an environment whose names are in lower case."""

    def address(name: str) -> str | None:
        value = given.get(name) or given.get("all_proxy")
        if not value:
            return None
        scheme, _, rest = value.rpartition("://")
        return f"{scheme.lower() or 'http'}://{rest.rstrip('/')}"

    return Proxies(
        https=address("https_proxy"),
        http=address("http_proxy"),
        exempt=tuple(given.get("no_proxy", "").lower().replace(",", " ").split()),
    )


def forget_proxies(environ: MutableMapping[str, str]) -> None:
    """Take the proxies out of an environment, once they are read.

    The Slack SDK would send everything through them, what is exempt as well.
    """
    for name in list(environ):
        if name.lower() in {"https_proxy", "http_proxy", "all_proxy"}:
            del environ[name]


class Settings(BaseModel):
    """What the operator sets; every field is the variable of the same name."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    zenmux_management_api_key: Secret | None = None
    zenmux_base_url: Annotated[Url, AfterValidator(_without_slash)] = ZENMUX_URL
    slack_bot_token: Annotated[Secret, _prefixed("xoxb-", "xoxe.")] | None = None
    slack_app_token: Annotated[Secret, _prefixed("xapp-")] | None = None
    slack_signing_secret: Secret | None = None
    slack_client_id: str | None = None
    slack_client_secret: Secret | None = None
    slack_redirect_uri: Url | None = None
    slack_api_url: Annotated[Url, AfterValidator(_with_slash)] = SLACK_URL
    database_url: Annotated[str, AfterValidator(_check_database)] = DATABASE_URL
    # Slack's requests come from outside.
    host: Annotated[str, AfterValidator(_strip_brackets)] = "0.0.0.0"  # noqa: S104
    port: int = Field(3000, ge=0, le=65535)
    metrics_token: Secret | None = None
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], BeforeValidator(_to_level)
    ] = "info"
    log_format: Annotated[Literal["console", "json"], BeforeValidator(_to_lower)] = (
        "console"
    )
    zenmux_bot_admins: Annotated[frozenset[UserId], BeforeValidator(_split_ids)] = (
        frozenset()
    )
    zenmux_bot_encryption_key: Annotated[
        tuple[SecretStr, ...], BeforeValidator(_split_keys), AfterValidator(_check_keys)
    ] = ()
    zenmux_rate_limit_wait: float = Field(60, ge=1, le=3600)
    scheduler_tick_seconds: float = Field(15, ge=1, le=300)
    delivery_lease_seconds: float = Field(120, ge=10, le=3600)
    slack_posts_per_minute: float = Field(300, ge=1, le=100_000)
    zenmux_inference_api_key: Annotated[Secret, _prefixed("sk-ai-v1-")] | None = None
    zenmux_inference_model: Annotated[str, AfterValidator(_check_model)] | None = None
    zenmux_inference_base_url: Annotated[Url, AfterValidator(_without_slash)] | None = (
        None
    )
    zenmux_bot_now: Annotated[datetime, AfterValidator(_to_utc)] | None = None
    proxies: Proxies = Proxies()
    authorities: Mapping[str, str] = {}

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

    @model_validator(mode="after")
    def _name_key_and_model_together(self) -> Self:
        pair = ("zenmux_inference_api_key", "zenmux_inference_model")
        missing = [name for name in pair if getattr(self, name) is None]
        if len(missing) == 1:
            [name] = missing
            raise ConfigError(f"{name.upper()}: missing; set {_EXPECTED[name]}")
        return self

    @property
    def inference_url(self) -> str:
        """Return where models are asked: beside the management API unless told."""
        if self.zenmux_inference_base_url is not None:
            return self.zenmux_inference_base_url
        return self.zenmux_base_url.removesuffix("/management")

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """Return what TLS trusts: the system's authorities and a company's own.

        Raises:
            ConfigError: A file of authorities is not there or cannot be read.
        """
        context = ssl.create_default_context()
        if not context.cert_store_stats()["x509_ca"]:
            context.load_verify_locations(cafile=certifi.where())
        for name, path in self.authorities.items():
            try:
                folder = path if Path(path).is_dir() else None
                context.load_verify_locations(None if folder else path, folder)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or "not a path"
                raise ConfigError(
                    f"{name.upper()}: cannot be used ({reason}); expected a file of "
                    "certificates in PEM"
                ) from None
        return context

    def tls_for(self, url: str) -> ssl.SSLContext | None:
        """Return what TLS trusts where a URL needs it; reading it takes a moment."""
        return self.tls if url.startswith("https:") else None

    @property
    def has_inference_key(self) -> bool:
        """Tell whether the management key is one for models, by its first letters."""
        key = self.zenmux_management_api_key
        return key is not None and key.get_secret_value().startswith(_INFERENCE_KEYS)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return every secret there is, for what must not be printed."""
        values = (getattr(self, name) for name in type(self).model_fields)
        found = [v.get_secret_value() for v in values if isinstance(v, SecretStr)]
        found += [key.get_secret_value() for key in self.zenmux_bot_encryption_key]
        if match := _PASSWORD.search(self.database_url):
            found += {match["password"], unquote(match["password"])}
        for proxy in (self.proxies.https, self.proxies.http):
            user, _, _ = (proxy or "").rpartition("@")
            name, _, password = user.partition("://")[2].partition(":")
            # A name without a password is a token.
            found += {password or name, unquote(password or name)}
        return tuple(filter(None, found))

    @property
    def serves_many(self) -> bool:
        """Tell whether workspaces install the app by themselves."""
        return None not in (self.slack_client_id, self.slack_client_secret)

    @property
    def uses_socket_mode(self) -> bool:
        """Tell whether Slack is reached by Socket Mode rather than HTTP."""
        return self.slack_app_token is not None


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of an environment, this process's unless told otherwise.

    Raises:
        ConfigError: Some are malformed; a line for each names it and its shape.
    """
    given: dict[str, str] = {}
    # Of two spellings the lower case wins, as with curl.
    for variable in sorted(environ):
        if value := clean(environ[variable]):
            given[clean(variable).lower()] = value
    values: dict[str, Any] = {
        name: given[name] for name in Settings.model_fields.keys() & given.keys()
    }
    for other, name in _OTHER_NAMES.items():
        if other in given:
            values.setdefault(name, given[other])
    values["proxies"] = _read_proxies(given)
    values["authorities"] = {n: given[n] for n in AUTHORITIES if n in given}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        names = dict.fromkeys(str(each["loc"][0]) for each in error.errors())
    lines = [
        f"{name.upper()}: malformed; expected {_EXPECTED.get(name, 'another value')}"
        for name in names
    ]
    raise ConfigError("\n".join(lines))


def require(settings: Settings, *names: str) -> None:
    """Complain about settings that are missing.

    Raises:
        ConfigError: A line for each says what is expected and where to get it.
    """
    missing = [name for name in names if getattr(settings, name) is None]
    if missing:
        lines = [f"{name.upper()}: missing; set {_EXPECTED[name]}" for name in missing]
        raise ConfigError("\n".join(lines))
