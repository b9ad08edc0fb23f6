"""Looks for secrets in whatever a test printed or logged, and fails that test.

A plugin of pytest that ``conftest.py`` names. Most tests leave the bot's logs without
their mask: nothing may rely on the mask alone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Generator
from urllib.parse import unquote

import pytest

from zenmux_bot.demo.workspace.tokens import CLIENT_SECRET, SIGNING_SECRET

KINDS = {
    "a ZenMux key": r"sk-(?:mg|ai|ss)-v1-\w",
    "a bot token": r"xoxb-\w",
    "an app-level token": r"xapp-\w",
    "a refresh token": r"xoxe[.-]\w",
    "a signing secret": SIGNING_SECRET,
    # of the workspace's and of the grid's
    "a client secret": f"{CLIENT_SECRET}|client-secret-of-",
    "an encryption key": r"(?<![\w/+-])[\w-]{43}=(?![\w=])",
    "a response URL": r"/response/R\d|hooks\.slack\.com/\w",
}
"""How the secrets that tests use begin, or look."""

_ANY = re.compile(
    "|".join(f"(?P<kind{n}>{shape})" for n, shape in enumerate(KINDS.values()))
)


def kinds_in(text: str) -> set[str]:
    """Name the secrets in a text, plain or encoded for a URL."""
    kinds = tuple(KINDS)
    texts = {text, unquote(text)} if "%" in text else {text}
    return {
        kinds[int(found.lastgroup.removeprefix("kind"))]
        for each in texts
        for found in _ANY.finditer(each)
    }


def overhear(text: str) -> None:
    """Let what a process of its own said count as said by the test."""
    sys.stderr.write(text)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test whose step has shown a secret."""
    report = yield
    said = [text for name, text in report.sections if name.endswith(report.when)]
    if report.failed:
        said.append(str(call.excinfo.value))
    found = kinds_in("\n".join(said))
    if found:
        sentence = f"This test's output shows {', '.join(sorted(found))}."
        report.sections.append(("Secrets", sentence))
        if not report.failed:
            report.outcome, report.longrepr = "failed", sentence
    return report


@pytest.fixture
def capsys(
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> pytest.CaptureFixture[str]:
    """What a test reads of its output is looked through with the rest."""
    read = capsys.readouterr

    def readouterr():
        said = read()
        request.node.add_report_section("call", "read", "".join(said))
        return said

    monkeypatch.setattr(capsys, "readouterr", readouterr)
    return capsys
