"""Lines for a verdict: every place that it names, resolved by whoever can read the files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cmdb.model.drift import Demand, Deviation, DriftReport, Excuse
from cmdb.model.location import Location, Where
from cmdb.model.problem import Problem, Related

Locate = Callable[[Where], Location]


def located(report: DriftReport, locate: Locate) -> DriftReport:
    """The same verdict with a line and a column for every place in it."""
    problems = sorted((_problem(problem, locate) for problem in report.problems), key=lambda found: found.sort_key)
    deviations = tuple(_deviation(found, locate) for found in report.deviations)
    return replace(report, deviations=deviations, problems=tuple(problems))


def _deviation(found: Deviation, locate: Locate) -> Deviation:
    demands = tuple(_demand(demand, locate) for demand in found.demanded_by)
    return replace(found, demanded_by=demands, excuse=None if found.excuse is None else _excuse(found.excuse, locate))


def _demand(demand: Demand, locate: Locate) -> Demand:
    return demand if demand.where is None else replace(demand, where=locate(demand.where))


def _excuse(excuse: Excuse, locate: Locate) -> Excuse:
    return excuse if excuse.where is None else replace(excuse, where=locate(excuse.where))


def _problem(problem: Problem, locate: Locate) -> Problem:
    where = None if problem.where is None else locate(problem.where)
    related = tuple(Related(other.message, locate(other.where)) for other in problem.related)
    return replace(problem, where=where, related=related)
