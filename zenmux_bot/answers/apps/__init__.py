"""Apps and agents that call the platform."""
