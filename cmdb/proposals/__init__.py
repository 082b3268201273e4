"""From two revisions of a workspace to a change record: where files, checks and history meet the engine."""

from __future__ import annotations

from cmdb.proposals.change import change

__all__ = ["change"]
