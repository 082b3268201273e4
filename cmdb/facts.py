"""Everything a check or an analysis may look at, in one value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from cmdb.model.baseline import Baselines
from cmdb.model.inventory import Inventory
from cmdb.model.problem import Problem
from cmdb.reconciliation.declared import judge_declared


@dataclass(frozen=True)
class Facts:
    """What is known of a workspace at one revision. `found` holds, by code, the problems that reading the files
    already met; `stray` the files under `inventory/` and `baselines/` that no part of cmdb reads, and why."""

    inventory: Inventory
    baselines: Baselines
    as_of: date
    found: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    stray: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def judged(self) -> Mapping[str, tuple[Problem, ...]]:
        """By code, the problems of baselines and waivers held against what is declared."""
        return by_code(judge_declared(self.inventory, self.baselines, self.as_of))


def by_code(problems: Iterable[Problem]) -> dict[str, tuple[Problem, ...]]:
    """The problems of each code, in their order."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.code, []).append(problem)
    return {code: tuple(items) for code, items in found.items()}
