"""A workspace that has just been made, and what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from cmdb.model.document import Document, Entry, Heading, Listing, Paragraph, Span
from cmdb.model.value import Value
from cmdb.model.words import several


class Made(Protocol):
    """What is known of the new workspace."""

    @property
    def root(self) -> Path: ...
    @property
    def files(self) -> tuple[str, ...]: ...
    @property
    def cis(self) -> int: ...
    @property
    def uncommitted(self) -> str: ...


def document(made: Made) -> Document:
    """The files, and the next commands."""
    declared = f" that declares {several(made.cis, 'CI')}" if made.cis else ""
    committed = "" if made.uncommitted else ", committed"
    steps = ("check", "drift") if made.cis else ("check",)
    next_ = tuple(Entry(Span(f"cmdb {step} -C {made.root}", "strong")) for step in steps)
    return Document(
        (
            Paragraph(("A new workspace in ", Span(str(made.root), "path"), f"{declared}{committed}:")),
            Listing(tuple(Entry(Span(name, "path")) for name in made.files)),
            Heading("Next"),
            Listing(next_),
        )
    )


def payload(made: Made) -> dict[str, Value]:
    """`summary`, `workspace`, `committed` and `files`."""
    return {
        "summary": {"files": len(made.files), "cis": made.cis},
        "workspace": str(made.root),
        "committed": not made.uncommitted,
        "files": list(made.files),
    }
