"""Taking a run into a ledger: what is there, what was put right, what nobody asks for any more.

A run tells of the present only where none of its sources looked earlier than the ledger knows already; an older one is
not taken in. What was not seen stays as it was.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from cmdb.ledger import rows
from cmdb.ledger.history import Known, State
from cmdb.ledger.naming import called
from cmdb.ledger.recollection import Recollection, recollect, seen_at
from cmdb.model.drift import Deviation, DeviationId, DriftReport

Numbered = dict[DeviationId, tuple[int, Known]]


def recall(database: sqlite3.Connection, history: str, report: DriftReport) -> Recollection:
    """A verdict beside what is remembered."""
    return _recollected(database, history, report, rows.numbered(database, history), recorded=False)


def record(database: sqlite3.Connection, history: str, report: DriftReport) -> Recollection:
    """The same, and takes the run in if it tells of the present."""
    newest = rows.moments(database, "sources", "source", "moment", history)
    if not report.evidence or any(at < newest.get(source, at) for source, at in report.evidence.items()):
        return recall(database, history, report)
    taking = _Taking(database, history, report)
    taking.rename()
    taking.numbered = rows.numbered(database, history)
    recollection = _recollected(database, history, report, taking.numbered, recorded=True)
    taking.present()
    taking.gone()
    taking.problems(recollection.problems)
    taking.run()
    return recollection


def _recollected(
    database: sqlite3.Connection, history: str, report: DriftReport, numbered: Numbered, *, recorded: bool
) -> Recollection:
    known = {name: found for name, (_, found) in numbered.items()}
    problems = rows.moments(database, "problems", "fingerprint", "first_seen", history)
    return recollect(report, known, problems, recorded=recorded)


class _Taking:
    """One run on its way into the ledger; `numbered` is what the ledger knew before it."""

    def __init__(self, database: sqlite3.Connection, history: str, report: DriftReport) -> None:
        self.database = database
        self.history = history
        self.report = report
        self.moment = max(report.evidence.values())
        self.numbered: Numbered = {}
        self.seen: set[DeviationId] = set()

    def rename(self) -> None:
        """A CI that is renamed keeps its history, unless the new id has one of its own."""
        change = """UPDATE OR IGNORE deviations SET ci = ?
            WHERE history = ? AND outcome = ? AND path = ? AND ci = ?"""
        names = [(now, self.history, old.outcome, old.path, old.ci) for old, now in self._renamed()]
        self.database.executemany(change, names)

    def present(self) -> None:
        """Takes in what was found; what has one name here, such as two secrets, is one deviation."""
        found: dict[DeviationId, list[Deviation]] = {}
        for deviation in self.report.deviations:
            if deviation.outcome != "unobserved":
                found.setdefault(called(deviation.id), []).append(deviation)
        self.seen.update(found)
        for name, deviations in found.items():
            self._present(name, deviations)

    def gone(self) -> None:
        """Ends what was put right or dropped."""
        for old, _ in self._renamed():
            self._end(old, "dropped")
        for fate in self.report.fates.values():
            if fate.id not in self.seen and (fate.ending == "resolved" or fate.ending == "dropped"):
                self._end(fate.id, fate.ending)

    def problems(self, before: Mapping[str, datetime]) -> None:
        """Keeps which problems there are, and since when."""
        self.database.execute("DELETE FROM problems WHERE history = ?", (self.history,))
        found = {problem.fingerprint for problem in self.report.problems}
        since = [(self.history, name, rows.ticks(before.get(name, self.moment))) for name in sorted(found)]
        self.database.executemany("INSERT INTO problems VALUES (?, ?, ?)", since)

    def run(self) -> None:
        """Keeps that there was a run; the same evidence judged again is the same run."""
        counting = sum(deviation.counts for deviation in self.report.deviations)
        excused = sum(deviation.excuse is not None for deviation in self.report.deviations)
        run = (self.history, rows.ticks(self.moment), counting, excused, bool(self.report.incomplete))
        self.database.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?)", run)
        sources = [(self.history, source, rows.ticks(at)) for source, at in sorted(self.report.evidence.items())]
        self.database.executemany("INSERT OR REPLACE INTO sources VALUES (?, ?, ?)", sources)

    def _renamed(self) -> Iterator[tuple[DeviationId, str]]:
        return ((old, fate.id.ci) for old, fate in self.report.fates.items() if fate.id.ci != old.ci)

    def _present(self, name: DeviationId, deviations: Sequence[Deviation]) -> None:
        at = max(seen_at(self.report, deviation) for deviation in deviations)
        state: State = "open" if any(deviation.counts for deviation in deviations) else "excused"
        is_now = (name.kind or deviations[0].kind, int(max(deviation.severity for deviation in deviations)), state)
        before = self.numbered.get(name)
        number = self._new(name, is_now, at) if before is None else self._again(*before, is_now, at)
        if state == "excused":
            self._close(number, state, at)
        else:
            self._open(number, at)

    def _new(self, name: DeviationId, is_now: tuple[str, int, State], at: datetime) -> int:
        words = (name.outcome, name.path, name.ci, name.source, name.key, name.kind)
        row = (self.history, *words, *is_now, rows.ticks(at), rows.ticks(at), 1, 0, 0)
        insert = f"INSERT INTO deviations VALUES (NULL{', ?' * len(row)})"
        return self.database.execute(insert, row).lastrowid or 0

    def _again(self, number: int, known: Known, is_now: tuple[str, int, State], at: datetime) -> int:
        change = """UPDATE deviations SET thing = ?, severity = ?, state = ?, last_seen = max(last_seen, ?),
            runs = runs + ?, flaps = flaps + ? WHERE number = ?"""
        later, back = at > known.last_seen, known.state == "resolved"
        self.database.execute(change, (*is_now, rows.ticks(at), later, back, number))
        return number

    def _open(self, number: int, at: datetime) -> None:
        still = self.database.execute("SELECT 1 FROM episodes WHERE deviation = ? AND closed IS NULL", (number,))
        if still.fetchone() is None:
            again = "ON CONFLICT DO UPDATE SET closed = NULL, ending = NULL"
            insert = f"INSERT INTO episodes VALUES (?, ?, NULL, NULL) {again}"
            self.database.execute(insert, (number, rows.ticks(at)))

    def _end(self, name: DeviationId, ending: State) -> None:
        number, known = self.numbered.get(name, (0, None))
        if known is None or known.state not in ("open", "excused"):
            return
        change = "UPDATE deviations SET state = ?, resolutions = resolutions + ? WHERE number = ?"
        self.database.execute(change, (ending, ending == "resolved", number))
        self._close(number, ending, max(self.moment, known.last_seen))

    def _close(self, number: int, ending: State, at: datetime) -> None:
        change = "UPDATE episodes SET closed = max(?, opened), ending = ? WHERE deviation = ? AND closed IS NULL"
        self.database.execute(change, (rows.ticks(at), ending, number))
