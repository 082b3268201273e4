"""Why one CI is affected, or why it is not: everything it relies on, and what each of that contributes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cmdb.graph.impact import Seeds, graph_of, notes_on, spread_of, statuses
from cmdb.graph.redundancy import group_state
from cmdb.graph.references import alias_note, lifecycle_note, resolve
from cmdb.graph.spread import Affected, Spread
from cmdb.graph.topology import Topology
from cmdb.graph.weak.further import Further, further_of
from cmdb.model.inventory import Inventory
from cmdb.model.proof import GroupState
from cmdb.model.status import Status


@dataclass(frozen=True, slots=True)
class Relied:
    """A CI that another relies on. One that does not serve harms nobody, whatever its status."""

    id: str
    status: Status
    serves: bool


@dataclass(frozen=True, slots=True)
class Redundancy:
    """A redundancy group with its members; `status` is its own, before any ceiling."""

    state: GroupState
    status: Status
    members: tuple[Relied | Redundancy, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one entry of a relation does to the CI: its status, at most the ceiling of the relation type."""

    relation: str
    ceiling: Status
    contributes: Status
    entry: Relied | Redundancy


@dataclass(frozen=True, slots=True)
class Explanation:
    """One CI in an impact. `seed` is how badly it was said to fail itself, None where it was not; `contributions` come
    with the worst first, then by relation and target. `further` is what would have to fail as well before it goes down,
    None where it is down or does not serve."""

    ci: Affected
    seed: Status | None
    serves: bool
    contributions: tuple[Contribution, ...]
    further: Further | None
    notes: tuple[str, ...]


def explain(graph: Topology | Inventory, seeds: Seeds, ci: str, *, include: Iterable[str] = ()) -> Explanation:
    """Why the failure of the seeds leaves a CI as it does. Raises `CmdbError` for a CI that does not exist."""
    asked = statuses(seeds)
    topology = graph_of(graph, include)
    node = resolve(topology, ci)
    spread = spread_of(topology, asked)
    notes = (
        *notes_on(topology, asked),
        *alias_note(topology, ci, node),
        *lifecycle_note(topology, node, "nothing harms it"),
    )
    hit, serves = spread.affected(node), bool(topology.serving[node])
    return Explanation(
        ci=hit,
        seed=spread.seeds.get(node),
        serves=serves,
        contributions=_contributions(spread, node),
        further=further_of(spread, node) if serves and hit.status < Status.DOWN else None,
        notes=tuple(dict.fromkeys(notes)),
    )


def _contributions(spread: Spread, node: int) -> tuple[Contribution, ...]:
    out = spread.topology.out
    entries = sorted({(out.relation[edge], out.node[edge]) for edge in out.of(node)})
    found = [_contribution(spread, relation, entry) for relation, entry in entries]
    return tuple(sorted(found, key=lambda contribution: -contribution.contributes))


def _contribution(spread: Spread, relation: int, node: int) -> Contribution:
    ceiling = spread.topology.ceilings[relation]
    status = spread.status.get(node, Status.UP)
    return Contribution(spread.topology.relations[relation], ceiling, min(ceiling, status), _entry(spread, node))


def _entry(spread: Spread, node: int) -> Relied | Redundancy:
    topology, status = spread.topology, spread.status.get(node, Status.UP)
    if node < len(topology):
        said = spread.seeds.get(node, Status.UP)
        return Relied(topology.ids[node], max(status, said), bool(topology.serving[node]))
    members = tuple(_entry(spread, topology.out.node[edge]) for edge in topology.out.of(node))
    return Redundancy(group_state(topology, spread.status, node), status, members)
