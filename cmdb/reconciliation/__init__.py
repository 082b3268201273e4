"""Declared and demanded against observed: pure, from values to a verdict."""
