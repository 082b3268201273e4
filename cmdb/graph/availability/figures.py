"""How often a CI is unavailable by its own fault: the figures that its attributes give."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal

from cmdb.model.ci import CI
from cmdb.model.value import Value

Basis = Literal["availability", "mtbf", "assumed", "composed", "unknown"]
_PERCENT = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*%?\s*")


@dataclass(frozen=True, slots=True)
class Figure:
    """The share of time that a CI is unavailable by its own fault, from 0 to 1, and where that comes from:
    `availability`, `mtbf` (with `mttr`), `assumed`, `composed` (a service is what it is made of and does not fail
    itself), or `unknown`: then the share is 0, and whatever rests upon it is no more than a bound."""

    unavailability: Fraction
    basis: Basis

    @property
    def known(self) -> bool:
        """Whether there is anything behind it."""
        return self.basis != "unknown"


UNKNOWN = Figure(Fraction(0), "unknown")
COMPOSED = Figure(Fraction(0), "composed")


def figure(ci: CI) -> Figure:
    """What a CI's attributes say: `availability` first, then `mtbf` and `mttr` together.

    A = MTBF / (MTBF + MTTR), where MTBF is the mean operating time between failures (IEC 60050-192-05-13), so that it
    does not hold the time to repair.
    """
    share = fraction(ci.attributes.get("availability"))
    if share is not None:
        return Figure(1 - share, "availability")
    between, repair = _seconds(ci, "mtbf"), _seconds(ci, "mttr")
    if between is None or repair is None or not between + repair:
        return UNKNOWN
    return Figure(repair / (between + repair), "mtbf")


def fraction(value: Value) -> Fraction | None:
    """A percentage, or a share up to 1, exactly as it is written in decimal; None for what is neither."""
    number = _decimal(value)
    if number is None or not 0 <= number <= 100:
        return None
    percent = number > 1 or (isinstance(value, str) and "%" in value)
    return number / 100 if percent else number


def fallback(ci: CI, lineage: tuple[str, ...], assumed: Mapping[str, Fraction]) -> Figure:
    """What is assumed of a CI without a figure: by its kind, by the nearest kind above it, or (``""``) of any."""
    for kind in (*lineage, ci.kind, ""):
        if kind in assumed:
            return Figure(1 - assumed[kind], "assumed")
    return UNKNOWN


def _seconds(ci: CI, name: str) -> Fraction | None:
    number = _decimal(ci.attributes.get(name))
    return number if number is not None and number >= 0 else None


def _decimal(value: Value) -> Fraction | None:
    if isinstance(value, str) and (found := _PERCENT.fullmatch(value)):
        return Fraction(found[1])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return Fraction(Decimal(str(value)))
    except (InvalidOperation, ValueError, OverflowError):
        return None
