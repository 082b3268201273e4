"""How one CI depends on another: each path step by step with the redundancy groups that it passes, and what all paths
have in common."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.graph.paths import End, Hop, Path, Paths, Way, Which
from cmdb.graph.reliance import Choice
from cmdb.model.answer import Drawing, Edge, Node
from cmdb.model.document import Block, Document, Entry, Heading, Listing, Paragraph, Span
from cmdb.model.status import Status
from cmdb.model.value import Value
from cmdb.model.words import notes, several, worded

_SORTS: dict[Which, str] = {"shortest": "", "all": "shortest path", "disjoint": "independent path"}


def document(paths: Paths) -> Document:
    """A section for each direction in which one depends on the other."""
    blocks: list[Block] = [Heading(f"From {paths.source.id} to {paths.target.id}", 1)]
    blocks += notes(paths.notes)
    for way in paths.ways:
        blocks += _way(way, paths.which)
    if not paths.ways:
        blocks.append(Paragraph("Neither depends on the other."))
    return Document(tuple(blocks))


def payload(paths: Paths) -> dict[str, Value]:
    """`summary`, `source`, `target`, `ways`, `paths` and `notes`."""
    there, back = (any(way.source == end.id for way in paths.ways) for end in (paths.source, paths.target))
    return {
        "summary": {"depends": there, "needed_by": back, "paths": sum(way.count for way in paths.ways)},
        "source": _who(paths.source),
        "target": _who(paths.target),
        "which": paths.which,
        "ways": [
            {
                "source": way.source,
                "target": way.target,
                "length": way.length,
                "count": way.count,
                "shared": list(way.shared),
            }
            for way in paths.ways
        ],
        "paths": [_path(way, path) for way in paths.ways for path in way.paths],
        "notes": list(paths.notes),
    }


def drawing(paths: Paths) -> Drawing:
    """All CIs and steps of the paths; arrows that pass a group are soft."""
    hops = {(hop.source, hop.target): hop for way in paths.ways for path in way.paths for hop in path.steps}
    edges = tuple(
        Edge(one, other, hops[one, other].relation, bool(hops[one, other].groups)) for one, other in sorted(hops)
    )
    nodes = tuple(Node(ci.id, ci.name or ci.id, ci.kind) for ci in paths.cis)
    return Drawing(nodes, edges, f"From {paths.source.id} to {paths.target.id}")


def _way(way: Way, which: Which) -> Iterator[Block]:
    told = (Span(way.source, "id"), " depends on ", Span(way.target, "id"), f": {_counted(way, which)}")
    yield Paragraph(told)
    yield Listing(tuple(map(_listed, way.paths)))
    if len(way.paths) < way.count and which != "shortest":
        yield Paragraph(f"{way.count - len(way.paths):,} more are not listed.")
    if way.shared:
        names = [part for name in way.shared for part in (", ", Span(name, "id"))][1:]
        yield Paragraph(("Every path passes ", *names, "."))


def _counted(way: Way, which: Which) -> str:
    steps = several(way.length, "step")
    if which == "shortest":
        return steps
    if which == "all":
        return f"{several(way.count, _SORTS[which])} of {steps}"
    return f"{several(way.count, _SORTS[which])}, the shortest of {steps}"


def _listed(path: Path) -> Entry:
    start = Span(path.steps[0].source, "id")
    most = worded(path.ceiling) if path.ceiling else "no harm"
    limit = () if path.ceiling is Status.DOWN else (" (", "at most " if path.ceiling else "", most, " comes through)")
    return Entry((start, *limit), tuple(map(_step, path.steps)))


def _step(hop: Hop) -> Entry:
    groups = ", ".join(f"{group.at_least} of {group.of} in {group.name}" for group in hop.groups)
    return Entry((f"{hop.relation} ", Span(hop.target, "id"), f" ({groups})" if groups else ""))


def _path(way: Way, path: Path) -> dict[str, Value]:
    return {
        "source": way.source,
        "target": way.target,
        "length": len(path.steps),
        "ceiling": path.ceiling.label if path.ceiling else "none",
        "steps": [
            {
                "source": hop.source,
                "relation": hop.relation,
                "target": hop.target,
                "groups": [_group(group) for group in hop.groups],
            }
            for hop in path.steps
        ],
    }


def _group(group: Choice) -> dict[str, Value]:
    return {"name": group.name, "at_least": group.at_least, "of": group.of}


def _who(end: End) -> dict[str, Value]:
    return {"id": end.id, "kind": end.kind, "name": end.name, "owner": end.owner}
