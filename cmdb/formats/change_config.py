"""The section `change` of `cmdb.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Annotated, get_args

from pydantic import BeforeValidator
from pydantic.dataclasses import dataclass

from cmdb.formats.layout import BASELINES, INVENTORY
from cmdb.formats.reading import nearest
from cmdb.formats.shapes import STRICT, Count, Number, Text, Texts, settings
from cmdb.model.change import Action
from cmdb.model.change_config import (
    DEFAULT_ENVIRONMENTS,
    DEFAULT_LEVELS,
    DEFAULT_WEIGHTS,
    RECORDS,
    ApprovalRule,
    ChangeConfig,
    TypeRule,
)
from cmdb.model.change_record import CHANGE_TYPES, LEVELS, ChangeType, Level
from cmdb.model.keypath import KeyPath, KeyPathError, parse_path
from cmdb.model.location import Place
from cmdb.model.plain import NotText, text
from cmdb.model.problem import Problem
from cmdb.model.status import STATUSES, Status
from cmdb.model.value import Value

_ACTIONS = get_args(Action)
_NOBODY = "none"
_AFFECTED = (*(label for label, status in STATUSES.items() if status > Status.UP), _NOBODY)


def _one_of(words: Sequence[str]) -> BeforeValidator:
    def read(raw: Value) -> Value:
        try:
            found = text(raw)
        except NotText:
            found = ""
        if found not in words:
            raise ValueError(f"one of {', '.join(words)} is expected")
        return found

    return BeforeValidator(read, json_schema_input_type=str)


LevelName = Annotated[str, _one_of(LEVELS)]
TypeName = Annotated[str, _one_of(CHANGE_TYPES)]
AffectedName = Annotated[str, _one_of(_AFFECTED)]


@dataclass(config=STRICT, frozen=True)
class TypeShape:
    """Changes that are of one type."""

    type: TypeName
    cis: Text | None = None
    paths: Texts = ()
    actions: Texts = ()
    labels: Texts = ()
    at_most: LevelName | None = None
    reason: Text = ""


@dataclass(config=STRICT, frozen=True)
class ApprovalShape:
    """Someone who has to agree beyond the owners."""

    approver: Text
    cis: Text | None = None
    paths: Texts = ()
    affected: Text | None = None
    risk: LevelName | None = None
    type: TypeName | None = None
    reason: Text = ""


@dataclass(config=STRICT, frozen=True)
class ChangeShape:
    """Rules for `cmdb change`."""

    weights: dict[Text, Count] = field(default_factory=dict)
    levels: dict[LevelName, Count] = field(default_factory=dict)
    environments: dict[Text, Number] = field(default_factory=dict)
    types: tuple[TypeShape, ...] = ()
    affected_owners: AffectedName = Status.DEGRADED.label
    approvals: tuple[ApprovalShape, ...] = ()
    records: Text = RECORDS


def read_change(raw: Value, place: Place, problems: list[Problem]) -> ChangeConfig:
    """The settings that are right; problems are added to the list."""
    if raw is None:
        return ChangeConfig()
    shape = settings(ChangeShape, raw, place, problems, "change")
    if shape is None:
        return ChangeConfig()
    problems += _odd(shape, place)
    return ChangeConfig(
        weights={**DEFAULT_WEIGHTS, **shape.weights},
        levels={**DEFAULT_LEVELS, **{_LEVELS[name]: score for name, score in shape.levels.items()}},
        environments={**DEFAULT_ENVIRONMENTS, **shape.environments},
        types=tuple(_type(rule, place.at("types", number), problems) for number, rule in enumerate(shape.types)),
        affected_owners=STATUSES.get(shape.affected_owners),
        approvals=tuple(
            _approval(rule, place.at("approvals", number), problems) for number, rule in enumerate(shape.approvals)
        ),
        records=_folder(shape.records, place.at("records"), problems),
    )


_LEVELS: Mapping[str, Level] = {level: level for level in LEVELS}
_TYPES: Mapping[str, ChangeType] = {kind: kind for kind in CHANGE_TYPES}


def _odd(shape: ChangeShape, place: Place) -> Iterator[Problem]:
    """Numbers that make no sense, and names of factors that there are not."""
    for name, weight in shape.weights.items():
        if name not in DEFAULT_WEIGHTS:
            hint = nearest(name, tuple(DEFAULT_WEIGHTS))
            message = f"there is no factor '{name}'; one of {', '.join(DEFAULT_WEIGHTS)}"
            yield Problem("invalid-field", message, where=place.at("weights", name), hint=hint)
        if not 0 <= weight <= 100:
            yield _wrong("a weight is a number of points from 0 to 100", place.at("weights", name))
    for name, measure in shape.environments.items():
        if not 0 <= measure <= 1:
            yield _wrong("an environment's measure is between 0 and 1", place.at("environments", name))
    if "low" in shape.levels:
        yield _wrong("low begins at 0, always", place.at("levels", "low"))
    begins = [shape.levels.get(level, score) for level, score in DEFAULT_LEVELS.items()]
    if not 0 < begins[0] < begins[1] < begins[2] <= 100:
        yield _wrong("levels begin in the order medium, high, critical, above 0 and up to 100", place.at("levels"))


def _folder(written: str, place: Place, problems: list[Problem]) -> str:
    """A folder of its own below the workspace."""
    parts = written.removesuffix("/").split("/")
    if "\\" in written or not all(parts) or parts[0] in (INVENTORY, BASELINES) or any(p[0] == "." for p in parts):
        problems.append(_wrong(f"'{written}' is no folder for records; name one below the workspace", place))
        return RECORDS
    return "/".join(parts)


def _type(shape: TypeShape, place: Place, problems: list[Problem]) -> TypeRule:
    problems += (
        _wrong(f"there is no action '{name}'; one of {', '.join(_ACTIONS)}", place.at("actions"))
        for name in shape.actions
        if name not in _ACTIONS
    )
    return TypeRule(
        _TYPES[shape.type],
        shape.cis,
        _paths(shape.paths, place, problems),
        shape.actions,
        shape.labels,
        _LEVELS[shape.at_most] if shape.at_most else None,
        shape.reason,
    )


def _approval(shape: ApprovalShape, place: Place, problems: list[Problem]) -> ApprovalRule:
    return ApprovalRule(
        shape.approver,
        shape.cis,
        _paths(shape.paths, place, problems),
        shape.affected,
        _LEVELS[shape.risk] if shape.risk else None,
        _TYPES[shape.type] if shape.type else None,
        shape.reason,
    )


def _paths(written: Iterable[str], place: Place, problems: list[Problem]) -> tuple[KeyPath, ...]:
    found: list[KeyPath] = []
    for one in written:
        try:
            found.append(parse_path(one, pattern=True))
        except KeyPathError as error:
            problems.append(_wrong(f"paths: {error}", place.at("paths")))
    return tuple(found)


def _wrong(message: str, place: Place) -> Problem:
    return Problem("invalid-field", message, where=place)
