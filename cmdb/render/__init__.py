"""Documents as text: one format, one file."""
