"""Daily figures as ZenMux published them: what it said of each day, and when."""
