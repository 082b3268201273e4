"""All checks: of everything, or again after a change."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from heapq import merge

from cmdb.all_checks import CHECKS, Check
from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem
from cmdb.recheck.difference import Difference, Ids
from cmdb.recheck.former import Former, Problems
from cmdb.recheck.remembering import again, example_ids, kept
from cmdb.recheck.scopes import Scopes


def check_all(facts: Facts) -> Problems:
    """The problems of all checks."""
    return {check.CODE: tuple(check.check(facts)) for check in CHECKS}


class Recheck:
    """All checks again, of an inventory that differs from an earlier one only in the CIs whose ids are `changed`: every
    CI that stands or stood in a file that is not what it was. Schema, settings, baselines and the day are the same.

    The answer is that of a whole run; other CIs than those concerned are not looked at.
    """

    def __init__(self, facts: Facts, former: Former, changed: Collection[str]) -> None:
        self._facts = facts
        self._former = former
        self._difference = Difference(facts, former, changed)
        self._scopes = Scopes(self._difference)
        self._narrowed: dict[Ids | None, Facts] = {}

    @cached_property
    def problems(self) -> Problems:
        """The problems of all checks."""
        return {check.CODE: self._of(check) for check in CHECKS}

    @cached_property
    def former(self) -> Former:
        """What the next run needs of this one."""
        return again(self._difference, kept(self.problems), self._examples)

    @property
    def _examples(self) -> tuple[str | None, ...]:
        found = example_ids(self._about(self._scopes.of(Reach.SELECTION)))
        gone = any(now is None and before is not None for now, before in zip(found, self._former.examples, strict=True))
        return example_ids(self._about(None)) if gone else found

    def _of(self, check: Check) -> tuple[Problem, ...]:
        scope = self._scopes.of(check.LOOKS)
        if check.LOOKS is Reach.IDS and scope is not None:
            return ()
        found = tuple(check.check(self._about(scope)))
        before = self._former.problems.get(check.CODE, ())
        match check.LOOKS:
            case Reach.FILES:
                return found
            case Reach.EXAMPLE:
                return self._whole(check) if found or before else ()
            case Reach.SELECTION:
                return found if set(found) <= set(before) else self._whole(check)
        others = [] if scope is None else [problem for problem in before if problem.ci not in scope]
        return tuple(merge(others, found, key=_ci)) if others else found

    def _whole(self, check: Check) -> tuple[Problem, ...]:
        return tuple(check.check(self._about(None)))

    def _about(self, scope: Ids | None) -> Facts:
        if scope not in self._narrowed:
            self._narrowed[scope] = self._facts.narrowed(scope, self._former.examples)
        return self._narrowed[scope]


def _ci(problem: Problem) -> str:
    return problem.ci or ""
