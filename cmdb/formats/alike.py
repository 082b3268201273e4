"""CIs that name the same things are read field by field, each field for all of them at once, which takes half the calls
of one CI after the other. Where anything about one of them is odd or wrong, they are read one by one after all; the
answer is the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from cmdb.formats.meanings import all_stay
from cmdb.model.value import Value

Values = Sequence[Any]
"""What several CIs say in one place, in their order."""
Shape = tuple[Hashable, ...]

_TEXTS = {str}
_NOTHING: dict[str, Value] = {}


class Uneven(Exception):
    """Several CIs cannot be read together."""


def shape(raw: Mapping[str, Any]) -> Shape | None:
    """Equal for the mappings of CIs of a kind that name the same fields, labels, attributes and relations in the same
    order; None for what can only be read alone."""
    kind, labels = raw.get("kind", ""), raw.get("labels", _NOTHING)
    attributes, relations = raw.get("attributes", _NOTHING), raw.get("relations", _NOTHING)
    if type(kind) is str and type(labels) is type(attributes) is type(relations) is dict and "id" in raw:
        return (kind, len(raw), len(labels), len(attributes), *raw, *labels, *attributes, *relations)
    return None


def by_key(rows: Iterable[dict[str, Value]]) -> Iterable[Values]:
    """The values of mappings with the same keys in the same order, key by key."""
    return zip(*map(dict.values, rows), strict=True)


def by_ci(keys: Sequence[str], columns: Sequence[Iterable[Value]], cis: int) -> list[dict[str, Any]]:
    """The mappings of so many CIs again, from what they have under each key."""
    if not keys:
        return [{} for _ in range(cis)]
    return [dict(zip(keys, row, strict=True)) for row in islice(zip(*columns, strict=False), cis)]


def all_texts(values: Values) -> bool:
    """Whether all values are texts."""
    return set(map(type, values)) == _TEXTS


def meant(texts: Mapping[str, Any], other: Callable[[Any], Any], values: Values) -> Values:
    """What several values mean to the readers of texts and of everything else. Raises what they raise, and `Uneven`
    where one of them is nothing."""
    kinds = set(map(type, values))
    if kinds == _TEXTS:
        return values if all_stay(texts, values) else list(map(texts.__getitem__, values))
    if type(None) in kinds:
        raise Uneven
    return list(map(other, values))
