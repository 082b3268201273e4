"""What becomes of the design, in a line each: what gets worse first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cmdb.model.change_record import Aspect, DesignChange
from cmdb.model.document import Entry, Span
from cmdb.model.value import Value
from cmdb.model.words import few
from cmdb.views.change.words import FEW

_WORDS: Mapping[Aspect, str] = {
    "redundancy_lost": "Redundancy lost",
    "redundancy_gained": "Redundancy gained",
    "single_point_introduced": "New single point of failure",
    "single_point_removed": "No longer a single point of failure",
    "shared_fate_introduced": "New shared fate",
    "shared_fate_removed": "No more shared fate",
    "lifecycle_violation_introduced": "Now against its lifecycle",
    "lifecycle_violation_fixed": "No more against its lifecycle",
    "standard_violation_introduced": "New violation",
    "standard_violation_fixed": "Violation fixed",
}


def design(changes: Sequence[DesignChange]) -> Iterator[Entry]:
    """One entry for each, with the services that stand on it below."""
    for one in sorted(changes, key=lambda one: not one.worse):
        what = Span(_WORDS[one.what], "warning" if one.worse else "good")
        words = (what, ": ", Span(one.ci, "id"), _said(one))
        below = (Entry(f"for {few(one.services, FEW)}"),) if one.services else ()
        yield Entry(words, below)


def _said(one: DesignChange) -> str:
    if one.what.startswith("redundancy"):
        return f" {_group(one.before)}, then {_group(one.after, other=one.before)}"
    if one.what.startswith("shared_fate"):
        return f" {_fate(one.after or one.before)}"
    if one.what.startswith("single_point"):
        return ""
    problem = one.after or one.before
    return f" {problem['severity']} [{problem['code']}] {problem['message']}"


def _group(state: Mapping[str, Value], other: Mapping[str, Value] | None = None) -> str:
    """`orders database: 1 of 2 needed, 2 left`."""
    name = state["name"]
    start = "" if other is not None and name == other["name"] else f"{state['relation']} {name or 'plainly'}: "
    return f"{start}{state['at_least']} of {state['of']} needed, {state['left']} in service"


def _fate(state: Mapping[str, Value]) -> str:
    return f"{state['relation']} {few(state['groups'], FEW)} can go down with {few(state['shared'], FEW)} alone"
