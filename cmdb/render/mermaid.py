"""A drawing for Mermaid, which GitHub and GitLab draw inside Markdown. Dotted arrows lead to members of redundancy
groups."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.model.answer import Answer, Drawing, Screen
from cmdb.model.document import visible

NAME = "mermaid"

_ENTITIES = str.maketrans({"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "|": "#124;", "`": "#96;", "\n": " "})


def render(answer: Answer, _screen: Screen) -> str:
    """The answer's drawing as a flowchart."""
    return "".join(f"{line}\n" for line in _lines(answer.drawing()))


def _lines(drawing: Drawing) -> Iterator[str]:
    names = {node.id: f"n{number}" for number, node in enumerate(drawing.nodes, 1)}
    yield "flowchart LR"
    for node in drawing.nodes:
        yield f"  {names[node.id]}[{_quoted(node.label)}]"
    for edge in drawing.edges:
        arrow = "-.->" if edge.soft else "-->"
        yield f"  {names[edge.source]} {arrow}|{_quoted(edge.label)}| {names[edge.target]}"


def _quoted(text: str) -> str:
    return f'"{visible(text).translate(_ENTITIES)}"'
