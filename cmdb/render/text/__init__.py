"""An answer for a terminal, a pipe or a mail: the same lines everywhere, with colours where they are understood."""

from __future__ import annotations

from cmdb.model.answer import Answer, Screen
from cmdb.model.document import Document
from cmdb.render.text.layout import lines
from cmdb.render.text.words import Line

NAME = "text"


def render(answer: Answer, screen: Screen) -> str:
    """The answer's document as lines."""
    return text(answer.document(), screen)


def text(document: Document, screen: Screen) -> str:
    """The document as lines; without the escape codes the coloured text is the plain one."""
    paint = _coloured if screen.colour else _plain
    return "".join(f"{paint(line)}\n" for line in lines(document, screen.width))


def _plain(line: Line) -> str:
    return "".join(span.text for span in line)


def _coloured(line: Line) -> str:
    from cmdb.render.text.colour import paint

    return "".join(paint(span) for span in line)
