"""Findings about the user's files: what is wrong, where, with what it collides, and what to do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import IntEnum

from cmdb.model.location import Location, Place, Where, location_data
from cmdb.model.value import Value


class Severity(IntEnum):
    """How much a finding matters."""

    NOTE = 0
    WARNING = 1
    ERROR = 2
    CRITICAL = 3

    @property
    def label(self) -> str:
        """The word used in files and output."""
        return self.name.lower()


SEVERITIES = {severity.label: severity for severity in Severity}


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to a finding, such as the one it collides with."""

    message: str
    where: Where


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `where` may be a place whose line nobody has asked for yet; `subject` tells apart findings of one
    code on one CI and key path (the wrong target, say)."""

    code: str
    message: str
    severity: Severity = Severity.ERROR
    where: Where | None = None
    ci: str | None = None
    key_path: str | None = None
    related: tuple[Related, ...] = ()
    hint: str = ""
    subject: str = ""

    @property
    def location(self) -> Location | None:
        """The resolved location; None where there is none or nobody resolved it."""
        return self.where if isinstance(self.where, Location) else None

    @property
    def fingerprint(self) -> str:
        """Names the finding across runs; does not change when lines move."""
        where = "" if self.where is None else self.where.path
        subject = self.subject or ("" if self.ci else self.message)
        parts = (self.code, self.ci or where, self.key_path or "", subject)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:16]

    @property
    def sort_key(self) -> tuple[object, ...]:
        """Order of output: file, line, column, code, message."""
        where = self.where
        if isinstance(where, Location):
            place: tuple[object, ...] = (where.path, where.line, where.column)
        elif isinstance(where, Place):
            place = (where.path, where.document, where.item or 0)
        else:
            place = ("", 0, 0)
        return (*place, self.code, self.ci or "", self.key_path or "", self.message)

    @property
    def data(self) -> dict[str, Value]:
        """The finding for programs, as every answer in JSON lists it."""
        return {
            "code": self.code,
            "severity": self.severity.label,
            "message": self.message,
            "location": location_data(self.where),
            "ci": self.ci,
            "key_path": self.key_path,
            "related": [{"message": other.message, "location": location_data(other.where)} for other in self.related],
            "hint": self.hint,
            "fingerprint": self.fingerprint,
        }

    def but(self, severity: Severity) -> Problem:
        """The same finding with another severity."""
        return replace(self, severity=severity)


class CmdbError(Exception):
    """Work cannot go on, for a reason the user can mend; carries that reason."""

    def __init__(self, problem: Problem | str, *, hint: str = "") -> None:
        self.problem = problem if isinstance(problem, Problem) else Problem("error", problem, hint=hint)
        super().__init__(self.problem.message)
