"""Settings: every shape, every default, no secret in sight."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from zenmux_bot.config import Settings, is_loopback, load_settings, require
from zenmux_bot.errors import ConfigError


@pytest.fixture
def given(monkeypatch):
    """Set variables and load."""

    def load(**variables: str) -> Settings:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return load_settings()

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
    ("given_url", "used"),
    [
        ("postgres://u:p@h/n", "postgresql+asyncpg://u:p@h/n"),
        ("postgresql://u:p@h/n", "postgresql+asyncpg://u:p@h/n"),
        ("postgresql+asyncpg://u:p@h/n", "postgresql+asyncpg://u:p@h/n"),
        ("sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
    ],
)
def test_database_urls_as_hosts_hand_them_out(given, given_url, used):
    assert given(DATABASE_URL=given_url).database_url == used


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ZENMUX_BASE_URL", "http://zenmux.ai/api"),
        ("ZENMUX_BASE_URL", "ftp://zenmux.ai"),
        ("ZENMUX_BASE_URL", "https://user:pass@zenmux.ai"),
        ("ZENMUX_BASE_URL", "nonsense"),
        ("SLACK_API_URL", "http://slack.com/api/"),
        ("SLACK_BOT_TOKEN", "secret-nonsense"),
        ("SLACK_APP_TOKEN", "xoxb-secret-nonsense"),
        ("DATABASE_URL", "mysql://secret-nonsense"),
        ("PORT", "70000"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("ZENMUX_BOT_ADMINS", "maya, U012AB3CD"),
        ("ZENMUX_RATE_LIMIT_WAIT", "soon"),
        ("SCHEDULER_TICK_SECONDS", "0"),
        ("DELIVERY_LEASE_SECONDS", "1"),
        ("ZENMUX_BOT_NOW", "tomorrow"),
    ],
)
def test_a_malformed_variable_is_one_line_that_names_it(given, name, value):
    with pytest.raises(ConfigError) as caught:
        given(**{name: value})

    [line] = str(caught.value).splitlines()
    assert line.startswith(f"{name}: malformed; expected ")
    assert "secret" not in line


def test_each_malformed_variable_has_its_line(given):
    with pytest.raises(ConfigError) as caught:
        given(PORT="x", LOG_LEVEL="y")

    assert len(str(caught.value).splitlines()) == 2


def test_admins_are_split_at_commas_and_spaces(given):
    settings = given(ZENMUX_BOT_ADMINS="U012AB3CD, W9XYZ U777")

    assert settings.zenmux_bot_admins == {"U012AB3CD", "W9XYZ", "U777"}


def test_what_is_empty_is_not_set(given):
    assert given(SLACK_BOT_TOKEN="", PORT="").port == 3000


def test_the_slack_address_ends_in_a_slash(given):
    settings = given(SLACK_API_URL="http://127.0.0.1:9/api")

    assert settings.slack_api_url == "http://127.0.0.1:9/api/"


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
