"""Hypothesis strategies for what sources see: values, observations, coverage, runs and snapshots."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cmdb.formats.snapshot_lines import in_order
from cmdb.model.snapshot import Coverage, CoverageStatus, Observation, Reference, Run, Snapshot
from cmdb.model.value import Value

T = TypeVar("T")
_STATUS: tuple[CoverageStatus, ...] = ("complete", "partial", "failed")


def texts() -> SearchStrategy[str]:
    """Any text that can be written down."""
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def words() -> SearchStrategy[str]:
    """Text that identifies something: not empty, no control characters."""
    return st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)


def moments() -> SearchStrategy[datetime]:
    """Points in time, with an offset."""
    return st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def values() -> SearchStrategy[Value]:
    """Values as observations carry them: what JSON has, with tuples for lists."""
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts()
    return st.recursive(
        scalars, lambda inner: _tuples(inner) | st.dictionaries(texts(), inner, max_size=2), max_leaves=3
    )


def references() -> SearchStrategy[Reference]:
    """Far ends of observed relations."""
    return st.builds(Reference, words(), texts(), st.dictionaries(texts(), values(), max_size=2))


def observations() -> SearchStrategy[Observation]:
    """What one source saw of one thing."""
    relations = st.dictionaries(texts(), _tuples(references()), max_size=2)
    attributes = st.dictionaries(texts(), values(), max_size=3)
    return st.builds(Observation, words(), words(), attributes, relations, texts(), st.none() | moments())


def coverages() -> SearchStrategy[Coverage]:
    """How far a source says it looked; the scope is any text, as a file's is."""
    return st.builds(Coverage, texts(), _tuples(texts()), st.sampled_from(_STATUS), texts())


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """Runs of a source, with their lines in the order in which they are written."""
    ended = draw(st.booleans())
    run = Run(
        source=draw(words()),
        run=draw(words()),
        started=draw(st.none() | moments()),
        finished=draw(st.none() | moments()) if ended else None,
        covers=draw(texts()),
        coverage=draw(_tuples(coverages())),
        observations=draw(_tuples(observations())),
        ended=ended,
    )
    return in_order(run)


def snapshots() -> SearchStrategy[Snapshot]:
    """Runs of any number of sources."""
    return st.builds(Snapshot, _tuples(runs()))


def _tuples(inner: SearchStrategy[T], most: int = 2) -> SearchStrategy[tuple[T, ...]]:
    return st.lists(inner, max_size=most).map(tuple)
