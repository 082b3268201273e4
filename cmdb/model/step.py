"""What a branch was before and after one of its commits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cmdb.model.inventory import Inventory

Reads = Callable[[frozenset[str]], Inventory]
"""The CIs of some files, and perhaps of more, as one commit has them."""


@dataclass(frozen=True, slots=True)
class Step:
    """One commit of a branch: the files it changed, and what files say before it and after. `before` None means that
    nobody can tell, since the history is cut off there."""

    commit: str
    at: datetime
    changed: frozenset[str]
    after: Reads
    before: Reads | None
