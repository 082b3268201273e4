"""The ledger of a call: which file it is, and what happens when it cannot be used, which never costs an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cmdb.cli.moments import before, when
from cmdb.cli.options import Decorator, Function, option
from cmdb.cli.output import tell
from cmdb.model.drift import DeviationId, DriftReport

if TYPE_CHECKING:
    from cmdb.ledger import Ledger, Recollection
    from cmdb.workspace import Workspace

T = TypeVar("T")

LEDGER = "Remember earlier runs in this file; by default in one for each workspace, in the user's state folder."
SINCE = "List and count only what began on this day or later, after this moment, or in the last 36h."


def ledger(function: Function) -> Function:
    """`--ledger FILE`."""
    path = click.Path(path_type=Path)
    return option("--ledger", type=path, metavar="FILE", help=LEDGER)(function)


def remembering(function: Function) -> Function:
    """The options about earlier runs, handed to the command as one `Memory`."""
    options: tuple[Decorator, ...] = (
        ledger,
        option("--no-ledger", is_flag=True, help="Neither read nor remember anything of earlier runs."),
        option("--only-new", is_flag=True, help="List and count only what did not count in an earlier run."),
        option(
            "--since", callback=when, metavar="WHEN", help="List and count only what began since this day, or 36h ago."
        ),
    )

    @wraps(function)
    def called(
        ledger: Path | None, no_ledger: bool, only_new: bool, since: datetime | timedelta | None, **others: Any
    ) -> None:
        if no_ledger and (ledger or only_new or since is not None):
            raise click.UsageError("--no-ledger leaves nothing for --ledger, --only-new and --since to look into.")
        function(memory=Memory(ledger, no_ledger, only_new, since), **others)

    decorated: Function = called
    for add in reversed(options):
        decorated = add(decorated)
    return decorated


@dataclass(slots=True)
class Memory:
    """What the options about earlier runs come to, and the ledger once the workspace is known. What goes wrong with it
    is told once, on stderr."""

    file: Path | None = None
    off: bool = False
    new: bool = False
    since: datetime | timedelta | None = None
    _ledger: Ledger | None = None
    _told: set[str] = field(default_factory=set)

    def of(self, workspace: Workspace, at: str | None = None) -> None:
        """Finds the ledger of a workspace."""
        if not self.off:
            self._ledger = self._tried(lambda: ledger_of(workspace, self.file, at), None)

    def lock(self, workspace: Workspace) -> Path | None:
        """The file whose lock keeps runs of the workspace apart; None where there is no place for it."""
        ledger = self._ledger or self._tried(lambda: ledger_of(workspace, self.file), None)
        return Path(f"{ledger.path}.lock") if ledger else None

    def known(self) -> frozenset[DeviationId]:
        """The deviations of earlier runs."""
        found = self._ledger
        return frozenset() if found is None else self._tried(found.known, frozenset())

    def record(self, report: DriftReport, moment: datetime) -> DriftReport:
        """Remembers a verdict; gives it with what is remembered, and with no more in it than was asked for."""
        from cmdb.ledger import Recollection

        found, plain = self._ledger, Recollection(report)
        if found is not None:
            recorded = self._tried(lambda: found.record(report), None)
            plain = recorded or self._tried(lambda: found.recall(report), plain)
        return self._asked(plain, moment)

    def _asked(self, recollection: Recollection, moment: datetime) -> DriftReport:
        if self.since is not None:
            return recollection.only_since(before(self.since, moment))
        return recollection.only_new() if self.new else recollection.report

    def _tried(self, what: Callable[[], T], otherwise: T) -> T:
        from cmdb.ledger import LedgerError

        try:
            return what()
        except LedgerError as error:
            if error.problem.message not in self._told:
                self._told.add(error.problem.message)
                tell(error.problem)
            return otherwise


def ledger_of(workspace: Workspace, file: Path | None, at: str | None = None) -> Ledger:
    """The ledger in a file, or that of the workspace. What is judged at a revision has a history of its own. Raises
    `LedgerError`."""
    from cmdb.ledger import Ledger

    assert workspace.root is not None, "a workspace that was opened has a folder"
    name = f"{workspace.config.name}@{at}" if at else workspace.config.name
    return Ledger(file, name) if file else Ledger.default(workspace.root, name)
