"""A drawing for Mermaid, which GitHub and GitLab draw inside Markdown. Dotted arrows lead to members of redundancy
groups, a thick frame has what was said to fail."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from cmdb.model.answer import Answer, Drawing, Node, Screen
from cmdb.model.document import visible
from cmdb.model.status import Status
from cmdb.model.tiers import TIERS
from cmdb.render.palette import PAINTS, caption

NAME = "mermaid"

_MEANING = "#%&|`$*"
"""What means something to Mermaid in a label: entities, directives, code, formulas, emphasis."""
_ENTITIES = str.maketrans(
    {each: f"#{ord(each)};" for each in _MEANING} | {'"': "#quot;", "<": "#lt;", ">": "#gt;", "\n": " "}
)
_ICON = re.compile(r"(fa\w?):")


def render(answer: Answer, _screen: Screen) -> str:
    """The answer's drawing as a flowchart."""
    return "".join(f"{line}\n" for line in _lines(answer.drawing().picture))


def _lines(drawing: Drawing) -> Iterator[str]:
    if heading := ". ".join(filter(None, (drawing.title, drawing.note))):
        yield from ("---", f"title: {json.dumps(visible(heading), ensure_ascii=False)}", "---")
    names = {node.id: f"n{number}" for number, node in enumerate(drawing.nodes, 1)}
    yield "flowchart LR"
    yield from _framed(drawing, names)
    for edge in drawing.edges:
        arrow = "-.->" if edge.soft else "-->"
        yield f"  {names[edge.source]} {arrow}|{_quoted(edge.label)}| {names[edge.target]}"
    yield from _classes(drawing, names)


def _framed(drawing: Drawing, names: dict[str, str]) -> Iterator[str]:
    """The nodes, those of a group in a frame; without groups those of a tier, where there are several."""
    frames = _frames(drawing)
    for number, frame in enumerate(sorted(set(frames.values()))):
        _, title = frame
        if title:
            yield f"  subgraph g{number}[{_quoted(title)}]"
        for node in drawing.nodes:
            if frames[node.id] == frame:
                yield f"  {'  ' if title else ''}{names[node.id]}[{_quoted(*caption(node))}]"
        if title:
            yield "  end"
            yield f"  style g{number} fill:#f8f9fa,stroke:#9aa0a6,color:#202124"


def _frames(drawing: Drawing) -> dict[str, tuple[int, str]]:
    """For each node the frame that it stands in: its place among the frames, and its title."""
    if any(node.group for node in drawing.nodes):
        return {node.id: (0, node.group) for node in drawing.nodes}
    if len({node.tier for node in drawing.nodes}) < 2:
        return {node.id: (0, "") for node in drawing.nodes}
    return {node.id: (0, "") if node.tier is None else (node.tier + 1, TIERS[node.tier]) for node in drawing.nodes}


def _classes(drawing: Drawing, names: dict[str, str]) -> Iterator[str]:
    yield "  classDef default fill:#ffffff,stroke:#5f6368,color:#202124;"
    for status in sorted(Status, reverse=True):
        alike = [node for node in drawing.nodes if node.status is status and status > Status.UP]
        if alike:
            paint = PAINTS[status]
            yield f"  classDef {status.label} fill:{paint.fill},stroke:{paint.line},color:#202124;"
            yield f"  class {_listed(alike, names)} {status.label};"
    if failed := [node for node in drawing.nodes if node.failed]:
        yield "  classDef failed stroke-width:4px;"
        yield f"  class {_listed(failed, names)} failed;"


def _listed(nodes: list[Node], names: dict[str, str]) -> str:
    return ",".join(names[node.id] for node in nodes)


def _quoted(*lines: str) -> str:
    """The lines as a label, which may not be empty."""
    return f'"{"<br>".join(map(_escaped, lines)) or " "}"'


def _escaped(line: str) -> str:
    return _ICON.sub(r"\1#58;", visible(line).translate(_ENTITIES))
