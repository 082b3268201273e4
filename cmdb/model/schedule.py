"""What speaks for or against the time that a change is planned for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cmdb.model.filed_change import Plan
from cmdb.model.status import Status
from cmdb.model.value import Value


@dataclass(frozen=True, slots=True)
class CalendarFinding:
    """A freeze or a window that the plan meets, when it takes place, and which of the changed CIs it concerns."""

    name: str
    start: datetime
    end: datetime
    cis: tuple[str, ...]
    reason: str = ""

    @property
    def data(self) -> dict[str, Value]:
        """For programs."""
        when = {"start": in_utc(self.start), "end": in_utc(self.end)}
        return {"name": self.name, **when, "cis": list(self.cis), "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Harmed:
    """A service that two changes together leave worse than either alone: how the first leaves it, how the other does,
    and how both do at once."""

    id: str
    name: str | None
    owner: str | None
    alone: Status
    other: Status
    together: Status

    @property
    def data(self) -> dict[str, Value]:
        """For programs."""
        statuses = {"alone": self.alone.label, "other": self.other.label, "together": self.together.label}
        return {"id": self.id, "name": self.name, "owner": self.owner, **statuses}


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another change that is planned for some of the same time: when both are at work, which CIs both change, and the
    services that only the two together harm so much; the worst first."""

    record: str
    title: str
    state: str
    start: datetime
    end: datetime
    shared: tuple[str, ...] = ()
    harmed: tuple[Harmed, ...] = ()

    @property
    def data(self) -> dict[str, Value]:
        """For programs."""
        return {
            "id": self.record,
            "title": self.title,
            "state": self.state,
            "start": in_utc(self.start),
            "end": in_utc(self.end),
            "shared": list(self.shared),
            "harmed": [one.data for one in self.harmed],
        }


@dataclass(frozen=True, slots=True)
class Schedule:
    """The check of a plan. `outside` are the changed CIs that have maintenance windows and would be changed in none of
    them; `next` is a time that would suit all of them, where this one does not. Without a plan nothing else is known.
    """

    planned: Plan | None = None
    freezes: tuple[CalendarFinding, ...] = ()
    windows: tuple[CalendarFinding, ...] = ()
    outside: tuple[str, ...] = ()
    next: Plan | None = None
    overlaps: tuple[Overlap, ...] = ()

    @property
    def clear(self) -> bool:
        """Whether nothing speaks against the plan."""
        return not (self.freezes or self.outside or any(one.harmed or one.shared for one in self.overlaps))

    @property
    def data(self) -> dict[str, Value]:
        """For programs, and for record files."""
        return {
            "planned": _plan(self.planned),
            "clear": self.clear,
            "freezes": [one.data for one in self.freezes],
            "windows": [one.data for one in self.windows],
            "outside": list(self.outside),
            "next": _plan(self.next),
            "overlaps": [one.data for one in self.overlaps],
        }


def in_utc(moment: datetime) -> str:
    """A moment as data has it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _plan(plan: Plan | None) -> dict[str, Value] | None:
    return None if plan is None else {"start": in_utc(plan.start), "end": in_utc(plan.end)}
