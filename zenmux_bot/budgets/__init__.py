"""Budgets of the own account, and how long credits and the plan last."""
