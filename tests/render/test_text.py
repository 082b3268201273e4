"""Documents as terminal text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from cmdb.model.answer import Screen
from cmdb.model.document import Block, Code, Document, Entry, Heading, Inline, Listing, Paragraph, Span, Style, Table
from cmdb.render.text import text
from cmdb.render.text.table import INDENT

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
STYLES: tuple[Style, ...] = ("plain", "strong", "dim", "good", "note", "warning", "bad", "id", "path")


def show(*blocks: Block, width: int = 40) -> str:
    return text(Document(blocks), Screen(width))


def test_blocks_are_apart_and_headings_are_not() -> None:
    table = Table(("id", "kind"), (("web-1", "server"), (Span("db", "id"), "database")))
    assert show(Heading("Affected", 1), Paragraph("Two of them."), table, Code("x: 1\n  y: 2\n")) == (
        "Affected\nTwo of them.\n\nid     kind\nweb-1  server\ndb     database\n\nx: 1\n  y: 2\n"
    )


def test_paragraphs_wrap_between_words() -> None:
    assert show(Paragraph("one two three four"), width=9) == "one two\nthree\nfour\n"


def test_an_indented_paragraph_keeps_its_indent() -> None:
    assert show(Paragraph("  one two"), width=6) == "  one\ntwo\n"


def test_words_longer_than_the_screen_stay_whole() -> None:
    assert show(Paragraph(("see ", Span("a path with spaces.yaml", "path"), ", now")), width=10) == (
        "see\na path with spaces.yaml,\nnow\n"
    )


def test_entries_of_a_listing_stay_on_their_line() -> None:
    entry = Entry("a long line that says what is wrong", (Entry("and\nwhy", (Entry("deeper"),)),))
    assert show(Listing((entry, Entry("next"))), width=10) == (
        "a long line that says what is wrong\n    and\n        why\n        deeper\nnext\n"
    )


@pytest.mark.parametrize(
    ("width", "then"),
    [
        (40, "id          text\nweb-server  words of a cell\nb           short\n"),
        (22, "id          text\nweb-server  words of a\n            cell\nb           short\n"),
        (17, "id          text\nweb-server  words\n            of a\n            cell\nb           short\n"),
        (16, "id         text\nweb-server\n           words\n           of a\n           cell\nb          short\n"),
        (5, "id  text\nweb-server\n    words\n    of a\n    cell\nb   short\n"),
    ],
)
def test_tables_wrap_words_and_never_cut(width: int, then: str) -> None:
    table = Table(("id", "text"), ((Span("web-server", "id"), "words of a cell"), ("b", "short")))
    assert show(table, width=width) == then


LONG = Span("server.with.a.long.name", "id")
PATH = Span("inventory/some/folder/file.yaml:12", "path")


@pytest.mark.parametrize(
    ("row", "then"),
    [
        (("a", "one", PATH), f"a         one    {PATH.text}\n"),
        ((LONG, "one", "here"), f"{LONG.text}\n             one    here\n"),
        ((LONG, "", PATH), f"{LONG.text}\n                    {PATH.text}\n"),
        ((LONG, "", ""), f"{LONG.text}\n"),
        (("a", "one", Span("x" * 45, "id")), f"a         one\n         {'x' * 45}\n"),
        (("a", "one", Span("x" * 99, "id")), f"a         one\n    {'x' * 99}\n"),
    ],
)
def test_a_row_goes_on_below_what_is_wider_than_its_column(row: tuple[Inline, ...], then: str) -> None:
    usual = [(Span("server-1", "id"), "word", PATH)] * 9
    said = show(Table(("id", "value", "from"), (*usual, row)), width=54)
    assert said.split("\n", 10)[10] == then


def test_wide_characters_take_two_columns() -> None:
    assert show(Table(("a", "b"), (("日本", "x"), ("abcd", "y")))) == "a     b\n日本  x\nabcd  y\n"


def test_line_ends_in_a_cell_are_lines() -> None:
    assert show(Table(("a", "b"), (("1\n2", "x"),))) == "a  b\n1  x\n2\n"


@pytest.mark.parametrize(
    ("given", "then"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\rb\tc", "a\\rb\\tc"),
        ("\x9b1m", "\\x9b1m"),
        ("evil\u202etxt", "evil\\u202etxt"),
        ("\ud800", "\\ud800"),
    ],
)
def test_control_characters_show(given: str, then: str) -> None:
    assert show(Paragraph(given)) == f"{then}\n"
    assert show(Table(("a",), ((given,),))) == f"a\n{then}\n"
    assert show(Code(given)) == f"{then}\n"


def inlines() -> st.SearchStrategy[Inline]:
    words = st.text(alphabet="ab \n日\x1b|", max_size=12)
    return words | st.lists(words | st.builds(Span, words, st.sampled_from(STYLES)), max_size=4).map(tuple)


def blocks() -> st.SearchStrategy[Block]:
    entries = st.recursive(
        st.builds(Entry, inlines()), lambda below: st.builds(Entry, inlines(), st.lists(below, max_size=2).map(tuple))
    )
    rows = st.lists(st.tuples(inlines(), inlines()), max_size=3).map(tuple)
    return (
        st.builds(Paragraph, inlines())
        | st.builds(Listing, st.lists(entries, max_size=3).map(tuple))
        | st.builds(Table, st.just(("one", "two")), rows)
        | st.builds(Heading, st.text("ab", max_size=3))
    )


CELLS = st.text("ab日", max_size=30).map(lambda text: Span(text, "id")) | st.text("ab ", max_size=30)


@settings(deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=5).map(tuple), st.integers(20, 60))
def test_only_a_word_wider_than_the_screen_makes_a_table_wider(
    rows: tuple[tuple[Inline, ...], ...], width: int
) -> None:
    for line in show(Table(("one", "two", "three"), rows), width=width).splitlines():
        assert cell_len(line) <= max(width, INDENT + max(map(cell_len, line.split()), default=0))


@settings(deadline=None)
@given(st.lists(blocks(), max_size=4).map(tuple), st.integers(1, 60))
def test_colours_change_nothing_but_colours(given: tuple[Block, ...], width: int) -> None:
    coloured = text(Document(given), Screen(width, colour=True))
    assert ESCAPES.sub("", coloured) == text(Document(given), Screen(width))


@settings(deadline=None)
@given(inlines(), st.integers(1, 60))
def test_no_character_of_a_paragraph_or_cell_is_lost(given: Inline, width: int) -> None:
    plain = given if isinstance(given, tuple) else (given,)
    whole = "".join(part.text if isinstance(part, Span) else part for part in plain).replace("\x1b", "\\x1b")
    for block in (Paragraph(given), Table(("",), ((given,),))):
        assert "".join(show(block, width=width).split()) == "".join(whole.split())
