"""What CIs rely on: what they need for certain, and what is one of several."""

from __future__ import annotations

from collections.abc import Iterable

from cmdb.graph.reliance import Choice
from cmdb.graph.upstream import Asked, Dependency, Upstream
from cmdb.model.answer import Drawing, Edge, Node
from cmdb.model.document import Block, Document, Entry, Heading, Listing, Paragraph
from cmdb.model.value import Value
from cmdb.model.words import few, notes, title
from cmdb.views.impact.words import chain


def upstream_document(upstream: Upstream) -> Document:
    """Two lists, nearest first."""
    asked = few([ci.id for ci in upstream.asked])
    blocks: list[Block] = [Heading(f"What {asked} relies on", 1)]
    blocks += notes(upstream.notes)
    needed = [found for found in upstream.dependencies if found.needed]
    spare = [found for found in upstream.dependencies if not found.needed]
    blocks += _section("Needed", needed)
    blocks += _section("One of several", spare)
    if not upstream.dependencies:
        blocks.append(Paragraph("Nothing."))
    return Document(tuple(blocks))


def upstream_payload(upstream: Upstream) -> dict[str, Value]:
    """`summary`, `asked`, `upstream` and `notes`."""
    found = upstream.dependencies
    return {
        "summary": {"upstream": len(found), "needed": sum(dependency.needed for dependency in found)},
        "asked": [_who(ci) for ci in upstream.asked],
        "upstream": [
            {
                **_who(dependency),
                "distance": dependency.distance,
                "needed": dependency.needed,
                "via": [step.data for step in dependency.via],
                "groups": [_choice(choice) for choice in dependency.groups],
            }
            for dependency in found
        ],
        "notes": list(upstream.notes),
    }


def upstream_drawing(upstream: Upstream) -> Drawing:
    """What they rely on, each with the last step of its chain; arrows to what is one of several are soft."""
    everything: list[Asked | Dependency] = [*upstream.asked, *upstream.dependencies]
    cis = sorted(everything, key=lambda ci: ci.id)
    nodes = tuple(Node(ci.id, ci.name or ci.id, ci.kind) for ci in cis)
    edges = [_edge(found) for found in sorted(upstream.dependencies, key=lambda found: found.id)]
    return Drawing(nodes, tuple(edges), f"What {few([ci.id for ci in upstream.asked])} relies on")


def _edge(found: Dependency) -> Edge:
    last = found.via[-1]
    passed = (choice for choice in found.groups if (choice.source, choice.relation) == (last.source, last.relation))
    return Edge(last.source, last.target, last.relation, any(choice.at_least < choice.of for choice in passed))


def _section(heading: str, found: Iterable[Dependency]) -> list[Block]:
    entries = tuple(map(_entry, found))
    return [Heading(heading), Listing(entries)] if entries else []


def _entry(found: Dependency) -> Entry:
    via = found.via
    start = f"{via[0].source} "
    choices = () if found.needed else tuple(Entry(_choice_line(choice)) for choice in found.groups)
    lines = chain(via, len(via))
    first = Entry(f"{start}{lines[0].text}")
    return Entry(title(found.id, found.name, found.kind, found.owner), (first, *lines[1:], *choices))


def _choice_line(choice: Choice) -> str:
    return f"{choice.at_least} of {choice.of} in {choice.name}"


def _choice(choice: Choice) -> dict[str, Value]:
    return {
        "source": choice.source,
        "relation": choice.relation,
        "name": choice.name,
        "at_least": choice.at_least,
        "of": choice.of,
    }


def _who(ci: Asked | Dependency) -> dict[str, Value]:
    return {"id": ci.id, "kind": ci.kind, "name": ci.name, "owner": ci.owner}
