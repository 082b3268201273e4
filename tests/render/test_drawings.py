"""Drawings for Graphviz and Mermaid."""

from __future__ import annotations

from cmdb.model.answer import Answer, Drawing, Edge, Node, Screen
from cmdb.model.document import Document
from cmdb.render import dot, mermaid

DRAWING = Drawing(
    (Node("a", 'the "A"', "server"), Node("b\\c", "B <1>", "server")),
    (Edge("a", "b\\c", "depends_on"), Edge("b\\c", "a", "uses", soft=True)),
)
ANSWER = Answer("graph", "clean", lambda: Document(()), dict, lambda: DRAWING)


def test_dot() -> None:
    assert dot.render(ANSWER, Screen()) == (
        "digraph cmdb {\n  rankdir=LR;\n  node [shape=box];\n"
        '  "a" [label="the \\"A\\"", tooltip="server"];\n'
        '  "b\\\\c" [label="B <1>", tooltip="server"];\n'
        '  "a" -> "b\\\\c" [label="depends_on"];\n'
        '  "b\\\\c" -> "a" [label="uses", style=dashed];\n}\n'
    )


def test_mermaid() -> None:
    assert mermaid.render(ANSWER, Screen()) == (
        'flowchart LR\n  n1["the #quot;A#quot;"]\n  n2["B #lt;1#gt;"]\n'
        '  n1 -->|"depends_on"| n2\n  n2 -.->|"uses"| n1\n'
    )
