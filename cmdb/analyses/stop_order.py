"""In which order CIs are stopped, and what else suffers on the way.

It is the start order backwards: whatever needs a CI is stopped before that CI, and a redundancy group
has enough members for as long as its CI still runs. Each wave tells which CIs outside the set become degraded or down
by it. Where CIs need each other, one of them is stopped after what it needs, and that is told.
"""

from __future__ import annotations

from cmdb.facts import Facts
from cmdb.graph.ordering import StopOrder, involved, ranks, stop_order
from cmdb.model.answer import Drawing
from cmdb.model.asked import INCLUDE, Asked, Options
from cmdb.model.document import Document
from cmdb.views.ordering import stop_document, stop_drawing

NAME = "stop-order"
OPTIONS: Options = (INCLUDE,)


def analyse(facts: Facts, asked: Asked) -> StopOrder:
    """The waves of the selected CIs."""
    ids = involved(facts.topology) if asked.ids is None else asked.ids
    return stop_order(facts.topology, ids, include=asked.value(INCLUDE), rank=ranks(facts.inventory, ids))


def present(result: StopOrder) -> Document:
    """Wave by wave with who suffers, then circles."""
    return stop_document(result)


def drawing(result: StopOrder) -> Drawing:
    """A frame for each wave, and one for who suffers."""
    return stop_drawing(result)
