"""A verdict with lines instead of places: of what demands, of what excuses, and of what was to be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cmdb.model.drift import Deviation, DriftReport
from cmdb.model.location import Location, Where

Locate = Callable[[Where], Location]


def located(report: DriftReport, locate: Locate) -> DriftReport:
    """The report with lines everywhere but in its problems."""
    return replace(
        report,
        deviations=tuple(_located(deviation, locate) for deviation in report.deviations),
        not_implemented=tuple(
            replace(one, where=None if one.where is None else locate(one.where)) for one in report.not_implemented
        ),
    )


def _located(deviation: Deviation, locate: Locate) -> Deviation:
    demands = tuple(replace(demand, where=demand.where and locate(demand.where)) for demand in deviation.demanded_by)
    excuse = deviation.excuse
    if excuse is not None and excuse.where is not None:
        excuse = replace(excuse, where=locate(excuse.where))
    return replace(deviation, demanded_by=demands, excuse=excuse)
