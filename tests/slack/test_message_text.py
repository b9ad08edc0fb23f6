"""The words of a message, out of what Slack makes of them."""

from __future__ import annotations

import pytest

from zenmux_bot.slack.payloads import words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<@U0ZENMUX001> share cost 8w", "share cost 8w"),
        ("<@U0ZENMUX001|zenmux> share", "share"),
        ("share cost <@U0ZENMUX001>", "share cost"),
        ("<@U0ZENMUX001>", ""),
        ("hey <@U0ZENMUX001> share cost 8w?", "share cost 8w?"),
        ("hey <@U0ZENMUX001|zenmux>, share <@U1>", ", share"),
        ("share cost <@U0ZENMUX001> <@U1>", "share cost"),
        ("<!here> <@U1> <@U0ZENMUX001> share <!subteam^S1|@team>", "share"),
        ("share provider <http://z.ai|z.ai>", "share provider z.ai"),
        ("<https://x.example>", "https://x.example"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("digest create in <#C1|llm-costs>", "digest create in <#C1|llm-costs>"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("&lt;@U1&gt;", "<@U1>"),
        ("  \n ", ""),
    ],
)
def test_what_was_typed_comes_back(text, words):
    assert words_of(text, "U0ZENMUX001") == words
