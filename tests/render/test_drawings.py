"""Drawings for Graphviz and Mermaid, and as graphs for other programs."""

from __future__ import annotations

import io
import json
from typing import Any

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.model.answer import Answer, Drawing, Edge, Node, Screen
from cmdb.model.document import Document
from cmdb.model.status import Status
from cmdb.render import cytoscape, dot, graphml, mermaid

DRAWING = Drawing(
    (Node("a", 'the "A"', "server"), Node("b\\c", "B <1>", "server")),
    (Edge("a", "b\\c", "depends_on"), Edge("b\\c", "a", "uses", soft=True)),
)
SHOP = Drawing(
    (
        Node("db", "Orders", "database", Status.DOWN, failed=True, tier=2, group="north"),
        Node("shop", "Shop", "application", Status.DEGRADED, tier=1, group="south"),
        Node("vm", "VM", "virtual_machine", Status.AT_RISK, tier=3),
    ),
    (Edge("shop", "db", "uses"), Edge("vm", "shop", "monitored_by")),
    title="If db is down",
    note="told",
)


def answer(drawing: Drawing) -> Answer:
    return Answer("graph", "clean", lambda: Document(()), dict, lambda: drawing)


def lines(drawn: str, start: str = "") -> list[str]:
    return [line.strip() for line in drawn.splitlines() if line.strip().startswith(start)]


def test_dot() -> None:
    assert lines(dot.render(answer(DRAWING), Screen()), '"') == [
        '"a" [label="the \\"A\\"\\nserver", tooltip="a"];',
        '"b\\\\c" [label="B <1>\\nserver", tooltip="b\\\\c"];',
        '"a" -> "b\\\\c" [label="depends_on"];',
        '"b\\\\c" -> "a" [label="uses", style=dashed];',
    ]


def test_dot_has_status_tiers_and_groups() -> None:
    drawn = dot.render(answer(SHOP), Screen())
    assert lines(drawn, "label=") == [
        'label="If db is down\\ntold";',
        'label="north"; style=rounded; color="#9aa0a6"; fontsize=12;',
        'label="south"; style=rounded; color="#9aa0a6"; fontsize=12;',
    ]
    assert lines(drawn, '"') == [
        '"vm" [label="VM\\nvirtual_machine · at risk", tooltip="vm", fillcolor="#fff6cc", color="#8a6d00"];',
        '"db" [label="Orders\\ndatabase · fails: down", tooltip="db", fillcolor="#fbd5d2", color="#b3261e", peripheries=2];',
        '"shop" [label="Shop\\napplication · degraded", tooltip="shop", fillcolor="#ffe0c2", color="#b35c00"];',
        '"shop" -> "db" [label="uses"];',
        '"vm" -> "shop" [label="monitored_by", constraint=false, color="#bdc1c6"];',
        '"shop" -> "tier 1";',
        '"tier 1" -> "db"; "db" -> "tier 2";',
        '"tier 2" -> "vm";',
    ]


def test_mermaid() -> None:
    assert mermaid.render(answer(DRAWING), Screen()) == (
        'flowchart LR\n  n1["the #quot;A#quot;<br>server"]\n  n2["B #lt;1#gt;<br>server"]\n'
        '  n1 -->|"depends_on"| n2\n  n2 -.->|"uses"| n1\n'
        "  classDef default fill:#ffffff,stroke:#5f6368,color:#202124;\n"
    )


def test_mermaid_has_status_and_groups_or_else_tiers() -> None:
    drawn = mermaid.render(answer(SHOP), Screen())
    assert drawn.startswith(
        '---\ntitle: "If db is down. told"\n---\nflowchart LR\n  n3["VM<br>virtual_machine · at risk"]\n'
    )
    assert lines(drawn, "subgraph") == ['subgraph g1["north"]', 'subgraph g2["south"]']
    assert lines(drawn, "class ") == ["class n1 down;", "class n2 degraded;", "class n3 at_risk;", "class n1 failed;"]
    bare = Drawing(tuple(Node(node.id, node.label, tier=node.tier) for node in SHOP.nodes))
    assert lines(mermaid.render(answer(bare), Screen()), "subgraph") == [
        'subgraph g0["applications"]',
        'subgraph g1["data"]',
        'subgraph g2["machines and storage"]',
    ]


def test_long_names_are_cut_in_pictures_and_whole_in_tooltips_and_data() -> None:
    long = Drawing((Node("x" * 90, "x" * 90),))
    assert f'label="{"x" * 39}…", tooltip="{"x" * 90}"' in dot.render(answer(long), Screen())
    assert "x" * 90 in graphml.render(answer(long), Screen())


def test_data_has_all_that_a_picture_folds() -> None:
    folded = Drawing((*SHOP.nodes,), (), folded=Drawing((Node("3 CIs", "3 CIs"),)))
    assert "3 CIs" in dot.render(answer(folded), Screen())
    assert "3 CIs" in mermaid.render(answer(folded), Screen())
    assert sorted(read_graphml(folded)) == ["db", "shop", "vm"]
    assert sorted(read_cytoscape(folded)) == ["db", "shop", "vm"]


