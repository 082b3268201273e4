"""From two sides to the whole record."""

from __future__ import annotations

from collections.abc import Sequence

from cmdb.changes.approvals import approvals
from cmdb.changes.backout import backout, bare
from cmdb.changes.circumstances import NONE, Circumstances
from cmdb.changes.contacts import contacts
from cmdb.changes.design import design
from cmdb.changes.during import during
from cmdb.changes.identity import identity_of
from cmdb.changes.risk import risk
from cmdb.changes.risk.measures import Assessed
from cmdb.changes.rules import type_of
from cmdb.changes.sides import Sides
from cmdb.model.change_config import ChangeConfig
from cmdb.model.change_record import ChangeRecord, Origin
from cmdb.model.past import Commit


def assess(
    sides: Sides,
    config: ChangeConfig,
    circumstances: Circumstances = NONE,
    *,
    origins: Sequence[Origin] = (),
    commits: Sequence[Commit] = (),
    notes: Sequence[str] = (),
) -> ChangeRecord:
    """The record of a change; the same values give the same record. Raises `SelectorError` for a rule whose selector
    cannot be read."""
    impact = during(sides)
    assessed = Assessed(sides, impact, design(sides), backout(sides))
    risked = risk(assessed, circumstances, config)
    kind, reason = type_of(sides, circumstances.labels, risked.level, config.types)
    return ChangeRecord(
        id=identity_of(sides.before.name, sides.after.name, sides.changes),
        base=sides.before.name,
        head=sides.after.name,
        changes=bare(sides.changes),
        origins=tuple(origins),
        commits=tuple(commits),
        impact=impact,
        design=assessed.design,
        risk=risked,
        kind=kind,
        kind_reason=reason,
        approvals=approvals(sides, impact, kind, risked.level, config),
        contacts=contacts(sides, impact),
        backout=assessed.backout,
        notes=tuple(notes),
    )
