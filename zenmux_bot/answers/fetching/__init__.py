"""What the kinds of answers share when they ask the API."""
