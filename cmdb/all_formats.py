"""The formats of answers, by the name that the command line knows them by."""

from __future__ import annotations

from typing import Protocol

from cmdb.model.answer import Answer, Screen
from cmdb.render import (
    cloudevents,
    cytoscape,
    dot,
    github,
    gitlab,
    graphml,
    json,
    junit,
    markdown,
    mermaid,
    nagios,
    prometheus,
    sarif,
    servicenow,
    text,
    yaml,
)


class Format(Protocol):
    """A way to write an answer down."""

    NAME: str

    def render(self, answer: Answer, screen: Screen, /) -> str:
        """The whole text, with a line end."""


FORMATS: tuple[Format, ...] = (
    text,
    json,
    yaml,
    markdown,
    servicenow,
    dot,
    mermaid,
    graphml,
    cytoscape,
    sarif,
    junit,
    github,
    gitlab,
    prometheus,
    nagios,
    cloudevents,
)
