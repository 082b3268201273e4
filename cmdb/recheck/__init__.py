"""Checking again after a change, at the cost of the change: only CIs whose answer may be another are looked at."""

from __future__ import annotations

from cmdb.recheck.former import Former, Problems
from cmdb.recheck.remembering import remembered
from cmdb.recheck.running import Recheck, check_all
from cmdb.recheck.values import Values

__all__ = ["Former", "Problems", "Recheck", "Values", "check_all", "remembered"]
