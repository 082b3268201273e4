"""How a failure elsewhere leaves a CI: a lattice of four."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """Ordered from good to bad, so that the worst of several is their maximum."""

    UP = 0
    AT_RISK = 1
    DEGRADED = 2
    DOWN = 3

    @property
    def label(self) -> str:
        """The word used in files and output."""
        return self.name.lower()

    @property
    def words(self) -> str:
        """The label as running text has it."""
        return self.label.replace("_", " ")


STATUSES = {status.label: status for status in Status}
