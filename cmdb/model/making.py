"""Frozen values made by the hundred thousand: what `dataclass(frozen=True)` generates pays for each field it sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")


def maker(frozen: Callable[..., T]) -> Callable[..., T]:
    """Makes instances of a frozen, slotted dataclass from the values of all its fields, in their order.

    A twin that may be written to takes the values, and then the class; Python allows that where the slots are the same.
    """
    shape: Any = frozen
    names = [field.name for field in fields(shape)]
    lines = (*(f"self.{name} = {name}" for name in names), "self.__class__ = frozen")
    scope: dict[str, Any] = {"frozen": frozen}
    exec(f"def __init__(self, {', '.join(names)}):\n " + "\n ".join(lines), scope)
    made: Any = type(shape.__name__, (), {"__slots__": tuple(names), "__init__": scope["__init__"]})
    twin: Callable[..., T] = made
    return twin
