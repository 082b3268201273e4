"""What a command has to say before anyone chose the format: the words, the data, the drawing where there is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from cmdb.model.document import Document
from cmdb.model.findings import Findings, Measure
from cmdb.model.status import Status
from cmdb.model.value import Value

Verdict = Literal["clean", "findings", "incomplete"]


@dataclass(frozen=True, slots=True)
class Screen:
    """Where text goes: `width` in columns, and whether it understands colours."""

    width: int = 80
    colour: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A thing of a drawing; `label` is its text, `kind` its class. `failed` says that its `status` is what was said of
    it. `tier` is its layer, 0 for services, None where nobody knows; `group` is the frame that it stands in."""

    id: str
    label: str
    kind: str = ""
    status: Status | None = None
    failed: bool = False
    tier: int | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow of a drawing. `soft` means that one of several such arrows may fail without harm."""

    source: str
    target: str
    label: str
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """Nodes and arrows, sorted. `note` says what a reader has to know of it; `folded` is the same with fewer nodes, for
    pictures of what is too large to be looked at."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    title: str = ""
    note: str = ""
    folded: Drawing | None = None

    @property
    def picture(self) -> Drawing:
        """What is drawn for people."""
        return self.folded or self


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `name` is the command's (`check`), `status` mirrors the exit code; `document`, `payload` (the JSON
    without `format` and `status`) and the others are made only when a format asks for them. `comment` is the document
    for a comment on a pull request, with what matters first since the end may be cut off; `ticket` is what a service
    desk takes."""

    name: str
    status: Verdict
    document: Callable[[], Document]
    payload: Callable[[], Mapping[str, Value]]
    drawing: Callable[[], Drawing] = Drawing
    findings: Callable[[], Findings] = Findings
    measures: Callable[[], tuple[Measure, ...]] = tuple
    comment: Callable[[], Document] | None = None
    ticket: Callable[[], Mapping[str, Value]] | None = None
