"""Settings: every shape, every default, no secret in sight."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import certifi
import httpx
import pytest
from yarl import URL

from zenmux_bot.config import (
    AUTHORITIES,
    Settings,
    forget_proxies,
    is_loopback,
    load_settings,
    require,
)
from zenmux_bot.errors import ConfigError


@pytest.fixture
def given():
    """Set variables and load."""

    def load(**variables: str) -> Settings:
        return load_settings(variables)

    return load


def test_nothing_set_gives_the_documented_defaults(given):
    settings = given()

    assert settings.zenmux_base_url == "https://zenmux.ai/api/v1/management"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.database_url == "sqlite+aiosqlite:///data/zenmux_bot.db"
    assert settings.zenmux_rate_limit_wait == 60
    assert settings.scheduler_tick_seconds == 15
    assert settings.delivery_lease_seconds == 120
    assert settings.zenmux_bot_admins == frozenset()
    assert not settings.uses_socket_mode


@pytest.mark.parametrize("name", ["ZENMUX_MANAGEMENT_API_KEY", "ZENMUX_MANAGEMENT_KEY"])
def test_the_key_has_two_names_and_loses_white_space(given, name):
    settings = given(**{name: " sk-mg-v1-\nabc \n"})

    assert settings.zenmux_management_api_key.get_secret_value() == "sk-mg-v1-abc"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ZENMUX_BASE_URL", '"https://h/api/"', "https://h/api"),
        ("ZENMUX_BASE_URL", "\ufeffHTTPS://ZenMux.AI/api\r\n", "https://zenmux.ai/api"),
        ("SLACK_API_URL", "HTTP://LOCALHOST:9/api", "http://localhost:9/api/"),
        ("DATABASE_URL", "postgres://u:p@h/n", "postgresql+asyncpg://u:p@h/n"),
        ("DATABASE_URL", "postgresql://u:p@h/n ", "postgresql+asyncpg://u:p@h/n"),
        ("DATABASE_URL", "PostgreSQL+psycopg2://h/n", "postgresql+asyncpg://h/n"),
        ("DATABASE_URL", "sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
        ("DATABASE_URL", "'sqlite:////data/x.db'\r", "sqlite+aiosqlite:////data/x.db"),
        ("HOST", "[::1]", "::1"),
        ("HOST", "::", "::"),
        ("PORT", ' "8080" ', 8080),
        ("PORT", "''", 3000),
        ("LOG_LEVEL", "WARN", "warning"),
        ("LOG_LEVEL", "Critical", "error"),
        ("LOG_FORMAT", "JSON\r", "json"),
        ("SCHEDULER_TICK_SECONDS", "“30”", 30),
        ("ZENMUX_BOT_ADMINS", "U012AB3CD, W9XYZ U777", {"U012AB3CD", "W9XYZ", "U777"}),
        ("ZENMUX_BOT_ADMINS", '["u012ab3cd"; "<@U777>"]', {"U012AB3CD", "U777"}),
        ("ZENMUX_BOT_ADMINS", ",", frozenset()),
        ("SLACK_CLIENT_ID", "'12.34'", "12.34"),
        ("SLACK_CLIENT_ID", " ", None),
        ("slack_client_id", "12.34", "12.34"),
        ("\ufeffSLACK_CLIENT_ID", "12.34", "12.34"),
    ],
)
def test_load_settings__value_as_people_pass_it(given, name, value, expected):
    settings = given(**{name: value})

    assert getattr(settings, name.strip("\ufeff").lower()) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ZENMUX_BASE_URL", "http://zenmux.ai/api"),
        ("ZENMUX_BASE_URL", "ftp://zenmux.ai"),
        ("ZENMUX_BASE_URL", "https://user:pass@zenmux.ai"),
        ("ZENMUX_BASE_URL", "nonsense"),
        ("ZENMUX_BASE_URL", "https://h:99999"),
        ("ZENMUX_BASE_URL", "https://[h"),
        ("ZENMUX_BASE_URL", "https://h/a b"),
        ("ZENMUX_MANAGEMENT_API_KEY", "sk-hush-ключ"),
        ("SLACK_SIGNING_SECRET", "hush…"),
        ("ZENMUX_BOT_ENCRYPTION_KEY", "hush"),
        ("ZENMUX_BOT_ENCRYPTION_KEY", "секрет"),
        ("DATABASE_URL", "sqlite://hush/x.db"),
        ("DATABASE_URL", "hush"),
        ("HOST", "http://h"),
        ("HOST", "h" * 64),
        ("SCHEDULER_TICK_SECONDS", "nan"),
        ("SLACK_API_URL", "http://slack.com/api/"),
        ("SLACK_BOT_TOKEN", "hush-hush"),
        ("SLACK_APP_TOKEN", "xoxb-hush-hush"),
        ("DATABASE_URL", "mysql://hush-hush"),
        ("PORT", "70000"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("ZENMUX_BOT_ADMINS", "maya, U012AB3CD"),
        ("ZENMUX_BOT_ADMINS", "ursula"),
        ("ZENMUX_RATE_LIMIT_WAIT", "soon"),
        ("SCHEDULER_TICK_SECONDS", "0"),
        ("DELIVERY_LEASE_SECONDS", "1"),
        ("ZENMUX_BOT_NOW", "tomorrow"),
        ("ZENMUX_BOT_NOW", "9999-12-31T23:59:59-10:00"),
        ("ZENMUX_BOT_NOW", "0001-01-01T00:00:00+10:00"),
        ("ZENMUX_BOT_NOW", "2025-09-29T12:00:00Z"),
    ],
)
def test_a_malformed_variable_is_one_line_that_names_it(given, name, value):
    with pytest.raises(ConfigError) as caught:
        given(**{name: value})

    [line] = str(caught.value).splitlines()
    assert line.startswith(f"{name}: malformed; expected ")
    assert "hush" not in line


NAMES = [
    *sorted(Settings.model_fields.keys() - {"proxies", "authorities"}),
    "zenmux_management_key",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    *AUTHORITIES,
]


@pytest.mark.parametrize(
    "value",
    [
        "",
        " \t\r\n",
        "\x00",
        "\udcff",
        "漢字",
        "x" * 100_000,
        "9" * 5_000,
        "-1",
        "1e999",
        "nan",
        "null",
        "{}",
        "//",
        "https://[",
        "https://[::1",
        "https://u:hush@h/",
        "postgres://u:hush@h:port/n",
    ],
)
def test_load_settings__nonsense_is_one_line_or_goes(given, value):
    for name in map(str.upper, NAMES):
        try:
            settings = given(**{name: value})
            assert settings.secrets is not None
            settings.proxies.of("http://slack.com/")
            if name.lower() in AUTHORITIES:
                assert settings.tls
        except ConfigError as error:
            [line] = str(error).splitlines()
            is_named = name in line or (name == "ALL_PROXY" and "ALL_PROXY" in line)
            assert is_named or name == "ZENMUX_MANAGEMENT_KEY"
            assert "hush" not in line
            assert len(line) < 300


def test_each_malformed_variable_has_its_line(given):
    with pytest.raises(ConfigError) as caught:
        given(PORT="x", LOG_LEVEL="y")

    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("said", "instant"),
    [
        ("2026-11-23T08:59:50Z", datetime(2026, 11, 23, 8, 59, 50, tzinfo=UTC)),
        ("2026-11-23T09:59:50+01:00", datetime(2026, 11, 23, 8, 59, 50, tzinfo=UTC)),
        ("2026-11-23T08:59:50", datetime(2026, 11, 23, 8, 59, 50, tzinfo=UTC)),
    ],
)
def test_now_is_an_instant_in_utc(given, said, instant):
    assert given(ZENMUX_BOT_NOW=said).zenmux_bot_now == instant


PROXY = "http://proxy.corp:8080"


@pytest.mark.parametrize(
    ("variables", "url", "expected"),
    [
        ({"HTTPS_PROXY": PROXY}, "https://slack.com/api/", PROXY),
        ({"https_proxy": f" '{PROXY}/' "}, "https://zenmux.ai", PROXY),
        ({"https_proxy": PROXY, "HTTPS_PROXY": "http://h"}, "https://h", PROXY),
        ({"Https_Proxy": "proxy.corp:8080"}, "https://zenmux.ai", PROXY),
        ({"ALL_PROXY": PROXY}, "https://zenmux.ai", PROXY),
        ({"all_proxy": PROXY}, "http://zenmux.internal", PROXY),
        ({"ALL_PROXY": "socks5://h:1", "HTTPS_PROXY": PROXY}, "https://h", PROXY),
        ({"HTTP_PROXY": PROXY}, "https://zenmux.ai", None),
        ({"HTTPS_PROXY": ""}, "https://zenmux.ai", None),
        ({"ALL_PROXY": PROXY}, "http://127.0.0.1:9/api/", None),
        ({"ALL_PROXY": PROXY}, "http://[::1]:9/api/", None),
        ({"ALL_PROXY": PROXY}, "https://localhost:9", None),
        ({"ALL_PROXY": PROXY, "NO_PROXY": "*"}, "https://slack.com", None),
        ({"ALL_PROXY": PROXY, "no_proxy": "x, .slack.com"}, "https://slack.com", None),
        (
            {"ALL_PROXY": PROXY, "NO_PROXY": "Slack.com"},
            "https://files.slack.com",
            None,
        ),
        ({"ALL_PROXY": PROXY, "NO_PROXY": "slack.com"}, "https://myslack.com", PROXY),
        ({"ALL_PROXY": PROXY, "NO_PROXY": "10.0.0.0/8"}, "https://10.1.2.3:8443", None),
        ({"ALL_PROXY": PROXY, "NO_PROXY": "h.corp:8443"}, "https://h.corp:8443", None),
        ({"ALL_PROXY": PROXY, "NO_PROXY": "h.corp:8443"}, "https://h.corp", PROXY),
    ],
)
def test_proxies__of_url(given, variables, url, expected):
    assert given(**variables).proxies.of(url) == expected


@pytest.mark.parametrize(
    "proxy",
    [
        "socks5://h:1080",
        "http://",
        "http://a b",
        "http://h:port",
        "http://h:99999",
        "http://h:0",
        "http://h:1:2",
        "http://h/path",
        "http://[::1",
        "http://u@:hush@:1",
        "http://u:hush@x@h:1",
        "http://u:hush#x@h:1",
        "http://u:hu:sh@h:1",
        "http://u:hush\N{SNOWMAN}@h:1",
        f"http://{'h' * 64}:1",
        "http://h..corp:1",
    ],
)
def test_proxies__not_supported_is_one_line_when_it_is_needed(given, proxy):
    proxies = given(ALL_PROXY=proxy).proxies

    assert proxies.of("http://127.0.0.1") is None
    with pytest.raises(ConfigError, match=r"^HTTPS_PROXY or ALL_PROXY: ") as caught:
        proxies.of("https://zenmux.ai")
    assert not re.search(r"\n|hush", str(caught.value))


@pytest.mark.parametrize(
    "proxy",
    [
        "http://h",
        "https://h.corp.:1",
        "http://my_proxy:1",
        "http://u:p%40@h:1",
        "http://u:@h:1",
        "http://token@10.0.0.1:1",
        "http://[::1]:1",
        "http://u:p!$&'()*+,;=~-._@h:1",
    ],
)
def test_proxies__that_both_clients_take(given, proxy):
    found = given(ALL_PROXY=proxy).proxies.of("https://zenmux.ai")

    assert found == proxy
    assert httpx.Proxy(proxy).url.host == URL(proxy).raw_host


def test_secrets__what_stands_in_the_address_of_a_proxy(given):
    settings = given(HTTPS_PROXY="http://token@h:1", HTTP_PROXY="http://u:p%40ss@h:1")

    assert {"token", "p%40ss", "p@ss"} <= {*settings.secrets}


def test_forget_proxies__leaves_the_sdk_none():
    environ = {"HTTPS_PROXY": "a", "all_proxy": "b", "NO_PROXY": "c", "PATH": "d"}

    forget_proxies(environ)

    assert environ == {"NO_PROXY": "c", "PATH": "d"}


def test_tls__company_authority_is_trusted_beside_the_system(given, tmp_path):
    authority = tmp_path / "corp.pem"
    authority.write_text(Path(certifi.where()).read_text("utf-8"), "utf-8")

    assert given(REQUESTS_CA_BUNDLE=str(authority)).tls.cert_store_stats()["x509_ca"]


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_tls__authority_that_cannot_be_used_is_one_line(given, tmp_path, content):
    authority = tmp_path / "corp.pem"
    if content is not None:
        authority.write_text(content, "utf-8")

    with pytest.raises(ConfigError, match=r"^SSL_CERT_FILE: [^\n]+$"):
        _ = given(SSL_CERT_FILE=str(authority)).tls


def test_now_is_refused_where_slack_is_real(given):
    with pytest.raises(ConfigError, match="ZENMUX_BOT_NOW"):
        given(ZENMUX_BOT_NOW="2026-11-23T08:59:50Z", SLACK_BOT_TOKEN="xoxb-1")


def test_now_is_fine_with_a_stand_in(given):
    settings = given(
        ZENMUX_BOT_NOW="2026-11-23T08:59:50Z",
        SLACK_BOT_TOKEN="xoxb-1",
        SLACK_API_URL="http://localhost:9/api/",
    )

    assert settings.zenmux_bot_now is not None


def test_a_missing_variable_says_where_to_get_it(given):
    with pytest.raises(ConfigError, match=r"SLACK_BOT_TOKEN: missing; set a bot token"):
        require(given(), "slack_bot_token")


def test_secrets_are_masked_and_known(given):
    settings = given(
        SLACK_BOT_TOKEN="xoxb-hush",
        ZENMUX_MANAGEMENT_KEY="sk-mg-v1-hush",
        DATABASE_URL="postgresql://u:hush-hush@h/n",
    )

    assert "xoxb-hush" not in repr(settings)
    assert "sk-mg-v1-hush" not in str(settings.model_dump())
    assert set(settings.secrets) == {"xoxb-hush", "sk-mg-v1-hush", "hush-hush"}


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:1", True),
        ("http://[::1]:1", True),
        ("http://localhost", True),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("https://slack.com", False),
    ],
)
def test_loopback(url, here):
    assert is_loopback(url) is here


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("sk-ai-v1-abc", True),
        ("sk-ss-v1-abc", True),
        ("sk-mg-v1-abc", False),
        ("", False),
    ],
)
def test_settings__key_for_models(given, key, expected):
    assert given(ZENMUX_MANAGEMENT_API_KEY=key).has_inference_key is expected
