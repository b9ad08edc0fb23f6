"""Logs: structured, on standard error, and without secrets of any shape."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from zenmux_bot.observability import MASK, LibraryFilter, Masker

SCRIPT = """
import logging, structlog
from zenmux_bot.observability import configure_logs
configure_logs(level="info", form={form!r}, secrets=["hush-hush"])
log = structlog.get_logger("zenmux_bot.test")
log.info("some.event", token="xoxb-1234567890-abc", key="sk-mg-v1-abcdef", n=3)
logging.getLogger("library").warning("Bearer %s and hush-hush", "abcdef")
try:
    raise RuntimeError("hush-hush")
except RuntimeError:
    secret = "local-variable"
    log.exception("some.fault")
"""


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_secret_gets_into_a_line_or_a_traceback(form):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(form=form)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    assert done.stdout == ""
    for secret in ("xoxb-1234567890", "sk-mg-v1-abcdef", "hush-hush", "local-variable"):
        assert secret not in done.stderr.replace('secret = "local-variable"', "")
    assert "some.event" in done.stderr
    if form == "json":
        events = [json.loads(line) for line in done.stderr.splitlines()]
        assert events[0]["n"] == 3
        assert events[0]["token"] == MASK
        assert "RuntimeError" in events[2]["exception"]


@pytest.mark.parametrize(
    "value",
    [
        "a xoxp-123456789 b",
        ["xapp-1-ABCDEFG"],
        {"nested": ("sk-ai-v1-abcd",)},
        RuntimeError("https://hooks.slack.com/commands/T1/2/3"),
    ],
)
def test_secrets_are_found_wherever_they_are(value):
    masked = str(Masker()(None, "info", {"event": "e", "value": value}))

    assert MASK in masked
    assert not any(s in masked for s in ("12345", "ABCDEFG", "abcd", "T1/2"))


def test_what_is_no_secret_stays():
    event = {"event": "zenmux.retry", "seconds": 1.5, "ok": True, "none": None}

    assert Masker(["ab"])(None, "info", event) == event


def record(name, line, level=logging.ERROR, error=None):
    info = None if error is None else (type(error), error, None)
    return logging.LogRecord(name, level, "f.py", line, "said", (), info)


def test_library_filter__says_the_same_once_a_minute_and_without_traceback():
    seconds = iter([0, 1, 59, 61, 61])
    let_through = LibraryFilter(lambda: next(seconds))
    again = [record("slack_bolt.App", 7, error=ConnectionError()) for _ in range(4)]

    assert [let_through(each) for each in again] == [True, False, False, True]
    assert again[0].exc_info is None
    assert let_through(record("slack_bolt.App", 8))


@pytest.mark.parametrize(
    ("name", "level", "written"),
    [
        ("aiohttp.client", logging.INFO, False),
        ("slack_sdk.web", logging.WARNING, True),
        ("zenmux_bot.jobs", logging.DEBUG, True),
    ],
)
def test_library_filter__levels(name, level, written):
    assert LibraryFilter()(record(name, 1, level)) is written


@pytest.mark.parametrize(
    ("error", "written"), [(ConnectionError(), False), (LookupError(), True)]
)
def test_library_filter__tries_to_connect(error, written):
    each = record("slack_bolt.App", 7, error=error)
    each.msg = "Failed to connect (error: %s); Retrying..."
    each.args = ("to slack.com:443 ssl:<ssl.SSLContext object at 0x7f3d> [gone]",)

    assert LibraryFilter()(each) is written
    assert not written or "to slack.com:443 [gone])" in each.getMessage()


def test_library_filter__bug_keeps_its_traceback():
    bug = record("slack_bolt.App", 7, error=LookupError())

    assert LibraryFilter()(bug)
    assert bug.exc_info is not None
