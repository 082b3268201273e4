"""Changes to YAML text that touch no other line: the positions of the parser say where to cut, and reading the result
again says whether it means what was wanted."""
