"""What is needed to try the bot without account, key or network."""
