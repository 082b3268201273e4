"""The ledger as users of the library hold it."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from cmdb.ledger import recording, rows
from cmdb.ledger.database import LedgerError, reading, writing
from cmdb.ledger.history import History
from cmdb.ledger.recollection import Recollection, recollect
from cmdb.model.drift import DeviationId, DriftReport


class Ledger:
    """What drift was in earlier runs, in an SQLite file at `path`. One file can hold many histories; `name` says which
    one of them, such as the workspace's name.

    Nothing is opened or made before it is needed. Every method raises `LedgerError` where the file cannot be used: that
    costs history, and no verdict. Processes may use one file at the same time.
    """

    def __init__(self, path: str | Path, name: str = "") -> None:
        self.path = Path(path).absolute()
        self.name = name

    @classmethod
    def default(cls, root: str | Path, name: str = "") -> Ledger:
        """The ledger of the workspace in the folder `root`, in the user's state folder. Raises `LedgerError` where the
        user has none."""
        from platformdirs import user_state_path

        folder = os.path.realpath(root)
        digest = sha256(os.fsencode(folder)).hexdigest()[:10]
        try:
            home = user_state_path("cmdb", appauthor=False)
        except (OSError, RuntimeError) as error:
            hint = "name a file with --ledger, or none with --no-ledger"
            raise LedgerError(f"there is no place for the ledger: {error}", hint=hint) from error
        return cls(home / "ledgers" / f"{Path(folder).name}-{digest}.sqlite", name)

    def known(self) -> frozenset[DeviationId]:
        """The deviations that were there when they were last looked at: what `drift` has to watch."""
        with reading(self.path) as database:
            return frozenset() if database is None else rows.watched(database, self.name)

    def record(self, report: DriftReport) -> Recollection:
        """Takes a verdict in, and says what was known of it before. The verdict has to come from a `drift` that watched
        what is `known`: nothing else tells what was put right from what nobody looked at.

        A verdict is not taken in where the ledger knows a later look of one of its sources. Judging the same snapshots
        again adds no run.
        """
        with writing(self.path) as database:
            return recording.record(database, self.name, report)

    def recall(self, report: DriftReport) -> Recollection:
        """Says what is known of a verdict, and takes nothing in."""
        with reading(self.path) as database:
            if database is None:
                return recollect(report, {}, {}, recorded=False)
            return recording.recall(database, self.name, report)

    def history(self) -> History:
        """Everything that is remembered."""
        with reading(self.path) as database:
            if database is None:
                return History()
            known = rows.numbered(database, self.name)
            return History(rows.runs(database, self.name), tuple(known[name][1] for name in sorted(known)))
