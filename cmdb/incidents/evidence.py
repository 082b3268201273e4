"""Why one cause is likelier than another: what was changed or has drifted lately."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from cmdb.compare.inventories import diff
from cmdb.model.change import Change
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import format_path
from cmdb.model.step import Step
from cmdb.model.value import Value
from cmdb.model.words import few

Evidences = Mapping[str, tuple["Evidence", ...]]
"""By the id of the CI."""
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to suspect a CI: a commit that changed it, or a deviation from what is declared."""

    kind: Literal["changed", "drifted"]
    text: str


def changed(inventory: Inventory, cis: frozenset[str], steps: Iterable[Step]) -> Evidences:
    """The commits that changed what some CIs declare, newest first. A commit before which nobody can look says
    nothing."""
    files = frozenset(inventory[name].place.path for name in cis)
    found: dict[str, list[Evidence]] = {}
    for step in steps:
        if step.before is None:
            continue
        asked = step.changed | files
        for change in diff(step.before(asked), step.after(asked)).changes:
            if (name := inventory.resolve(change.id)) in cis and name is not None:
                text = f"changed by {step.commit[:9]} of {step.at:%Y-%m-%d %H:%M} UTC: {_what(change)}"
                found.setdefault(name, []).append(Evidence("changed", text))
    return {name: tuple(found[name]) for name in sorted(found)}


def drifted(cis: frozenset[str], deviations: Iterable[Mapping[str, Value]]) -> Evidences:
    """What the deviations of a drift report, as its JSON has them, say of some CIs. What was not seen is no evidence,
    and neither is what is excused."""
    found: dict[str, list[Evidence]] = {}
    for one in deviations:
        name, outcome = one.get("ci"), one.get("outcome")
        if name in cis and outcome in ("deviating", "missing", "ambiguous") and one.get("excuse") is None:
            found.setdefault(str(name), []).append(Evidence("drifted", _deviation(one)))
    return {name: tuple(found[name]) for name in sorted(found)}


def joined(*several: Evidences) -> Evidences:
    """All evidence about each CI."""
    names = sorted({name for each in several for name in each})
    return {name: tuple(item for each in several for item in each.get(name, ())) for name in names}


def _what(change: Change) -> str:
    if change.action != "changed":
        return change.action
    paths = [format_path(one.path) for one in change.attributes] + [f"relations.{one.type}" for one in change.relations]
    return few(list(dict.fromkeys(paths)), _SHOWN)


def _deviation(one: Mapping[str, Value]) -> str:
    if one.get("outcome") != "deviating":
        return f"{one.get('outcome')} in the last comparison"
    return f"{one.get('path')} deviates: expected {one.get('expected')}, observed {one.get('observed')}"
