"""One model day by day."""
