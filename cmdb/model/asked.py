"""What an analysis may be asked: about which CIs, and by which options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from cmdb.model.ci import OUT_OF_SERVICE

T = TypeVar("T", bool, int, float, str, tuple[str, ...])


@dataclass(frozen=True, slots=True)
class Option(Generic[T]):
    """One option of an analysis. Its type is that of its default: False makes a flag, a tuple may be given several
    times. `choices` are the words that are taken; without them any text is, shown as `metavar`. `least` is the
    smallest number."""

    name: str
    default: T
    help: str
    choices: tuple[str, ...] = ()
    metavar: str = ""
    least: float | None = None


Options = tuple[Option[Any], ...]
INCLUDE: Option[tuple[str, ...]] = Option(
    "include", (), "Count CIs of this lifecycle in too; may be repeated.", choices=OUT_OF_SERVICE
)
"""Of analyses that otherwise look at CIs in service only."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`ids` are the CIs that selectors pick, sorted; None where nobody picked any, so that all are meant. `values` are
    those of options by name."""

    ids: tuple[str, ...] | None = None
    values: Mapping[str, object] = field(default_factory=dict)

    def value(self, option: Option[T]) -> T:
        """What an option was given, or its default."""
        return cast(T, self.values.get(option.name, option.default))
