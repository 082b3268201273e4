"""What an attribute type is: a few functions over an attribute's declaration and a value, put together in one record."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cmdb.model.keypath import KeyPath, Segment
from cmdb.model.kind import Attribute
from cmdb.model.value import Value

Read = Callable[[Attribute, Value], Value]


class WrongValue(ValueError):
    """A value that its type refuses, in plain words that say what is expected.

    `path` leads from the value to the item that is wrong; it is empty for scalars.
    """

    def __init__(self, message: str, path: KeyPath = ()) -> None:
        super().__init__(message)
        self.path = path

    def below(self, segment: Segment) -> WrongValue:
        """The same finding, seen from the list or mapping that holds the value under `segment`."""
        return WrongValue(str(self), (segment, *self.path))


@dataclass(frozen=True, slots=True)
class AttributeType:
    """One attribute type.

    `read` turns what a file or a source says into the canonical value. `key` gives what equality compares, where that
    is not the canonical value itself. `order` gives what `<` compares, `measure` a dimension and an exact amount, for
    tolerances; None where the type has none. `tolerance` is the type that reads a tolerance, where it is another one.
    `text` writes a value the way people do. `takes_text` says that a plain YAML scalar has to arrive as its source
    text, and `takes_pattern` that the canonical value is text that a pattern may restrict.
    """

    read: Read
    key: Callable[[Attribute, Value], Hashable] | None = None
    order: Callable[[Attribute, Value], Any] | None = None
    measure: Callable[[Attribute, Value], tuple[str, Fraction]] | None = None
    tolerance: str = ""
    text: Callable[[Attribute, Value], str] | None = None
    takes_text: bool = True
    takes_pattern: bool = False
