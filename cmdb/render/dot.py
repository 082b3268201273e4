"""A drawing for Graphviz: `dot -Tsvg` draws it. Dashed arrows lead to members of redundancy groups, a double frame has
what was said to fail."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.model.answer import Answer, Drawing, Edge, Node, Screen
from cmdb.model.document import visible
from cmdb.model.status import Status
from cmdb.render.palette import PAINTS, caption

NAME = "dot"


def render(answer: Answer, _screen: Screen) -> str:
    """The answer's drawing in the DOT language."""
    return "".join(f"{line}\n" for line in _lines(answer.drawing().picture))


def _lines(drawing: Drawing) -> Iterator[str]:
    yield "digraph cmdb {"
    yield "  graph [rankdir=LR, newrank=true, nodesep=0.2, ranksep=0.35, fontname=Helvetica, fontsize=14, labelloc=t];"
    yield '  node [shape=box, style="rounded,filled", fontname=Helvetica, fontsize=11];'
    yield '  node [fillcolor="#ffffff", color="#5f6368"];'
    yield '  edge [fontname=Helvetica, fontsize=9, color="#5f6368", fontcolor="#3c4043", arrowsize=0.7];'
    if heading := tuple(filter(None, (drawing.title, drawing.note))):
        yield f"  label={_text(*heading)};"
    yield from _framed(drawing)
    tiers = {node.id: node.tier for node in drawing.nodes}
    for edge in drawing.edges:
        yield f"  {_edge(edge, _against(tiers[edge.source], tiers[edge.target]))};"
    yield from _bands(drawing)
    yield "}"


def _framed(drawing: Drawing) -> Iterator[str]:
    """The nodes, those of a group in a frame."""
    for number, name in enumerate(sorted({node.group for node in drawing.nodes})):
        inside = [node for node in drawing.nodes if node.group == name]
        if name:
            yield f"  subgraph cluster_{number} {{"
            yield f'    label={_text(name)}; style=rounded; color="#9aa0a6"; fontsize=12;'
        for node in inside:
            yield f"  {'  ' if name else ''}{_node(node)};"
        if name:
            yield "  }"


def _node(node: Node) -> str:
    given = [f"label={_text(*caption(node))}", f"tooltip={_text(node.id)}"]
    if node.status is not None and node.status > Status.UP:
        paint = PAINTS[node.status]
        given += [f'fillcolor="{paint.fill}"', f'color="{paint.line}"']
    if node.failed:
        given.append("peripheries=2")
    return f"{_quoted(node.id)} [{', '.join(given)}]"


def _edge(edge: Edge, against: bool) -> str:
    given = [f"label={_text(edge.label)}"]
    given += ["style=dashed"] if edge.soft else []
    given += ["constraint=false", 'color="#bdc1c6"'] if against else []
    return f"{_quoted(edge.source)} -> {_quoted(edge.target)} [{', '.join(given)}]"


def _against(source: int | None, target: int | None) -> bool:
    """Whether an arrow leads from a lower tier up, so that it must not move its ends."""
    return source is not None and target is not None and source > target


def _bands(drawing: Drawing) -> Iterator[str]:
    """Invisible points between the tiers, which keep each tier in a band of its own."""
    tiers = sorted({node.tier for node in drawing.nodes if node.tier is not None})
    if len(tiers) < 2:
        return
    yield '  node [shape=point, style=invis, width=0, height=0, label=""];'
    yield "  edge [style=invis, weight=0, minlen=1];"
    for place, tier in enumerate(tiers):
        for node in drawing.nodes:
            if node.tier == tier:
                before = f'"tier {place}" -> {_quoted(node.id)}; ' if place else ""
                after = f'{_quoted(node.id)} -> "tier {place + 1}";' if place + 1 < len(tiers) else ""
                yield f"  {before}{after}".rstrip()


def _text(*lines: str) -> str:
    """Lines to be read, in which Graphviz knows the entities of HTML."""
    return _quoted(*(line.replace("&", "&amp;") for line in lines))


def _quoted(*lines: str) -> str:
    escaped = (visible(line).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for line in lines)
    return '"' + "\\n".join(escaped) + '"'
