"""What drifted, taken for a change that somebody made: from what is declared to what was observed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from cmdb.acceptance.values import with_part
from cmdb.changes.assess import assess
from cmdb.changes.circumstances import NONE, Circumstances
from cmdb.changes.sides import Side, Sides
from cmdb.compare.inventories import diff
from cmdb.formats.strict_json import NotJson, loads
from cmdb.graph.topology import build
from cmdb.model.change_record import OBSERVED, ChangeRecord, Origin
from cmdb.model.ci import CI, Group, Member, Target, arranged, flatten
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath, KeyPathError, format_path, parse_path
from cmdb.model.problem import CmdbError
from cmdb.model.value import Value
from cmdb.proposals.change import name_of
from cmdb.proposals.places import places
from cmdb.recheck import check_all
from cmdb.reconciliation.walk import ABSENT
from cmdb.workspace import Workspace

FORMAT = "cmdb.drift/1"
_Deviation = Mapping[str, Value]
_NAMES = frozenset({"ci", "key", "kind", "path", "outcome"})


def change_from_drift(
    workspace: Workspace, report: str | Path, *, as_of: date, circumstances: Circumstances = NONE
) -> ChangeRecord:
    """The record of the change that turned what is declared into what a report of drift says, which is the JSON of
    `cmdb drift`: deviating values and relations, CIs that are missing, and things that nobody declares.

    What is excused, or could not be seen, is no part of it. The way back is what would bring reality back. Raises
    `CmdbError` for a file that is no such report.
    """
    before = Inventory(tuple(workspace.inventory.values()), workspace.inventory.schema)
    seen = _Seen(workspace.inventory)
    for deviation in _deviations(Path(report)):
        seen.take(deviation)
    after = seen.inventory()
    facts = replace(workspace.facts(as_of), inventory=after)
    problems = tuple(problem for found in check_all(facts).values() for problem in found)
    sides = Sides(
        Side(name_of(workspace), before, workspace.topology, workspace.problems(as_of)),
        Side(OBSERVED, after, build(after), problems),
        diff(before, after),
    )
    return assess(
        sides,
        workspace.config.change,
        circumstances,
        origins=tuple(_declared(one) for one in places(workspace, workspace, sides.changes, lambda _: ())),
        notes=tuple(seen.notes),
    )


def _declared(origin: Origin) -> Origin:
    """What was observed stands in no file."""
    return replace(origin, places=tuple(replace(place, after=None) for place in origin.places))


def _deviations(file: Path) -> Iterator[_Deviation]:
    hint = "write one with 'cmdb drift -f json -o FILE'"
    try:
        report = loads(file.read_bytes())
    except OSError as error:
        raise CmdbError(f"cannot read {file}: {error.strerror or error}", hint=hint) from None
    except NotJson as error:
        raise CmdbError(f"{file} is no report of drift: {error}", hint=hint) from None
    found = report.get("deviations") if isinstance(report, Mapping) and report.get("format") == FORMAT else None
    if not isinstance(found, tuple) or not all(isinstance(one, Mapping) and one.keys() >= _NAMES for one in found):
        raise CmdbError(f"{file} is no report of drift", hint=hint)
    return (one for one in found if one.get("excuse") is None and one["outcome"] != "unobserved")


@dataclass(slots=True)
class _Seen:
    """The CIs as they were observed, deviation by deviation."""

    declared: Inventory
    cis: dict[str, CI | None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def take(self, deviation: _Deviation) -> None:
        """What one deviation says; a note where that cannot be told."""
        name, outcome = str(deviation["ci"] or deviation["key"]), deviation["outcome"]
        ci = self.cis.get(name) or self.declared.get(name)
        if outcome == "unmanaged" and ci is None:
            self.cis[name] = CI(name, str(deviation["kind"]))
        elif outcome == "missing" and ci is not None:
            self.cis[ci.id] = None
        elif outcome == "deviating" and ci is not None:
            try:
                self.cis[ci.id] = _otherwise(ci, parse_path(str(deviation["path"])), deviation.get("observed"))
            except (KeyError, KeyPathError, ValueError) as why:
                self.notes.append(f"{name} {deviation['path']} is no part of this record: {why or 'nothing says it'}")
        else:
            self.notes.append(f"{name} {deviation['path']} is {outcome} and no part of this record")

    def inventory(self) -> Inventory:
        """All CIs, those that nobody saw to be otherwise as they are declared."""
        whole: dict[str, CI | None] = {**self.declared.cis, **self.cis}
        kept = (whole[name] for name in sorted(whole))
        return Inventory(tuple(ci for ci in kept if ci is not None), self.declared.schema)


def _otherwise(ci: CI, path: KeyPath, observed: Value) -> CI:
    """The CI with what was observed at a path, None for nothing. Raises `ValueError` and `KeyError`."""
    head, *rest = path
    if isinstance(observed, Mapping) and observed.get("redacted"):
        raise ValueError("it is a secret")
    if head == "attributes" and rest:
        known = ci.attributes.get(str(rest[0]), ABSENT)
        value = with_part(known, tuple(rest[1:]), ABSENT if observed is None else observed)
        others = {name: item for name, item in ci.attributes.items() if name != rest[0]}
        return replace(ci, attributes=others if value is ABSENT else {**others, str(rest[0]): value})
    if head == "relations" and len(rest) == 2:
        return replace(ci, relations={**ci.relations, str(rest[0]): _related(ci, str(rest[0]), str(rest[1]), observed)})
    if head == "lifecycle" and not rest and isinstance(observed, str):
        return replace(ci, lifecycle=observed)
    raise ValueError(f"nothing in a file says {format_path(path)}")


def _related(ci: CI, relation: str, target: str, observed: Value) -> tuple[Member, ...]:
    entries = ci.relations.get(relation, ())
    if observed is not None:
        known = any(one.id == target for one in flatten(entries))
        return entries if known else arranged([*entries, Target(target)])
    return tuple(left for entry in entries for left in _without(entry, target))


def _without(entry: Member, target: str) -> Iterator[Member]:
    """The entry without a target; nothing where nothing is left of it."""
    if isinstance(entry, Target):
        yield from () if entry.id == target else (entry,)
        return
    of = tuple(left for member in entry.of for left in _without(member, target))
    if of:
        yield Group(min(entry.at_least, len(of)), of, entry.name, entry.notes, entry.label)
