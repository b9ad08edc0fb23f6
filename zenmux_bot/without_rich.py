"""Import httpx and structlog without rich.

httpx imports it for its own command line, structlog for coloured tracebacks. The bot
uses neither, and they would cost each process 76 modules, 5 MB and 40 ms. A later
import of rich, to print on a terminal, works as usual.
"""

from __future__ import annotations

import sys

_UNUSED = ("httpx._main", "rich")

_hidden = [name for name in _UNUSED if name not in sys.modules]
# A module that is None here cannot be imported; both libraries handle that:
# https://docs.python.org/3/reference/import.html#the-module-cache
sys.modules.update(dict.fromkeys(_hidden))  # type: ignore[arg-type]

import httpx  # noqa: E402, F401
import structlog  # noqa: E402, F401

for _name in _hidden:
    del sys.modules[_name]
