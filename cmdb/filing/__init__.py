"""Change records as files: proposed, written, found again and moved on."""

from __future__ import annotations

from cmdb.filing.folder import RecordFolder
from cmdb.filing.proposing import proposed

__all__ = ["RecordFolder", "proposed"]
