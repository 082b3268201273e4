"""Ignore rules over the whole run: which were needed, and which were looked at and never were."""

from __future__ import annotations

from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.problem import Problem, Severity
from cmdb.reconciliation.deviations import Judged
from cmdb.reconciliation.evidence import Evidence
from cmdb.reconciliation.inheritance import Ignored, Rules
from cmdb.reconciliation.walk import expand


class Ignoring:
    """Remembers of every ignore rule whether a value it covers was seen, and whether it ignored anything."""

    def __init__(self) -> None:
        self._needed: set[int] = set()
        self._idle: dict[int, Ignored] = {}

    def knows(self, rules: Rules) -> bool:
        """Whether all there is to know of some rules is known, where a CI is in order."""
        return all(id(ignored.rule) in self._needed or id(ignored.rule) in self._idle for ignored in rules.ignored)

    def note(self, evidence: Evidence, rules: Rules, judged: Judged) -> None:
        """Takes in the verdict on one CI."""
        for position, ignored in enumerate(rules.ignored):
            known = id(ignored.rule)
            if position in judged.ignored:
                self._needed.add(known)
            elif known not in self._needed and known not in self._idle and _seen(evidence, ignored.rule.path):
                self._idle[known] = ignored

    def problems(self) -> list[Problem]:
        """A warning for each rule that nothing needed although its values were seen."""
        return [_unused(ignored) for known, ignored in self._idle.items() if known not in self._needed]


def _seen(evidence: Evidence, pattern: KeyPath) -> bool:
    if pattern[0] not in ("attributes", "relations") or len(pattern) < 2:
        return False
    carried = {name for sight in evidence.sights for name in sight.observation.attributes}
    names = sorted(carried) if pattern[1] in ("*", "**") else [str(pattern[1])]
    for name in names:
        look = evidence.look((pattern[0], name))
        if look.known and any(
            evidence.look((pattern[0], *path)).known for path in expand({name: look.value}, (name, *pattern[2:]))
        ):
            return True
    return False


def _unused(ignored: Ignored) -> Problem:
    path = format_path(ignored.rule.path)
    return Problem(
        "ignore-unused",
        f"baseline '{ignored.baseline}' ignores {path}, and nothing there deviates",
        Severity.WARNING,
        where=ignored.rule.place,
        key_path=path,
        hint="remove the rule",
        subject=ignored.baseline,
    )
