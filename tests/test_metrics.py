"""Metrics: each event counted once, and the log level hiding nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request
from pydantic import SecretStr

from zenmux_bot.observability import Metrics
from zenmux_bot.server import _add_metrics, _is_near


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            {
                "event": "answer.made",
                "kind": "share",
                "outcome": "ok",
                "seconds": 0.004,
            },
            'zenmux_bot_answers_total{kind="share",outcome="ok"} 1.0',
        ),
        (
            {"event": "zenmux.answered", "path": "/flow_rate", "status": 200},
            'zenmux_bot_upstream_calls_total{path="/flow_rate",status="200"} 1.0',
        ),
        (
            {"event": "zenmux.failed", "path": "/flow_rate", "status": None},
            'zenmux_bot_upstream_calls_total{path="/flow_rate",status="none"} 1.0',
        ),
        (
            {"event": "zenmux.served_stale", "path": "/flow_rate"},
            'zenmux_bot_stale_answers_total{path="/flow_rate"} 1.0',
        ),
        (
            {
                "event": "delivery.settled",
                "part": "main",
                "state": "sent",
                "late_seconds": 2,
            },
            'zenmux_bot_digest_lateness_seconds_bucket{le="5.0"} 1.0',
        ),
        (
            {"event": "zenmux.cache", "outcome": "hit"},
            'zenmux_bot_cache_reads_total{outcome="hit"} 1.0',
        ),
        (
            {"event": "delivery.waiting", "count": 3},
            "zenmux_bot_digests_waiting 3.0",
        ),
        (
            {"event": "slack.post_refused", "code": "is_archived"},
            'zenmux_bot_slack_errors_total{code="is_archived"} 1.0',
        ),
    ],
)
def test_an_event_is_counted(event, line):
    metrics = Metrics()

    assert metrics(None, "info", event) is event

    assert line in metrics.text().decode().splitlines()


def test_other_events_pass():
    metrics = Metrics()
    before = metrics.text()

    metrics(None, "info", {"event": "something.else"})

    assert metrics.text() == before


SCRIPT = """
import structlog
from zenmux_bot.observability import configure_logs
from zenmux_bot.observability import Metrics
metrics = Metrics()
configure_logs(level="error", count=metrics)
structlog.get_logger("x").info("zenmux.served_stale", path="/p")
print(metrics.text().decode())
"""


def test_a_level_that_hides_an_event_does_not_hide_it_from_the_count():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )

    assert 'zenmux_bot_stale_answers_total{path="/p"} 1.0' in done.stdout
    assert done.stderr == ""


FORWARDED = {"X-Forwarded-For": "127.0.0.1"}
TOKEN = {"Authorization": "Bearer hush"}


@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        (None, {}, 200),
        (None, FORWARDED, 403),
        ("hush", {}, 403),
        ("hush", {"Authorization": "Bearer hus"}, 403),
        ("hush", {"Authorization": "Bearer häsh"}, 403),
        ("hush", TOKEN, 200),
        ("hush", TOKEN | FORWARDED, 200),
    ],
)
async def test_metrics__who_may_read(token, headers, status):
    web_app = web.Application()
    token = None if token is None else SecretStr(token)
    _add_metrics(web_app, Metrics(), token)
    async with TestClient(TestServer(web_app)) as client:
        reply = await client.get("/metrics", headers=headers)
        text = await reply.text()

    assert reply.status == status
    assert reply.headers["Content-Type"].startswith("text/plain")
    assert ("zenmux_bot_running_tasks 0.0" in text) is (status == 200)


@pytest.mark.parametrize(
    ("remote", "near"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("10.1.2.3", True),
        ("::ffff:192.168.1.2", True),
        ("fe80::1%eth0", True),
        ("8.8.8.8", False),
        ("::ffff:8.8.8.8", False),
        ("2001:4860:4860::8888", False),
        ("", False),
    ],
)
def test_is_near__addresses(remote, near):
    request = make_mocked_request("GET", "/metrics").clone(remote=remote)

    assert _is_near(request) is near
