"""A waiver for one deviation as edits of a file: a new entry of its list, or another day and reason for one that is
there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cmdb.formats.edits.applying import edit
from cmdb.formats.edits.operations import Append, Change, Edit, Put
from cmdb.formats.reading import read_precise
from cmdb.formats.writing import Word, as_written, document
from cmdb.model.baseline import Waiver
from cmdb.model.drift import Deviation
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import parse_path
from cmdb.model.problem import CmdbError
from cmdb.model.types import WrongValue, equal
from cmdb.model.value import Value
from cmdb.reconciliation.typed import attribute_at, written

FILE = "baselines/waivers.yaml"
"""Where new waivers go."""


@dataclass(frozen=True, slots=True)
class Permission:
    """What makes a waiver of a deviation: why, by whom, and until when; of one baseline's demand, or of all."""

    reason: str
    approved_by: str
    expires: date
    baseline: str | None = None


def existing(
    waivers: Iterable[Waiver], deviation: Deviation, permission: Permission, inventory: Inventory
) -> Waiver | None:
    """The waiver of just that value which is there already, expired or not."""
    for waiver in waivers:
        whose = (waiver.source, waiver.key) == (deviation.source, deviation.key) and deviation.ci is None
        mine = waiver.ci is not None and (inventory.resolve(waiver.ci) or waiver.ci) == deviation.ci
        alike = waiver.path == parse_path(deviation.path) and waiver.baseline == permission.baseline
        if (whose or mine) and alike and _same(waiver, deviation, inventory):
            return waiver
    return None


def renewed(data: bytes, waiver: Waiver, permission: Permission) -> bytes:
    """The file with other words in a waiver. Raises `CmdbError`."""
    steps = tuple(step for step in waiver.place.key_path if isinstance(step, str | int))
    edits = [Put((*steps, name), value) for name, value in _words(permission).items()]
    return _edited(data, Change(waiver.place, tuple(edits)))


def added(data: bytes | None, deviation: Deviation, permission: Permission, inventory: Inventory) -> bytes:
    """The file of waivers with one more; None makes the file. Raises `CmdbError`."""
    fields = _fields(deviation, permission, inventory)
    new = document({"waivers": [fields]}).encode()
    if not data:
        return new
    for entry in read_precise(FILE, data).entries:
        if "waivers" in entry.raw:
            listed = bool(entry.raw["waivers"])
            one: Edit = Append(("waivers",), fields) if listed else Put(("waivers",), [fields])
            return _edited(data, Change(entry.place, (one,)))
    whole = data if data.endswith(b"\n") else data + b"\n"
    return whole + (b"---\n" if read_precise(FILE, data).entries else b"") + new


def _edited(data: bytes, change: Change) -> bytes:
    done = edit(change.place.path, data, [change])
    for refused in done.refused:
        raise CmdbError(refused.problem)
    return done.data


def _fields(deviation: Deviation, permission: Permission, inventory: Inventory) -> dict[str, Value]:
    whose: dict[str, Value] = {"ci": Word(str(deviation.ci))}
    if deviation.ci is None:
        whose = {"source": Word(str(deviation.source)), "key": Word(str(deviation.key))}
    attribute = attribute_at(inventory.schema, deviation.kind, parse_path(deviation.path))
    observed = None if deviation.outcome == "unmanaged" else as_written(attribute, deviation.observed)
    baseline = {"baseline": Word(permission.baseline)} if permission.baseline is not None else {}
    return {**whose, "path": Word(deviation.path), "observed": observed, **baseline, **_words(permission)}


def _words(permission: Permission) -> dict[str, Value]:
    return {
        "reason": Word(permission.reason),
        "approved_by": Word(permission.approved_by),
        "expires": Word(permission.expires.isoformat()),
    }


def _same(waiver: Waiver, deviation: Deviation, inventory: Inventory) -> bool:
    if waiver.observed is None or deviation.observed is None or deviation.outcome == "unmanaged":
        return waiver.observed is None
    attribute = attribute_at(inventory.schema, deviation.kind, parse_path(deviation.path))
    try:
        return equal(attribute, written(attribute, waiver.observed), deviation.observed)
    except (WrongValue, TypeError, ValueError, AttributeError, KeyError):
        return False
