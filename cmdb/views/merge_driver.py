"""What came of the merge of one file, and what `cmdb init --merge-driver` wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cmdb.merging.conflicts import Conflict
from cmdb.model.document import Block, Document, Entry, Listing, Paragraph, Span
from cmdb.model.value import Value
from cmdb.model.words import several


@dataclass(frozen=True, slots=True)
class Merged:
    """A file that was merged, by its path in the repository."""

    path: str
    conflicts: tuple[Conflict, ...]


class Installed(Protocol):
    """What was written into a repository; empty where it was there already."""

    @property
    def settings(self) -> Sequence[tuple[str, str]]: ...
    @property
    def attributes(self) -> Sequence[str]: ...
    @property
    def file(self) -> str: ...


def document(merged: Merged) -> Document:
    """The conflicts, and how many there are."""
    entries = tuple(Entry(conflict.message) for conflict in merged.conflicts)
    listing: tuple[Block, ...] = (Listing(entries),) if entries else ()
    return Document((*listing, Paragraph(f"{several(len(entries), 'conflict') if entries else 'no conflicts'}")))


def payload(merged: Merged) -> dict[str, Value]:
    """`summary`, `path` and `conflicts`."""
    return {
        "summary": {"conflicts": len(merged.conflicts)},
        "path": merged.path,
        "conflicts": list(map(conflict_data, merged.conflicts)),
    }


def conflict_data(conflict: Conflict) -> dict[str, Value]:
    """A conflict for programs."""
    return {
        "ci": conflict.ci or None,
        "path": conflict.path or None,
        "before": conflict.before,
        "ours": conflict.ours,
        "theirs": conflict.theirs,
        "message": conflict.message,
    }


def installed_document(installed: Installed) -> Document:
    """The settings and lines that were written."""
    if not installed.settings and not installed.attributes:
        return Document((Paragraph("The merge driver is installed already; nothing was written"),))
    blocks: list[Block] = []
    if installed.settings:
        blocks.append(Paragraph("Written into the settings of this repository (git config):"))
        blocks.append(Listing(tuple(Entry((Span(name, "path"), f" = {value}")) for name, value in installed.settings)))
    if installed.attributes:
        blocks.append(Paragraph(("Written into ", Span(installed.file, "path"), ", to be committed:")))
        blocks.append(Listing(tuple(map(Entry, installed.attributes))))
    return Document(tuple(blocks))


def installed_payload(installed: Installed) -> dict[str, Value]:
    """`summary`, `settings` and `attributes`."""
    return {
        "summary": {"settings": len(installed.settings), "attributes": len(installed.attributes)},
        "settings": [{"name": name, "value": value} for name, value in installed.settings],
        "attributes": list(installed.attributes),
    }
