"""The availability of CIs, composed of the figures of everything that they rely on.

A CI is unavailable when it is down by the rules of impact while some CIs fail by their own fault, each independently of
the others. What takes a CI down alone is set aside and multiplied; what is left is where redundancy matters. That is
solved exactly by a decision diagram where one is small enough, and simulated where not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from cmdb.graph.availability.diagram import diagram
from cmdb.graph.availability.exact import Down, solved
from cmdb.graph.availability.figures import Figure
from cmdb.graph.availability.logic import Logic, logic
from cmdb.graph.availability.numbers import ONE, product, share, shown, times
from cmdb.graph.availability.result import YEAR, Availability, Contribution, Method
from cmdb.graph.availability.simulation import CONFIDENCE, simulated
from cmdb.graph.availability.targets import verdict
from cmdb.graph.topology import Topology
from cmdb.graph.weak.alone import alone_of
from cmdb.graph.weak.gates import Gates

LIMIT = 200_000
"""Nodes of a diagram for a single question."""
EFFORT = 2_000_000
"""Nodes for all questions together, of which each has at least LEAST."""
LEAST = 4_000
SAMPLES = 1 << 20
TRIES = 1 << 25
"""States that are tried for all questions together, of which each has at least FEWEST."""
FEWEST = 1 << 16


@dataclass(frozen=True, slots=True)
class Cone:
    """What a CI relies on: the CIs that would take it down `alone`, those of them that do fail, and the fault tree of
    the rest."""

    cis: tuple[int, ...]
    alone: int
    failing: tuple[int, ...]
    logic: Logic


@dataclass(frozen=True, slots=True)
class Rest:
    """What the fault tree of a cone comes to, its bounds in parts of ONE."""

    down: Down
    low: int
    high: int
    samples: int | None


class Engine:
    """Answers about several CIs at the cost of what they have in common. `own` has the unavailability of each CI."""

    def __init__(
        self, gates: Gates, figures: Mapping[int, Figure], roots: Collection[int], samples: int | None
    ) -> None:
        self.topology: Topology = gates.topology
        self.figures = figures
        self.own = {node: share(each.unavailability) for node, each in figures.items()}
        failing = frozenset(node for node, each in self.own.items() if each)
        known = alone_of(gates, roots)
        self.cones = {root: _cone(gates, root, failing, frozenset(known[root])) for root in sorted(roots)}
        questions = max(len({_key(cone) for cone in self.cones.values()}), 1)
        self._limit = min(LIMIT, max(LEAST, EFFORT // questions))
        self._samples = samples or min(SAMPLES, max(FEWEST, TRIES // questions))
        self._known: dict[object, Rest] = {}

    def answer(self, root: int, promised: tuple[Fraction, str] | None) -> Availability:
        """The availability of a CI. Of cones that are alike the fault tree is solved once."""
        cone, rest = self.cones[root], self._rest(self.cones[root])
        up = product(ONE - self.own[node] for node in cone.failing)
        missing = tuple(self.topology.ids[node] for node in cone.cis if not self.figures[node].known)
        low, high = times(up, ONE - rest.high), times(up, ONE - rest.low)
        down = ONE - times(up, ONE - rest.down.share)
        exact = rest.samples is None
        method: Method = "exact" if exact else "simulated"
        low = 0 if missing else low
        contributions = sorted(self._contributions(cone, rest, up), key=lambda each: (-each.downtime, each.id))
        return Availability(
            *self.topology.who(root),
            availability=None if missing else shown(ONE - down),
            unavailability=None if missing else shown(down),
            downtime=None if missing else shown(down) * YEAR,
            low=shown(low),
            high=shown(high),
            method=method,
            confidence=None if exact else CONFIDENCE,
            samples=rest.samples,
            target=float(promised[0]) if promised else None,
            target_of=promised[1] if promised else None,
            verdict=verdict(promised[0], low, high) if promised else None,
            relies_on=len(cone.cis) - 1,
            alone=cone.alone,
            missing=missing,
            contributions=tuple(contributions),
        )

    def _rest(self, cone: Cone) -> Rest:
        key = _key(cone)
        if key not in self._known:
            self._known[key] = self._solved(cone.logic)
        return self._known[key]

    def _solved(self, tree: Logic) -> Rest:
        if not tree.parts:
            return Rest(Down(0, {}), 0, 0, None)
        own = {node: ONE - self._up(gate.own) for node, gate in tree.gates.items() if gate.own}
        found = diagram(tree, self._limit)
        if found is not None:
            down = solved(found, own)
            return Rest(down, down.share, down.share, None)
        tried = simulated(tree, {node: shown(each) for node, each in own.items()}, self._samples)
        low, high = tried.interval()
        saved = {node: share(Fraction(tried.saved(node))) for node in own}
        difference = {node: saved[node] * ONE // each for node, each in own.items()}
        down = Down(tried.down * ONE // tried.samples, difference)
        return Rest(down, share(Fraction(low)), share(Fraction(high)), tried.samples)

    def _contributions(self, cone: Cone, rest: Rest, up: int) -> Iterator[Contribution]:
        """The CIs of which the figures make a difference."""
        for node in cone.failing:
            others = product(ONE - self.own[each] for each in cone.failing if each != node)
            yield self._contribution(node, True, times(others, ONE - rest.down.share))
        for number, gate in cone.logic.gates.items():
            for node in gate.own:
                others = self._up(each for each in gate.own if each != node)
                yield self._contribution(node, False, times(up, times(others, rest.down.difference.get(number, 0))))

    def _contribution(self, node: int, alone: bool, importance: int) -> Contribution:
        own = self.own[node]
        return Contribution(
            *self.topology.who(node),
            unavailability=shown(own),
            basis=self.figures[node].basis,
            alone=alone,
            importance=shown(importance),
            downtime=shown(times(importance, own)) * YEAR,
            second_saves=shown(times(importance, times(own, ONE - own))) * YEAR,
        )

    def _up(self, nodes: Iterable[int]) -> int:
        return product(ONE - self.own[node] for node in nodes)


def _cone(gates: Gates, root: int, failing: frozenset[int], takers: Collection[int]) -> Cone:
    cis = tuple(sorted(node for node in gates.below(root) if gates.is_ci(node)))
    alone = failing.intersection(takers)
    tree = logic(gates, root, failing.intersection(cis) - alone)
    return Cone(cis, len(frozenset(takers) - {root}), tuple(sorted(alone)), tree)


def _key(cone: Cone) -> object:
    """What two cones must have in common to be solved by one."""
    gates = cone.logic.gates
    return tuple((node, gates[node]) for part in cone.logic.parts for node in part)
