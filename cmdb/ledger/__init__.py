"""What drift was in earlier runs: since when, how often, and how long until it was put right. It never decides an
answer: without it, or with a damaged one, every verdict is the same."""

from __future__ import annotations

from cmdb.ledger.database import LedgerError
from cmdb.ledger.history import Day, Episode, History, Known, Repairs
from cmdb.ledger.ledger import Ledger
from cmdb.ledger.recollection import Recollection

__all__ = ["Day", "Episode", "History", "Known", "Ledger", "LedgerError", "Recollection", "Repairs"]
