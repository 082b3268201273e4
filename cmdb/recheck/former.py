"""What an earlier run leaves for the next: its problems, and the little that tells whom a change concerns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cmdb.graph.topology import Topology
from cmdb.model.problem import Problem
from cmdb.recheck.values import Values

Problems = Mapping[str, tuple[Problem, ...]]
"""The problems of each check, by its code, in its order."""


@dataclass(frozen=True, slots=True)
class Former:
    """An earlier run. `problems` are those of the checks that look at CIs, `topology` is the graph of the inventory
    then; `lost` are the ids of the CIs with a target that is nowhere; `examples` name, for each baseline, a CI that it
    applies to; `values` say who has which value of a unique attribute."""

    problems: Problems
    topology: Topology
    lost: tuple[str, ...]
    examples: tuple[str | None, ...]
    values: Values
