"""A selector as a tree, and as the text that it is read from."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from cmdb.model.keypath import KeyPath, format_path

ALL_STEPS = -1
"""No limit to the steps of a graph operator."""
NEGATIVE = frozenset({"!=", "!~", "not in"})
BARE_VALUE = re.compile(r"[^\s,()\[\]\"=~!<>][^\s,()\[\]\"]*")

Span = tuple[int, int]
"""From, up to but not including, in the characters of the selector."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value to compare with."""

    text: str
    span: Span = field(default=(0, 0), compare=False)

    def __str__(self) -> str:
        return self.text if BARE_VALUE.fullmatch(self.text) else json.dumps(self.text, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """FIELD OP VALUE; `in` and `not in` have any number of values, all others one."""

    path: KeyPath
    operator: str
    values: tuple[Literal, ...]
    span: Span = field(default=(0, 0), compare=False)
    operator_span: Span = field(default=(0, 0), compare=False)

    def __str__(self) -> str:
        if self.operator in ("in", "not in"):
            return f"{format_path(self.path)} {self.operator} ({', '.join(map(str, self.values))})"
        return f"{format_path(self.path)}{self.operator}{self.values[0]}"


@dataclass(frozen=True, slots=True)
class Presence:
    """FIELD has a value, or `!FIELD` has none."""

    path: KeyPath
    wanted: bool = True
    span: Span = field(default=(0, 0), compare=False)

    def __str__(self) -> str:
        return f"{'' if self.wanted else '!'}{format_path(self.path)}"


@dataclass(frozen=True, slots=True)
class Named:
    """The CI of that id or alias."""

    id: str
    span: Span = field(default=(0, 0), compare=False)

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class Reach:
    """CIs with what they need up to `needs` steps away, and what needs them up to `needed_by` steps away; None where
    that side was not asked for."""

    of: Named | Selector
    needs: int | None = None
    needed_by: int | None = None
    span: Span = field(default=(0, 0), compare=False)

    def __str__(self) -> str:
        before = "" if self.needs is None else f"{'' if self.needs == ALL_STEPS else self.needs}+"
        after = "" if self.needed_by is None else f"+{'' if self.needed_by == ALL_STEPS else self.needed_by}"
        inner = str(self.of) if isinstance(self.of, Named) else f"({self.of})"
        return f"{before}{inner}{after}"


@dataclass(frozen=True, slots=True)
class Selector:
    """Terms that must all hold. `text` is what it was read from; `str()` writes it anew."""

    terms: tuple[Term, ...]
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return ",".join(f"({term})" if isinstance(term, Selector) else str(term) for term in self.terms)


Term = Comparison | Presence | Named | Reach | Selector
