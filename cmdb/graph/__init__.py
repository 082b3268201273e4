"""The dependency graph: compact arrays for the engine, networkx for everybody else."""
