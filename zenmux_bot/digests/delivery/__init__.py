"""Exactly-once delivery: worker, post, recover, settle, notify."""
