"""Markdown for comments on pull requests: a marker, a limit, and what is left off."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from cmdb.model.answer import Answer, Screen
from cmdb.model.document import Block, Document, Entry, Heading, Listing, Paragraph, Table
from cmdb.render import markdown
from cmdb.render.fitting import fitted
from cmdb.testing.findings import documents

LEFT_OFF = re.compile(r"([\d,]+|Something)(?: more)? (?:is|are) left off here")


def size(document: Document) -> int:
    return len(markdown.markdown(document))


def comment(document: Document) -> str:
    return markdown.render(Answer("check", "findings", lambda: Document(()), dict, comment=lambda: document), Screen())


def entries(count: int, text: str = "x" * 90) -> Listing:
    return Listing(tuple(Entry(f"{number:04} {text}") for number in range(count)))


def test_a_comment_begins_with_a_marker_that_nobody_sees() -> None:
    said = comment(Document((Paragraph("1 error"),)))
    assert said == "<!-- cmdb:check -->\n1 error\n"
    assert [token.type for token in MarkdownIt("commonmark").parse(said)][:2] == ["html_block", "paragraph_open"]


def test_other_answers_have_none() -> None:
    assert markdown.render(Answer("show", "clean", lambda: Document((Paragraph("a"),)), dict), Screen()) == "a\n"


def test_what_fits_is_whole() -> None:
    document = Document((Heading("All"), entries(600), Paragraph("the end")))
    assert comment(document) == f"<!-- cmdb:check -->\n{markdown.markdown(document)}"


def test_a_comment_that_is_too_long_says_how_much_is_left_off() -> None:
    blocks: tuple[Block, ...] = (Heading("All"), entries(900), Heading("More"), entries(50), Paragraph("the end"))
    said = comment(Document(blocks))
    assert len(said) <= markdown.LIMIT == 65_536
    assert len(said) > markdown.LIMIT - 300
    shown = re.findall(r"^- (\d{4})", said, flags=re.MULTILINE)
    assert shown == [f"{number:04}" for number in range(len(shown))]
    assert said.endswith(
        f"\n\n**{950 - len(shown)} more are left off here**, since there is room for 65,536 characters only.\n\nthe end\n"
    )


@pytest.mark.parametrize(
    ("blocks", "then"),
    [
        ((entries(3, "a" * 200),), "1 more is left off here"),
        ((entries(1), Heading("Below"), entries(1, "b" * 900)), "1 more is left off here"),
        ((Table(("a",), tuple(((f"row {n}",)) for n in range(99))),), "54 more are left off here"),
        ((Paragraph("c" * 900), entries(2)), "3 more are left off here"),
    ],
)
def test_what_is_counted(blocks: tuple[Block, ...], then: str) -> None:
    cut = fitted(Document((*blocks, Paragraph("the end"))), size, 600)
    said = markdown.markdown(cut)
    assert then in said.replace("**", "")
    assert "Below" not in said
    assert size(cut) <= 600


def test_a_long_end_leaves_room_for_entries() -> None:
    cut = fitted(Document((entries(9), Paragraph("the end " * 500))), size, 1000)
    *_, last = cut.blocks
    assert isinstance(last, Paragraph)
    assert isinstance(last.text, str)
    assert last.text.startswith("the end the end")
    assert last.text.endswith("…")
    assert cut.blocks[0] == Listing(entries(9).items[:8])


def test_what_is_taken_already_counts_too() -> None:
    document = Document((entries(99, "d"), Paragraph("the end")))
    assert size(fitted(document, size, 600)) > 570
    assert 470 < size(fitted(document, size, 600, 100)) <= 500


@settings(max_examples=60, deadline=None)
@given(documents())
def test_nothing_is_longer_than_the_limit_and_nothing_is_lost_in_silence(given: Document) -> None:
    limit = 600
    cut = fitted(given, size, limit)
    assert size(cut) <= limit
    if size(given) <= limit:
        assert cut == given
        return
    left = LEFT_OFF.search(markdown.markdown(cut).replace("**", ""))
    assert left is not None
    assert int(left[1].replace("Something", "0")) == count(given) - (count(cut) - 1)


def count(document: Document) -> int:
    """Entries, rows and paragraphs, the last paragraph apart."""
    found = 0
    for block in document.blocks[:-1]:
        match block:
            case Listing(items):
                found += len(items)
            case Table(_, rows):
                found += len(rows)
            case Paragraph():
                found += 1
    return found
