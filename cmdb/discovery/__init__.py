"""The only place that runs plugin code."""
