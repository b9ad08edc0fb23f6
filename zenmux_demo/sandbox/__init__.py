"""A local stand-in for ZenMux's API, with a world of its own."""
