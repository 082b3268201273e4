"""`baselines/*.yaml`: expectations, ignore rules, what may be unmanaged, and waivers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from cmdb.formats.baseline_shapes import AllowShape, BaselineShape, IgnoreShape, WaiverShape, WaiversShape
from cmdb.formats.expectation_reader import Report, read_expectations, read_path, wrong
from cmdb.formats.reading import Entry, nearest, read_precise
from cmdb.formats.shapes import shaped
from cmdb.model.baseline import AllowRule, Baseline, IgnoreRule, Waiver
from cmdb.model.location import Place
from cmdb.model.parameters import NAME, used
from cmdb.model.plain import NotText, text
from cmdb.model.problem import Problem, Severity
from cmdb.model.value import Value

PARAMETER = "baseline-parameter"
"""The code of what is wrong with parameters."""

Result = tuple[list[Baseline], list[Waiver], list[Problem], bool]


def read_baselines(path: str, data: bytes) -> Result:
    """The baselines, waivers and problems of a file, and whether anything in it was left out."""
    reading = read_precise(path, data)
    baselines: list[Baseline] = []
    waivers: list[Waiver] = []
    problems = list(reading.problems)
    for entry in reading.entries:
        if "waivers" in entry.raw:
            waivers += _waivers(entry, problems)
        elif (baseline := _baseline(entry, problems)) is not None:
            baselines.append(baseline)
    unread = reading.unread or any(problem.severity >= Severity.ERROR for problem in problems)
    return baselines, waivers, problems, unread


def _baseline(entry: Entry, problems: list[Problem]) -> Baseline | None:
    shape, found = shaped(BaselineShape, entry.raw, entry.place)
    problems += found
    if shape is None:
        return None
    report, place = problems.append, entry.place
    extends = tuple(_extends(shape.extends, place.at("extends"), report))
    baseline = Baseline(
        shape.baseline,
        applies_to=shape.applies_to,
        extends=tuple(name for name, _ in extends),
        approved_by=shape.approved_by,
        effective=_date(shape.effective),
        expires=_date(shape.expires),
        expect=tuple(read_expectations(shape.expect, place.at("expect"), report)),
        ignore=tuple(_ignored(shape.ignore, place, report)),
        description=shape.description,
        place=place,
        parameters=dict(_parameters(shape.parameters, place.at("parameters"), report)),
        given=tuple(given for _, given in extends),
        unmanaged=tuple(_allowed(shape.unmanaged, place, report)),
    )
    problems += (*_untimely(baseline), *_uses(baseline, shape))
    return baseline


def _extends(raw: Value, where: Place, report: Report) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Names, and `{name: …, with: {…}}`."""
    for position, item in enumerate(raw if isinstance(raw, list | tuple) else [raw]):
        at = where.at(position) if isinstance(raw, list | tuple) else where
        try:
            if not isinstance(item, dict):
                yield text(item), {}
            elif item.keys() <= {"name", "with"} and isinstance(item.get("with"), dict | None):
                yield text(item.get("name")), dict(_scalars(item.get("with") or {}, at.at("with"), report))
            else:
                report(wrong("a baseline to extend is a name, or {name: …, with: {…}}", at))
        except NotText:
            report(wrong("the name of a baseline is expected here", at))


def _parameters(raw: Mapping[str, Value], where: Place, report: Report) -> Iterator[tuple[str, Value]]:
    """Names with their defaults; None where there is none."""
    for name, default in raw.items():
        if not NAME.fullmatch(name):
            report(wrong(f"'{name}' is no name of a parameter", where.at(name), "write letters, digits, - and _"))
        elif default is None:
            yield name, None
        elif set(used(default)):
            report(wrong("a default is a value, without parameters", where.at(name)))
        else:
            yield from _scalars({name: default}, where, report)


def _scalars(raw: Mapping[str, Value], where: Place, report: Report) -> Iterator[tuple[str, Value]]:
    for name, item in raw.items():
        several = item if isinstance(item, list) else [item]
        if any(one is None or isinstance(one, dict | list) for one in several):
            report(wrong(f"the value of parameter '{name}' is a single value or a list of such", where.at(name)))
        else:
            yield name, item


