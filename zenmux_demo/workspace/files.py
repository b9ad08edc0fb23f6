"""Uploads: a URL to send bytes to, then files that messages carry.

https://docs.slack.dev/reference/methods/files.getUploadURLExternal
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass

from zenmux_demo.workspace.model import File, Refusal
from zenmux_demo.workspace.state import Workspace


@dataclass(slots=True, kw_only=True)
class Upload:
    """A file on its way; ``content`` is None until the bytes have arrived."""

    filename: str
    length: int
    alt_text: str
    content: bytes | None = None


class Files:
    """Uploads under way and finished files."""

    def __init__(self, state: Workspace) -> None:
        self._state = state
        self._uploads: dict[str, Upload] = {}
        self.finished: dict[str, File] = {}

    def begin(self, *, filename: str, length: int, alt_text: str) -> str:
        """Announce a file and return its id."""
        if not filename or length <= 0:
            raise Refusal("invalid_arguments")
        file_id = self._state.next_id("F")
        self._uploads[file_id] = Upload(
            filename=filename, length=length, alt_text=alt_text
        )
        return file_id

    def receive(self, file_id: str, content: bytes) -> None:
        """Take the bytes of an announced file."""
        upload = self._uploads.get(file_id)
        if upload is None or len(content) != upload.length:
            raise Refusal("upload_failed")
        upload.content = content

    def finish(self, file_id: str, title: str | None) -> File:
        """Make a file of an upload whose bytes have arrived."""
        upload = self._uploads.get(file_id)
        if upload is None or upload.content is None:
            raise Refusal("file_not_found")
        del self._uploads[file_id]
        mimetype, _ = mimetypes.guess_type(upload.filename)
        file = File(
            id=file_id,
            name=upload.filename,
            title=title or upload.filename,
            mimetype=mimetype or "application/octet-stream",
            content=upload.content,
            alt_text=upload.alt_text,
        )
        self.finished[file_id] = file
        return file
