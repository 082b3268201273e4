"""Selectors: one line of text that picks CIs, such as `kind=server,environment=production` or `+payments`."""

from __future__ import annotations

from cmdb.graph.selectors.errors import SelectorError
from cmdb.graph.selectors.evaluate import predicate, understood
from cmdb.graph.selectors.parse import parse
from cmdb.graph.selectors.selection import lone_ids, select
from cmdb.graph.selectors.syntax import Selector

__all__ = ["Selector", "SelectorError", "lone_ids", "parse", "predicate", "select", "understood"]
