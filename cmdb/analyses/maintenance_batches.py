"""What can be taken down together without harm.

The selectors pick what is to be patched, rebooted or moved. They are split into batches. While a batch is down,
nothing is down that was not selected, and every redundancy group has as many members left as it needs: nested groups
too, and those of relations that let less than *down* through. A group that needs all of its members has no redundancy
to lose, and is judged like plain relations. Each batch tells who is degraded or at risk meanwhile.

A CI that does harm even when it is taken down alone is in no batch. It is listed with what it takes down, the chain of
relations that proves it, and the groups that it breaks. If all of that was selected too, the outage is meant, and the
CI is in a batch.

The batches are few, but not always the fewest possible: that problem is as hard as colouring a map with as few colours
as can be. Where a group proves that fewer cannot do, that is said.
"""

from __future__ import annotations

from cmdb.facts import Facts
from cmdb.graph.ordering import MaintenanceBatches, involved, maintenance_batches
from cmdb.model.answer import Drawing
from cmdb.model.asked import INCLUDE, Asked, Options
from cmdb.model.document import Document
from cmdb.views.ordering import batches_document, batches_drawing

NAME = "maintenance-batches"
OPTIONS: Options = (INCLUDE,)


def analyse(facts: Facts, asked: Asked) -> MaintenanceBatches:
    """The batches of the selected CIs."""
    ids = involved(facts.topology) if asked.ids is None else asked.ids
    return maintenance_batches(facts.topology, ids, include=asked.value(INCLUDE))


def present(result: MaintenanceBatches) -> Document:
    """Batch by batch, then the harmful ones."""
    return batches_document(result)


def drawing(result: MaintenanceBatches) -> Drawing:
    """A frame for each batch, and one for the harmful ones."""
    return batches_drawing(result)
