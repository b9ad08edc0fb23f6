"""One module for each version of the tables, oldest first by name."""
