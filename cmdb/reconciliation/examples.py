"""Which CI a baseline applies to, one being enough to know that it is no dead letter."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from cmdb.graph.selectors import SelectorError, predicate
from cmdb.graph.selectors.evaluate import kinds
from cmdb.model.baseline import Baselines
from cmdb.model.ci import CI
from cmdb.model.inventory import Inventory
from cmdb.reconciliation.declared import CIs

Example = str | SelectorError | None
"""The id of a CI; why the selector is wrong; or None, where it picks none or there is no selector."""


def examples(
    inventory: Inventory, baselines: Baselines, cis: CIs, likely: tuple[str | None, ...] = ()
) -> tuple[Example, ...]:
    """For each baseline a CI that its selector picks: the likely one, else the first of these CIs."""
    asked = zip_longest((baseline.applies_to for baseline in baselines.baselines), likely)
    return tuple(None if selector is None else _example(inventory, selector, cis, first) for selector, first in asked)


def _example(inventory: Inventory, selector: str, cis: CIs, likely: str | None) -> Example:
    try:
        applies = predicate(selector, inventory.schema, inventory)
        among = kinds(selector, inventory.schema)
    except SelectorError as error:
        return error
    return next((ci.id for ci in _candidates(inventory, cis, among, likely) if applies(ci)), None)


def _candidates(inventory: Inventory, cis: CIs, among: frozenset[str] | None, likely: str | None) -> Iterator[CI]:
    if likely is not None and likely in inventory.cis:
        yield inventory.cis[likely]
    yield from cis(among)
