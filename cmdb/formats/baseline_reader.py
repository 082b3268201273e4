"""`baselines/*.yaml`: expectations, ignore rules and waivers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import date
from typing import Any

from pydantic.dataclasses import dataclass

from cmdb.formats.reading import Entry, nearest, read_precise
from cmdb.formats.shapes import STRICT, DateText, Text, Texts, shaped
from cmdb.model.baseline import OPERATORS, Baseline, Expectation, IgnoreRule, Waiver
from cmdb.model.keypath import KeyPath, KeyPathError, parse_path
from cmdb.model.location import Place
from cmdb.model.plain import Plain, text
from cmdb.model.problem import SEVERITIES, Problem, Severity
from cmdb.model.value import Value


@dataclass(config=STRICT, frozen=True)
class IgnoreShape:
    """Paths whose deviations nobody wants to see."""

    path: Text
    reason: Text


@dataclass(config=STRICT, frozen=True)
class BaselineShape:
    """One named set of expectations."""

    baseline: Text
    applies_to: Text | None = None
    extends: Texts = ()
    description: Text = ""
    approved_by: Text | None = None
    effective: DateText = None
    expires: DateText = None
    expect: dict[Text, Any] = field(default_factory=dict)
    ignore: list[IgnoreShape] = field(default_factory=list)


@dataclass(config=STRICT, frozen=True)
class WaiverShape:
    """Permission for one deviation, pinned to a value."""

    path: Text
    reason: Text
    expires: DateText
    approved_by: Text | None = None
    observed: Any = None
    ci: Text | None = None
    source: Text | None = None
    key: Text | None = None
    baseline: Text | None = None


@dataclass(config=STRICT, frozen=True)
class WaiversShape:
    """A list of waivers."""

    waivers: list[Any]


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
    return Baseline(
        shape.baseline,
        applies_to=shape.applies_to,
        extends=shape.extends,
        approved_by=shape.approved_by,
        effective=_date(shape.effective),
        expires=_date(shape.expires),
        expect=tuple(_expectations(shape.expect, entry.place, problems)),
        ignore=tuple(_ignored(shape.ignore, entry.place, problems)),
        description=shape.description,
        place=entry.place,
    )


def _expectations(raw: dict[str, Any], place: Place, problems: list[Problem]) -> Iterator[Expectation]:
    for name, demand in raw.items():
        where = place.at("expect", name)
        path = _path(name, where, problems)
        if path is None:
            continue
        if not isinstance(demand, dict):
            yield Expectation(path, {"equals": demand} if demand is not None else {"absent": True}, place=where)
            continue
        operators = {key: item for key, item in demand.items() if key not in ("severity", "optional")}
        if _known(operators, where, problems):
            severity = _severity(demand.get("severity"), where, problems)
            optional = _flag(demand.get("optional"), where, problems)
            yield Expectation(path, operators, severity, optional, where)


def _known(operators: dict[str, Value], where: Place, problems: list[Problem]) -> bool:
    unknown = [name for name in operators if name not in OPERATORS]
    for name in unknown:
        hint = nearest(name, tuple(OPERATORS)) or "a mapping is always operators; a literal mapping is {equals: {…}}"
        problems.append(Problem("unknown-field", f"there is no operator '{name}'", where=where.at(name), hint=hint))
    if not operators:
        problems.append(_wrong("this expects nothing", where, "give a value, or an operator such as 'present: true'"))
    return bool(operators) and not unknown


def _severity(raw: Value, where: Place, problems: list[Problem]) -> Severity | None:
    if raw is None or raw in SEVERITIES:
        return SEVERITIES.get(raw)
    problems.append(_wrong(f"a severity is one of {', '.join(SEVERITIES)}", where.at("severity")))
    return None


def _flag(raw: Value, where: Place, problems: list[Problem]) -> bool:
    if raw is None or (isinstance(raw, Plain) and isinstance(raw.value, bool)):
        return raw is not None and bool(raw.value)
    problems.append(_wrong("optional is true or false", where.at("optional")))
    return False


def _ignored(shapes: list[IgnoreShape], place: Place, problems: list[Problem]) -> Iterator[IgnoreRule]:
    for position, shape in enumerate(shapes):
        where = place.at("ignore", position)
        path = _path(shape.path, where.at("path"), problems)
        if path is not None:
            yield IgnoreRule(path, shape.reason, where)


def _waivers(entry: Entry, problems: list[Problem]) -> Iterator[Waiver]:
    shape, found = shaped(WaiversShape, entry.raw, entry.place)
    problems += found
    for position, raw in enumerate(shape.waivers if shape else ()):
        place = entry.place.at("waivers", position)
        if not isinstance(raw, dict):
            problems.append(_wrong("a waiver is a mapping", place))
        elif (waiver := _waiver(raw, place, problems)) is not None:
            yield waiver


def _waiver(raw: dict[str, Value], place: Place, problems: list[Problem]) -> Waiver | None:
    shape, found = shaped(WaiverShape, raw, place)
    problems += found
    if shape is None:
        return None
    if "observed" not in raw:
        hint = "write the value, or 'observed: null' for something seen to be absent"
        problems.append(_wrong("a waiver is pinned to the observed value", place, hint))
        return None
    if (shape.ci is None) == (shape.source is None or shape.key is None):
        problems.append(_wrong("a waiver names a 'ci', or the 'source' and 'key' of something unmanaged", place))
        return None
    path = _path(shape.path, place.at("path"), problems)
    return None if path is None else Waiver(
        path, shape.observed, shape.ci, shape.source, shape.key, shape.baseline, shape.reason,
        shape.approved_by, _date(shape.expires), place,
    )  # fmt: skip


def _path(written: str, where: Place, problems: list[Problem]) -> KeyPath | None:
    try:
        return parse_path(text(written), pattern=True)
    except KeyPathError as error:
        problems.append(_wrong(f"'{written}' is no key path: {error}", where, "such as attributes.packages.openssl"))
        return None


def _date(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _wrong(message: str, where: Place, hint: str = "") -> Problem:
    return Problem("invalid-field", message, where=where, hint=hint)
