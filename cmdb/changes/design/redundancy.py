"""Redundancy lost or gained: how many members a group can spare, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cmdb.changes.design.reach import services_of
from cmdb.changes.sides import Side, Sides
from cmdb.graph.neighbours import sources
from cmdb.model.change_record import DesignChange
from cmdb.model.ci import CI, Group, Member, Target
from cmdb.model.value import Value

_Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _State:
    """A group, or plain entries taken for one that can spare nothing (`name` None). `members` are targets by the names
    of the head and, for groups within, their labels; `left` of them are in service."""

    relation: str
    name: str | None
    at_least: int
    members: frozenset[str]
    left: int

    @property
    def spare(self) -> int:
        return self.left - self.at_least

    @property
    def data(self) -> dict[str, Value]:
        """The state for programs."""
        return {
            "relation": self.relation,
            "name": self.name,
            "at_least": self.at_least,
            "of": len(self.members),
            "left": self.left,
            "members": sorted(self.members),
        }


def redundancy(sides: Sides) -> Iterator[DesignChange]:
    """The groups of changed CIs, and those that have a changed CI as a member, where they can spare more members after
    the change than before, or fewer. Of a CI that is on one side only nothing is said."""
    renamed = sides.renamed
    former = {new: old for old, new in renamed.items()}
    for name in sorted(_concerned(sides)):
        before = sides.before.ci(former.get(name, name))
        after = sides.after.ci(name)
        if before is not None and after is not None:
            yield from _compared(sides, before, after)


def _concerned(sides: Sides) -> set[str]:
    """Who has the changed CIs among its targets, and they themselves; as the head names them."""
    renamed = sides.renamed
    found = {*sides.new, *(renamed.get(name, name) for name in sides.old)}
    for side, changed in ((sides.before, sides.old), (sides.after, sides.new)):
        topology = side.topology
        ids = (topology.ids[node] for node in sources(topology, side.nodes(changed)))
        found.update(renamed.get(name, name) if side is sides.before else name for name in ids)
    return found


def _compared(sides: Sides, before: CI, after: CI) -> Iterator[DesignChange]:
    old = list(_groups(sides.before, before, sides.renamed))
    new = list(_groups(sides.after, after, {}))
    for left, right in _paired(old, new):
        was = left or _plainly(sides.before, before, right, sides.renamed)
        now = right or _plainly(sides.after, after, left, {})
        if was is not None and now is not None and was.spare != now.spare:
            yield DesignChange(
                "redundancy_lost" if now.spare < was.spare else "redundancy_gained",
                after.id,
                was.data,
                now.data,
                services_of(sides, before.id, after.id),
            )


def _groups(side: Side, ci: CI, renamed: _Names) -> Iterator[_State]:
    """The groups of a CI, those within groups too."""
    for relation, entries in sorted(ci.relations.items()):
        waiting: list[Member] = list(entries)
        while waiting:
            member = waiting.pop(0)
            if isinstance(member, Group):
                waiting += member.of
                members = _members(side, member.of, renamed)
                name = member.name or member.label
                yield _State(relation, name, member.at_least, frozenset(members), sum(members.values()))


def _members(side: Side, entries: Iterable[Member], renamed: _Names) -> dict[str, bool]:
    """What the entries are called, and whether they are in service."""
    topology = side.topology
    found: dict[str, bool] = {}
    for place, entry in enumerate(entries, start=1):
        if isinstance(entry, Group):
            found[entry.name or entry.label or f"#{place}"] = True
        elif (node := topology.number(entry.id)) is not None:
            called = topology.ids[node]
            found[renamed.get(called, called)] = bool(topology.serving[node])
    return found


def _plainly(side: Side, ci: CI, other: _State | None, renamed: _Names) -> _State | None:
    """The plain entries for members of a group that is on the other side only, of which each is needed; None where
    there are none."""
    if other is None:
        return None
    entries = [entry for entry in ci.relations.get(other.relation, ()) if isinstance(entry, Target)]
    known = _members(side, entries, renamed)
    needed = frozenset(name for name, serves in known.items() if serves and name in other.members)
    return _State(other.relation, None, len(needed), needed, len(needed)) if needed else None


def _paired(old: list[_State], new: list[_State]) -> Iterator[tuple[_State | None, _State | None]]:
    """Groups that are the same one on both sides: by name, else by the members that they have in common."""
    pairs: dict[int, int] = {}
    for left, right in sorted(_likely(old, new), key=lambda pair: _likeness(old[pair[0]], new[pair[1]], *pair)):
        if left not in pairs and right not in pairs.values():
            pairs[left] = right
    yield from ((one, new[pairs[left]] if left in pairs else None) for left, one in enumerate(old))
    yield from ((None, one) for right, one in enumerate(new) if right not in pairs.values())


def _likely(old: list[_State], new: list[_State]) -> Iterator[tuple[int, int]]:
    for left, one in enumerate(old):
        for right, other in enumerate(new):
            if one.relation == other.relation and (one.members & other.members or _namesakes(one, other)):
                yield left, right


def _likeness(one: _State, other: _State, left: int, right: int) -> tuple[bool, int, int]:
    """The least for the most alike. Pairs that come out equal have neither group in common, so that it is the same
    from either side."""
    return not _namesakes(one, other), -len(one.members & other.members), left + right


def _namesakes(one: _State, other: _State) -> bool:
    return bool(one.name) and one.name == other.name and not str(one.name).startswith(f"{one.relation}#")
