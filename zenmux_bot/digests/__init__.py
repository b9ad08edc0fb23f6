"""Scheduled market-share digests: subscriptions, schedule, content, forms."""
