"""What an attribute type is: a few functions over an attribute's declaration and a value, put together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cmdb.model.keypath import KeyPath, Segment
from cmdb.model.kind import Attribute
from cmdb.model.value import Value

Read = Callable[[Attribute, Value], Value]
SHOWN = 60


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
    is not the canonical value itself; it raises `WrongValue` for a value that `read` did not make. `order` gives what
    `<` compares, `measure` a dimension and an exact amount, for tolerances; None where the type has none. `tolerance`
    names the type that tolerances are written in, where it is another one. `text` writes a value the way people do.
    `takes_text` says that a plain YAML scalar has to arrive as its source text, and `takes_pattern` that the canonical
    value is text that a pattern may restrict. `usual` is a pattern of texts that mean themselves, and knows no line
    breaks.
    """

    read: Read
    key: Callable[[Attribute, Value], Hashable] | None = None
    order: Callable[[Attribute, Value], Any] | None = None
    measure: Callable[[Attribute, Value], tuple[str, Fraction]] | None = None
    tolerance: str = ""
    text: Callable[[Attribute, Value], str] | None = None
    takes_text: bool = True
    takes_pattern: bool = False
    usual: str = ""


def shown(raw: Value) -> str:
    """A raw value as a message quotes it: short, on one line, in the spelling of YAML."""
    if isinstance(raw, str):
        return repr(raw) if len(raw) <= SHOWN else repr(raw[:SHOWN]) + "…"
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, Mapping):
        return "a mapping"
    if isinstance(raw, list | tuple | set | frozenset):
        return "a list"
    if isinstance(raw, int) and raw.bit_length() > SHOWN * 3:
        return "a number of that many digits"
    return "nothing" if raw is None else str(raw)


def written(raw: Value, refusal: str) -> str:
    """The text of a value that people write as text. A whole number counts as its digits, as sources send it; any other
    number has lost some already, and is refused like everything else."""
    if isinstance(raw, str):
        return str(raw)
    if isinstance(raw, int) and not isinstance(raw, bool) and raw.bit_length() < 10_000:
        return str(raw)
    if isinstance(raw, float):
        raise WrongValue(f"{shown(raw)} came as a number, which loses digits (1.10 turns into 1.1); send it as text")
    raise WrongValue(f"{shown(raw)} {refusal}")
