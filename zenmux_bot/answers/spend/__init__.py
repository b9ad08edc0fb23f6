"""What the account itself spent and used: ``spend`` and ``usage``."""
