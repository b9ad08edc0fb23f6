"""What the bot knows, without I/O, clock or Slack."""
