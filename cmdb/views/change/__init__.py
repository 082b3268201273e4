"""A change record: for a change board to read, and as data."""

from __future__ import annotations

from cmdb.views.change.board import document
from cmdb.views.change.data import payload

__all__ = ["document", "payload"]
