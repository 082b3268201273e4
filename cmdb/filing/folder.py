"""A folder of record files on disk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from cmdb.changes.records import Records, read_folder
from cmdb.changes.states import advanced
from cmdb.formats.places import Places
from cmdb.formats.record_writer import record_edited, record_text
from cmdb.model.filed_change import FiledChange, State
from cmdb.model.problem import CmdbError, Problem
from cmdb.sources.protocol import Unreadable
from cmdb.sources.saving import save
from cmdb.sources.worktree import Worktree


@dataclass(frozen=True, slots=True)
class RecordFolder:
    """The record files in the folder `name` below `root`. Nothing is kept: each question reads the files anew."""

    root: Path
    name: str

    @classmethod
    def at(cls, path: str | Path) -> RecordFolder:
        """The folder of a path, which need not be there yet."""
        whole = Path(path).absolute()
        return cls(whole.parent, whole.name)

    def read(self) -> tuple[Records, tuple[Problem, ...]]:
        """The records that load, and with lines the problems of the files that do not."""
        source = Worktree(self.root)
        records, problems = read_folder(source, self.name)

        def text(path: str) -> bytes | None:
            try:
                return source.read(path)
            except Unreadable:
                return None

        return records, Places(text).located(problems)

    def find(self, reference: str) -> FiledChange:
        """The record of an id, or of the beginning of one. Raises `CmdbError`, too where its file does not load."""
        return _found(*self.read(), reference)

    def file(self, record: FiledChange, day: date) -> tuple[Path, bool]:
        """Puts a record on file, and says where it is and whether it is new: one that is there already stays as it is.
        Raises `CmdbError`."""
        known = {one.id: one for one in self.read()[0].records}
        if record.id in known:
            return self.root / known[record.id].place.path, False
        path = f"{self.name}/{day.isoformat()}-{record.id}.yaml"
        self.root.mkdir(parents=True, exist_ok=True)
        save(self.root, {path: record_text(record).encode()}, {path: None})
        return self.root / path, True

    def advance(
        self,
        reference: str,
        state: State,
        *,
        by: str,
        at: datetime,
        note: str = "",
        on_behalf: Collection[str] = (),
        failed: bool = False,
    ) -> FiledChange:
        """Moves a record on, in the lines of its file that say so and nowhere else. Raises `CmdbError`."""
        before = self.find(reference)
        after = advanced(before, state, by=by, at=at, note=note, on_behalf=on_behalf, failed=failed)
        path = before.place.path
        old = (self.root / path).read_bytes()
        save(self.root, {path: record_edited(path, old, before, after)}, {path: old})
        return after


def _found(records: Records, problems: Collection[Problem], reference: str) -> FiledChange:
    """The record, or the first problem of the file that seems to be it."""
    try:
        return records[reference]
    except CmdbError:
        broken = [one for one in problems if one.where is not None and reference and reference in one.where.path]
        if broken:
            raise CmdbError(broken[0]) from None
        raise
