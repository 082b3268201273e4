"""What `cmdb drift` found, for everything that tracks findings. A deviation stands where the line is that demands it,
or else where its CI is declared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from cmdb.model.drift import Deviation, DriftReport, Excuse, NotImplementedChange
from cmdb.model.findings import Finding, Findings, Setting
from cmdb.model.location import Where
from cmdb.model.problem import Problem, Related
from cmdb.model.value import Value
from cmdb.model.words import shortened

RULES: Mapping[str, str] = {
    "missing": "A CI was looked for everywhere it could be, and is not there.",
    "deviating": "A value is not what is declared or demanded.",
    "ambiguous": "Something was seen that may be one of several CIs.",
    "unmanaged": "Something was seen that is declared nowhere.",
    "unobserved": "A CI or a value that should have been seen was not looked at.",
    "not_implemented": "An approved change is due, and what was seen is not what it should be by now.",
}
"""Outcomes of deviations and what they mean."""
LONGEST = 200
"""Characters of a value; more is cut off."""

Lookup = Callable[[str], Where | None]
"""The place of a CI by its id."""


def findings(report: DriftReport, payload: Mapping[str, Value], place: Lookup, setting: Setting) -> Findings:
    """All deviations and problems, what is in sync, and why not everything was seen."""
    deviations = zip(report.deviations, _listed(payload, "deviations"), strict=True)
    undone = zip(report.not_implemented, _listed(payload, "not_implemented"), strict=True)
    problems = zip(report.problems, _listed(payload, "problems"), strict=True)
    return Findings(
        (
            *(_finding(found, data, place) for found, data in deviations),
            *(_not_made(one, data) for one, data in undone),
            *(Finding(problem, data) for problem, data in problems),
        ),
        tuple(("in_sync", ci) for ci, outcome in report.outcomes.items() if outcome == "in_sync"),
        report.incomplete,
        RULES,
        setting,
    )


def _listed(payload: Mapping[str, Value], name: str) -> Iterator[Mapping[str, Value]]:
    items = payload[name]
    assert isinstance(items, Sequence)
    return iter(items)


def _not_made(one: NotImplementedChange, data: Mapping[str, Value]) -> Finding:
    message = f"change {one.record} ({one.title}) was due {one.due:%Y-%m-%d %H:%M} UTC and is not implemented"
    problem = Problem("not_implemented", message, one.severity, one.where, one.ci, one.path, subject=one.record)
    return Finding(problem, data)


def _finding(found: Deviation, data: Mapping[str, Value], place: Lookup) -> Finding:
    demands = [(demand, demand.where) for demand in found.demanded_by if demand.where is not None]
    where = demands[0][1] if demands else place(found.ci) if found.ci is not None else None
    related = [Related(_demanded(demand.baseline), other) for demand, other in demands[1:]]
    related += [
        Related(candidate.ci, there) for candidate in found.candidates if (there := place(candidate.ci)) is not None
    ]
    problem = Problem(
        found.outcome,
        _message(found),
        found.severity,
        where,
        found.ci,
        found.path,
        tuple(related),
        subject="" if found.ci is not None else f"{found.source} {found.key}",
    )
    return Finding(problem, data, _excuse(found.excuse), found.outcome != "unobserved")


def _demanded(baseline: str | None) -> str:
    return "declared here too" if baseline is None else f"demanded here too, by {baseline}"


def _message(found: Deviation) -> str:
    reason = f" ({found.reason})" if found.reason else ""
    match found.outcome:
        case "missing":
            return f"{found.ci}: looked for and not there{reason}"
        case "unmanaged":
            return f"{found.source}: {found.key} ({found.kind}): seen, and declared nowhere{reason}"
        case "ambiguous":
            candidates = ", ".join(candidate.ci for candidate in found.candidates)
            return f"{found.source}: {found.key} ({found.kind}): may be one of these CIs, or none: {candidates}{reason}"
        case "unobserved":
            what = "" if found.path == "presence" else f"{found.path}: "
            return f"{found.ci}: {what}not seen, so nobody knows{reason}"
    return f"{found.ci}: {found.path}: {_difference(found)}{reason}"


def _difference(found: Deviation) -> str:
    wanted = next((one.said for one in found.demanded_by if one.expected == found.expected and one.said), "")
    source = f", seen by {found.source}" if found.source else ""
    seen = shortened(found.said or found.observed, LONGEST)
    return f"expected {wanted or shortened(found.expected, LONGEST)}, observed {seen}{source}"


def _excuse(excuse: Excuse | None) -> str:
    if excuse is None:
        return ""
    by = f", approved by {excuse.approved_by}" if excuse.approved_by else ""
    until = f", until {excuse.expires}" if excuse.expires else ""
    return f"{excuse.type}{by}{until}" + (f": {excuse.reason}" if excuse.reason else "")
