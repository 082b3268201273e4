"""Values as they stand in files, snapshots and comparisons: the types that JSON knows, immutable by convention."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, TypeAlias

Value: TypeAlias = Any
"""None, bool, int, float, str, a tuple of values, or a mapping from text to value."""


class _Nothing(dict[Any, Any]):
    """An empty mapping that stays empty."""

    __slots__ = ()

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise TypeError("this mapping is shared and stays empty")

    __setitem__ = __ior__ = setdefault = update = _refuse


NOTHING: Mapping[Any, Any] = _Nothing()
"""The empty mapping of all who have none of their own."""

_SCALARS = frozenset({str, int, bool, float, type(None)})


def freeze(value: Value) -> Value:
    """The value with tuples for lists, all the way down."""
    if isinstance(value, Mapping):
        return {str(key): freeze(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple(freeze(item) for item in value)
    return value


def identity(value: Value) -> Hashable:
    """A hashable stand-in that is equal exactly when two values mean the same: 1, True and 1.0 differ."""
    if isinstance(value, Mapping):
        return (dict, frozenset((key, identity(item)) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return (list, tuple(identity(item) for item in value))
    return (type(value), value)


def same(left: Value, right: Value) -> bool:
    """Whether two untyped values mean the same."""
    kind = type(left)
    if kind in _SCALARS:
        return kind is type(right) and bool(left == right)
    if isinstance(left, Mapping):
        return isinstance(right, Mapping) and left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    if isinstance(left, list | tuple):
        return isinstance(right, list | tuple) and len(left) == len(right) and all(map(same, left, right))
    return identity(left) == identity(right)
