"""What drawings have in common: the words in a node, and the colour of a status, which never says more than these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cmdb.model.answer import Node
from cmdb.model.status import Status
from cmdb.model.words import shortened

LONGEST = 40
"""Characters of a line in a node; the whole text is elsewhere: in a tooltip, in the data."""


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours that keep dark text readable."""

    fill: str
    line: str


PAINTS: Mapping[Status, Paint] = {
    Status.UP: Paint("#ffffff", "#5f6368"),
    Status.AT_RISK: Paint("#fff6cc", "#8a6d00"),
    Status.DEGRADED: Paint("#ffe0c2", "#b35c00"),
    Status.DOWN: Paint("#fbd5d2", "#b3261e"),
}


def caption(node: Node) -> tuple[str, ...]:
    """The lines in a node: what it is called, then its kind and its status in words."""
    state = "" if node.status is None else node.status.words
    if node.failed:
        state = f"fails: {state}"
    rest = " · ".join(part for part in (node.kind, state) if part)
    return tuple(shortened(line, LONGEST) for line in (node.label, rest) if line)
