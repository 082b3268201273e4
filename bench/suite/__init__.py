"""The suite, one file for each budget: what it promises, and how that is measured."""
