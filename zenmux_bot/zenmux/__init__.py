"""ZenMux's management API: how it is asked, read, spared and remembered."""
