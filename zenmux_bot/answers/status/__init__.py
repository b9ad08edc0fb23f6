"""Health of the bot, the API and its data."""
