"""Hypothesis strategies for everybody who tests against cmdb: one module a topic; hypothesis is imported only here."""
