"""A drawing as JSON for Cytoscape.js and Cytoscape, which networkx reads too: all of it, whatever a picture folds."""

from __future__ import annotations

from cmdb.model.answer import Answer, Drawing, Edge, Node, Screen
from cmdb.model.value import Value
from cmdb.render.json import dumps

NAME = "cytoscape"


def render(answer: Answer, _screen: Screen) -> str:
    """The answer's drawing as `elements` with `nodes` and `edges`."""
    return dumps({"format": "cmdb.drawing/1", "status": answer.status, **_whole(answer.drawing())})


def _whole(drawing: Drawing) -> dict[str, Value]:
    return {
        "data": [["name", drawing.title]] if drawing.title else [],
        "directed": True,
        "multigraph": True,
        "elements": {
            "nodes": [{"data": _node(node)} for node in drawing.nodes],
            "edges": [{"data": _edge(number, edge)} for number, edge in enumerate(drawing.edges)],
        },
    }


def _node(node: Node) -> dict[str, Value]:
    return {
        "id": node.id,
        "value": node.id,
        "name": node.label,
        "kind": node.kind,
        "status": None if node.status is None else node.status.label,
        "failed": node.failed,
        "group": node.group or None,
        "tier": node.tier,
    }


def _edge(number: int, edge: Edge) -> dict[str, Value]:
    return {
        "id": f"e{number}",
        "key": f"e{number}",
        "source": edge.source,
        "target": edge.target,
        "interaction": edge.label,
        "soft": edge.soft,
    }
