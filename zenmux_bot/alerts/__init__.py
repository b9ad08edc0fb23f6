"""Alerts: rules over the daily figures, their rehearsal, and what they tell."""
