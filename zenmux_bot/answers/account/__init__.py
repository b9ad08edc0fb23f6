"""The account behind the key: plan, quotas and credits."""
