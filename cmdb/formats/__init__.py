"""Text to values and back: the doors of YAML and of pydantic."""
