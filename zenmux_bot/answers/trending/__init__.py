"""Models with momentum."""
