"""Approved expectations, what is deliberately ignored, and what is excused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cmdb.model.calendar import CalendarEntry
from cmdb.model.keypath import KeyPath
from cmdb.model.location import Place
from cmdb.model.problem import Severity
from cmdb.model.release import Release
from cmdb.model.value import Value

OPERATORS = frozenset({
    "equals", "not", "in", "not_in", "minimum", "maximum", ">", ">=", "<", "<=", "range", "version", "pattern",
    "length", "subset_of", "superset_of", "contains", "absent", "present", "any_of", "one_of", "each", "none",
    "same_as",
})  # fmt: skip
"""The names of all operators."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """Demands on one key path: every operator must hold. `operators` maps an operator's name to its argument as the
    file has it (`model.plain`: the type of the CI's attribute decides what `1.10` means), `${name}` for a parameter;
    `severity` is None where the baseline leaves it to the workspace. `given` says where the parameters in it stand."""

    path: KeyPath
    operators: Mapping[str, Value]
    severity: Severity | None = None
    optional: bool = False
    place: Place | None = field(default=None, compare=False)
    given: tuple[tuple[str, Place], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class AllowRule:
    """Things that may be there although no CI stands for them: of a kind, seen by a source, with a key and a name that
    patterns match, and whose values are as `where` expects. None means any."""

    reason: str
    kind: str | None = None
    source: str | None = None
    key: str | None = None
    name: str | None = None
    where: tuple[Expectation, ...] = ()
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """Paths whose deviations nobody wants to see, and why."""

    path: KeyPath
    reason: str
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Baseline:
    """One named set of expectations. Without `applies_to` it is a template for others to extend.

    `parameters` are its own with their defaults, None where whoever extends it has to give a value; `given` has for
    each name in `extends`, in the same order, the values given there. `unmanaged` are the things that may be there
    although nobody declares them; unlike `expect` it needs no `applies_to`, and is not inherited.
    """

    name: str
    applies_to: str | None = None
    extends: tuple[str, ...] = ()
    approved_by: str | None = None
    effective: date | None = None
    expires: date | None = None
    expect: tuple[Expectation, ...] = ()
    ignore: tuple[IgnoreRule, ...] = ()
    description: str = ""
    place: Place = field(default=Place(""), compare=False)
    parameters: Mapping[str, Value] = field(default_factory=dict)
    given: tuple[Mapping[str, Value], ...] = ()
    unmanaged: tuple[AllowRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiver:
    """Reviewed, expiring permission for one deviation, pinned to CI, path and observed value (as the file has it, see
    `model.plain`; None: seen to be absent). `source` and `key` stand instead of `ci` for something unmanaged."""

    path: KeyPath
    observed: Value
    ci: str | None = None
    source: str | None = None
    key: str | None = None
    baseline: str | None = None
    reason: str = ""
    approved_by: str | None = None
    expires: date | None = None
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True, slots=True)
class Baselines:
    """Everything under `baselines/`; `unread` names the files that did not load."""

    baselines: tuple[Baseline, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    unread: tuple[str, ...] = ()
    calendar: tuple[CalendarEntry, ...] = ()
    releases: tuple[Release, ...] = ()
