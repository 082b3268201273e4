"""What a change does to the design itself: the same analyses before and after, and what came out otherwise.

Only what the change can touch is analysed: a CI relies on other CIs along relations, so what is true of it can only
change where a changed CI is among those, on either side.
"""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.changes.design.fate import fates
from cmdb.changes.design.points import points
from cmdb.changes.design.redundancy import redundancy
from cmdb.changes.design.violations import violations
from cmdb.changes.sides import Sides
from cmdb.model.change_record import Aspect, DesignChange

_PAIRS: tuple[tuple[Aspect, Aspect], ...] = (
    ("redundancy_lost", "redundancy_gained"),
    ("single_point_introduced", "single_point_removed"),
    ("shared_fate_introduced", "shared_fate_removed"),
    ("lifecycle_violation_introduced", "lifecycle_violation_fixed"),
    ("standard_violation_introduced", "standard_violation_fixed"),
)
OPPOSITE: Mapping[Aspect, Aspect] = {
    **dict(_PAIRS),
    **{better: worse for worse, better in _PAIRS},
}
"""What the change back does."""
_ORDER = {aspect: place for place, aspect in enumerate(aspect for pair in _PAIRS for aspect in pair)}


def design(sides: Sides) -> tuple[DesignChange, ...]:
    """What is otherwise after the change than before, by aspect, then by CI."""
    if not sides.changes:
        return ()
    found = [*redundancy(sides), *points(sides), *fates(sides), *violations(sides)]
    return tuple(sorted(found, key=lambda one: (_ORDER[one.what], one.ci, str(one.before), str(one.after))))
