"""Version constraints such as `>=3.0.11` or `>=1, <2`: every part must hold, in the order of the attribute's scheme."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cmdb.model.kind import Attribute
from cmdb.model.types import WrongValue, normalise, order
from cmdb.model.value import Value

_GENERIC = Attribute("version", "version")
_PART = re.compile(r"(>=|<=|==|!=|>|<|=)?\s*([^\s,<>=!]+)")
_HOLDS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq, "==": operator.eq,
    "!=": operator.ne,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Constraint:
    """Parts of a constraint as (operator, version), and the type that reads and orders versions."""

    parts: tuple[tuple[str, str], ...]
    attribute: Attribute

    def allows(self, seen: Value) -> bool:
        """Whether a value is a version within the constraint."""
        try:
            place = self.place(seen if isinstance(seen, str) else str(seen))
            return all(_HOLDS[sign](place, self.place(version)) for sign, version in self.parts)
        except (WrongValue, TypeError):
            return False

    def place(self, version: str) -> Any:
        """What `<` compares. Raises `WrongValue`."""
        return order(self.attribute, normalise(self.attribute, version))


def constraint(attribute: Attribute | None, text: str) -> Constraint:
    """The constraint that a text spells; a version alone means that version. Raises `WrongValue`."""
    reader = attribute if attribute is not None and attribute.type == "version" else _GENERIC
    bare = Attribute(reader.name, "version", scheme=reader.scheme)
    parts: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        found = _PART.match(text, position)
        if not found:
            raise WrongValue(f"'{text}' is no version constraint; write >=3.0.11, or >=1,<2")
        parts.append((found[1] or "=", found[2]))
        position = found.end()
        position += len(text[position:]) - len(text[position:].lstrip(" ,\t"))
    if not parts:
        raise WrongValue("a version constraint is empty; write >=3.0.11, or >=1,<2")
    found_all = Constraint(tuple(parts), bare)
    for _, version in parts:
        found_all.place(version)
    return found_all
