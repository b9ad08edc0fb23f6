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
    for target in targets:
        _share(core, call, target.id, done)
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


METHODS = {
    "files.getUploadURLExternal": Method(run=get_upload_url, scope="files:write"),
    "files.completeUploadExternal": Method(run=complete_upload, scope="files:write"),
}
