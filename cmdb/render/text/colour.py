"""The meaning of a span as a colour of the terminal; imported only where somebody sees it."""

from __future__ import annotations

from collections.abc import Mapping

from rich.color import ColorSystem
from rich.style import Style

from cmdb.model.document import Span

STYLES: Mapping[str, Style] = {
    "plain": Style.null(),
    "strong": Style(bold=True),
    "dim": Style(dim=True),
    "good": Style(color="green"),
    "note": Style(color="blue"),
    "warning": Style(color="yellow"),
    "bad": Style(color="red", bold=True),
    "id": Style(color="blue", bold=True),
    "path": Style(color="cyan"),
}


def paint(span: Span) -> str:
    """The span's text between the terminal's escape codes."""
    return STYLES[span.style].render(span.text, color_system=ColorSystem.STANDARD)
