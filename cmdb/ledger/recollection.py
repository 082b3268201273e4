"""A verdict beside what is remembered: since when each deviation is known, and which of them are new."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from cmdb.ledger.history import Known
from cmdb.ledger.naming import called
from cmdb.model.drift import Deviation, DeviationId, DriftReport


@dataclass(frozen=True, slots=True)
class Recollection:
    """`report` is the verdict with `first_seen` filled in and otherwise unchanged. `recorded` is False where the ledger
    knows a later look of one of its sources, so that it tells nothing of the present, and where nothing was seen."""

    report: DriftReport
    recorded: bool = False
    known: Mapping[DeviationId, Known] = field(default_factory=dict, repr=False)
    problems: Mapping[str, datetime] = field(default_factory=dict, repr=False)

    def is_new(self, deviation: Deviation) -> bool:
        """Whether a deviation did not count before this run: nobody saw it yet, it had been put right, or it was
        excused. What is excused is new once."""
        known = self.known.get(called(deviation.id))
        if known is None:
            return True
        if not self.recorded:
            moment = seen_at(self.report, deviation)
            return not known.covers(moment) if deviation.counts else known.first_seen > moment
        return known.state != "open" and (deviation.counts or known.state != "excused")

    def since(self, deviation: Deviation) -> datetime:
        """When a deviation began to count, this time; of one that is excused, when it was first seen."""
        known, moment = self.known.get(called(deviation.id)), seen_at(self.report, deviation)
        if known is None:
            return moment
        if not deviation.counts:
            return min(known.first_seen, moment)
        opened = (e.opened for e in known.episodes if (e.closed is None if self.recorded else e.covers(moment)))
        return min([moment, *opened])

    def only_new(self) -> DriftReport:
        """The verdict with nothing but new deviations and problems. What was not seen stays: it is no deviation."""
        return self._only(self.is_new, lambda fingerprint: fingerprint not in self.problems)

    def only_since(self, moment: datetime) -> DriftReport:
        """The verdict with nothing but the deviations and problems that began at a moment or later."""
        latest = max(self.report.evidence.values(), default=moment)
        return self._only(
            lambda deviation: self.since(deviation) >= moment,
            lambda fingerprint: self.problems.get(fingerprint, latest) >= moment,
        )

    def _only(self, wanted: Callable[[Deviation], bool], wanted_problem: Callable[[str], bool]) -> DriftReport:
        found = (one for one in self.report.deviations if one.outcome == "unobserved" or wanted(one))
        problems = (problem for problem in self.report.problems if wanted_problem(problem.fingerprint))
        listed = replace(self.report, deviations=tuple(found), problems=tuple(problems))
        return replace(listed, unlisted=_counting(self.report) - _counting(listed))


def _counting(report: DriftReport) -> int:
    return sum(deviation.counts for deviation in report.deviations)


_NEVER = datetime.max.replace(tzinfo=UTC)


def recollect(
    report: DriftReport, known: Mapping[DeviationId, Known], problems: Mapping[str, datetime], *, recorded: bool
) -> Recollection:
    """The verdict beside what is remembered from before it."""
    found = tuple(_dated(report, deviation, known.get(called(deviation.id))) for deviation in report.deviations)
    return Recollection(replace(report, deviations=found), recorded, known, problems)


def seen_at(report: DriftReport, deviation: Deviation) -> datetime:
    """When the sources of a report saw a deviation: the one that is named, or the last of all."""
    moment = report.evidence.get(deviation.source or "")
    return moment or max(report.evidence.values(), default=_NEVER)


def _dated(report: DriftReport, deviation: Deviation, known: Known | None) -> Deviation:
    if deviation.outcome == "unobserved" or not report.evidence:
        return deviation
    moment = seen_at(report, deviation)
    return replace(deviation, first_seen=moment if known is None else min(known.first_seen, moment))
