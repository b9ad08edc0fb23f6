"""Models ranked over a period."""
