"""A store of byte strings by key in one SQLite file of the user's own. Nothing here ever raises: a store that cannot be
opened, read or written has nothing and keeps nothing."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

FORMAT = 1
"""Part of the file's name: another format is another file."""

LIMIT = 1 << 30
"""Bytes; above it the entries that were not asked for longest go."""

_CHUNK = 500
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS entries
    (key BLOB PRIMARY KEY, mark BLOB NOT NULL, value BLOB NOT NULL, run INTEGER NOT NULL)
"""


class Store:
    """The entries of one cache folder. Safe for concurrent processes; a damaged file is thrown away."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self.path = folder / f"entries-{FORMAT}.sqlite"
        self.limit = limit

    def get(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The values of those keys that are there and undamaged."""
        found: dict[bytes, bytes] = {}
        if self.path.is_file():
            with self._quietly(), self._opened() as database:
                for chunk in _chunks(keys):
                    marks = ",".join("?" * len(chunk))
                    rows = database.execute(f"SELECT key, mark, value FROM entries WHERE key IN ({marks})", chunk)
                    found.update((key, value) for key, mark, value in rows if mark == _mark(key, value))
        return found

    def put(self, entries: Mapping[bytes, bytes]) -> None:
        """Keeps entries, and makes room where there are too many."""
        if not entries:
            return
        with self._quietly():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._opened() as database:
                run = (database.execute("SELECT max(run) FROM entries").fetchone()[0] or 0) + 1
                rows = ((key, _mark(key, value), value, run) for key, value in entries.items())
                database.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)", rows)
                self._make_room(database, run)

    def _make_room(self, database: sqlite3.Connection, run: int) -> None:
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
        (free,) = database.execute("PRAGMA freelist_count").fetchone()
        if (pages - free) * size > self.limit:
            oldest = database.execute(
                "SELECT run FROM entries ORDER BY run LIMIT 1 OFFSET (SELECT count(*) / 2 FROM entries)"
            )
            (middle,) = oldest.fetchone()
            database.execute("DELETE FROM entries WHERE run <= ?", (min(middle, run - 1) if run > 1 else run,))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        _private(self.path)
        database = sqlite3.connect(self.path, timeout=2, isolation_level=None)
        try:
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA cell_size_check = ON")
            database.execute("PRAGMA synchronous = OFF")
            database.execute("BEGIN IMMEDIATE" if os.access(self.path, os.W_OK) else "BEGIN")
            database.execute(_SCHEMA)
            yield database
            database.execute("COMMIT")
        finally:
            database.close()

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if not isinstance(error, sqlite3.OperationalError):
                self._discard()
        except OSError:
            pass

    def _discard(self) -> None:
        with suppress(OSError):
            self.path.unlink()


def _private(path: Path) -> None:
    """Makes the file, readable by nobody else; refuses one that is not the user's own regular file."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            raise OSError(f"{path} is not the user's own file")
        if stat.S_IMODE(found.st_mode) != 0o600:
            os.fchmod(handle, 0o600)
    finally:
        os.close(handle)


def _mark(key: bytes, value: bytes) -> bytes:
    return hashlib.blake2b(value, digest_size=8, key=key[:64]).digest()


def _chunks(keys: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest = iter(keys)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
