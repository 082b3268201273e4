"""From two revisions of a workspace to a change record: where files, checks and history meet the engine."""

from __future__ import annotations

from cmdb.proposals.change import change
from cmdb.proposals.drifted import change_from_drift
from cmdb.proposals.troubles import drifted_lately

__all__ = ["change", "change_from_drift", "drifted_lately"]
