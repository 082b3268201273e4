"""Weak points: what takes CIs down, alone or together, and what that costs in services."""
