"""Threads, preferences and the Home tab."""
