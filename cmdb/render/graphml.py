"""A drawing as GraphML, the XML that yEd, Gephi, Cytoscape and networkx read: all of it, whatever a picture folds."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.model.answer import Answer, Drawing, Screen
from cmdb.model.document import visible

NAME = "graphml"
_NODE = ("label", "kind", "status", "group", "tier")
_EDGE = ("relation", "soft")
_TYPES = {"tier": "int", "soft": "boolean"}
_ESCAPED = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\ufffe": "\\ufffe", "\uffff": "\\uffff"}
)
"""What XML reads otherwise as its entity, and what it cannot hold, besides control characters, as its escape. The
library's own functions for it import an HTTP client."""


def render(answer: Answer, _screen: Screen) -> str:
    """The answer's drawing as a directed graph."""
    return "".join(f"{line}\n" for line in _lines(answer.drawing()))


def _lines(drawing: Drawing) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    for domain, names in (("node", _NODE), ("edge", _EDGE)):
        for name in names:
            yield f'  <key id="{name}" for="{domain}" attr.name="{name}" attr.type="{_TYPES.get(name, "string")}"/>'
    yield '  <graph id="cmdb" edgedefault="directed">'
    for node in drawing.nodes:
        status = "" if node.status is None else node.status.label
        tier = "" if node.tier is None else str(node.tier)
        data = _data(_NODE, (node.label, node.kind, status, node.group, tier))
        yield f'    <node id="{_text(node.id)}">{data}</node>'
    for number, edge in enumerate(drawing.edges):
        ends = f'source="{_text(edge.source)}" target="{_text(edge.target)}"'
        yield f'    <edge id="e{number}" {ends}>{_data(_EDGE, (edge.label, str(edge.soft).lower()))}</edge>'
    yield from ("  </graph>", "</graphml>")


def _data(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    pairs = zip(names, values, strict=True)
    return "".join(f'<data key="{name}">{_text(value)}</data>' for name, value in pairs if value)


def _text(text: str) -> str:
    return visible(text).translate(_ESCAPED)
