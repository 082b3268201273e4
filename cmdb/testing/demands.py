"""Hypothesis strategies for demands: operators over a few values of a type, nested, and the values they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations

from hypothesis import strategies as st

from cmdb.model.kind import Attribute
from cmdb.model.value import Value

_INTEGER = Attribute("item", "integer")
_VERSION = Attribute("item", "version")
_VERSIONS = ("1", "1.0", "1.0.0", "1.1", "2.0-rc1", "2", "3")
_WORDS = ("a", "ab", "A", "1", "1.0", "")
_SETS = tuple(chosen for size in range(4) for chosen in combinations((1, 2, 3), size))
_MAPS: tuple[Value, ...] = ({}, {"a": "1"}, {"a": "1.0", "b": "2"}, {"b": "2"})

DOMAINS: Mapping[str, tuple[Attribute | None, Sequence[Value]]] = {
    "number": (Attribute("x", "number"), (1, 2, 2.5, 3)),
    "version": (Attribute("x", "version"), _VERSIONS),
    "string": (Attribute("x", "string"), _WORDS),
    "hostname": (Attribute("x", "hostname"), ("a", "ab", "b")),
    "url": (Attribute("x", "url"), ("https://a.example", "https://a.example/", "HTTPS://A.example/")),
    "enum": (Attribute("x", "enum", choices=("low", "mid", "high")), ("low", "mid", "high")),
    "set": (Attribute("x", "set", of=_INTEGER), _SETS),
    "list": (Attribute("x", "list", of=_VERSION), ((), ("1",), ("1.0",), ("1", "2"), ("2", "1.0"))),
    "map": (Attribute("x", "map", of=_VERSION), _MAPS),
    "untyped": (None, (1, 1.0, True, "a", "1", *_SETS[:4], *_MAPS)),
}
"""Values of each type as they are compared; some mean the same and are spelt otherwise."""
_ORDERED = frozenset({"number", "version", "string", "enum"})
_HOLDING = frozenset({"set", "list", "map", "untyped"})
_ITEMS: Mapping[str, tuple[str, Sequence[Value]]] = {
    "set": ("number", (1, 2, 3)),
    "list": ("version", ("1", "1.0", "2")),
    "map": ("version", ("1", "1.0", "2")),
    "untyped": ("untyped", (1, "a", "1")),
}


@cache
def demands(domain: str, *, depth: int = 1) -> st.SearchStrategy[Mapping[str, Value]]:
    """Operators that make sense for a domain, one or two of them."""
    single = _single(domain, depth)
    return single | st.builds(lambda one, other: {**one, **other}, single, single)


def _single(domain: str, depth: int) -> st.SearchStrategy[Mapping[str, Value]]:
    values = st.sampled_from([value for value in DOMAINS[domain][1] if not isinstance(value, Mapping)] or ["a"])
    found = [_named("in", st.lists(values, max_size=3)), _named("not_in", st.lists(values, max_size=2))]
    found += [_named("equals", st.sampled_from(DOMAINS[domain][1])), _named("present", st.booleans())]
    if domain in _ORDERED:
        found += [_named(name, values) for name in ("minimum", "maximum", "<", "<=", ">", ">=")]
        found += [_named("range", st.tuples(values, values).map(list))]
    if domain in ("version", "string"):
        sign = st.sampled_from(["=", "!=", ">", ">=", "<", "<="])
        found += [_named("version", st.builds(lambda one, text: f"{one}{text}", sign, st.sampled_from(_VERSIONS)))]
    if domain not in _HOLDING | {"number"}:
        found += [_named("pattern", st.sampled_from(["1.*", ".*0", "a", "https:.*", ".{2}"]))]
        found += [_named("contains", st.sampled_from(["a", "0", "/"]))]
    if domain != "number":
        found += [_named("length", st.integers(0, 3) | demands("number", depth=0))]
    if domain in _HOLDING:
        of, items = _ITEMS[domain]
        chosen = st.lists(st.sampled_from(["a", "b"] if domain == "map" else list(items)), max_size=2, unique=True)
        found += [_named(name, chosen) for name in ("subset_of", "superset_of")]
        if domain != "untyped":
            found += [_named("contains", chosen), *(_named(name, demands(of, depth=0)) for name in ("each", "none"))]
    if depth:
        inner = demands(domain, depth=depth - 1)
        found += [_named("not", inner)]
        found += [_named(name, st.lists(inner, min_size=1, max_size=3)) for name in ("any_of", "one_of")]
    return st.one_of(found)


def _named(name: str, argument: st.SearchStrategy[Value]) -> st.SearchStrategy[Mapping[str, Value]]:
    return argument.map(lambda found: {name: found})
