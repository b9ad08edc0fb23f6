"""From the text of a command to a typed query, without I/O."""
