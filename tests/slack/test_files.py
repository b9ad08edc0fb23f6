"""Files are said to be there only when they are."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from zenmux_bot.core.actors import Location
from zenmux_bot.errors import Refused
from zenmux_bot.slack.files import CHECK_SECONDS, Attached, Files

DIRECT = Location("T1", "D1", user_id="U1")


class Reply(dict):
    def __missing__(self, key):
        return None


class Client:
    """Takes files, and shows them after some looks; None: nobody may look."""

    def __init__(self, looks):
        self.looks = looks
        self.uploads = []

    async def files_upload_v2(self, **arguments):
        self.uploads.append(arguments)
        return Reply(files=[{"id": "F1"}])

    async def files_info(self, file):
        if self.looks is None:
            raise Refused("missing_scope")
        self.looks -= 1
        return Reply(file={"id": file, "shares": {} if self.looks > 0 else {"D1": []}})


class Posts:
    def __init__(self):
        self.told = []

    async def direct(self, location):
        return DIRECT

    async def tell(self, location, message):
        self.told.append(message.text)


@pytest.mark.parametrize(
    ("looks", "attached", "told"),
    [
        (1, Attached.SHOWN, ""),
        (3, Attached.SHOWN, ""),
        (99, Attached.FAILED, "doesn't show them yet"),
        (None, Attached.TAKEN, ""),
    ],
)
async def test_send__checks_that_files_are_shown(looks, attached, told):
    client, posts, slept = Client(looks), Posts(), []

    async def sleep(seconds):
        slept.append(seconds)

    file = SimpleNamespace(name="x.csv", title="Shares", content=b"x")
    response = SimpleNamespace(files=lambda: (file,), is_public=False)

    found = await Files(lambda _: client, posts, sleep).send(response, DIRECT)

    assert found is attached
    assert told in "".join(posts.told)
    assert bool(posts.told) == bool(told)
    assert sum(slept) <= sum(CHECK_SECONDS)
    [upload] = client.uploads
    assert "alt_txt" not in upload["file_uploads"][0]


async def test_send__nothing():
    response = SimpleNamespace(files=tuple)

    assert await Files(None, None).send(response, DIRECT) is Attached.NOTHING
