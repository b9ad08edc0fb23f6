"""The fastest and best-cached models at each host."""
