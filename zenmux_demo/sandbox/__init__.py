"""A local stand-in for ZenMux's API, with a world of its own."""

from __future__ import annotations

from zenmux_demo.sandbox.faults import Weather
from zenmux_demo.sandbox.server import (
    SANDBOX_KEY,
    Sandbox,
    make_sandbox,
    running_sandbox,
)

__all__ = ["SANDBOX_KEY", "Sandbox", "Weather", "make_sandbox", "running_sandbox"]
