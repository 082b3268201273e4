"""One rule, one file: `check(facts)` yields the problems of one code."""
