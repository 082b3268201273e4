"""Which baselines apply to which CI on a day."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from cmdb.graph.selectors import predicate
from cmdb.graph.selectors.evaluate import kinds
from cmdb.model.baseline import Baseline
from cmdb.model.ci import CI
from cmdb.model.inventory import Inventory
from cmdb.model.problem import CmdbError, Problem
from cmdb.reconciliation.inheritance import Family, Rules, in_force


class Selection:
    """The baselines in force, with their selectors read. `problems` has the selectors that are wrong."""

    def __init__(self, family: Family, inventory: Inventory, day: date) -> None:
        self._family = family
        self._kinds: set[str] | None = set()
        self._applies: list[tuple[str, Callable[[CI], bool]]] = []
        self.problems: list[Problem] = []
        for baseline in family:
            if baseline.applies_to is None or not in_force(baseline, day):
                continue
            try:
                applies = predicate(baseline.applies_to, inventory.schema, inventory)
            except CmdbError as error:
                self.problems.append(_wrong(baseline, error))
                continue
            self._applies.append((baseline.name, applies))
            asked = kinds(baseline.applies_to, inventory.schema)
            self._kinds = None if self._kinds is None or asked is None else self._kinds | asked

    @property
    def kinds(self) -> Collection[str] | None:
        """The kinds of all CIs that any baseline applies to; None where that may be any."""
        return self._kinds

    def __bool__(self) -> bool:
        """Whether any baseline applies to anything."""
        return bool(self._applies)

    def names(self, ci: CI) -> tuple[str, ...]:
        """The baselines that select a CI."""
        return tuple(name for name, applies in self._applies if applies(ci))

    def rules(self, ci: CI) -> Rules:
        """Everything that baselines say about a CI."""
        return self._family.rules(self.names(ci))


def _wrong(baseline: Baseline, error: CmdbError) -> Problem:
    return Problem(
        "empty-selection",
        f"baseline '{baseline.name}': {error.problem.message}",
        where=baseline.place.at("applies_to"),
        hint=error.problem.hint or "see the reference of selectors",
        subject=baseline.name,
    )
