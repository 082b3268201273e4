"""A drawing for Graphviz: `dot -Tsvg` draws it. Dashed arrows lead to members of redundancy groups."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.model.answer import Answer, Drawing, Screen
from cmdb.model.document import visible

NAME = "dot"


def render(answer: Answer, _screen: Screen) -> str:
    """The answer's drawing in the DOT language."""
    return "".join(f"{line}\n" for line in _lines(answer.drawing()))


def _lines(drawing: Drawing) -> Iterator[str]:
    yield "digraph cmdb {"
    yield "  rankdir=LR;"
    yield "  node [shape=box];"
    for node in drawing.nodes:
        yield f"  {_quoted(node.id)} [label={_quoted(node.label)}, tooltip={_quoted(node.kind)}];"
    for edge in drawing.edges:
        dashed = ", style=dashed" if edge.soft else ""
        yield f"  {_quoted(edge.source)} -> {_quoted(edge.target)} [label={_quoted(edge.label)}{dashed}];"
    yield "}"


def _quoted(text: str) -> str:
    escaped = visible(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
