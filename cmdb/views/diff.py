"""What changed between two inventories: one entry a CI, and the `changes` of the JSON."""

from __future__ import annotations

from collections import Counter

from cmdb.compare.wording import data, entry
from cmdb.model.change import Action, ChangeSet
from cmdb.model.document import Block, Document, Listing, Paragraph
from cmdb.model.value import Value

_ACTIONS: tuple[Action, ...] = ("added", "removed", "changed", "renamed")


def document(changes: ChangeSet) -> Document:
    """One entry a CI, and a line that counts them."""
    listing: tuple[Block, ...] = (Listing(tuple(map(entry, changes.changes))),) if changes else ()
    return Document((*listing, Paragraph(_summary(changes))))


def payload(changes: ChangeSet) -> dict[str, Value]:
    """`summary`, which counts the CIs by action, and `changes`."""
    counted = Counter(change.action for change in changes.changes)
    return {
        "summary": {"changes": len(changes.changes), **{action: counted[action] for action in _ACTIONS}},
        "changes": [data(change) for change in changes.changes],
    }


def _summary(changes: ChangeSet) -> str:
    counted = Counter(change.action for change in changes.changes)
    words = ", ".join(f"{counted[action]} {action}" for action in _ACTIONS if counted[action])
    count = len(changes.changes)
    return f"{count} {'change' if count == 1 else 'changes'}: {words}" if count else "no changes"
