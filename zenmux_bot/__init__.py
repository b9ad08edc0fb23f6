"""A Slack bot that answers with ZenMux's statistics."""

__version__ = "0.3.0"
