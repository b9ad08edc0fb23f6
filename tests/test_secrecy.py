"""That what looks for secrets in the output of tests finds them."""

from __future__ import annotations

import base64
import logging

import pytest
from secrecy import kinds_in

from zenmux_demo.sandbox.api import SANDBOX_KEY
from zenmux_demo.workspace import tokens

pytest_plugins = ["pytester"]

ENCRYPTION_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("a ZenMux key", f"Authorization: Bearer {SANDBOX_KEY}"),
        ("a ZenMux key", "key=sk%2Dmg%2Dv1%2Dabc"),
        ("a bot token", f"token={tokens.BOT_TOKEN}"),
        ("an app-level token", f"{{'token': '{tokens.APP_TOKEN}'}}"),
        ("a refresh token", "xoxe-T1-3"),
        ("a signing secret", f"HMAC of {tokens.SIGNING_SECRET}"),
        ("a client secret", f"client_secret={tokens.CLIENT_SECRET}"),
        ("an encryption key", f"Fernet('{ENCRYPTION_KEY}')"),
        ("an encryption key", f"key={'a' * 43}%3D&"),
        ("a response URL", "POST http://127.0.0.1:5/response/R000001"),
    ],
)
def test_each_kind_is_found(kind, text):
    assert kinds_in(text) == {kind}


@pytest.mark.parametrize(
    "text", ["a bot token (xoxb-…)", "sk-mg-v1-…", "sk-…", "x" * 60 + "=", "100 %"]
)
def test_what_stands_for_a_secret_is_none(text):
    assert kinds_in(text) == set()


LOUD = f"""
import logging, os, sys

SECRET = {SANDBOX_KEY!r}

def test_printed(): print(SECRET)
def test_on_standard_error(): print(SECRET, file=sys.stderr)
def test_logged(): logging.warning(SECRET)
def test_by_a_process(): os.write(1, SECRET.encode())
def test_read_by_the_test(capsys): print(SECRET); capsys.readouterr()
def test_raised(): raise LookupError(SECRET)

def test_quiet(capsys): print("quiet"); capsys.readouterr()
"""
# Without these the output of the test below would show it, too.
SILENT = ("--tb=no", "--show-capture=no", "--no-summary")


def test_a_test_that_shows_one_fails_and_says_which_kind(pytester, monkeypatch):
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    pytester.makepyfile(LOUD)

    plugins = ("-p", "secrecy", "-p", "no:asyncio", "-p", "no:cacheprovider")
    recorded = pytester.inline_run(*plugins, *SILENT)

    passed, _, failed = recorded.listoutcomes()
    assert [report.head_line for report in passed] == ["test_quiet"]
    assert len(failed) == 6
    for report in failed:
        assert report.sections[-1][1] == "This test's output shows a ZenMux key."
