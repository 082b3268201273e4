"""Rules that are broken after the change and were not before, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.changes.sides import Sides
from cmdb.compare.problems import ratchet
from cmdb.model.change_record import Aspect, DesignChange
from cmdb.model.problem import Problem
from cmdb.model.value import Value

LIFECYCLE = frozenset({"needs-out-of-service", "group-out-of-service"})
"""The checks that are about what is in service; all others are standards."""


def violations(sides: Sides) -> Iterator[DesignChange]:
    """Problems that only one side has, told apart by their fingerprints, however lines and files moved."""
    renamed = sides.renamed
    held = ratchet(
        sides.before.problems,
        sides.after.problems,
        id_now=lambda name: renamed.get(name, name),
        gone=lambda _: True,
        came=lambda _: True,
    )
    for problem in held.fixed:
        yield _change(problem, introduced=False, ci=renamed.get(problem.ci or "", ""))
    for problem in held.introduced:
        yield _change(problem, introduced=True)


def _change(problem: Problem, *, introduced: bool, ci: str = "") -> DesignChange:
    data = _data(problem)
    where = "" if problem.where is None else problem.where.path
    before, after = (None, data) if introduced else (data, None)
    return DesignChange(_aspect(problem, introduced), ci or problem.ci or where, before, after)


def _aspect(problem: Problem, introduced: bool) -> Aspect:
    if problem.code in LIFECYCLE:
        return "lifecycle_violation_introduced" if introduced else "lifecycle_violation_fixed"
    return "standard_violation_introduced" if introduced else "standard_violation_fixed"


def _data(problem: Problem) -> dict[str, Value]:
    return {
        "code": problem.code,
        "severity": problem.severity.label,
        "message": problem.message,
        "key_path": problem.key_path,
        "fingerprint": problem.fingerprint,
    }
