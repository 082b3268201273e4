"""What would have to fail as well before a CI goes down: what is enough now, and what was enough before."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.graph.weak.further import Further
from cmdb.model.document import Block, Entry, Heading, Listing, Paragraph
from cmdb.model.value import Value
from cmdb.model.words import several
from cmdb.views.impact.words import cut_sets, together

OLD = 5
"""Sets that text lists of those that were enough before."""


def further_blocks(further: Further) -> Iterator[Block]:
    """What is enough now, and what was enough before."""
    new = [cut for cut in further.cut_sets if cut in further.new]
    old = [cut for cut in further.cut_sets if cut not in further.new]
    entries = list(cut_sets(new))
    if old:
        listed = [part for cut in old[:OLD] for part in ("; ", *together(cut))][1:]
        more = f" and {several(len(old) - OLD, 'more set')}" if len(old) > OLD else ""
        entries.append(Entry(("with or without this failure: ", *listed, more)))
    yield Heading("What would have to fail as well before it goes down")
    if entries:
        yield Listing(tuple(entries))
    else:
        yield Paragraph(f"Nothing, or more than {several(further.complete_to_size, 'CI')} together.")


def further_data(further: Further | None) -> list[Value]:
    """The sets of CIs that would have to fail as well, as data."""
    if not further:
        return []
    return [{"cis": list(cut), "size": len(cut), "new": cut in further.new} for cut in further.cut_sets]
