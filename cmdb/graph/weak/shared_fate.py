"""Shared fate: redundancy that is none, since one failure takes more members of a group than it can spare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyroaring import BitMap

from cmdb.graph.topology import Topology
from cmdb.graph.weak.proof import Evidence
from cmdb.model.proof import Step


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a group that goes down with a CI: by id, or by name for a group within it; `via` is the shortest
    chain from it to that CI, empty where it is that CI."""

    name: str
    via: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class SharedFate:
    """A CI whose failure alone takes a redundancy group down, although each of its members could be spared.

    The group is that of a relation of `source`; it needs `at_least` of the `of` members that serve. `members` go down
    with the CI, `all` says that these are all there are, and `fatal` that the CI asked about goes down too. `nearest`
    is False where it takes another CI down that does the same by itself: the rack that both machines stand in is the
    nearest, the site is behind it.
    """

    ci: str
    source: str
    relation: str
    group: str
    at_least: int
    of: int
    members: tuple[Member, ...]
    fatal: bool
    nearest: bool
    _order: tuple[int, int] = field(repr=False, compare=False, default=(0, 0))

    @property
    def all(self) -> bool:
        """Whether no member of the group is left."""
        return len(self.members) == self.of


def shared_fates(topology: Topology, evidence: Evidence, asked: int) -> tuple[SharedFate, ...]:
    """All shared fates among the groups that a CI relies on, so hard that it can go down with them; by the source, the
    relation and the name of the group, then by CI."""
    found = (fate for group in evidence.gates.fatal for fate in _of_group(topology, evidence, asked, group))
    return tuple(sorted(found, key=lambda fate: (fate.source, fate.relation, fate.group, fate._order)))


def _of_group(topology: Topology, evidence: Evidence, asked: int, group: int) -> Iterator[SharedFate]:
    gates, number = evidence.gates, group - len(topology)
    members = gates.inputs[group]
    if gates.fatal[group] < 2:
        return
    relation = topology.relations[topology.back.relation[topology.back.start[group]]]
    common = [failed for failed in evidence.alone[group] if failed != asked]
    behind = _behind(evidence, common)
    for failed in common:
        yield SharedFate(
            ci=topology.ids[failed],
            source=topology.ids[topology.holder(group)],
            relation=relation,
            group=topology.labels[number],
            at_least=topology.at_least[number],
            of=len(members),
            members=tuple(_members(topology, evidence, members, failed)),
            fatal=failed in evidence.alone[asked],
            nearest=failed not in behind,
            _order=(group, failed),
        )


def _behind(evidence: Evidence, common: Iterable[int]) -> BitMap:
    """Those that take another of them down, and not the other way round."""
    among, behind = BitMap(common), BitMap()
    for near in among:
        behind |= BitMap(far for far in evidence.alone[near] & among if near not in evidence.alone[far])
    return behind


def _members(topology: Topology, evidence: Evidence, members: list[int], failed: int) -> Iterator[Member]:
    for member in members:
        if failed in evidence.alone[member]:
            group = member >= len(topology)
            name = topology.labels[member - len(topology)] if group else topology.ids[member]
            yield Member(name, evidence.chain(member, failed))
