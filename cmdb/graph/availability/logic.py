"""When a CI is unavailable, as a small fault tree: what fails alone set aside, what cannot fail left out, and chains
drawn together, so that what is left is only where redundancy matters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from cmdb.graph.components import components
from cmdb.graph.weak.gates import Gates


@dataclass(frozen=True, slots=True)
class Gate:
    """It is down when one of its `own` CIs is, or when at least `fatal` of its inputs are. A gate with CIs of its own
    has `fatal` 1."""

    own: tuple[int, ...]
    fatal: int
    inputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Logic:
    """The fault tree of a CI. `parts` are its gates in such an order that inputs come first, those that need each other
    together; the last part has the root. Without parts it cannot fail."""

    gates: Mapping[int, Gate]
    parts: tuple[tuple[int, ...], ...]

    @property
    def root(self) -> int:
        """The gate of the CI itself."""
        return self.parts[-1][-1]


def logic(gates: Gates, root: int, failing: Collection[int]) -> Logic:
    """The fault tree of a CI, where only the CIs in `failing` fail."""
    cone = sorted(gates.below(root))
    live = _live(gates, cone, failing)
    if root not in live:
        return Logic({}, ())
    found = {node: _gate(gates, node, live, failing) for node in cone if node in live}
    circles = {node for part in components(_inputs(found)) if len(part) > 1 for node in part}
    while _drawn_together(found, circles | {root}):
        pass
    return Logic(found, _parts(found, root))


def _live(gates: Gates, cone: Iterable[int], failing: Collection[int]) -> frozenset[int]:
    """What can be down at all: the least set that fits, circles included."""
    missing = {node: 1 if gates.is_ci(node) else gates.fatal[node] for node in cone}
    users: dict[int, list[int]] = {}
    for node in missing:
        for each in gates.inputs[node]:
            users.setdefault(each, []).append(node)
    live = [node for node in missing if node in failing]
    seen = set(live)
    for node in live:  # grows while it is walked
        for user in users.get(node, ()):
            missing[user] -= 1
            if missing[user] <= 0 and user not in seen:
                seen.add(user)
                live.append(user)
    return frozenset(seen)


def _gate(gates: Gates, node: int, live: Collection[int], failing: Collection[int]) -> Gate:
    inputs = [each for each in gates.inputs[node] if each in live]
    if gates.is_ci(node):
        return Gate((node,) if node in failing else (), 1, tuple(sorted(set(inputs) - {node})))
    return Gate((), gates.fatal[node], tuple(sorted(inputs)))


def _drawn_together(found: dict[int, Gate], fixed: Collection[int]) -> bool:
    """Takes into each gate that any one input brings down the inputs of the same kind that nobody else uses; says
    whether there were any. Gates in circles stay as they are."""
    users = Counter(each for gate in found.values() for each in gate.inputs)
    changed = False
    for node in sorted(found):
        gate = found.get(node)
        if gate is None or gate.fatal > 1:
            continue
        inner = {each for each in gate.inputs if users[each] == 1 and found[each].fatal == 1 and each not in fixed}
        if inner:
            own = (*gate.own, *(ci for each in inner for ci in found[each].own))
            deeper = (more for each in inner for more in found[each].inputs)
            found[node] = Gate(tuple(sorted(own)), 1, tuple(sorted({*gate.inputs, *deeper} - inner)))
            for each in inner:
                del found[each]
            changed = True
    return changed


def _parts(found: Mapping[int, Gate], root: int) -> tuple[tuple[int, ...], ...]:
    reached = {root: found[root].inputs}
    waiting = [root]
    while waiting:
        for each in reached[waiting.pop()]:
            if each not in reached:
                reached[each] = found[each].inputs
                waiting.append(each)
    parts = [tuple(sorted(part)) for part in components(reached)]
    last = parts[-1]
    return (*parts[:-1], (*(node for node in last if node != root), root))


def _inputs(found: Mapping[int, Gate]) -> dict[int, tuple[int, ...]]:
    return {node: gate.inputs for node, gate in found.items()}
