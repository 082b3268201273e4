"""The engines as functions: values in, a typed result out, nothing read and nothing written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from cmdb.compare import inventories
from cmdb.graph import impact as graph
from cmdb.graph import paths as ways
from cmdb.graph import upstream as dependencies
from cmdb.graph.impact import Impact, Seeds
from cmdb.graph.paths import Paths, Which
from cmdb.graph.topology import Topology
from cmdb.graph.upstream import Upstream
from cmdb.graph.weak import criticality as sweep
from cmdb.graph.weak import further as more
from cmdb.graph.weak import points, services
from cmdb.graph.weak import single_points as single
from cmdb.graph.weak.criticality import Critical
from cmdb.graph.weak.further import Further
from cmdb.graph.weak.points import WeakPoints
from cmdb.graph.weak.single_points import SinglePoints
from cmdb.inventory import Inventory
from cmdb.model.baseline import Baselines
from cmdb.model.change import ChangeSet
from cmdb.model.config import DriftConfig, SourceConfig
from cmdb.model.drift import DeviationId, DriftReport
from cmdb.model.filed_change import FiledChange
from cmdb.model.moments import end_of
from cmdb.model.snapshot import Snapshot
from cmdb.reconciliation.engine import judge


def impact(
    inventory: Inventory | Topology, seeds: Seeds, *, include: Iterable[str] = (), relations: Iterable[str] = ()
) -> Impact:
    """What the failure of CIs does to all others, each with the chain of relations that proves it.

    `seeds` are ids, taken as down, or a mapping from id to `Status`. `include` names lifecycles (`planned`) that
    count as serving; with `relations`, harm flows by these types only. Raises `CmdbError` for an unknown id or
    relation type.
    """
    return graph.impact(_topology(inventory), seeds, include=include, relations=relations)


def upstream(inventory: Inventory | Topology, ids: Iterable[str], *, include: Iterable[str] = ()) -> Upstream:
    """What CIs depend on, directly and through others. Raises `CmdbError` for an unknown id."""
    return dependencies.upstream(_topology(inventory), ids, include=include)


def single_points(
    inventory: Inventory | Topology, ids: Iterable[str], *, include: Iterable[str] = ()
) -> tuple[SinglePoints, ...]:
    """The single points of failure of CIs, by id; it takes what they rely on and no more. Raises `CmdbError` for an
    unknown id."""
    return single.single_points(_topology(inventory), ids, include=include)


def weak_points(
    inventory: Inventory,
    ids: Iterable[str] | None = None,
    *,
    size: int = 3,
    limit: int = 1_000_000,
    include: Iterable[str] = (),
) -> WeakPoints:
    """What takes CIs down, alone or together: single points of failure, minimal cut sets of up to `size` CIs,
    redundancy that one failure takes away, and the CIs with which most of them go down.

    It is about all business services without `ids`. The search for the cut sets of one CI ends after looking at
    `limit` sets, and says how far it came. Raises `CmdbError` for an unknown id, `ValueError` for a size that is not 1,
    2 or 3.
    """
    topology = graph.graph_of(inventory.topology, include)
    asked = services.business_services(topology, inventory.schema) if ids is None else ids
    return points.weak_points(topology, asked, size=size, limit=limit, grades=services.grades(inventory))


def criticality(
    inventory: Inventory, ids: Iterable[str] | None = None, *, include: Iterable[str] = ()
) -> tuple[Critical, ...]:
    """Every CI with which a service goes down, and which and how many do, by their tier and criticality; the worst CI
    first. It is about all business services without `ids`. Raises `CmdbError` for an unknown id."""
    topology = graph.graph_of(inventory.topology, include)
    asked = services.business_services(topology, inventory.schema) if ids is None else ids
    return sweep.criticality(topology, asked, grades=services.grades(inventory))


def further(
    impact: Impact, ids: Iterable[str] | None = None, *, size: int = 3, limit: int = 1_000_000
) -> tuple[Further, ...]:
    """What would have to fail as well before CIs go down that an impact leaves in service: all minimal sets of up to
    `size` CIs. It is about the affected services without `ids`. Raises `CmdbError` for an unknown id."""
    return more.further(impact, ids, size=size, limit=limit)


def paths(
    inventory: Inventory | Topology,
    source: str,
    target: str,
    which: Which = "shortest",
    *,
    relations: Iterable[str] = (),
    include: Iterable[str] = (),
) -> Paths:
    """How one CI depends on another, and the other on the one: a shortest path, `all` of the shortest, or as many
    `disjoint` ones as there are. Raises `CmdbError` for an unknown id or relation type."""
    return ways.paths(_topology(inventory), source, target, which, relations=relations, include=include)


def diff(before: Inventory, after: Inventory) -> ChangeSet:
    """The semantic difference between two inventories, by CI and key path."""
    return inventories.diff(before, after)


def drift(
    inventory: Inventory,
    baselines: Baselines,
    snapshot: Snapshot,
    *,
    as_of: date | datetime,
    config: DriftConfig | None = None,
    sources: Sequence[SourceConfig] = (),
    trust_removals: bool = False,
    watched: Iterable[DeviationId] = (),
    records: Iterable[FiledChange] = (),
) -> DriftReport:
    """What differs between what is declared or demanded and what a snapshot saw.

    `as_of` is the moment of judgement; a date means its end in UTC. `sources` are the configured sources in order of
    precedence: one without a run in the snapshot is failed coverage over what it covers. Of `watched` deviations, those
    that a `Ledger` knows, the report's `fates` tell what became of them. Change `records` that are approved say which
    deviations they explain.
    """
    return judge(
        inventory,
        baselines,
        snapshot,
        as_of=end_of(as_of),
        config=config,
        sources=sources,
        covers={source.name: source.covers for source in sources if source.covers},
        trust_removals=trust_removals,
        watched=watched,
        records=records,
    )


def _topology(inventory: Inventory | Topology) -> Topology:
    return inventory if isinstance(inventory, Topology) else inventory.topology
