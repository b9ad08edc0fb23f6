"""What answers people in Slack, one module for each thing they do."""
