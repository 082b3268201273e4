"""Whom to call, tier by tier: the first line of the services, those who answer for the causes, and their suppliers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cmdb.model.ci import CI, Target, flatten
from cmdb.model.contact import ways, worded
from cmdb.model.inventory import Inventory

FIRST, SECOND, THIRD = 1, 2, 3
_TERMS = {"contract_number": "number {}", "support_hours": "{}", "response_time": "answers within {}"}


@dataclass(frozen=True, slots=True)
class Call:
    """Someone to be called: an id or, where no CI has it, a name as it was written. `reasons` say for what, `ways` how,
    the quickest first; `unlisted` that the inventory has no CI of them."""

    tier: int
    id: str
    name: str | None = None
    reasons: tuple[str, ...] = ()
    ways: Mapping[str, str] = field(default_factory=dict)
    unlisted: bool = False


def calls(inventory: Inventory, causes: Iterable[str], services: Iterable[str]) -> tuple[Call, ...]:
    """Who supports the affected services (tier 1); who owns or supports the causes (tier 2); who supplies them, by
    themselves or by a contract that covers them (tier 3). A note `tier` on a `supported_by` entry says otherwise."""
    reasons: dict[tuple[int, str], dict[str, None]] = {}
    for tier, who, why in (*_of_services(inventory, services), *_of_causes(inventory, causes)):
        reasons.setdefault((tier, inventory.resolve(who) or who), {})[why] = None
    return tuple(_call(inventory, tier, who, tuple(reasons[tier, who])) for tier, who in sorted(reasons))


def _of_services(inventory: Inventory, services: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    for service in services:
        for entry in _entries(inventory[service], "supported_by"):
            yield _tier(entry, FIRST), entry.id, f"supports {service}"


def _of_causes(inventory: Inventory, causes: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    for cause in causes:
        ci = inventory[cause]
        if ci.owner:
            yield SECOND, ci.owner, f"owns {cause}"
        for entry in _entries(ci, "supported_by"):
            yield _tier(entry, SECOND), entry.id, f"supports {cause}"
        for entry in _entries(ci, "supplied_by"):
            yield THIRD, entry.id, f"supplies {cause}"
        for contract in _entries(ci, "covered_by"):
            yield from _behind(inventory, contract.id, cause)


def _behind(inventory: Inventory, contract: str, cause: str) -> Iterator[tuple[int, str, str]]:
    """The suppliers of a contract; the contract itself where it names none."""
    if (name := inventory.resolve(contract)) is None:
        return
    suppliers = _entries(inventory[name], "supplied_by") or (Target(name),)
    for supplier in suppliers:
        yield THIRD, supplier.id, f"covers {cause} by {name}{_agreed(inventory, inventory[name])}"


def _agreed(inventory: Inventory, contract: CI) -> str:
    said = {
        name: worded(contract, name, inventory.schema) for name in _TERMS if contract.attributes.get(name) is not None
    }
    return f" ({', '.join(_TERMS[name].format(value) for name, value in said.items())})" if said else ""


def _call(inventory: Inventory, tier: int, who: str, reasons: tuple[str, ...]) -> Call:
    if who not in inventory:
        return Call(tier, who, None, reasons, unlisted=True)
    ci = inventory[who]
    return Call(tier, who, ci.name, reasons, ways(ci, inventory.schema))


def _entries(ci: CI, relation: str) -> tuple[Target, ...]:
    return tuple(flatten(ci.relations.get(relation, ())))


def _tier(entry: Target, otherwise: int) -> int:
    said = entry.notes.get("tier")
    return said if isinstance(said, int) and FIRST <= said <= THIRD else otherwise
