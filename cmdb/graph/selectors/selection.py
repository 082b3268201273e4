"""Selectors with graph operators, over a whole inventory: sets of CIs, united, intersected and subtracted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from cmdb.graph.selectors.errors import SelectorError
from cmdb.graph.selectors.evaluate import Compiler, Test
from cmdb.graph.selectors.fields import Context
from cmdb.graph.selectors.parse import parse
from cmdb.graph.selectors.syntax import Comparison, Named, Presence, Reach, Selector
from cmdb.graph.topology import Rows, Topology, build
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status

Ids = frozenset[str]


def lone_ids(topology: Topology, selectors: Iterable[str]) -> tuple[str, ...] | None:
    """The ids and former ids where every selector is one of them, so that no CI has to be looked at; else None."""
    found = tuple(map(_lone_id, selectors))
    ids = tuple(ci for ci in found if ci is not None and topology.number(ci) is not None)
    return ids if len(ids) == len(found) else None


def _lone_id(text: str) -> str | None:
    try:
        terms = parse(text).terms
    except SelectorError:
        return None
    return terms[0].id if len(terms) == 1 and isinstance(terms[0], Named) else None


class Selection:
    """Answers selectors over one inventory."""

    def __init__(self, inventory: Inventory, topology: Topology | None = None) -> None:
        self._context = Context(inventory.schema, inventory)
        self._inventory = inventory
        self._given = topology

    @cached_property
    def _topology(self) -> Topology:
        return self._given or build(self._inventory)

    def ids(self, text: str) -> Ids:
        """The CIs that a selector picks. Raises `SelectorError`; everything is looked at before anything is picked, so
        that a wrong selector never passes for an empty one."""
        return self._ids(Compiler(text, self._context), parse(text))

    def _ids(self, compiler: Compiler, selector: Selector) -> Ids:
        tests: list[Test] = []
        sets: list[Ids] = []
        for term in selector.terms:
            if isinstance(term, Comparison | Presence):
                tests.append(compiler.test(term))
            elif isinstance(term, Named):
                sets.append(frozenset((compiler.ci(term),)))
            elif isinstance(term, Reach):
                sets.append(self._reached(compiler, term))
            else:
                sets.append(self._ids(compiler, term))
        if sets and not tests:
            return frozenset.intersection(*sets)
        cis = self._inventory.cis
        among = [cis[ci] for ci in frozenset.intersection(*sets)] if sets else list(cis.values())
        for test in tests:
            among = list(filter(test, among))
        return frozenset(ci.id for ci in among)

    def _reached(self, compiler: Compiler, reach: Reach) -> Ids:
        of = reach.of if isinstance(reach.of, Selector) else Selector((reach.of,))
        topology = self._topology
        start = frozenset(node for ci in self._ids(compiler, of) if (node := topology.number(ci)) is not None)
        found = start
        if reach.needs is not None:
            found |= _within(topology, topology.out, start, reach.needs)
        if reach.needed_by is not None:
            found |= _within(topology, topology.back, start, reach.needed_by)
        return frozenset(topology.ids[node] for node in found)


def select(
    inventory: Inventory, selectors: Iterable[str], *, exclude: Iterable[str] = (), topology: Topology | None = None
) -> tuple[str, ...]:
    """The ids that any of the selectors picks, without those that `exclude` picks, sorted; no selector picks every CI,
    and a single text is one selector. A topology of the same inventory saves building one. Raises `SelectorError`."""
    selection = Selection(inventory, topology)
    picked = [selection.ids(text) for text in _texts(selectors)]
    left_out = [selection.ids(text) for text in _texts(exclude)]
    union = frozenset[str]().union(*picked) if picked else frozenset(inventory)
    return tuple(sorted(union.difference(*left_out)))


def _texts(selectors: Iterable[str]) -> Iterable[str]:
    return (selectors,) if isinstance(selectors, str) else selectors


def _within(topology: Topology, rows: Rows, start: frozenset[int], steps: int) -> frozenset[int]:
    """The CIs at most so many steps away, groups being no step of their own."""
    found, frontier = set(start), list(start)
    while frontier and steps != 0:
        steps -= 1
        beyond: list[int] = []
        for node in frontier:
            for other in _beyond(topology, rows, node):
                if other not in found:
                    found.add(other)
                    beyond.append(other)
        frontier = beyond
    return frozenset(found)


def _beyond(topology: Topology, rows: Rows, node: int) -> Iterator[int]:
    waiting = [node]
    while waiting:
        for edge in rows.of(waiting.pop()):
            if topology.ceilings[rows.relation[edge]] > Status.UP:
                other = rows.node[edge]
                if other < len(topology):
                    yield other
                else:
                    waiting.append(other)
