"""What an operator measures before saying yes; run by ``make bench``."""
