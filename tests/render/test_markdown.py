"""Documents as Markdown, read back by a Markdown parser."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from cmdb.model.document import Block, Code, Document, Entry, Heading, Listing, Paragraph, Span, Style, Table
from cmdb.render.markdown import markdown

HOSTILE = st.text(alphabet="ab1 -+#=*_`|<>[]()!\\&~.:@/\n", max_size=16)
SPANS: tuple[Style, ...] = ("plain", "strong", "bad", "id", "path")


def shown(*blocks: Block) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown(Document(blocks)))


def words(tokens: list[Token]) -> list[str]:
    """The text of each inline token, as a reader sees it."""
    return [
        "".join(
            " " if child.type in ("hardbreak", "softbreak", "html_inline") else child.content
            for child in token.children or ()
        )
        for token in tokens
        if token.type == "inline"
    ]


def test_blocks() -> None:
    document = (
        Heading("Drift", 1),
        Paragraph(("On ", Span("web-1", "id"), ": ", Span("bad", "bad"))),
        Listing((Entry("one", (Entry("below"),)), Entry("two"))),
        Table(("id", "kind"), ((Span("a|b", "id"), "x|y"),)),
        Code("graph TD\n", "mermaid"),
    )
    assert markdown(Document(document)) == (
        "# Drift\n\nOn `web-1`: bad\n\n- one\n  - below\n- two\n\n"
        "| id | kind |\n| --- | --- |\n| `a\\|b` | x\\|y |\n\n```mermaid\ngraph TD\n```\n"
    )


@pytest.mark.parametrize("name", ["depends_on", "vm-1.example.org", "payments 2", "a/b:c@d"])
def test_usual_names_stay_readable(name: str) -> None:
    assert markdown(Document((Paragraph(name),))) == f"{name}\n"


@pytest.mark.parametrize("given", ["a #", "a ##", "#", "a #b", "C#", "a \\#"])
def test_a_heading_keeps_its_number_signs(given: str) -> None:
    assert words(shown(Heading(given))) == [given]


ACTIVE = (
    *("@ops", "@org/everyone", "see @ops.", "(@ops)", "#1", "see #12!", "GH-7", "https://evil.example/?a=b", "www.evil.example"),
    *("HTTPS://EVIL.example", "ftp://x", "/close", "a\n/merge", "/approve"),
)  # fmt: skip


@pytest.mark.parametrize("given", ACTIVE)
@pytest.mark.parametrize("style", ["plain", "strong"])
def test_nobody_is_called_and_nothing_is_linked(given: str, style: Style) -> None:
    """Pages make links of addresses and numbers, calls of names, and some take a line that begins with / for an order."""
    span = Span(given, style)
    for block in (Paragraph(span), Paragraph(("there is no CI '", span, "'")), Listing((Entry(span),)), Heading(given)):
        text = markdown(Document((block,)))
        outside = re.sub("`[^`]*`", "", text)
        assert not re.search(r"(?<!\w)[@#]\w|://|www\.|GH-\d|^\s*/", outside, re.MULTILINE | re.IGNORECASE), text
        assert words(shown(block))[-1].split() == "".join(each for each in _texts(block)).split()


def _texts(block: Block) -> list[str]:
    match block:
        case Paragraph(tuple() as parts):
            return [part.text if isinstance(part, Span) else part for part in parts]
        case Paragraph(Span(text=text)) | Heading(text) | Listing((Entry(Span(text=text)),)):
            return [text]
    raise AssertionError(block)


@settings(deadline=None)
@given(HOSTILE, st.sampled_from(SPANS))
def test_values_of_the_user_show_as_they_are(given: str, style: Style) -> None:
    if not given.strip() or (style in ("id", "path") and given != given.strip()):
        return
    expected = given.split()
    span = Span(given, style)
    for block in (Paragraph(span), Listing((Entry(span),)), Table(("t",), ((span,),)), Heading(given)):
        found = words(shown(block))
        assert found[-1].split() == expected, block


@settings(deadline=None)
@given(st.text(alphabet="a`~ \n", min_size=1).filter(str.strip))
def test_code_is_fenced_whatever_it_holds(given: str) -> None:
    (token,) = shown(Code(given))
    assert token.type == "fence"
    assert token.content == given.removesuffix("\n") + "\n"
