"""Differences between values and between inventories, and putting them back."""
