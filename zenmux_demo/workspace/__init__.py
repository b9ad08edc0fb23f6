"""A local workspace that speaks Slack's protocols and refuses what Slack refuses."""
