"""Providers' market share over a period."""
