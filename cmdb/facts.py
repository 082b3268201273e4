"""Everything a check or an analysis may look at, in one value."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum, auto
from functools import cached_property

from cmdb.graph.neighbours import leads_to, sources
from cmdb.graph.topology import Topology, build
from cmdb.model.baseline import Baselines
from cmdb.model.ci import CI
from cmdb.model.inventory import Inventory
from cmdb.model.problem import Problem
from cmdb.reconciliation.declared import judge_declared
from cmdb.reconciliation.examples import Example, examples

_IDLE = re.compile(b"\0")


class Reach(Enum):
    """How far a check looks for what it says of a CI, besides the schema, the settings and the day. After a change it
    is asked anew about the CIs whose answer may be another."""

    FILES = auto()
    """Not at CIs: at files, baselines and names. It is quick and done anew each time."""
    CI = auto()
    """At the CI itself."""
    TARGETS = auto()
    """At what the graph says of its targets too: whether they are there, by which names, of what kind, in service."""
    NEIGHBOURS = auto()
    """At everything about its targets too."""
    CIRCLES = auto()
    """At everything that it needs, near and far."""
    NAMES = auto()
    """At all ids, for a CI with targets that are nowhere; else at the targets."""
    VALUES = auto()
    """At CIs that have the same value of a unique attribute."""
    DEMANDS = auto()
    """At what baselines, selectors and waivers make of it and its targets, and at CIs that they name."""
    EXAMPLE = auto()
    """The same, where the first CI stands for all that show the same."""
    SELECTION = auto()
    """At all CIs, for one that a baseline selects."""
    IDS = auto()
    """At the ids and former ids of all CIs."""
    ALL = auto()
    """At anything: done anew each time, whatever it costs."""


@dataclass(frozen=True)
class Facts:
    """What is known of a workspace at one revision. `found` holds, by code, the problems that reading the files
    already met; `stray` the files under `inventory/` and `baselines/` that no part of cmdb reads, and why. `scope` are
    the ids of the CIs to be looked at, None for all of them; `likely` names for each baseline a CI that it probably
    applies to."""

    inventory: Inventory
    baselines: Baselines
    as_of: date
    found: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    stray: Mapping[str, str] = field(default_factory=dict)
    scope: frozenset[str] | None = None
    likely: tuple[str | None, ...] = ()

    @cached_property
    def topology(self) -> Topology:
        """The graph of the inventory: its own where it has one, so that it is built once."""
        known = getattr(self.inventory, "topology", None)
        return known if isinstance(known, Topology) else build(self.inventory)

    def narrowed(self, scope: frozenset[str] | None, likely: tuple[str | None, ...]) -> Facts:
        """The same facts for a look at some CIs only."""
        found = replace(self, scope=scope, likely=likely)
        found.__dict__["topology"] = self.topology
        return found

    @cached_property
    def nodes(self) -> Sequence[int]:
        """The CIs to be looked at, as the topology numbers them: in the order of their ids."""
        if self.scope is None:
            return range(len(self.topology))
        inventory, number = self.inventory, self.topology.number
        found = (number(name) for name in self.scope if name in inventory.cis)
        return sorted(node for node in found if node is not None)

    def cis(self, kinds: Collection[str] | None = None) -> Iterator[CI]:
        """The CIs to be looked at, in the order of their ids; with `kinds` only those of just these kinds."""
        if kinds is not None and not kinds:
            return iter(())
        among = iter(self.inventory.cis.values()) if self.scope is None else self.at(self.nodes)
        return among if kinds is None else (ci for ci in among if ci.kind in kinds)

    def at(self, nodes: Iterable[int]) -> Iterator[CI]:
        """The CIs of some nodes."""
        cis, ids = self.inventory.cis, self.topology.ids
        return (cis[ids[node]] for node in nodes)

    @cached_property
    def idle(self) -> frozenset[int]:
        """The CIs that are not in service, as the topology numbers them."""
        return frozenset(found.start() for found in _IDLE.finditer(bytes(self.topology.serving)))

    @cached_property
    def leaning(self) -> tuple[CI, ...]:
        """The CIs to be looked at of which a target is not in service."""
        return tuple(self.leading_to(self.idle))

    def leading_to(self, targets: Collection[int]) -> Iterator[CI]:
        """The CIs to be looked at that have any of these nodes among their targets."""
        if self.scope is None:
            return self.at(sorted(sources(self.topology, targets)))
        return self.at(node for node in self.nodes if leads_to(self.topology, node, targets))

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """For each baseline a CI that it applies to."""
        return examples(self.inventory, self.baselines, self.cis, self.likely)

    @cached_property
    def judged(self) -> Mapping[str, tuple[Problem, ...]]:
        """By code, the problems of baselines and waivers held against what is declared."""
        return by_code(judge_declared(self.inventory, self.baselines, self.as_of, self.cis))


def by_code(problems: Iterable[Problem]) -> dict[str, tuple[Problem, ...]]:
    """The problems of each code, in their order."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.code, []).append(problem)
    return {code: tuple(items) for code, items in found.items()}
