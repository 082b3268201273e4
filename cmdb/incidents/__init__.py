"""Incidents: which failures explain what is alarming, what they take down, and whom to call."""
