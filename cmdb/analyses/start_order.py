"""In which order CIs are started.

The selectors pick what is to be started; everything else is up, or comes back by itself as soon as what it needs is up.
The CIs come in waves, each wave after all that its CIs need: what would leave them *degraded* or *down*, and of a
redundancy group as many members as are needed. How waves are made, what *may follow at leisure*, and how circles are
broken, is told under recovery-order, which adds to the selected CIs what is down because of them.
"""

from __future__ import annotations

from cmdb.facts import Facts
from cmdb.graph.ordering import StartOrder, involved, ranks, start_order
from cmdb.model.answer import Drawing
from cmdb.model.asked import INCLUDE, Asked, Options
from cmdb.model.document import Document
from cmdb.views.ordering import start_document, start_drawing

NAME = "start-order"
OPTIONS: Options = (INCLUDE,)


def analyse(facts: Facts, asked: Asked) -> StartOrder:
    """The waves of the selected CIs."""
    ids = involved(facts.topology) if asked.ids is None else asked.ids
    return start_order(facts.topology, ids, include=asked.value(INCLUDE), rank=ranks(facts.inventory, ids))


def present(result: StartOrder) -> Document:
    """Wave by wave, then what groups leave open, circles, and services."""
    return start_document(result, "Start order")


def drawing(result: StartOrder) -> Drawing:
    """A frame for each wave."""
    return start_drawing(result, "Start order")
