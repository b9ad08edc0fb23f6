"""Alerts: rules over the daily figures, their rehearsal, and their messages."""
