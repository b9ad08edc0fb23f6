"""Models' volumes by day or week."""
