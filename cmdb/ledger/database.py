"""The file of a ledger: made for its owner only, written in whole transactions, and set aside when it is damaged.

Whatever goes wrong is a `LedgerError` that says what it costs. A file that is not known to be a ledger is never
touched.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from cmdb.ledger.schema import Foreign, Garbled, Newer, checked, migrate
from cmdb.model.problem import CmdbError, Problem, Severity

PATIENCE = 10.0
"""Seconds to wait for another process that writes."""

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DISK = (
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
)


class LedgerError(CmdbError):
    """The ledger cannot be used, which costs history and nothing else; the problem says why and what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(Problem("ledger", message, Severity.WARNING, hint=hint))


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A transaction that nobody else writes beside, on a ledger that is made where there is none. Raises `LedgerError`;
    a damaged file is set aside then, so that the next transaction begins a new one."""
    with _explained(path):
        _make(path)
        with closing(_connected(path)) as database:
            database.execute("BEGIN IMMEDIATE")
            migrate(database)
            yield database
            database.execute("COMMIT")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """The ledger to look into; None where there is none yet. Raises `LedgerError`."""
    if not path.exists():
        yield None
        return
    with _explained(path), closing(_connected(path)) as database:
        database.execute("BEGIN")
        if checked(database):
            _whole(database)
            yield database
        else:
            yield None


def _make(path: Path) -> None:
    """A new file is the owner's only. One that is there is not opened here: to close it would end the locks of other
    threads."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _connected(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise LedgerError(f"the ledger {path} is no file", hint="name a file with --ledger, or none with --no-ledger")
    location = f"file:{quote(str(path.absolute()))}?mode=rw"
    database = sqlite3.connect(location, uri=True, timeout=PATIENCE, isolation_level=None)
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    return database


def _whole(database: sqlite3.Connection) -> None:
    (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise Garbled(found)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    before = _inode(path)
    try:
        yield
    except (Garbled, sqlite3.Error, UnicodeDecodeError) as error:
        raise _told(path, before, error) from error
    except Foreign:
        raise _foreign(path) from None
    except Newer as error:
        theirs, ours = error.args
        message = (
            f"the ledger {path} is of version {theirs}, and this cmdb knows versions up to {ours}; it stays as it is"
        )
        raise LedgerError(message, hint="use the newer cmdb, or another file with --ledger") from None
    except OSError as error:
        raise LedgerError(f"the ledger {path} cannot be used: {error.strerror or error}", hint=_ELSEWHERE) from error


_ELSEWHERE = "name another file with --ledger, or none with --no-ledger"


def _told(path: Path, before: int | None, error: Exception) -> LedgerError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _BUSY:
        return LedgerError(f"the ledger {path} was in use for more than {PATIENCE:g} s")
    if code in _DISK:
        return LedgerError(f"the ledger {path} cannot be used: {error}", hint=_ELSEWHERE)
    if code == sqlite3.SQLITE_NOTADB:
        return _foreign(path)
    return LedgerError(f"the ledger {path} is damaged: {' '.join(str(error).split())}; {_set_aside(path, before)}")


def _foreign(path: Path) -> LedgerError:
    return LedgerError(
        f"{path} is no ledger, or damaged beyond recognition; it stays as it is",
        hint="move it away, or name another file with --ledger",
    )


def _set_aside(path: Path, before: int | None) -> str:
    """Makes room for a new ledger, unless somebody did so already."""
    aside = path.with_name(f"{path.name}.damaged")
    try:
        if _inode(path) == before:
            path.replace(aside)
            with suppress(FileNotFoundError):
                Path(f"{path}-journal").replace(f"{aside}-journal")
    except OSError as error:
        return f"and it cannot be moved away: {error.strerror}"
    return f"it is now {aside.name}, and history begins anew"


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except OSError:
        return None
