"""The tables of a ledger, as numbered steps: the number of the last step that a file has taken is its `user_version`.

Moments are microseconds since 1970 in UTC. No value of any CI is ever stored, declared or observed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

APPLICATION = 0x636D6462
"""SQLite's `application_id` of a ledger: "cmdb"."""

MIGRATIONS: Sequence[tuple[str, ...]] = (
    (
        """CREATE TABLE runs (
            history TEXT NOT NULL, moment INTEGER NOT NULL,
            deviations INTEGER NOT NULL, excused INTEGER NOT NULL, incomplete INTEGER NOT NULL,
            PRIMARY KEY (history, moment)) WITHOUT ROWID""",
        """CREATE TABLE sources (
            history TEXT NOT NULL, source TEXT NOT NULL, moment INTEGER NOT NULL,
            PRIMARY KEY (history, source)) WITHOUT ROWID""",
        """CREATE TABLE deviations (
            number INTEGER PRIMARY KEY, history TEXT NOT NULL,
            outcome TEXT NOT NULL, path TEXT NOT NULL, ci TEXT NOT NULL,
            source TEXT NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL,
            thing TEXT NOT NULL, severity INTEGER NOT NULL, state TEXT NOT NULL,
            first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,
            runs INTEGER NOT NULL, flaps INTEGER NOT NULL, resolutions INTEGER NOT NULL,
            UNIQUE (history, outcome, path, ci, source, key, kind))""",
        """CREATE TABLE episodes (
            deviation INTEGER NOT NULL REFERENCES deviations (number), opened INTEGER NOT NULL,
            closed INTEGER, ending TEXT,
            PRIMARY KEY (deviation, opened)) WITHOUT ROWID""",
        """CREATE TABLE problems (
            history TEXT NOT NULL, fingerprint TEXT NOT NULL, first_seen INTEGER NOT NULL,
            PRIMARY KEY (history, fingerprint)) WITHOUT ROWID""",
    ),
)


class Foreign(Exception):
    """A database that is no ledger."""


class Garbled(Exception):
    """Something in a ledger that no ledger ever wrote."""


class Newer(Exception):
    """A ledger of a version that is not known here; `args` are its number and the newest one known."""


def migrate(database: sqlite3.Connection, steps: Sequence[tuple[str, ...]] = MIGRATIONS) -> None:
    """Takes the steps that are missing, within the transaction of the caller. Raises `Foreign`, `Newer`,
    `Garbled`."""
    version = checked(database, steps)
    for number in range(version, len(steps)):
        for statement in steps[number]:
            database.execute(statement)
    if version < len(steps):
        database.execute(f"PRAGMA application_id = {APPLICATION}")
        database.execute(f"PRAGMA user_version = {len(steps)}")


def checked(database: sqlite3.Connection, steps: Sequence[tuple[str, ...]] = MIGRATIONS) -> int:
    """The version of a ledger; 0 for an empty file. Raises `Foreign`, `Newer`, `Garbled`."""
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION and (application or version or tables):
        raise Foreign
    if version > len(steps):
        raise Newer(version, len(steps))
    if version < 0:
        raise Garbled(f"version {version}")
    return int(version)