def test_graphml_tells_what_it_knows() -> None:
    graph = read_graphml(SHOP)
    assert graph.nodes["db"] == {"label": "Orders", "kind": "database", "status": "down", "group": "north", "tier": 2}
    assert sorted(graph.edges(data=True)) == [
        ("shop", "db", {"relation": "uses", "soft": False}),
        ("vm", "shop", {"relation": "monitored_by", "soft": False}),
    ]


def test_cytoscape_tells_what_it_knows() -> None:
    graph = read_cytoscape(SHOP)
    assert graph.nodes["db"]["status"] == "down"
    assert graph.nodes["db"]["failed"] is True
    assert [(one, other, data["interaction"]) for one, other, data in graph.edges(data=True)] == [
        ("shop", "db", "uses"),
        ("vm", "shop", "monitored_by"),
    ]
    data = json.loads(cytoscape.render(answer(SHOP), Screen()))
    assert data["format"] == "cmdb.drawing/1"


def test_what_xml_cannot_hold_is_shown_as_its_escape() -> None:
    graph = read_graphml(Drawing((Node("a\x00", "b\ufffe\uffff\x1b"),)))
    assert dict(graph.nodes(data="label")) == {"a\\x00": "b\\ufffe\\uffff\\x1b"}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("%%{init}%%", "#37;#37;{init}#37;#37;"),
        ("", " "),
        ("A & B", "A #38; B"),
        ("$$x$$ `y` **z**", "#36;#36;x#36;#36; #96;y#96; #42;#42;z#42;#42;"),
        ("fa:fa-car", "fa#58;fa-car"),
        ("web:1", "web:1"),
    ],
)
def test_what_means_something_to_mermaid_is_an_entity(text: str, label: str) -> None:
    assert f'  n1["{label}"]\n' in mermaid.render(answer(Drawing((Node("a", text),))), Screen())


def test_what_means_something_to_graphviz_is_an_entity() -> None:
    assert lines(dot.render(answer(Drawing((Node("a&b", "&amp; \\N"),))), Screen()), '"') == [
        '"a&b" [label="&amp;amp; \\\\N", tooltip="a&amp;b"];'
    ]


texts = st.text(st.characters(codec="utf-8"), max_size=12)


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    ids = draw(st.lists(texts.filter(str.strip), min_size=1, max_size=5, unique_by=lambda text: dot._quoted(text)))
    nodes = [
        Node(name, draw(texts), draw(texts), draw(st.sampled_from([None, *Status])), group=draw(texts)) for name in ids
    ]
    ends = st.sampled_from(ids)
    edges = [Edge(draw(ends), draw(ends), draw(texts), draw(st.booleans())) for _ in range(draw(st.integers(0, 4)))]
    return Drawing(tuple(nodes), tuple(edges), draw(texts), draw(texts))


@settings(max_examples=100, deadline=None)
@given(drawings())
def test_whatever_is_written_in_names_no_drawing_breaks(drawing: Drawing) -> None:
    assert (len(read_graphml(drawing)), len(read_cytoscape(drawing))) == (len(drawing.nodes), len(drawing.nodes))
    assert read_graphml(drawing).number_of_edges() == len(drawing.edges)
    for render in (dot.render, mermaid.render):
        drawn = render(answer(drawing), Screen())
        assert drawn.splitlines() == drawn[:-1].split("\n")
        assert drawn.count("-->") + drawn.count("-.->") + drawn.count(" -> ") >= len(drawing.edges)


@pytest.mark.parametrize("text", ["a]\n  click n1 call evil()", '"; evil [label="x', "end", "%%{init: {}}%%", "---\nx"])
def test_text_stays_text(text: str) -> None:
    drawing = Drawing((Node("a", text), Node("b", "B")), (Edge("a", "b", text),), text)
    for render in (dot.render, mermaid.render):
        same = render(answer(Drawing((Node("a", "x"), Node("b", "B")), (Edge("a", "b", "x"),), "x")), Screen())
        assert len(render(answer(drawing), Screen()).splitlines()) == len(same.splitlines())


def read_graphml(drawing: Drawing) -> networkx.MultiDiGraph[Any]:
    text = graphml.render(answer(drawing), Screen())
    graph = networkx.read_graphml(io.BytesIO(text.encode()), force_multigraph=True)
    assert isinstance(graph, networkx.MultiDiGraph)
    return graph


def read_cytoscape(drawing: Drawing) -> networkx.MultiDiGraph[Any]:
    graph = networkx.cytoscape_graph(json.loads(cytoscape.render(answer(drawing), Screen())))
    assert isinstance(graph, networkx.MultiDiGraph)
    return graph
