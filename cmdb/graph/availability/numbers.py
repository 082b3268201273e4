"""Shares of time as whole numbers of very small parts, so that sums and products of thousands of them stay right to the
last digit of what is printed."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

BITS = 256
ONE = 1 << BITS
"""The whole. A share is a number from 0 to ONE."""


def share(exact: Fraction) -> int:
    """The nearest number of parts."""
    return round(exact * ONE)


def product(shares: Iterable[int]) -> int:
    """What is left of the whole after all of them."""
    result = ONE
    for each in shares:
        result = result * each >> BITS
    return result


def times(one: int, other: int) -> int:
    """A share of a share."""
    return one * other >> BITS


def shown(parts: int) -> float:
    """As a number from 0 to 1, rounded once."""
    return min(max(parts, 0), ONE) / ONE
