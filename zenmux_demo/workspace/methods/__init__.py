"""The Web API's methods, by name."""

from __future__ import annotations

from zenmux_demo.workspace.methods import chat, conversations, files, people, views

METHODS = {
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **views.METHODS,
}
