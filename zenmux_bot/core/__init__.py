"""Time and numbers: pure values and functions without I/O."""
