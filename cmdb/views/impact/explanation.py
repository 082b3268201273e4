"""Why one CI is affected, or is not: each entry that it relies on, and what that does to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cmdb.graph.explain import Contribution, Explanation, Redundancy, Relied
from cmdb.model.answer import Drawing, Edge, Node
from cmdb.model.document import Block, Document, Entry, Heading, Listing, Paragraph, Span
from cmdb.model.status import Status
from cmdb.model.value import Value
from cmdb.model.words import notes, worded
from cmdb.views.impact.further import further_blocks, further_data
from cmdb.views.impact.spread import affected
from cmdb.views.impact.words import chain, counted


def explanation_document(explanation: Explanation) -> Document:
    """The chain that explains the status, and every entry that is not simply up."""
    ci = explanation.ci
    status = "not affected" if ci.status == Status.UP else ci.status.words
    blocks: list[Block] = [Heading(f"Why {ci.id} is {status}", 1)]
    blocks += notes(explanation.notes)
    blocks += _reason(explanation)
    hurt = [found for found in explanation.contributions if _hurt(found.entry)]
    if hurt:
        blocks += [Heading("What it relies on"), Listing(tuple(map(_contribution, hurt)))]
    rest = len(explanation.contributions) - len(hurt)
    blocks.append(Paragraph(_rest(rest, bool(hurt))))
    if explanation.further and ci.status > Status.UP:
        blocks += further_blocks(explanation.further)
    return Document(tuple(blocks))


def explanation_payload(explanation: Explanation) -> dict[str, Value]:
    """`summary`, `ci`, `contributions` and `notes`."""
    ci, seed = explanation.ci, explanation.seed
    return {
        "summary": {"status": ci.status.label, "contributions": len(explanation.contributions)},
        "ci": {**affected(ci), "serves": explanation.serves, "seed": None if seed is None else seed.label},
        "contributions": [
            {
                "relation": found.relation,
                "ceiling": _ceiling(found.ceiling),
                "contributes": found.contributes.label,
                "entry": _data(found.entry),
            }
            for found in explanation.contributions
        ],
        "further": further_data(explanation.further),
        "complete_to_size": explanation.further.complete_to_size if explanation.further else None,
        "notes": list(explanation.notes),
    }


def explanation_drawing(explanation: Explanation) -> Drawing:
    """The CI, everything it relies on directly, and the chain that explains its status; arrows to members of groups
    that have others left are soft."""
    ci = explanation.ci
    status: dict[str, Status | None] = {}
    edges: dict[tuple[str, str, str], bool] = {}
    for step in ci.steps():
        edges[step.source, step.target, step.relation] = False
        status |= {step.source: None, step.target: None}
    for found in explanation.contributions:
        for relied, soft in _relied(found.entry):
            status[relied.id] = relied.status
            edges[ci.id, relied.id, found.relation] = soft
    status[ci.id] = ci.status
    nodes = tuple(Node(name, name, status=status[name]) for name in sorted(status))
    title = f"Why {ci.id} is {'not affected' if ci.status == Status.UP else ci.status.words}"
    return Drawing(nodes, tuple(Edge(*ends, edges[ends]) for ends in sorted(edges)), title)


def _relied(entry: Relied | Redundancy, soft: bool = False) -> Iterator[tuple[Relied, bool]]:
    if isinstance(entry, Relied):
        yield entry, soft
        return
    for member in entry.members:
        yield from _relied(member, soft or entry.state.left >= entry.state.at_least)


def _reason(explanation: Explanation) -> Iterator[Block]:
    if explanation.seed is not None:
        yield Paragraph(f"It was said to be {explanation.seed.words} itself.")
    if explanation.ci.distance:
        yield Listing(chain(explanation.ci.steps(), explanation.ci.distance))


def _rest(rest: int, more: bool) -> str:
    if not rest:
        return "It relies on nothing else." if more else "It relies on nothing."
    if more:
        return "Its other entry is up." if rest == 1 else f"Its {rest} other entries are up."
    return f"All that it relies on is up ({rest} {'entry' if rest == 1 else 'entries'})."


def _hurt(entry: Relied | Redundancy) -> bool:
    if isinstance(entry, Relied):
        return entry.status > Status.UP
    return any(map(_hurt, entry.members))


def _contribution(found: Contribution) -> Entry:
    reasons = ", ".join(_reasons(found))
    does = Entry(("contributes ", worded(found.contributes), f": {reasons}" if reasons else ""))
    return Entry((*_start(found), *_entry(found.entry)), (does, *_members(found.entry)))


def _reasons(found: Contribution) -> Iterator[str]:
    """Why an entry contributes what it does, where that is not plain to see."""
    if isinstance(found.entry, Redundancy) and found.entry.state.lost:
        yield "not enough are left" if found.entry.status > Status.AT_RISK else "enough are left"
    if found.contributes < _status(found.entry):
        yield f"{found.relation} lets {_most(found.ceiling)} through"


def _start(found: Contribution) -> tuple[str, ...]:
    """The relation, unless the name of an unnamed group says it already."""
    named = isinstance(found.entry, Redundancy) and found.entry.state.name.startswith(f"{found.relation}#")
    return () if named else (f"{found.relation} ",)


def _entry(entry: Relied | Redundancy) -> tuple[str | Span, ...]:
    if isinstance(entry, Relied):
        counts = "" if entry.serves else ", does not serve and harms nothing"
        return Span(entry.id, "id"), ": ", worded(entry.status), counts
    state = entry.state
    return (f"{state.name}: {counted(state.at_least, state.of, state.left)}",)


def _members(entry: Relied | Redundancy) -> tuple[Entry, ...]:
    members: Iterable[Relied | Redundancy] = entry.members if isinstance(entry, Redundancy) else ()
    return tuple(Entry(_entry(member), _members(member)) for member in members)


def _status(entry: Relied | Redundancy) -> Status:
    if isinstance(entry, Relied):
        return entry.status if entry.serves else Status.UP
    return entry.status


def _ceiling(ceiling: Status) -> str:
    return ceiling.label if ceiling > Status.UP else "none"


def _most(ceiling: Status) -> str:
    return f"at most {ceiling.words}" if ceiling > Status.UP else "no harm"


def _data(entry: Relied | Redundancy) -> dict[str, Value]:
    if isinstance(entry, Relied):
        return {"id": entry.id, "status": entry.status.label, "serves": entry.serves}
    return {**entry.state.data, "status": entry.status.label, "members": [_data(member) for member in entry.members]}
