"""What `expect` says: key paths, and for each a literal or operators. Types come later, with the CIs; what can be wrong
without them is found here, with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cmdb.formats.reading import nearest
from cmdb.model.baseline import OPERATORS, Expectation
from cmdb.model.ci import FIELDS
from cmdb.model.keypath import KeyPath, KeyPathError, Segment, parse_path
from cmdb.model.location import Place
from cmdb.model.plain import Plain, text
from cmdb.model.problem import SEVERITIES, Problem, Severity
from cmdb.model.value import Value

Report = Callable[[Problem], None]

_ONE = frozenset({"not", "each", "none", "length"})
_MANY = frozenset({"any_of", "one_of"})
_FLAGS = frozenset({"severity", "optional"})
_LITERAL = "a mapping is always operators; a literal mapping is {equals: {…}}"
_HEADS = (*FIELDS, "presence", "*", "**")


def read_expectations(raw: Mapping[str, Any], place: Place, report: Report) -> Iterator[Expectation]:
    """Every expectation of a mapping; one that grades its demands by severity is several."""
    for name, demand in raw.items():
        where = place.at(name)
        path = read_path(name, where, report)
        if path is not None:
            yield from _expectations(path, demand, where, report)


def read_path(written: str, where: Place, report: Report) -> KeyPath | None:
    """A key path, with stars and parameters; None where it is none."""
    try:
        path = parse_path(text(written), pattern=True)
    except KeyPathError as error:
        report(wrong(f"'{written}' is no key path: {error}", where, "such as attributes.packages.openssl"))
        return None
    if path[0] not in _HEADS:
        hint = nearest(str(path[0]), _HEADS) or f"did you mean 'attributes.{written}'?"
        report(wrong(f"'{written}' begins with no field of a CI", where, hint))
        return None
    return path


def wrong(message: str, where: Place, hint: str = "") -> Problem:
    """Something that stands where it makes no sense."""
    return Problem("invalid-field", message, where=where, hint=hint)


def _expectations(path: KeyPath, demand: Value, where: Place, report: Report) -> Iterator[Expectation]:
    if not isinstance(demand, dict):
        yield Expectation(path, {"equals": demand} if demand is not None else {"absent": True}, place=where)
        return
    operators = {name: item for name, item in demand.items() if name not in _FLAGS and name not in SEVERITIES}
    grades = {name: item for name, item in demand.items() if name in SEVERITIES}
    optional = _flag(demand.get("optional"), where, report)
    severity = _severity(demand.get("severity"), where, report)
    if not operators and (not grades or severity is not None):
        what = "a severity without a demand of its own" if grades else "this expects nothing"
        report(wrong(what, where, "give a value, or an operator such as 'present: true'"))
    elif operators and _known(operators, where, report):
        yield Expectation(path, operators, severity, optional, where)
    for name, item in grades.items():
        at = where.at(name)
        if isinstance(item, dict) and not item:
            report(wrong("this expects nothing", at, "give a value, or an operator such as 'present: true'"))
        elif not isinstance(item, dict) or _known(item, at, report):
            operators = item if isinstance(item, dict) else {"absent": True} if item is None else {"equals": item}
            yield Expectation(path, operators, SEVERITIES[name], optional, at)


def _known(operators: Mapping[str, Value], where: Place, report: Report) -> bool:
    """Whether all operators are known, at any depth."""
    known = True
    for at, found in ((at, name) for at, names in _mappings(operators, ()) for name in names):
        if found not in OPERATORS:
            known = False
            hint = nearest(found, tuple(OPERATORS)) or _LITERAL
            if found in _FLAGS or found in SEVERITIES:
                hint = "severities and 'optional' belong to the whole expectation"
            report(Problem("unknown-field", f"there is no operator '{found}'", where=where.at(*at, found), hint=hint))
    return known


def _mappings(
    operators: Mapping[str, Value], at: tuple[Segment, ...]
) -> Iterator[tuple[tuple[Segment, ...], Mapping[str, Value]]]:
    """This mapping of operators and those inside it."""
    yield at, operators
    for name, argument in operators.items():
        if name in _ONE and isinstance(argument, dict):
            yield from _mappings(argument, (*at, name))
        elif name in _MANY and isinstance(argument, list):
            for position, item in enumerate(argument):
                if isinstance(item, dict):
                    yield from _mappings(item, (*at, name, position))


def _severity(raw: Value, where: Place, report: Report) -> Severity | None:
    if raw is None or (isinstance(raw, str) and raw in SEVERITIES):
        return SEVERITIES.get(raw or "")
    report(wrong(f"a severity is one of {', '.join(SEVERITIES)}", where.at("severity")))
    return None


def _flag(raw: Value, where: Place, report: Report) -> bool:
    if raw is None or (isinstance(raw, Plain) and isinstance(raw.value, bool)):
        return raw is not None and bool(raw.value)
    report(wrong("optional is true or false", where.at("optional")))
    return False
