"""What was observed, for commands that compare: snapshots in files, or what the configured sources see now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cmdb.cli.options import Function, option
from cmdb.cli.places import Place
from cmdb.cli.progress import working
from cmdb.model.problem import CmdbError

if TYPE_CHECKING:
    from cmdb.model.snapshot import Snapshot
    from cmdb.workspace import Workspace


COMPARE = "compare with"
"""What most look at observations for."""


def observation(function: Function) -> Function:
    """`--observed` and `--source`."""
    observed = option("--observed", multiple=True, type=Place(), metavar="FILE", help=OBSERVED)
    return observed(option("--source", "sources", multiple=True, metavar="NAME", help=SOURCE)(function))


def observe(
    workspace: Workspace, observed: Sequence[Path | str], sources: Sequence[str], purpose: str = COMPARE
) -> Snapshot:
    """The snapshots that are named, or else what the sources see. Raises `CmdbError` where there is neither."""
    something_to_see(workspace, observed, purpose)
    with working("observing"):
        return workspace.observed(observed) if observed else workspace.discover(sources)


def something_to_see(workspace: Workspace, observed: Sequence[Path | str], purpose: str = COMPARE) -> None:
    """Raises `CmdbError` where no snapshot is named and no source is configured."""
    if not observed and not workspace.config.sources:
        hint = "name snapshots with --observed, or configure sources in cmdb.yaml"
        raise CmdbError(f"there is nothing to {purpose}: no source is configured", hint=hint)


OBSERVED = "Take what this snapshot saw, instead of running the sources; may be repeated."
SOURCE = "Only this source of cmdb.yaml; may be repeated."
