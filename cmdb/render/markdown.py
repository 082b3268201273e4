"""An answer for a pull request's comment or a wiki page: GitHub-flavoured Markdown in which every value of the user
shows as the text it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from cmdb.model.answer import Answer, Screen
from cmdb.model.document import Block, Code, Document, Entry, Heading, Inline, Listing, Paragraph, Span, Table, parts
from cmdb.render.fitting import fitted

NAME = "markdown"
LIMIT = 65_536
"""Characters of a comment on GitHub, which takes no longer one; other places take more."""

_SPECIAL = re.compile(r"[\\`*<>\[\]|~&]|(?<![^\W_])_|_(?![^\W_])")
_LEADING = re.compile(r"^([-+=#/]|\d+(?=[.)]))")
_ACTIVE = re.compile(
    r"\b(?:https?|ftp)://[^\s`|]+|\bwww\.[^\s`|]+|(?<![\w`/])@[a-z0-9][\w/-]*|(?<!\w)#[0-9]+|\bgh-[0-9]+",
    re.ASCII | re.IGNORECASE,
)
"""What a page turns into links, and into calls for people and teams."""
_CLOSING = re.compile(r"(?<= )#+$")
_ESCAPED = r"\\\g<0>"
_TICKS = re.compile("`+")
_BOLD = re.compile(r"[^\W_](.*[^\W_])?")


def render(answer: Answer, _screen: Screen) -> str:
    """The answer's document as Markdown. A comment begins with a line that no reader sees and that tells it from other
    comments, so that it can be brought up to date in place."""
    if answer.comment is None:
        return markdown(answer.document())
    marker = f"<!-- cmdb:{answer.name} -->\n"
    return marker + markdown(fitted(answer.comment(), lambda part: len(markdown(part)), LIMIT, len(marker)))


def markdown(document: Document) -> str:
    """The document's blocks with an empty line between them."""
    return "\n\n".join("\n".join(_block(block)) for block in document.blocks) + "\n"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"{'#' * level} {_CLOSING.sub(_ESCAPED, ' '.join(_lines(text)))}"
        case Paragraph(text):
            yield "\\\n".join(_lines(text))
        case Listing(items):
            for item in items:
                yield from _entry(item, "")
        case Table():
            yield from _table(block)
        case Code(text, language):
            fence = "`" * max(3, _longest(text) + 1)
            yield from (f"{fence}{language}", text.removesuffix("\n"), fence)


def _entry(entry: Entry, indent: str) -> Iterator[str]:
    yield f"{indent}- " + f"\\\n{indent}  ".join(_lines(entry.text))
    for below in entry.below:
        yield from _entry(below, indent + "  ")


def _table(table: Table) -> Iterator[str]:
    yield _row(table.columns)
    yield f"|{' --- |' * len(table.columns)}"
    for row in table.rows:
        yield _row(row)


def _row(cells: tuple[Inline, ...]) -> str:
    return "|" + "".join(f" {_cell(cell)} |" for cell in cells)


def _cell(inline: Inline) -> str:
    text = "".join(_span(span).replace("|", r"\|") if _is_code(span) else _span(span) for span in parts(inline))
    return text.strip().replace("\n", "<br>")


def _lines(inline: Inline) -> list[str]:
    whole = "".join(_span(span) for span in parts(inline))
    return [_LEADING.sub(_escaped_lead, line.strip()) for line in whole.split("\n") if line.strip()]


def _span(span: Span) -> str:
    if _is_code(span):
        return _code(span.text)
    active = _ACTIVE.findall(span.text)
    if active:
        plain = (_SPECIAL.sub(_ESCAPED, part) for part in _ACTIVE.split(span.text))
        return "".join(
            f"{text}{_code(word) if word else ''}" for text, word in zip_longest(plain, active, fillvalue="")
        )
    text = _SPECIAL.sub(_ESCAPED, span.text)
    return f"**{text}**" if span.style == "strong" and _BOLD.fullmatch(span.text) else text


def _is_code(span: Span) -> bool:
    return span.style in ("id", "path")


def _code(text: str) -> str:
    ticks = "`" * (_longest(text) + 1)
    pad = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{ticks}{pad}{text.replace(chr(10), ' ')}{pad}{ticks}"


def _longest(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)


def _escaped_lead(found: re.Match[str]) -> str:
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"
