"""The name of a change: the same for the same two revisions, on every machine and at any time."""

from __future__ import annotations

import hashlib
import json

from cmdb.compare.wording import data
from cmdb.model.change import ChangeSet

PREFIX = "chg-"
_DIGITS = 12


def identity_of(base: str, head: str, changes: ChangeSet) -> str:
    """The id of the change between two sides: a digest of both and of what changes."""
    said = [base, head, [data(change) for change in changes.changes]]
    text = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str)
    return PREFIX + hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
