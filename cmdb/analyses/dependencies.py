"""Who depends on whom: the dependencies between teams, sites, suppliers, environments or kinds.

Every relation that lets harm through counts as a dependency of the CI that has it on its target; members of redundancy
groups count like plain targets. CIs are told apart by `--by`, and what they depend on by `--on` where that is to be
something else: `--by owner --on supplier` tells which team depends on which supplier. The answer is a matrix with, for
each pair, how many relations there are, between how many CIs, and the worst that one of them lets through. Selectors
limit it to what the CIs that they pick depend on. CIs that do not serve are left out.

A CI stands at the *site* that its `located_in` leads to; without one, where that is which it `runs_on`, or else where
what it `consists_of` is. Its *supplier* is the one it is `supplied_by`; without one that of the contracts that cover it
and of the licences it is under, or else that of the cloud account that it is in. A CI with two suppliers counts for
both. One without any is in the row or column *none*.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from cmdb.facts import Facts
from cmdb.graph.grouping import TRAITS, Groups, grouping
from cmdb.graph.neighbours import entries
from cmdb.graph.topology import Topology
from cmdb.model.answer import Drawing, Edge, Node
from cmdb.model.asked import INCLUDE, Asked, Option, Options
from cmdb.model.document import Block, Document, Entry, Heading, Inline, Listing, Paragraph, Span, Table
from cmdb.model.status import Status
from cmdb.model.words import several, worded

NAME = "dependencies"
FIELDS = f"{', '.join(TRAITS)} or labels.NAME"
BY = Option("by", "owner", f"What CIs are told apart by: {FIELDS}.", metavar="FIELD")
ON = Option("on", "", "What those that they depend on are told apart by, where that is another.", metavar="FIELD")
OPTIONS: Options = (BY, ON, INCLUDE)

EXAMPLES = 3
"""Relations that a cell names."""
WIDTH = 80
"""Columns that the matrix may take; a wider one is left to the list below it."""
NOBODY = "none"


@dataclass(frozen=True, slots=True)
class Example:
    """One relation."""

    source: str
    relation: str
    target: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What one group depends on another for: `relations` from `sources` CIs to `targets` CIs. `worst` is the highest
    ceiling among them. A group that is None holds the CIs that belong to none."""

    source: str | None
    target: str | None
    relations: int
    sources: int
    targets: int
    worst: Status
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """`relations` counts each once, `across` those of them between different groups."""

    sources: int
    targets: int
    relations: int
    across: int


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The matrix, row by row and without its empty cells. None stands behind all names."""

    summary: Summary
    by: str
    on: str
    sources: tuple[str | None, ...]
    targets: tuple[str | None, ...]
    cells: tuple[Cell, ...]


def analyse(facts: Facts, asked: Asked) -> Dependencies:
    """The dependencies of the CIs asked about."""
    by = asked.value(BY)
    on = asked.value(ON) or by
    topology = facts.topology.including(frozenset(asked.value(INCLUDE)))
    rows, columns = (_Remembering(grouping(facts.inventory, topology, name)) for name in (by, on))
    found: dict[tuple[str | None, str | None], _Gathered] = {}
    relations = across = 0
    for entry in _dependencies(topology, asked.ids):
        here, there = rows(entry[0]), columns(entry[2])
        relations += 1
        across += not set(here) & set(there)
        for source in here:
            for target in there:
                found.setdefault((source, target), _Gathered()).entries.append(entry)
    sources, targets = (tuple(sorted({pair[end] for pair in found}, key=_last)) for end in (0, 1))
    pairs = sorted(found, key=lambda pair: (_last(pair[0]), _last(pair[1])))
    cells = tuple(found[pair].cell(topology, *pair) for pair in pairs)
    return Dependencies(Summary(len(sources), len(targets), relations, across), by, on, sources, targets, cells)


def present(result: Dependencies) -> Document:
    """The matrix where it fits on a screen, and what depends on what between different groups."""
    blocks: list[Block] = [Heading(_title(result), 1), Paragraph(_counted(result))]
    fitting = (table for table in (_matrix(result), _numbered(result)) if table.rows and _width(table) <= WIDTH)
    blocks += list(islice(fitting, 1))
    across = [cell for cell in result.cells if cell.source != cell.target or result.by != result.on]
    if across:
        blocks += [Listing(tuple(map(_entry, across)))]
    return Document(tuple(blocks))


def drawing(result: Dependencies) -> Drawing:
    """The groups, with an arrow for each pair of different ones."""
    rows = {name: _node(result.by, name) for name in result.sources}
    columns = {name: _node(result.on, name) for name in result.targets}
    nodes = {node.id: node for node in (*rows.values(), *columns.values())}
    edges = tuple(
        Edge(
            rows[cell.source].id, columns[cell.target].id, f"{several(cell.relations, 'relation')}, {cell.worst.words}"
        )
        for cell in result.cells
        if rows[cell.source].id != columns[cell.target].id
    )
    return Drawing(tuple(nodes[name] for name in sorted(nodes)), edges)


_Entry = tuple[int, int, int]
"""A CI, a relation type, and a CI that it depends on."""


@dataclass(slots=True)
class _Gathered:
    entries: list[_Entry] = field(default_factory=list)

    def cell(self, topology: Topology, source: str | None, target: str | None) -> Cell:
        ceilings = topology.ceilings
        worst_first = sorted(self.entries, key=lambda entry: (-ceilings[entry[1]], entry))
        examples = tuple(
            Example(topology.ids[one], topology.relations[relation], topology.ids[other])
            for one, relation, other in worst_first[:EXAMPLES]
        )
        worst = ceilings[worst_first[0][1]]
        return Cell(source, target, len(self.entries), self._distinct(0), self._distinct(2), worst, examples)

    def _distinct(self, end: int) -> int:
        return len({entry[end] for entry in self.entries})


def _dependencies(topology: Topology, ids: tuple[str, ...] | None) -> Iterator[_Entry]:
    """Each relation between CIs that serve once, where it lets harm through."""
    harms = [ceiling > Status.UP for ceiling in topology.ceilings]
    nodes: Iterable[int | None] = range(len(topology)) if ids is None else map(topology.number, ids)
    for node in nodes:
        if node is not None and topology.serving[node]:
            for relation, target in sorted(set(entries(topology, node))):
                if harms[relation] and topology.serving[target]:
                    yield node, relation, target


class _Remembering:
    """The groups of CIs, each worked out once; None for those of none."""

    def __init__(self, groups: Groups) -> None:
        self._groups = groups
        self._known: dict[int, tuple[str | None, ...]] = {}

    def __call__(self, node: int) -> tuple[str | None, ...]:
        if node not in self._known:
            self._known[node] = self._groups(node) or (None,)
        return self._known[node]


def _last(name: str | None) -> tuple[bool, str]:
    return name is None, name or ""


def _title(result: Dependencies) -> str:
    return f"Dependencies by {result.by}" + (f" on {result.on}" if result.on != result.by else "")


def _counted(result: Dependencies) -> str:
    numbers = result.summary
    if not numbers.relations:
        return "There are none."
    told = several(numbers.relations, "relation")
    if result.by != result.on:
        return f"{told}. Rows depend on columns."
    return f"{told}, {numbers.across} of them across. Rows depend on columns."


def _matrix(result: Dependencies) -> Table:
    """With the names of the groups above the columns."""
    titles = [name or NOBODY for name in result.targets]
    return _table(result, result.sources, result.targets, titles, [name or NOBODY for name in result.sources])


def _numbered(result: Dependencies) -> Table:
    """With their numbers, where rows and columns are the same groups."""
    if result.by != result.on:
        return Table((), ())
    both = tuple(sorted({*result.sources, *result.targets}, key=_last))
    titles = [str(number) for number, _ in enumerate(both, 1)]
    wide = len(titles[-1]) if titles else 0
    return _table(
        result, both, both, titles, [f"{n:>{wide}} {name or NOBODY}" for n, name in zip(titles, both, strict=True)]
    )


def _table(
    result: Dependencies,
    rows: Sequence[str | None],
    columns: Sequence[str | None],
    titles: Sequence[str],
    names: Sequence[str],
) -> Table:
    counts = {(cell.source, cell.target): str(cell.relations) for cell in result.cells}
    body: tuple[tuple[Inline, ...], ...] = tuple(
        (Span(name, "id"), *(counts.get((row, column), "·") for column in columns))
        for row, name in zip(rows, names, strict=True)
    )
    return Table(("", *titles), body)


def _width(table: Table) -> int:
    """The columns that a table takes."""
    cells = [
        [table.columns[number], *(_text(row[number]) for row in table.rows)] for number in range(len(table.columns))
    ]
    return sum(max(map(len, column)) for column in cells) + 2 * (len(cells) - 1)


def _text(inline: Inline) -> str:
    return inline.text if isinstance(inline, Span) else str(inline)


def _entry(cell: Cell) -> Entry:
    ends = Span(cell.source or NOBODY, "id"), " on ", Span(cell.target or NOBODY, "id")
    counts = f": {several(cell.relations, 'relation')} from {several(cell.sources, 'CI')} to {cell.targets}, "
    examples = tuple(Entry(f"{one.source} {one.relation} {one.target}") for one in cell.examples)
    return Entry((*ends, counts, worded(cell.worst)), examples)


def _node(by: str, name: str | None) -> Node:
    return Node(f"{by} {name or NOBODY}", name or NOBODY, by)
