"""The exact share of time that a fault tree is down, and what each of its variables does to that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cmdb.graph.availability.diagram import Diagram
from cmdb.graph.availability.numbers import BITS, ONE


@dataclass(frozen=True, slots=True)
class Down:
    """`share` of time that a tree is down, and for each gate with CIs of its own the difference between the shares
    while those are down and while they are up (Birnbaum 1969), in parts of ONE."""

    share: int
    difference: Mapping[int, int]


def solved(diagram: Diagram, own: Mapping[int, int]) -> Down:
    """The share of a diagram, given for each gate the share of time that its own CIs are down. It takes two passes: up
    for the shares, down for how often each node is reached."""
    down = [0, ONE]
    for level, high, low in diagram.nodes:
        share = own[diagram.gates[level]]
        down.append(share * down[high] + (ONE - share) * down[low] >> BITS)
    reached = [0] * len(down)
    reached[-1] = ONE
    difference = dict.fromkeys(diagram.gates, 0)
    for number in range(len(down) - 1, 1, -1):
        level, high, low = diagram.nodes[number - 2]
        share, here = own[diagram.gates[level]], reached[number]
        through = here * share >> BITS
        reached[high] += through
        reached[low] += here - through
        difference[diagram.gates[level]] += here * (down[high] - down[low]) >> BITS
    return Down(down[-1], difference)
