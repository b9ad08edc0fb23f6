"""Import httpx and structlog without rich.

One wants it for a command line of its own, the other for coloured tracebacks; the bot
has no use for either, and they would cost each process 76 modules, 5 MB and 40 ms.
Whoever imports rich afterwards, to print on a terminal, gets it.
"""

from __future__ import annotations

import sys

_UNUSED = ("httpx._main", "rich")

_hidden = [name for name in _UNUSED if name not in sys.modules]
# What is None here cannot be imported, which both libraries are prepared for:
# https://docs.python.org/3/reference/import.html#the-module-cache
sys.modules.update(dict.fromkeys(_hidden))  # type: ignore[arg-type]

import httpx  # noqa: E402, F401
import structlog  # noqa: E402, F401

for _name in _hidden:
    del sys.modules[_name]
