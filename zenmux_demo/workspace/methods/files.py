"""``files.*``: uploading in three steps.

https://docs.slack.dev/reference/methods/files.completeUploadExternal
"""

from __future__ import annotations

from zenmux_demo.workspace import shapes
from zenmux_demo.workspace.content import read_content, read_structure
from zenmux_demo.workspace.core import Core
from zenmux_demo.workspace.methods.base import Call, Method
from zenmux_demo.workspace.model import File, Json, Message, Refusal
from zenmux_demo.workspace.seed import BOT_USER_ID


def get_upload_url(core: Core, call: Call) -> Json:
    """Announce a file and get the address for its bytes."""
    length = call.text("length")
    if not length.isdigit():
        raise Refusal("invalid_arguments")
    file_id = core.files.begin(
        filename=call.text("filename"),
        length=int(length),
        alt_text=call.optional("alt_txt") or "",
    )
    return {"upload_url": f"{core.base_url}/upload/{file_id}", "file_id": file_id}


def complete_upload(core: Core, call: Call) -> Json:
    """Finish uploads and share them in a channel, if one is named."""
    entries = read_structure(call.args, "files", "invalid_arguments")
    if not isinstance(entries, list) or not entries:
        raise Refusal("invalid_arguments")
    channels = (call.optional("channel_id") or call.optional("channels") or "").split(
        ","
    )
    targets = [
        core.state.visible_channel(channel, BOT_USER_ID)
        for channel in channels
        if channel
    ]
    for target in targets:
        if BOT_USER_ID not in target.members:
            raise Refusal("not_in_channel")
        if target.is_archived:
            raise Refusal("is_archived")
    done = [core.files.finish(e["id"], e.get("title")) for e in entries]
    # With ``alt_txt`` a text file's upload ends well and it may never be shown:
    # https://github.com/slackapi/python-slack-sdk/issues/1818 and #1575
    shown = [f for f in done if not (f.alt_text and is_text(f))]
    for target in targets if shown else []:
        _share(core, call, target.id, shown)
    return {"files": [shapes.file_json(f, core.file_url(f.id)) for f in done]}


def _share(core: Core, call: Call, channel: str, done: list[File]) -> None:
    text, blocks = call.optional("initial_comment") or "", []
    if call.args.get("blocks"):
        blocks = read_content(
            {"blocks": call.args["blocks"]}, next_id=core.state.next_id
        ).blocks
    core.state.add(
        Message(
            channel=channel,
            ts=core.state.next_ts(),
            user=BOT_USER_ID,
            is_bot=True,
            text=text,
            blocks=blocks,
            thread_ts=call.optional("thread_ts"),
            files=done,
            subtype="file_share",
        )
    )


def is_text(file: File) -> bool:
    """Say whether a file is text to Slack."""
    kind = file.mimetype
    return kind.startswith("text/") or kind == "application/json"


def info(core: Core, call: Call) -> Json:
    """Return a file and where it is shared.

    https://docs.slack.dev/reference/methods/files.info
    """
    file = core.files.finished.get(call.text("file"))
    if file is None:
        raise Refusal("file_not_found")
    shares: Json = {}
    for channel in core.state.channels.values():
        found = [m for m in core.state.messages(channel.id) if file in m.files]
        if found:
            kind = "public" if channel.kind == "public" else "private"
            shares.setdefault(kind, {})[channel.id] = [{"ts": m.ts} for m in found]
    shape = shapes.file_json(file, core.file_url(file.id))
    return {"file": shape | {"shares": shares}}


METHODS = {
    "files.info": Method(run=info, scope="files:read"),
    "files.getUploadURLExternal": Method(run=get_upload_url, scope="files:write"),
    "files.completeUploadExternal": Method(run=complete_upload, scope="files:write"),
}
