"""A change record as programs read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import get_args

from cmdb.compare.wording import data
from cmdb.model.change import Action, Change
from cmdb.model.change_record import (
    AffectedCI,
    AssumedFailure,
    ChangeImpact,
    ChangeRecord,
    DesignChange,
    Origin,
    Risk,
)
from cmdb.model.location import location_data
from cmdb.model.past import Commit
from cmdb.model.status import Status
from cmdb.model.value import Value

_HARMED = (Status.DOWN, Status.DEGRADED, Status.AT_RISK)


def payload(record: ChangeRecord) -> dict[str, Value]:
    """`summary`, `id`, `base`, `head`, `type` and everything that the record says of the change."""
    return {
        "summary": summary(record),
        "id": record.id,
        "base": record.base,
        "head": record.head,
        "type": record.kind,
        "type_reason": record.kind_reason,
        "changes": _changes(record),
        "commits": [_commit(commit) for commit in record.commits],
        "impact": _impact(record.impact),
        "design": [_design(one) for one in record.design],
        "risk": _risk(record.risk),
        "approvals": [
            {
                "approver": one.approver,
                "name": one.name,
                "reasons": [{"why": reason.why, "cis": list(reason.cis)} for reason in one.reasons],
            }
            for one in record.approvals
        ],
        "contacts": [
            {"ci": one.ci, "role": one.role, "name": one.name, "cis": list(one.cis), "ways": dict(one.ways)}
            for one in record.contacts
        ],
        "backout": {
            "restores": record.backout.restores,
            "differing": list(record.backout.differing),
            "changes": [data(change) for change in record.backout.changes.changes],
        },
        "notes": list(record.notes),
    }


def summary(record: ChangeRecord) -> dict[str, Value]:
    """The numbers that people ask for first."""
    counted = Counter(change.action for change in record.changes.changes)
    harmed = Counter(hit.status for hit in record.impact.affected)
    return {
        "changes": len(record.changes.changes),
        **{action: counted[action] for action in get_args(Action)},
        "type": record.kind,
        "score": record.risk.score,
        "level": record.risk.level,
        "affected": len(record.impact.affected),
        **{status.label: harmed[status] for status in _HARMED},
        "services": len(record.impact.services),
        "design_worse": sum(one.worse for one in record.design),
        "design_better": sum(not one.worse for one in record.design),
        "approvals": len(record.approvals),
    }


def _changes(record: ChangeRecord) -> list[dict[str, Value]]:
    origins = {origin.ci: origin for origin in record.origins}
    return [_change(change, origins.get(change.id, Origin(change.id))) for change in record.changes.changes]


def _change(change: Change, origin: Origin) -> dict[str, Value]:
    places = [
        {"path": one.path, "before": location_data(one.before), "after": location_data(one.after)}
        for one in origin.places
    ]
    return {**data(change), "places": places, "commits": list(origin.commits)}


def _commit(commit: Commit) -> dict[str, Value]:
    return {
        "id": commit.id,
        "author": commit.author,
        "email": commit.email,
        "date": commit.at.isoformat(),
        "subject": commit.subject,
    }


def _impact(impact: ChangeImpact) -> dict[str, Value]:
    """As `cmdb impact` has it, with the graph that each is told on."""
    return {
        "failed": [_who(one) for one in impact.failed],
        "affected": [_affected(hit) for hit in impact.affected],
        "services": [{**_who(hit), "status": hit.status.label, "distance": hit.distance} for hit in impact.services],
        "owners": [{"owner": one.name, "count": one.count} for one in impact.owners],
        "environments": [{"environment": one.name, "count": one.count} for one in impact.environments],
    }


def _affected(hit: AffectedCI) -> dict[str, Value]:
    return {
        **_who(hit),
        "status": hit.status.label,
        "distance": hit.distance,
        "via": [step.data for step in hit.via],
        "groups": [state.data for state in hit.groups],
    }


def _who(ci: AffectedCI | AssumedFailure) -> dict[str, Value]:
    names: Iterable[str] = ("id", "kind", "name", "owner", "environment", "criticality")
    return {**{name: getattr(ci, name) for name in names}, "graph": ci.side}


def _design(one: DesignChange) -> dict[str, Value]:
    return {
        "what": one.what,
        "ci": one.ci,
        "before": one.before,
        "after": one.after,
        "services": list(one.services),
    }


def _risk(risk: Risk) -> dict[str, Value]:
    return {
        "score": risk.score,
        "level": risk.level,
        "factors": [
            {
                "name": one.name,
                "weight": one.weight,
                "measure": one.measure,
                "points": one.points,
                "reason": one.reason,
            }
            for one in risk.factors
        ],
    }
