"""From views to Slack messages: text and blocks, without I/O."""
