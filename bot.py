"""The door: hands the words of the command line to the bot."""

from __future__ import annotations

from zenmux_bot.cli import main

if __name__ == "__main__":
    main()
