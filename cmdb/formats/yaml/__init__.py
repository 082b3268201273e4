"""YAML 1.2 text to plain trees: a fast reader for the bulk, a precise one for source text, lines and errors."""
