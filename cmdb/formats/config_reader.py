"""`cmdb.yaml`: the settings of a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from typing import Any

from pydantic.dataclasses import dataclass

from cmdb.formats.change_config import read_change
from cmdb.formats.reading import read_precise
from cmdb.formats.shapes import STRICT, Number, Seconds, SeverityName, Text, Texts, settings, shaped
from cmdb.model.ci import CRITICALITIES
from cmdb.model.config import DEFAULT_SEVERITY, DriftConfig, SeverityRule, SourceConfig, WorkspaceConfig
from cmdb.model.keypath import KeyPathError, parse_path
from cmdb.model.location import Place
from cmdb.model.plain import value
from cmdb.model.problem import SEVERITIES, Problem
from cmdb.model.value import Value

PATH = "cmdb.yaml"
_SOURCE_FIELDS = ("plugin", "covers", "timeout")


@dataclass(config=STRICT, frozen=True)
class RuleShape:
    """What deviations weigh that fit."""

    severity: SeverityName
    outcome: Text | None = None
    cis: Text | None = None
    path: Text | None = None


@dataclass(config=STRICT, frozen=True)
class DriftShape:
    """Rules of judgement for `cmdb drift`."""

    max_age: Seconds = 7 * 86400
    outage_threshold: Number = 0.5
    manage: Texts | None = None
    pending_grace: Seconds = 3 * 86400
    allow_unobserved: Any = 0
    severity: dict[Text, SeverityName] = field(default_factory=dict)
    rules: tuple[RuleShape, ...] = ()
    raise_for: Texts = ()


@dataclass(config=STRICT, frozen=True)
class SourceShape:
    """One source of observations; further fields are the plugin's options."""

    plugin: Text = ""
    covers: Text = ""
    timeout: Seconds = 60


@dataclass(config=STRICT, frozen=True)
class WorkspaceShape:
    """The settings of a workspace."""

    name: Text = ""
    sources: Any = None
    drift: Any = None
    change: Any = None


_LONGEST = timedelta(days=36_525)


def read_config(data: bytes) -> tuple[WorkspaceConfig, list[Problem]]:
    """The settings that are right, and the problems of those that are not."""
    reading = read_precise(PATH, data)
    problems = list(reading.problems)
    if not reading.entries:
        return WorkspaceConfig(), problems
    place = reading.entries[0].place
    shape, found = shaped(WorkspaceShape, reading.entries[0].raw, place)
    problems += found
    if shape is None:
        return WorkspaceConfig(), problems
    sources = _sources(shape.sources, place, problems)
    drift = _drift(shape.drift, place.at("drift"), problems)
    change = read_change(shape.change, place.at("change"), problems)
    return WorkspaceConfig(shape.name, sources, drift, change), problems


def _sources(raw: Value, place: Place, problems: list[Problem]) -> tuple[SourceConfig, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, dict):
        problems.append(_wrong("sources are a mapping from name to settings", place.at("sources")))
        return ()
    sources = [_source(str(name), item or {}, place.at("sources", name), problems) for name, item in raw.items()]
    return tuple(source for source in sources if source is not None)


def _source(name: str, raw: Value, place: Place, problems: list[Problem]) -> SourceConfig | None:
    if not isinstance(raw, dict):
        problems.append(_wrong(f"the source '{name}' is a mapping of settings, such as 'plugin: local_host'", place))
        return None
    shape, found = shaped(SourceShape, {key: raw[key] for key in _SOURCE_FIELDS if key in raw}, place)
    problems += found
    if shape is None:
        return None
    options = {key: value(item) for key, item in raw.items() if key not in _SOURCE_FIELDS and item is not None}
    return SourceConfig(
        name, shape.plugin, shape.covers, timedelta(seconds=min(shape.timeout, _LONGEST.total_seconds())), options
    )


def _drift(raw: Value, place: Place, problems: list[Problem]) -> DriftConfig:
    if raw is None:
        return DriftConfig()
    shape = settings(DriftShape, raw, place, problems, "drift")
    if shape is None:
        return DriftConfig()
    problems += (
        _no_outcome(name, place.at("severity", name)) for name in shape.severity if name not in DEFAULT_SEVERITY
    )
    problems += (
        _wrong(f"there is no criticality '{name}'; one of {', '.join(CRITICALITIES)}", place.at("raise_for"))
        for name in shape.raise_for
        if name not in CRITICALITIES
    )
    if not 0 <= shape.outage_threshold <= 1:
        problems.append(_wrong("outage_threshold is a share between 0 and 1", place.at("outage_threshold")))
    return DriftConfig(
        max_age=_duration(shape.max_age, place.at("max_age"), problems),
        outage_threshold=shape.outage_threshold,
        manage=shape.manage,
        pending_grace=_duration(shape.pending_grace, place.at("pending_grace"), problems),
        allow_unobserved=_allowance(shape.allow_unobserved, place.at("allow_unobserved"), problems),
        severity=_severities(shape.severity),
        rules=tuple(_rule(rule, place.at("rules", number), problems) for number, rule in enumerate(shape.rules)),
        raise_for=shape.raise_for,
    )


def _duration(seconds: float, place: Place, problems: list[Problem]) -> timedelta:
    if seconds > _LONGEST.total_seconds():
        problems.append(_wrong("a duration of more than a hundred years", place))
        return _LONGEST
    return timedelta(seconds=seconds)


def _rule(shape: RuleShape, place: Place, problems: list[Problem]) -> SeverityRule:
    if shape.outcome is not None and shape.outcome not in DEFAULT_SEVERITY:
        problems.append(_no_outcome(shape.outcome, place.at("outcome")))
    path = None
    try:
        path = parse_path(shape.path, pattern=True) if shape.path is not None else None
    except KeyPathError as error:
        problems.append(_wrong(f"path: {error}", place.at("path")))
    return SeverityRule(SEVERITIES[shape.severity], shape.outcome, shape.cis, path)


def _no_outcome(name: str, place: Place) -> Problem:
    return _wrong(f"there is no outcome '{name}'; one of {', '.join(DEFAULT_SEVERITY)}", place)


def _allowance(raw: Value, place: Place, problems: list[Problem]) -> int | float:
    """`3` is a count, `5%` a share."""
    plain = value(raw)
    if isinstance(plain, int) and not isinstance(plain, bool) and plain >= 0:
        return plain
    if isinstance(plain, str) and plain.endswith("%"):
        try:
            share = float(plain[:-1]) / 100
        except ValueError:
            share = -1.0
        if 0 <= share <= 1:
            return share
    problems.append(_wrong("allow_unobserved is a count such as 3, or a share such as 5%", place))
    return 0


def _severities(names: Mapping[str, str]) -> dict[str, Any]:
    return {**DEFAULT_SEVERITY, **{outcome: SEVERITIES[name] for outcome, name in names.items()}}


def _wrong(message: str, place: Place) -> Problem:
    return Problem("invalid-field", message, where=place)
