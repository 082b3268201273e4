"""CIs of an image, decoded when somebody looks at them."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, ItemsView, Iterator, Mapping, Sequence, ValuesView
from functools import cached_property
from itertools import chain
from typing import overload

from cmdb.graph.topology import Topology, position
from cmdb.model.ci import CI
from cmdb.model.inventory import Index
from cmdb.model.quiet import collector_resting

_MANY = 1000
"""Questions for single ids after which a dictionary of all of them pays."""


class Declared(Sequence[CI]):
    """Every CI in the order of files. `first` says how many CIs stand before each file, and at its end how many there
    are; `decode` gives those of a file."""

    def __init__(self, first: Sequence[int], decode: Callable[[int], tuple[CI, ...]]) -> None:
        self._first = first
        self._decode = decode
        self._files: list[tuple[CI, ...] | None] = [None] * (len(first) - 1)

    def file(self, number: int) -> tuple[CI, ...]:
        """The CIs of a file."""
        found = self._files[number]
        if found is None:
            found = self._files[number] = self._decode(number)
        return found

    def all(self) -> None:
        """Decodes what has not been decoded yet."""
        files, decode = self._files, self._decode
        with collector_resting():
            for number, found in enumerate(files):
                if found is None:
                    files[number] = decode(number)

    def __len__(self) -> int:
        return self._first[-1]

    @overload
    def __getitem__(self, index: int) -> CI: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[CI]: ...
    def __getitem__(self, index: int | slice) -> CI | Sequence[CI]:
        if isinstance(index, slice):
            return tuple(self[number] for number in range(*index.indices(len(self))))
        number = index + len(self) if index < 0 else index
        if not 0 <= number < len(self):
            raise IndexError(index)
        file = bisect_right(self._first, number) - 1
        return self.file(file)[number - self._first[file]]

    def __iter__(self) -> Iterator[CI]:
        self.all()
        return chain.from_iterable(filter(None, self._files))


class ById(Mapping[str, CI]):
    """Id -> CI, sorted by id. `at` says where in `declared` each CI stands."""

    def __init__(self, ids: Sequence[str], at: Sequence[int], declared: Declared, number: Callable[[str], int | None]):
        self._ids = ids
        self._at = at
        self._declared = declared
        self._number = number
        self._asked = 0

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {name: number for number, name in enumerate(self._ids)}

    def _find(self, name: str) -> int | None:
        self._asked += 1
        return self._numbers.get(name) if self._asked > _MANY else self._number(name)

    def __getitem__(self, name: str) -> CI:
        number = self._find(name)
        if number is None:
            raise KeyError(name)
        return self._declared[self._at[number]]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._find(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def values(self) -> ValuesView[CI]:
        return _Values(self)

    def items(self) -> ItemsView[str, CI]:
        return _Items(self)

    def in_order(self) -> Iterator[CI]:
        """All CIs by id."""
        return map(list(self._declared).__getitem__, self._at)


class _Values(ValuesView[CI]):
    def __init__(self, cis: ById) -> None:
        super().__init__(cis)
        self._cis = cis

    def __iter__(self) -> Iterator[CI]:
        return self._cis.in_order()


class _Items(ItemsView[str, CI]):
    def __init__(self, cis: ById) -> None:
        super().__init__(cis)
        self._cis = cis

    def __iter__(self) -> Iterator[tuple[str, CI]]:
        return ((ci.id, ci) for ci in self._cis.in_order())


def indexed(topology: Topology, at: Sequence[int], declared: Declared) -> Index:
    """The CIs of a graph by id; `at` says where each stands among those declared."""
    ids, aliases = topology.ids, zip(topology.aliases, topology.alias_of, strict=True)
    cis = ById(ids, at, declared, lambda name: position(ids, name))
    return Index(cis, {alias: ids[node] for alias, node in aliases})


def positions(declared: Sequence[CI], cis: Mapping[str, CI]) -> array[int]:
    """Where in `declared` each CI of the mapping stands, in the order of the mapping."""
    at = {id(ci): position for position, ci in enumerate(declared)}
    return array("I", [at[id(ci)] for ci in cis.values()])
