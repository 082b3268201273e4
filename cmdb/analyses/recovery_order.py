"""In which order everything comes back after CIs failed.

The selectors pick what failed. To be recovered are those CIs and all that is down because of them. They come in waves:
all CIs of a wave can be started at the same time, and none of them needs what is in its own wave or in a later one. A
CI waits for what would leave it *degraded* or *down*; that it would merely be *at risk* is no reason to wait. Of a
redundancy group it waits for as many members as it needs, and for those that are up first; CIs that only serve groups
with enough members before them *may follow at leisure*. What is degraded but not down comes back by itself. Services
are told with the wave after which nothing that they need is missing.

Where CIs wait for each other, one of them has to start without another. It is the one that would start without the
fewest targets that let it go down; then without the fewest that let it be degraded; then the one that most of them wait
for; then the first by id. What it starts without is told, with the circle.

Within a wave, the attribute `recovery_order` says what comes first, then criticality, then the id. CIs that do not
serve are left out. Without selectors everything failed that needs something or is needed.
"""

from __future__ import annotations

from cmdb.facts import Facts
from cmdb.graph.ordering import StartOrder, involved, ranks, recovery_order
from cmdb.model.answer import Drawing
from cmdb.model.asked import INCLUDE, Asked, Options
from cmdb.model.document import Document
from cmdb.views.ordering import start_document, start_drawing

NAME = "recovery-order"
OPTIONS: Options = (INCLUDE,)


def analyse(facts: Facts, asked: Asked) -> StartOrder:
    """The waves in which everything comes back."""
    ids = involved(facts.topology) if asked.ids is None else asked.ids
    return recovery_order(facts.topology, ids, include=asked.value(INCLUDE), rank=ranks(facts.inventory))


def present(result: StartOrder) -> Document:
    """Wave by wave, then what groups leave open, circles, and services."""
    return start_document(result, "Recovery order")


def drawing(result: StartOrder) -> Drawing:
    """A frame for each wave."""
    return start_drawing(result, "Recovery order")
