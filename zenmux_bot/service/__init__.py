"""What the bot does, over protocols that the outer parts fulfil."""
