"""Permitting a deviation: the waiver written, and proved to excuse just that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cmdb.acceptance import waivers
from cmdb.acceptance.choosing import name_of
from cmdb.acceptance.secrecy import secret
from cmdb.acceptance.waivers import Permission
from cmdb.model.drift import Deviation
from cmdb.model.keypath import KeyPathError, format_path, parse_path
from cmdb.model.moments import end_of
from cmdb.model.problem import CmdbError, Severity
from cmdb.model.snapshot import Snapshot
from cmdb.reconciliation.typed import attribute_at
from cmdb.workspace import Workspace
from cmdb.write_back.accepting import refuse_unread


@dataclass(frozen=True, slots=True)
class Waived:
    """What comes of it, not written yet: the file with the waiver, and what it was before. `renewed` says that the
    waiver was there, for another day."""

    deviation: Deviation
    permission: Permission
    path: str
    data: bytes
    before: bytes | None
    renewed: bool


def waive(
    workspace: Workspace,
    snapshot: Snapshot,
    as_of: date | datetime,
    who: str,
    path: str,
    permission: Permission,
    *,
    names: Sequence[str] = (),
    trust_removals: bool = False,
) -> Waived:
    """The file with a waiver for what a CI, or what a source sees under `source:key`, deviates in at a key path, pinned
    to the value that was observed. Nothing is written. Raises `CmdbError` where nothing deviates there."""
    refuse_unread(workspace)
    day = end_of(as_of).date()
    if permission.expires < day:
        raise CmdbError(f"{permission.expires} is in the past", hint="an expired waiver permits nothing")
    report = workspace.drift(snapshot, as_of, names=names, trust_removals=trust_removals)
    deviation = _found(workspace, report.deviations, who, path)
    _refuse(workspace, deviation, permission)
    known = waivers.existing(workspace.baselines.waivers, deviation, permission, workspace.inventory)
    file = waivers.FILE if known is None else known.place.path
    before = workspace.read(file)
    if known is None:
        data = waivers.added(before, deviation, permission, workspace.inventory)
    else:
        data = waivers.renewed(before or b"", known, permission)
    changed = workspace.with_files({file: data})
    _prove(workspace, changed, day)
    left = changed.drift(snapshot, as_of, names=names, trust_removals=trust_removals).deviations
    if any(_same(one, deviation) and one.excuse is None and _demands(one, permission) for one in left):
        raise CmdbError(f"a waiver of {deviation.path} would not excuse this", hint="mend the deviation instead")
    return Waived(deviation, permission, file, data, before, known is not None)


def _found(workspace: Workspace, deviations: Sequence[Deviation], who: str, path: str) -> Deviation:
    try:
        wanted = format_path(parse_path(path))
    except KeyPathError as error:
        raise CmdbError(f"'{path}' is no key path: {error}", hint="such as attributes.packages.openssl") from None
    ci = workspace.inventory.resolve(who)
    mine = [one for one in deviations if (one.ci == ci if ci is not None else _is_stranger(one, who))]
    if ci is None and not mine:
        hint = "name a CI by its id, or something unmanaged by SOURCE:KEY"
        raise CmdbError(f"there is no CI '{who}', and nothing of that key is unmanaged", hint=hint)
    there = next((one for one in mine if one.path == wanted), None)
    if there is None:
        known = ", ".join(one.path for one in mine if one.outcome != "unobserved")
        hint = f"it deviates at {known}" if known else "it does not deviate anywhere"
        raise CmdbError(f"{who} was not seen to deviate at {wanted}", hint=hint)
    if there.outcome == "unobserved":
        raise CmdbError(f"{who} {wanted} was not seen: {there.reason}", hint="only what was seen can be waived")
    return there


def _refuse(workspace: Workspace, deviation: Deviation, permission: Permission) -> None:
    path = parse_path(deviation.path)
    attribute = attribute_at(workspace.inventory.schema, deviation.kind, path)
    if deviation.path != "presence" and (what := secret(attribute, deviation.observed, str(path[-1]))) is not None:
        raise CmdbError(f"the observed value is {what}, which no file may hold", hint="mend the deviation")
    names = sorted(one.baseline for one in deviation.demanded_by if one.baseline is not None)
    if permission.baseline is not None and permission.baseline not in names:
        hint = f"it is demanded by {', '.join(names)}" if names else "no baseline does; leave --baseline out"
        raise CmdbError(f"the baseline '{permission.baseline}' does not demand this", hint=hint)


def _prove(before: Workspace, after: Workspace, day: date) -> None:
    known = {one.fingerprint for one in before.check(day)}
    for wrong in after.check(day):
        if wrong.severity >= Severity.ERROR and wrong.fingerprint not in known:
            raise CmdbError(f"the waiver would be wrong: {wrong.message}", hint=wrong.hint)


def _is_stranger(deviation: Deviation, who: str) -> bool:
    return deviation.ci is None and who in (name_of(deviation), deviation.key)


def _same(one: Deviation, other: Deviation) -> bool:
    return (one.ci, one.source, one.key, one.path) == (other.ci, other.source, other.key, other.path)


def _demands(one: Deviation, permission: Permission) -> bool:
    """Whether what was to be waived is still demanded."""
    return permission.baseline is None or any(demand.baseline == permission.baseline for demand in one.demanded_by)
