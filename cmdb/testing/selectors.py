"""Hypothesis strategies for selectors: trees of every shape, and texts that are nearly selectors."""

from __future__ import annotations

from hypothesis import strategies as st

from cmdb.graph.selectors.parse import BRANCHING
from cmdb.graph.selectors.syntax import ALL_STEPS, Comparison, Literal, Named, Presence, Reach, Selector, Term
from cmdb.model.ci import FIELDS, MAP_FIELDS
from cmdb.model.keypath import Item, KeyPath, Segment

SCALARS = tuple(name for name in FIELDS if name not in BRANCHING)
COMPARING = ("=", "!=", "~", "!~", "<", "<=", ">", ">=")
ODD = ("tier", "a.b", "x y", 'q"q', "é", "0", "*", "a,b", "=", "", "\\", "\n", "(", "]")


@st.composite
def names(draw: st.DrawFn) -> str:
    """Names of labels, attributes and the like; many have to be quoted."""
    return draw(st.one_of(st.sampled_from(ODD), st.text(max_size=3)))


@st.composite
def paths(draw: st.DrawFn) -> KeyPath:
    """Key paths of every field, as a selector may name them."""
    field = draw(st.sampled_from(FIELDS))
    if field in SCALARS:
        return (field,)
    if field in MAP_FIELDS:
        return (field, draw(names()))
    parts: st.SearchStrategy[Segment] = st.one_of(names(), st.integers(0, 99), st.builds(Item, names(), names()))
    return (field, *draw(st.lists(parts, max_size=2)))


@st.composite
def words(draw: st.DrawFn) -> str:
    """Ids, among them those that look like fields; none that is a number only."""
    return draw(st.sampled_from(["web-1", "a", "owner", "in", "not", "w:8/x@y", "A.b", "kind", "tags.x", "1a"]))


@st.composite
def terms(draw: st.DrawFn, depth: int = 2) -> Term:
    """One term; terms with brackets hold selectors of less depth."""
    shape = draw(st.sampled_from(["compare", "in", "has", "id", "reach", "brackets"]))
    if shape == "compare":
        return Comparison(draw(paths()), draw(st.sampled_from(COMPARING)), (Literal(draw(names())),))
    if shape == "in":
        literals = tuple(map(Literal, draw(st.lists(names(), min_size=1, max_size=3))))
        return Comparison(draw(paths()), draw(st.sampled_from(["in", "not in"])), literals)
    if shape == "has":
        return Presence(draw(paths()), draw(st.booleans()))
    if shape == "id" or not depth:
        return Named(draw(words().filter(lambda word: word not in FIELDS)))
    inner = draw(selectors(depth - 1))
    if shape == "brackets":
        return inner
    steps = st.sampled_from([None, ALL_STEPS, 0, 2, 999_999_999])
    sides = draw(st.tuples(steps, steps).filter(lambda both: both != (None, None)))
    return Reach(draw(st.one_of(st.just(inner), words().map(Named))), *sides)


@st.composite
def selectors(draw: st.DrawFn, depth: int = 2) -> Selector:
    """Trees that `parse` can give."""
    return Selector(tuple(draw(st.lists(terms(depth), min_size=1, max_size=3))))


@st.composite
def nearly(draw: st.DrawFn) -> str:
    """Texts made of the pieces of selectors; most are wrong."""
    pieces = ["a", "2", ".", "=", "!", "~", "<", ",", "(", ")", "[", "]", "+", " ", '"', "\\", "kind", " in ", "labels"]
    return "".join(draw(st.lists(st.sampled_from(pieces), max_size=10)))
