"""Help and the welcome message."""
