"""Pictures: the formats that draw, and the options that say how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from cmdb.cli.graphviz import IMAGES
from cmdb.cli.options import Function, option
from cmdb.graph.drawing import FOLDS, LIMIT, Fold, arranged
from cmdb.graph.grouping import TRAITS
from cmdb.model.answer import Drawing

if TYPE_CHECKING:
    from cmdb.workspace import Workspace

DRAWINGS = ("dot", "mermaid", *IMAGES, "graphml", "cytoscape")
GROUP_BY = f"Frame CIs of a drawing by {', '.join(TRAITS)} or labels.NAME."
FOLD = (
    f"Draw one node for all CIs of a kind, or of a group, with the same status; auto: of a kind, above {LIMIT} nodes."
)


@dataclass(frozen=True, slots=True)
class Picture:
    """How an answer is drawn."""

    group_by: str
    fold: Fold

    def of(self, workspace: Workspace, draw: Callable[[], Drawing]) -> Callable[[], Drawing]:
        """The drawing of an answer about a workspace, arranged when a format asks for it."""
        return lambda: self._arranged(workspace, draw())

    def _arranged(self, workspace: Workspace, drawing: Drawing) -> Drawing:
        return arranged(drawing, workspace.inventory, workspace.topology, group_by=self.group_by, fold=self.fold)


def pictured(function: Function) -> Function:
    """`--group-by` and `--fold`, handed on as `picture`."""

    @wraps(function)
    def called(group_by: str | None, fold: Fold, **others: Any) -> None:
        function(picture=Picture(group_by or "", fold), **others)

    decorated: Function = called
    fold = option("--fold", type=click.Choice(FOLDS), default="auto", show_default=True, help=FOLD)
    return option("--group-by", metavar="FIELD", help=GROUP_BY)(fold(decorated))
