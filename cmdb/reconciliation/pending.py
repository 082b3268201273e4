"""Merged, and not rolled out yet: what was observed is what was declared until a short while ago."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from cmdb.model.ci import CI, flatten
from cmdb.model.drift import Excuse
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath
from cmdb.model.step import Step
from cmdb.model.types import within_tolerance
from cmdb.model.value import Value, same
from cmdb.reconciliation.findings import LIFECYCLE, PRESENCE
from cmdb.reconciliation.typed import attribute_at
from cmdb.reconciliation.walk import ABSENT, walk


class Rollout:
    """Asks the commits of the last days, newest first, what a value was before it changed. Only asks when it must."""

    def __init__(
        self, steps: Callable[[], Iterable[Step]], inventory: Inventory, moment: datetime, grace: timedelta
    ) -> None:
        self._ask = steps
        self._inventory = inventory
        self._moment = moment
        self._grace = grace
        self._steps: list[Step] | None = None

    def pending(self, ci: CI, path: KeyPath, observed: Value) -> Excuse | None:
        """The excuse of a deviation whose observed value (None: absent) is the one from before the newest change."""
        for step, before in self._changes(ci, path):
            if before is None or not self._means(ci, path, self._value(before[0], path), observed):
                return None
            merged = f"{step.at.astimezone(UTC):%Y-%m-%d %H:%M UTC}"
            reason = f"as it was before commit {step.commit[:9]} of {merged}; the change is not rolled out yet"
            return Excuse("pending", reason, expires=(step.at + self._grace).astimezone(UTC).date())
        return None

    def _changes(self, ci: CI, path: KeyPath) -> Iterator[tuple[Step, tuple[CI | None] | None]]:
        """The commits that changed a path, newest first, with the CI before; None where nobody can tell."""
        file, names = ci.place.path, (ci.id, *ci.aliases)
        for step in self._recent():
            if not _concerns(step.changed, file):
                continue
            files = step.changed | {file}
            after, before = _find(step.after(files), names), step.before and _find(step.before(files), names)
            if after is None or before is None:
                yield step, None
                return
            if not same(_plain(self._value(after[0], path)), _plain(self._value(before[0], path))):
                yield step, before
            if before[0] is not None:
                file = before[0].place.path

    def _recent(self) -> list[Step]:
        if self._steps is None:
            self._steps = [step for step in self._ask() if self._moment - step.at < self._grace]
        return self._steps

    def _value(self, ci: CI | None, path: KeyPath) -> Value:
        """What a CI declares at a path. Before it serves, that it is not there is right."""
        if ci is None:
            return ABSENT
        if path == PRESENCE:
            return True if ci.serves else ABSENT
        if path == LIFECYCLE:
            return ci.lifecycle
        if path[0] == "relations" and len(path) > 1:
            ends = {self._inventory.resolve(end.id) or end.id for end in flatten(ci.relations.get(str(path[1]), ()))}
            return walk(tuple(sorted(ends)), path[2:])
        return walk(ci.attributes, path[1:]) if path[0] == "attributes" else ABSENT

    def _means(self, ci: CI, path: KeyPath, former: Value, observed: Value) -> bool:
        if former is ABSENT or observed is None:
            return former is ABSENT and observed is None
        if path == LIFECYCLE:
            return former in ("live", "retiring") and observed == "live"
        attribute = attribute_at(self._inventory.schema, ci.kind, path)
        try:
            return within_tolerance(attribute, former, observed)
        except (TypeError, ValueError, AttributeError, KeyError):
            return False


def _find(inventory: Inventory, names: Iterable[str]) -> tuple[CI | None] | None:
    """The CI under one of its names, in a tuple, or none in one; None where a file that did not load may declare it."""
    found = next((inventory.cis[name] for name in names if name in inventory.cis), None)
    if found is None and any(map(inventory.may_declare, names)) and not inventory.complete:
        return None
    return (found,)


def _concerns(changed: frozenset[str], file: str) -> bool:
    """Whether changed files may have changed what a file of CIs means: itself, kinds, and defaults above it. A file
    that is not among them says the same before and after."""
    return file in changed or any(
        path.startswith("inventory/schema/") or (_defaults(path) and file.startswith(path.rpartition("/")[0] + "/"))
        for path in changed
    )


def _defaults(path: str) -> bool:
    return path.rpartition("/")[2] in ("_defaults.yaml", "_defaults.yml")


def _plain(value: Value) -> Value:
    return None if value is ABSENT else value
