"""Findings with the worst text that a file or a source could hold, for tests of formats."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from cmdb.model.answer import Answer, Verdict
from cmdb.model.document import Document, Entry, Heading, Listing, Paragraph, Span, Table
from cmdb.model.findings import Finding, Findings, Measure, Setting, State
from cmdb.model.location import Location
from cmdb.model.problem import Problem, Related, Severity

SPECIAL = (
    "::error::",
    "::stop-commands::x",
    "##[error]",
    "%0A",
    "\r\n",
    "\x00\x1b[31m",
    "]]>",
    "<!--",
    "-->",
    "<b>&amp;",
    "\ud800",
    "\ufffe\uffff",
    "\u2028",
    "\u202e",
    '"\\',
    "|'=;",
    "`|`",
    "日本",
)
"""Pieces that mean something to a runner, a terminal, a parser or a page."""
STATES: tuple[State, ...] = ("", "", "", "new", "worse", "unchanged", "fixed")
VERDICTS: tuple[Verdict, ...] = ("clean", "findings", "incomplete")


def hostile_text() -> st.SearchStrategy[str]:
    """Text of any characters, among them surrogates and pieces that mean something somewhere."""
    piece = st.sampled_from(SPECIAL)
    plain = st.text(st.characters(), max_size=6)
    return piece | plain | st.builds("{}{}{}".format, plain, piece, plain)


def locations() -> st.SearchStrategy[Location]:
    """Places in files of any name, which lie below the workspace."""
    return st.builds(
        Location, hostile_text().map(lambda text: text.lstrip("./") or "x"), st.integers(1), st.integers(1)
    )


def problems() -> st.SearchStrategy[Problem]:
    """Problems about anything."""
    return st.builds(
        Problem,
        hostile_text().map(lambda text: text or "code"),
        hostile_text(),
        st.sampled_from(Severity),
        st.none() | locations(),
        st.none() | hostile_text(),
        st.none() | hostile_text(),
        st.lists(st.builds(Related, hostile_text(), locations()), max_size=2).map(tuple),
        hint=st.just("") | hostile_text(),
        subject=hostile_text(),
    )


def findings() -> st.SearchStrategy[Findings]:
    """Findings that count, that are excused, of which nobody knows, and that a change has something to do with."""
    found = st.builds(
        lambda problem, excuse, known, state: Finding(problem, {"text": problem.message}, excuse, known, state),
        problems(),
        st.just("") | hostile_text(),
        st.booleans(),
        st.sampled_from(STATES),
    )
    moments = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
    settings = st.builds(
        Setting,
        hostile_text(),
        st.sampled_from(["", "below", "a b/ü"]),
        moments | st.dates(date(1970, 1, 1)),
        st.sampled_from(Severity),
        st.just("1.2.3"),
    )
    return st.builds(
        Findings,
        st.lists(found, max_size=3).map(tuple),
        st.lists(st.tuples(hostile_text(), hostile_text()), max_size=2).map(tuple),
        st.lists(hostile_text(), max_size=2).map(tuple),
        st.dictionaries(hostile_text(), hostile_text(), max_size=2),
        settings,
        st.sampled_from(("", "0" * 40)),
    )


def documents() -> st.SearchStrategy[Document]:
    """A document like that of a verdict: entries, a table, and what it comes to."""
    spans = st.builds(Span, hostile_text(), st.sampled_from(("plain", "strong", "bad", "id", "path")))
    entries = st.builds(Entry, spans, st.lists(st.builds(Entry, spans), max_size=2).map(tuple))
    listing = st.builds(Listing, st.lists(entries, max_size=4).map(tuple))
    table = st.builds(Table, st.just(("one", "two")), st.lists(st.tuples(spans, spans), max_size=4).map(tuple))
    blocks = st.lists(listing | table | st.builds(Heading, hostile_text()) | st.builds(Paragraph, spans), max_size=3)
    return st.builds(lambda some, end: Document((*some, Paragraph(end))), blocks, spans)


def measures() -> st.SearchStrategy[tuple[Measure, ...]]:
    """Measures with labels of any text."""
    samples = st.dictionaries(hostile_text(), st.floats(), max_size=3)
    return samples.map(
        lambda by_label: (
            Measure("cmdb_some_things", "Things.", tuple(((("label", k),), v) for k, v in by_label.items())),
        )
    )


def answers() -> st.SearchStrategy[Answer]:
    """Answers of a verdict, complete with everything that a format may ask for."""
    counts = st.dictionaries(st.sampled_from(("in_sync", "missing")), st.integers(0, 10**6))
    return st.builds(
        lambda status, document, found, numbers, count: Answer(
            "drift",
            status,
            lambda: document,
            lambda: {"summary": count, "deviations": [], "problems": []},
            findings=lambda: found,
            measures=lambda: numbers,
            comment=lambda: document,
        ),
        st.sampled_from(VERDICTS),
        documents(),
        findings(),
        measures(),
        counts,
    )
