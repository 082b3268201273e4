"""What the workspace's own rules say of a change: whether they fit it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cmdb.changes.sides import Side, Sides, former
from cmdb.graph.selectors import predicate
from cmdb.model.change import Change
from cmdb.model.change_config import TypeRule
from cmdb.model.change_record import LEVELS, ChangeType, Level
from cmdb.model.ci import CI
from cmdb.model.keypath import KeyPath, matches

Test = Callable[[CI], bool]


@dataclass(frozen=True, slots=True)
class Picked:
    """A selector for either side of a change. Raises `SelectorError` when it is asked and cannot be read."""

    sides: Sides
    selector: str | None

    def every(self, change: Change) -> bool:
        """Whether the CI is picked on each side that has it."""
        return all(self._answers(change))

    def any(self, change: Change) -> bool:
        """Whether the CI is picked on a side that has it."""
        return any(self._answers(change))

    def on(self, side: Side) -> Test:
        """The test of the CIs of one side."""
        inventory = side.inventory
        return (lambda _: True) if self.selector is None else predicate(self.selector, inventory.schema, inventory)

    def _answers(self, change: Change) -> Iterator[bool]:
        for side, name in ((self.sides.before, former(change)), (self.sides.after, change.id)):
            ci = side.ci(name)
            if ci is not None and not _elsewhere(change, side is self.sides.before):
                yield self.on(side)(ci)


def type_of(sides: Sides, labels: frozenset[str], level: Level, rules: Iterable[TypeRule]) -> tuple[ChangeType, str]:
    """The type that the first rule gives which fits, and why; normal where none does."""
    if sides.changes:
        for rule in rules:
            if _fits(rule, sides, labels, level):
                return rule.type, rule.reason or _said(rule)
    return "normal", "no rule makes it another"


def paths(change: Change) -> Iterator[KeyPath]:
    """The key paths that change; of a CI that comes or goes `presence` too."""
    if change.action in ("added", "removed"):
        yield ("presence",)
    if change.action == "renamed":
        yield ("id",)
    for one in change.attributes:
        yield one.path
    for entry in change.relations:
        yield ("relations", entry.type, entry.group or entry.target or "")


def within(patterns: Iterable[KeyPath], path: KeyPath) -> bool:
    """Whether a path fits a pattern or lies below what fits it."""
    return any(matches(pattern, path[:end]) for pattern in patterns for end in range(1, len(path) + 1))


def _elsewhere(change: Change, before: bool) -> bool:
    return change.action == ("added" if before else "removed")


def _fits(rule: TypeRule, sides: Sides, labels: frozenset[str], level: Level) -> bool:
    if rule.labels and not labels.intersection(rule.labels):
        return False
    if rule.at_most is not None and LEVELS.index(level) > LEVELS.index(rule.at_most):
        return False
    picked = Picked(sides, rule.cis)
    return all(
        (not rule.actions or change.action in rule.actions)
        and (not rule.paths or all(within(rule.paths, path) for path in paths(change)))
        and picked.every(change)
        for change in sides.changes.changes
    )


def _said(rule: TypeRule) -> str:
    """The rule in words."""
    words = [f"labelled {' or '.join(rule.labels)}"] if rule.labels else []
    words += [f"all CIs are {rule.cis}"] if rule.cis else []
    words += ["all key paths are those of the rule"] if rule.paths else []
    words += [f"all are {' or '.join(rule.actions)}"] if rule.actions else []
    words += [f"the risk is at most {rule.at_most}"] if rule.at_most else []
    return ", ".join(words) or "every change is"
