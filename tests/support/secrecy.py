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

from zenmux_demo.workspace.tokens import CLIENT_SECRET, SIGNING_SECRET

KINDS = {
    "a ZenMux key": r"sk-(?:mg|ai|ss)-v1-\w",
    "a bot token": r"xoxb-\w",
    "an app-level token": r"xapp-\w",
    "a refresh token": r"xoxe[.-]\w",
    "a signing secret": SIGNING_SECRET,
    "a client secret": CLIENT_SECRET,
    "a client secret of the grid": r"client-secret-of-the-grid",
    # 43 characters, no more and no less, and what fills them up
    "an encryption key": r"=(?<=[\w-]{43}=)(?<![\w/+-]{44}=)(?![\w=])",
    "a response URL": r"/response/R\d",
    "a response URL of Slack": r"hooks\.slack\.com/\w",
}
"""How the secrets that tests use begin, or look."""

_SHAPES = {kind: re.compile(shape) for kind, shape in KINDS.items()}


def kinds_in(text: str) -> set[str]:
    """Name the secrets in a text, plain or encoded for a URL."""
    texts = {text, unquote(text)} if "%" in text else {text}
    return {
        kind
        for kind, shape in _SHAPES.items()
        if any(shape.search(each) for each in texts)
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