def _untimely(baseline: Baseline) -> Iterator[Problem]:
    if baseline.effective and baseline.expires and baseline.expires < baseline.effective:
        message = f"it expires on {baseline.expires}, before it takes effect on {baseline.effective}"
        yield wrong(message, baseline.place.at("expires"), "correct one of the dates")


def _uses(baseline: Baseline, shape: BaselineShape) -> Iterator[Problem]:
    """Parameters that are used and not declared, or declared and not used."""
    found: dict[str, Place] = {}
    for name, demand in shape.expect.items():
        for parameter in (*used(name), *used(demand)):
            found.setdefault(parameter, baseline.place.at("expect", name))
    for position, rule in enumerate(shape.ignore):
        for parameter in used(rule.path):
            found.setdefault(parameter, baseline.place.at("ignore", position))
    for position, given in enumerate(baseline.given):
        for name, item in given.items():
            for parameter in used(item):
                found.setdefault(parameter, baseline.place.at("extends", position, "with", name))
    for parameter, where in found.items():
        if parameter not in shape.parameters:
            message = f"baseline '{baseline.name}' has no parameter '{parameter}'"
            near = nearest(parameter, tuple(shape.parameters))
            hint = near or "declare it under 'parameters', or write $${ where no parameter is meant"
            yield Problem(PARAMETER, message, where=where, hint=hint, subject=f"{baseline.name} {parameter}")
    for parameter in shape.parameters:
        if parameter not in found:
            message = f"nothing in baseline '{baseline.name}' uses its parameter '{parameter}'"
            where = baseline.place.at("parameters", parameter)
            hint = f"write ${{{parameter}}} where it belongs, or remove it"
            yield Problem(
                PARAMETER, message, Severity.WARNING, where, hint=hint, subject=f"{baseline.name} {parameter} unused"
            )


def _ignored(shapes: list[IgnoreShape], place: Place, report: Report) -> Iterator[IgnoreRule]:
    for position, shape in enumerate(shapes):
        where = place.at("ignore", position)
        path = read_path(shape.path, where.at("path"), report)
        if path is not None:
            yield IgnoreRule(path, shape.reason, where)


def _allowed(shapes: list[AllowShape], place: Place, report: Report) -> Iterator[AllowRule]:
    for position, shape in enumerate(shapes):
        where = place.at("unmanaged", position)
        if shape.kind is shape.source is shape.key is shape.name is None:
            report(wrong("this allows everything", where, "name a kind, a source, a key or a name"))
            continue
        expected = tuple(read_expectations(shape.where, where.at("where"), report))
        if any(expectation.path[0] not in ("attributes", "relations") for expectation in expected):
            report(wrong("only attributes are known of what nobody declares", where.at("where")))
        yield AllowRule(shape.reason, shape.kind, shape.source, shape.key, shape.name, expected, where)


def _waivers(entry: Entry, problems: list[Problem]) -> Iterator[Waiver]:
    shape, found = shaped(WaiversShape, entry.raw, entry.place)
    problems += found
    for position, raw in enumerate(shape.waivers if shape else ()):
        place = entry.place.at("waivers", position)
        if not isinstance(raw, dict):
            problems.append(wrong("a waiver is a mapping", place))
        elif (waiver := _waiver(raw, place, problems)) is not None:
            yield waiver


def _waiver(raw: dict[str, Any], place: Place, problems: list[Problem]) -> Waiver | None:
    shape, found = shaped(WaiverShape, raw, place)
    problems += found
    if shape is None:
        return None
    if "observed" not in raw:
        hint = "write the value, or 'observed: null' for something seen to be absent"
        problems.append(wrong("a waiver is pinned to the observed value", place, hint))
        return None
    if (shape.ci is None) == (shape.source is None or shape.key is None):
        problems.append(wrong("a waiver names a 'ci', or the 'source' and 'key' of something unmanaged", place))
        return None
    path = read_path(shape.path, place.at("path"), problems.append)
    return None if path is None else Waiver(
        path, shape.observed, shape.ci, shape.source, shape.key, shape.baseline, shape.reason,
        shape.approved_by, _date(shape.expires), place,
    )  # fmt: skip


def _date(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
