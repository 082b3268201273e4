"""For each reach of a check the CIs that it is asked about anew; None for all of them."""

from __future__ import annotations

from functools import cached_property

from cmdb.facts import Reach
from cmdb.graph.cycles import hard, knots, reached
from cmdb.graph.topology import Topology, position
from cmdb.recheck.difference import Difference, Ids
from cmdb.recheck.naming import clash, settled, waived
from cmdb.recheck.values import numbers, unique_attributes


class Scopes:
    """The scopes of one change, each worked out once."""

    def __init__(self, difference: Difference) -> None:
        self._difference = difference

    def of(self, reach: Reach) -> Ids | None:
        """The CIs to be asked about, those that are gone included."""
        difference = self._difference
        match reach:
            case Reach.CI:
                return difference.ids
            case Reach.TARGETS:
                return difference.targets
            case Reach.NEIGHBOURS:
                return difference.neighbours
            case Reach.NAMES:
                return difference.targets | frozenset(difference.former.lost)
            case Reach.VALUES:
                return self._values
            case Reach.CIRCLES:
                return self._circles
            case Reach.FILES | Reach.DEMANDS | Reach.EXAMPLE | Reach.SELECTION:
                return self._demands
            case Reach.IDS:
                taken = difference.former.problems.get("duplicate-id") or clash(difference)
                return None if taken else difference.ids
            case Reach.ALL:
                return None

    @cached_property
    def _demands(self) -> Ids | None:
        return self._difference.targets | waived(self._difference) if settled(self._difference) else None

    @cached_property
    def _values(self) -> Ids:
        """Closed under having a value in common, then and now."""
        difference, former = self._difference, self._difference.former.values
        held = unique_attributes(difference.facts.inventory.schema)
        holders = {node for ci in difference.cis for number in numbers(ci, held) for node in former.of(number)}
        found = set(difference.ids).union(difference.before.ids[node] for node in holders)
        waiting = [set(names) for names in former.shared]
        while touched := [names for names in waiting if names & found]:
            found = found.union(*touched)
            waiting = [names for names in waiting if not names & found]
        return frozenset(found)

    @cached_property
    def _circles(self) -> Ids:
        """What these CIs were tangled with before, and all that they need now, near and far."""
        before, after = self._difference.before, self._difference.after
        tangled = knots(before, hard(before), _nodes(before, self._difference.ids))
        start = self._difference.ids.union(before.ids[node] for knot in tangled for node in knot)
        return start.union(after.ids[node] for node in reached(after, hard(after), _nodes(after, start)))


def _nodes(topology: Topology, ids: Ids) -> list[int]:
    return [node for name in ids if (node := position(topology.ids, name)) is not None]
