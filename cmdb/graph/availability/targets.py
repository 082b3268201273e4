"""What is promised: the availability that a CI is to have."""

from __future__ import annotations

from fractions import Fraction

from cmdb.graph.availability.figures import fraction
from cmdb.graph.availability.numbers import share
from cmdb.graph.availability.result import Verdict
from cmdb.model.ci import CI
from cmdb.model.inventory import Inventory

PROMISE = "covered_by"
SLACK = 1 << 64
"""Parts of ONE that rounding may have cost."""


def target(inventory: Inventory, ci: CI) -> tuple[Fraction, str] | None:
    """The attribute `availability_target` of the CI, or else the highest one of the agreements that cover it; with the
    id of the CI that has it."""
    own = fraction(ci.attributes.get("availability_target"))
    if own is not None:
        return own, ci.id
    names = sorted({entry.id for relation, entry in ci.targets() if relation == PROMISE})
    papers = [inventory[name] for name in names if inventory.resolve(name)]
    found = [(most, paper.id) for paper in papers if (most := fraction(paper.attributes.get("availability_target")))]
    return max(found, key=lambda each: each[0], default=None)


def verdict(promised: Fraction, low: int, high: int) -> Verdict:
    """Whether a promise is kept, where the availability is known to lie between two bounds in parts of ONE."""
    least = share(promised)
    if low >= least - SLACK:
        return "met"
    return "missed" if high < least - SLACK else "unknown"
