"""A release or a revision against what was observed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cmdb.look_back.sides import Side
from cmdb.model.change import AttributeChange, Change, ChangeSet
from cmdb.model.drift import Deviation
from cmdb.model.keypath import parse_path
from cmdb.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Lived:
    """The changes that lead from what a side declares to what was observed, and what nobody could see of it."""

    changes: ChangeSet
    unseen: tuple[str, ...] = ()


def lived(side: Side, snapshot: Snapshot, as_of: date, *, names: Sequence[str] = ()) -> Lived:
    """What was observed of the CIs of a side, where it is not what they declare. Baselines are not asked. Raises
    `CmdbError`."""
    report = side.workspace.drift(snapshot, as_of, names=names)
    members = side.members(side)
    by_ci: dict[str, list[Deviation]] = {}
    for deviation in report.deviations:
        by_ci.setdefault(deviation.ci or "", []).append(deviation)
    strangers = by_ci.pop("", []) if side.release is None else []
    changes = [change for name in sorted(by_ci.keys() & members) for change in _change(name, by_ci[name])]
    changes += [Change(one.key or "", one.kind, "added") for one in strangers if one.outcome == "unmanaged"]
    unseen = sorted(name for name in by_ci.keys() & members if any(map(_unseen, by_ci[name])))
    return Lived(ChangeSet(tuple(sorted(changes, key=lambda change: change.id))), (*unseen,))


def _change(name: str, deviations: Iterable[Deviation]) -> Iterable[Change]:
    found = list(deviations)
    if any(one.outcome == "missing" for one in found):
        return (Change(name, found[0].kind, "removed"),)
    values = tuple(
        AttributeChange(parse_path(one.path), demand.expected, one.observed)
        for one in found
        if one.outcome == "deviating"
        for demand in one.demanded_by
        if demand.baseline is None
    )
    return (Change(name, found[0].kind, "changed", attributes=values),) if values else ()


def _unseen(deviation: Deviation) -> bool:
    return deviation.outcome in ("unobserved", "ambiguous")
