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

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cmdb.facts import Facts
from cmdb.graph.grouping import TRAITS, Groups, grouping
from cmdb.graph.neighbours import entries
from cmdb.graph.topology import Topology
from cmdb.model.answer import Drawing, Edge, Node
from cmdb.model.asked import Asked, Option, Options
from cmdb.model.ci import LIFECYCLES, SERVING
from cmdb.model.document import Block, Document, Heading, Inline, Paragraph, Span, Table
from cmdb.model.status import Status
from cmdb.model.words import several

NAME = "dependencies"
FIELDS = f"{'|'.join(TRAITS)}|labels.NAME"
BY = Option("by", "owner", "What CIs are told apart by.", metavar=FIELDS)
ON = Option("on", "", "What the CIs that others depend on are told apart by, where that is something else.", metavar=FIELDS)
IDLE = tuple(lifecycle for lifecycle in LIFECYCLES if lifecycle not in SERVING)
INCLUDE = Option[tuple[str, ...]]("include", (), "Count CIs of this lifecycle in too; may be repeated.", choices=IDLE)
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
    """The matrix where it fits on a screen, and a line for each pair of different groups."""
    blocks: list[Block] = [Heading(_title(result), 1), Paragraph(_counted(result))]
    matrix = _matrix(result)
    if result.cells and _width(matrix) <= WIDTH:
        blocks += [matrix]
    rows = tuple(_row(cell) for cell in result.cells if cell.source != cell.target or result.by != result.on)
    if rows:
        blocks += [Table((result.by, "depends on", "relations", "CIs", "worst", "for example"), rows)]
    return Document(tuple(blocks))


def drawing(result: Dependencies) -> Drawing:
    """The groups, with an arrow for each pair of different ones."""
    rows = {name: _node(result.by, name) for name in result.sources}
    columns = {name: _node(result.on, name) for name in result.targets}
    nodes = {node.id: node for node in (*rows.values(), *columns.values())}
    edges = tuple(
        Edge(rows[cell.source].id, columns[cell.target].id, f"{several(cell.relations, 'relation')}, {_word(cell.worst)}")
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
        ends = [len({entry[end] for entry in self.entries}) for end in (0, 2)]
        return Cell(source, target, len(self.entries), *ends, ceilings[worst_first[0][1]], examples)


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
    counts = {(cell.source, cell.target): cell.relations for cell in result.cells}
    rows = tuple(
        (Span(name or NOBODY, "id"), *(str(counts.get((name, other), "·")) for other in result.targets))
        for name in result.sources
    )
    return Table(("", *(name or NOBODY for name in result.targets)), rows)


def _width(table: Table) -> int:
    first = max((len(_text(row[0])) for row in table.rows), default=0)
    return first + sum(2 + max(len(title), 5) for title in table.columns[1:])


def _text(inline: Inline) -> str:
    return inline.text if isinstance(inline, Span) else str(inline)


def _row(cell: Cell) -> tuple[Inline, ...]:
    first = cell.examples[0]
    return (
        Span(cell.source or NOBODY, "id"),
        Span(cell.target or NOBODY, "id"),
        str(cell.relations),
        f"{cell.sources} on {cell.targets}",
        _word(cell.worst),
        f"{first.source} {first.relation} {first.target}",
    )


def _word(status: Status) -> str:
    return status.label.replace("_", " ")


def _node(by: str, name: str | None) -> Node:
    return Node(f"{by} {name or NOBODY}", name or NOBODY, by)
