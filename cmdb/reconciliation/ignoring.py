"""Ignore rules over the whole run: which were needed, and which were looked at and never were."""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.problem import Problem, Severity
from cmdb.model.value import Value
from cmdb.reconciliation.deviations import Judged, covers
from cmdb.reconciliation.evidence import Evidence
from cmdb.reconciliation.inheritance import Ignored, Rules
from cmdb.reconciliation.walk import expand

_HEADS = ("attributes", "relations")
_STARS = ("*", "**")


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

    def note_whole(self, rules: Rules, path: KeyPath, *, known: bool, deviates: bool) -> bool:
        """Takes in whether a CI as a whole deviates at a path, where that is known; tells whether a rule ignores it."""
        fitting = [ignored for ignored in rules.ignored if covers(ignored.rule.path, path)]
        for ignored in fitting if known else ():
            if deviates:
                self._needed.add(id(ignored.rule))
            else:
                self._idle.setdefault(id(ignored.rule), ignored)
        return deviates and bool(fitting)

    def problems(self) -> list[Problem]:
        """A warning for each rule that nothing needed although its values were seen."""
        return [_unused(ignored) for known, ignored in self._idle.items() if known not in self._needed]


def _seen(evidence: Evidence, pattern: KeyPath) -> bool:
    if pattern[0] in _HEADS and len(pattern) > 1 and pattern[1] not in _STARS:
        look = evidence.look(pattern[:2])
        tree: Mapping[str, Value] = {str(pattern[0]): {str(pattern[1]): look.value}} if look.known else {}
        return any(evidence.look(path).known for path in (expand(tree, pattern) if look.known else ()))
    tree = {str(head): _carried(evidence, head) for head in _HEADS if pattern[0] in (head, *_STARS)}
    return any(len(path) > 1 and evidence.look(path).known for path in (expand(tree, pattern) if tree else ()))


def _carried(evidence: Evidence, head: str) -> Mapping[str, Value]:
    """The values that sources carry below `attributes` or `relations`."""
    names = {
        name
        for sight in evidence.sights
        for name in (sight.observation.attributes if head == "attributes" else sight.observation.relations)
    }
    looks = {name: evidence.look((head, name)) for name in sorted(names)}
    return {name: look.value for name, look in looks.items() if look.known}


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
