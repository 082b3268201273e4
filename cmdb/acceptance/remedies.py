"""What would bring reality back: for each CI the values it should have, what should not be there, and what no single
value would mend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from cmdb.model.ci import CI
from cmdb.model.drift import Demand, Deviation
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath, format_path, parse_path
from cmdb.model.types import text
from cmdb.model.value import Value
from cmdb.reconciliation.typed import attribute_at

Verb = Literal["set", "remove", "meet", "restore", "withdraw", "declare", "identify"]
"""`set` a value, `remove` one; `meet` a demand that is no single value; `restore` a CI that is missing; `withdraw` one
that should not be there; `declare` what is unmanaged, or remove it; `identify` what is ambiguous."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing to do about one deviation. `value` is what is right, of a set or a list the whole; `says` tells it to
    people; `host` is what the machine is called."""

    verb: Verb
    who: str
    kind: str
    path: str
    value: Value = None
    says: str = ""
    observed: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True)
class Remedies:
    """All of them, in the order of deviations."""

    found: tuple[Remedy, ...] = field(default=())


def remedies(inventory: Inventory, deviations: Iterable[Deviation]) -> Remedies:
    """A remedy for each deviation that nothing excuses."""
    counting = (one for one in deviations if one.excuse is None and one.outcome != "unobserved")
    found = {(one.who, one.path, one.verb): one for one in (_remedy(inventory, each) for each in counting)}
    return Remedies(tuple(found.values()))


def _remedy(inventory: Inventory, deviation: Deviation) -> Remedy:
    ci = inventory.get(deviation.ci) if deviation.ci is not None else None
    who = deviation.ci or f"{deviation.source}: {deviation.key}"
    if deviation.outcome == "unmanaged" or ci is None:
        return Remedy("declare", who, deviation.kind, deviation.path)
    host = _host(ci)
    if deviation.outcome == "ambiguous":
        return Remedy("identify", who, ci.kind, deviation.path, host=host)
    if deviation.outcome == "missing":
        return Remedy("restore", who, ci.kind, deviation.path, host=host)
    if deviation.path in ("presence", "lifecycle"):
        return Remedy("withdraw", who, ci.kind, deviation.path, says=str(deviation.expected), host=host)
    return _value(inventory, ci, deviation, who, host)


def _value(inventory: Inventory, ci: CI, deviation: Deviation, who: str, host: str) -> Remedy:
    path = parse_path(deviation.path)
    above = _whole(inventory, ci, path)
    attribute = attribute_at(inventory.schema, ci.kind, above)
    declared = any(demand.baseline is None for demand in deviation.demanded_by)
    found, value = (True, _declared(inventory, ci, above)) if declared else _demanded(deviation.demanded_by)
    here = format_path(above)
    if not found:
        says = "; ".join(f"{one.baseline}: {one.said}" for one in deviation.demanded_by)
        return Remedy("meet", who, ci.kind, deviation.path, says=says, observed=deviation.said, host=host)
    if value is None:
        return Remedy("remove", who, ci.kind, deviation.path, observed=deviation.said, host=host)
    seen = deviation.said if above == path else ""
    return Remedy("set", who, ci.kind, here, value, text(attribute, value), seen, host)


def _whole(inventory: Inventory, ci: CI, path: KeyPath) -> KeyPath:
    """The path up to the value that is set as one: the keys of maps are set one by one, sets and lists whole."""
    if path[0] != "attributes":
        return path[:2]
    for length in range(2, len(path)):
        attribute = attribute_at(inventory.schema, ci.kind, path[:length])
        if attribute is not None and attribute.type in ("set", "list"):
            return path[:length]
    return path


def _declared(inventory: Inventory, ci: CI, path: KeyPath) -> Value:
    if path[0] == "relations":
        found = sorted({inventory.resolve(one.id) or one.id for kind, one in ci.targets() if kind == path[1]})
        return tuple(found) or None
    value: Value = ci.attributes
    for segment in path[1:]:
        value = value.get(segment) if isinstance(value, Mapping) else None
    return value


def _demanded(demands: Iterable[Demand]) -> tuple[bool, Value]:
    """Whether the demands come to one value, and which: None for none at all."""
    wanted = [_single(one.expected) for one in demands]
    first = wanted[0]
    return (True, first[1]) if first[0] and all(one == first for one in wanted) else (False, None)


def _single(operators: Value) -> tuple[bool, Value]:
    if not isinstance(operators, Mapping) or len(operators) != 1:
        return False, None
    ((name, argument),) = operators.items()
    if name in ("absent", "present") and isinstance(argument, bool):
        return ((name == "absent") is argument, None)
    if name == "in" and isinstance(argument, tuple) and len(argument) == 1:
        return True, argument[0]
    return (True, argument) if name == "equals" else (False, None)


def _host(ci: CI) -> str:
    """What tools call a machine: its full name, or its host name."""
    names = (ci.attributes.get("fqdn"), ci.attributes.get("hostname"))
    return next((name for name in names if isinstance(name, str) and name), ci.id)
