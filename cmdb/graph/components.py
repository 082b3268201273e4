"""Strongly connected components: what needs each other in a circle stands together, and after what it relies on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from sys import maxsize


def components(targets: Mapping[int, Sequence[int]]) -> Iterator[list[int]]:
    """The components of a graph in which every target has a row of its own, each after all that it points at, its nodes
    in the order in which a search finishes with them (Tarjan 1972, without recursion)."""
    low: dict[int, int] = {}
    finished: list[int] = []
    for root in targets:
        if root not in low:
            yield from _below(root, targets, low, finished)


def _below(
    root: int, targets: Mapping[int, Sequence[int]], low: dict[int, int], finished: list[int]
) -> Iterator[list[int]]:
    """The components below a root that are not known yet. `low` has the earliest node that each can get back to, by the
    order of discovery; the nodes of a component that is known have the latest of all."""
    low[root] = len(low)
    path = [(root, low[root], len(finished), iter(targets[root]))]
    while path:
        node, discovered, mark, rest = path[-1]
        for target in rest:
            if target not in low:
                low[target] = len(low)
                path.append((target, low[target], len(finished), iter(targets[target])))
                break
            if low[target] < low[node]:
                low[node] = low[target]
        else:
            path.pop()
            finished.append(node)
            if low[node] == discovered:
                component = finished[mark:]
                del finished[mark:]
                low.update(dict.fromkeys(component, maxsize))
                yield component
            elif low[node] < low[path[-1][0]]:
                low[path[-1][0]] = low[node]
