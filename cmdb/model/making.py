"""Frozen values made by the hundred thousand: what `dataclass(frozen=True)` generates pays for each field it sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, make_dataclass
from typing import Any, TypeVar, cast

T = TypeVar("T")


def maker(frozen: Callable[..., T]) -> Callable[..., T]:
    """Makes instances of a frozen, slotted dataclass from the values of all its fields, in their order.

    A twin that may be written to takes the values, and then the class; Python allows that where the slots are the same.
    """
    shape: Any = frozen
    twin: Any = make_dataclass(shape.__name__, [field.name for field in fields(shape)], slots=True, eq=False)

    def make(*values: Any) -> T:
        made = twin(*values)
        made.__class__ = frozen
        return cast(T, made)

    return make
