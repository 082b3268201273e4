"""A topology as named blocks of bytes that can be mapped into memory, and back without reading them."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from cmdb.cache.texts import Names, Texts, packed
from cmdb.graph.topology import Rows, Topology
from cmdb.model.status import Status

Code = Literal["I", "H"]

_NUMBERS: Mapping[str, Code] = {
    "kind_of": "I",
    "owner_of": "I",
    "environment_of": "I",
    "at_least": "I",
    "alias_of": "I",
}
_ROWS: Mapping[str, Code] = {"start": "I", "node": "I", "relation": "H"}
_TEXTS = ("ids", "labels", "aliases")


def pack(topology: Topology) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Blocks by name, and what is small enough to be read each time."""
    blocks = {name: _numbers(code, getattr(topology, name)) for name, code in _NUMBERS.items()}
    for side, rows in (("out", topology.out), ("back", topology.back)):
        blocks |= {f"{side}.{name}": _numbers(code, getattr(rows, name)) for name, code in _ROWS.items()}
    for name in _TEXTS:
        blocks[name], blocks[f"{name}.start"] = packed(getattr(topology, name))
    blocks["names"], blocks["names.start"] = packed(name or "" for name in topology.names)
    blocks["named"] = bytes(name is not None for name in topology.names)
    blocks |= {"lifecycle_of": bytes(topology.lifecycle_of), "serving": bytes(topology.serving)}
    small = {
        "kinds": topology.kinds,
        "owners": topology.owners,
        "environments": topology.environments,
        "lifecycles": topology.lifecycles,
        "relations": topology.relations,
        "ceilings": [int(ceiling) for ceiling in topology.ceilings],
        "services": sorted(topology.services),
        "customers": sorted(topology.customers),
        "contracts": sorted(topology.contracts),
        "dangling": topology.dangling,
    }
    return blocks, small


def unpack(blocks: Mapping[str, memoryview], small: Mapping[str, Any]) -> Topology:
    """The topology over blocks that stay where they are. Raises `KeyError`, `ValueError` or `TypeError` where they are
    not what `pack` made."""
    return Topology(
        ids=_texts(blocks, "ids"),
        names=Names(_texts(blocks, "names"), blocks["named"]),
        kinds=tuple(small["kinds"]),
        owners=tuple(small["owners"]),
        environments=tuple(small["environments"]),
        lifecycles=tuple(small["lifecycles"]),
        lifecycle_of=blocks["lifecycle_of"],
        serving=blocks["serving"],
        relations=tuple(small["relations"]),
        ceilings=tuple(map(Status, small["ceilings"])),
        out=_rows(blocks, "out"),
        back=_rows(blocks, "back"),
        labels=_texts(blocks, "labels"),
        aliases=_texts(blocks, "aliases"),
        services=frozenset(small["services"]),
        customers=frozenset(small["customers"]),
        contracts=frozenset(small["contracts"]),
        dangling=small["dangling"],
        **{name: blocks[name].cast(code) for name, code in _NUMBERS.items()},
    )


def _numbers(code: Code, numbers: Sequence[int]) -> bytes:
    return (numbers if isinstance(numbers, array) and numbers.typecode == code else array(code, numbers)).tobytes()


def _rows(blocks: Mapping[str, memoryview], side: str) -> Rows:
    start, node, relation = (blocks[f"{side}.{name}"].cast(code) for name, code in _ROWS.items())
    return Rows(start, node, relation)


def _texts(blocks: Mapping[str, memoryview], name: str) -> Texts:
    return Texts(blocks[name], blocks[f"{name}.start"].cast("Q"))
