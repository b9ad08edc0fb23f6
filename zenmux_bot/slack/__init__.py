"""Slack: what it sends to the bot, and what the bot sends to it."""
