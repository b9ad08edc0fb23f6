"""What an operator runs: check, backup, digests as a file."""
