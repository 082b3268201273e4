"""Change records as files: proposed, written, found again and moved on."""

from __future__ import annotations

from cmdb.filing.folder import RecordFolder
from cmdb.filing.proposing import proposed
from cmdb.filing.scheduling import scheduled

__all__ = ["RecordFolder", "proposed", "scheduled"]
