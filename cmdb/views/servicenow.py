"""A change record as ServiceNow takes it: the fields of `change_request` in the Table API, all of them text.

References are sys_ids, which CIs have as their key of `servicenow`; whatever has none is left out there and named in
the description instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from cmdb.model.filed_change import FiledChange, entries
from cmdb.model.value import Value

SysId = Callable[[str], str | None]
"""The sys_id of a CI, a team or a service by its id; None where it has none."""

_RISK = {"low": "4", "medium": "3", "high": "2", "critical": "2"}
_PRIORITY = {"low": "4", "medium": "3", "high": "2", "critical": "1"}
_IMPACT = {"down": "1", "degraded": "2"}
_CATEGORIES: Mapping[str, str] = {
    "Network": "network network_device network_interface circuit firewall load_balancer dns_zone ip_address",
    "Hardware": "server hypervisor storage_array volume backup_system rack power_feed",
    "Applications Software": "application api container kubernetes_workload",
    "System Software": "database message_queue cache virtual_machine kubernetes_cluster software_product",
    "Service": "business_service service_offering",
    "Documentation": "document contract license team person supplier customer",
}
"""The categories of ServiceNow, with the kinds that are of each."""
_KINDS = {kind: category for category, kinds in _CATEGORIES.items() for kind in kinds.split()}
_SHORT, _LONG = 160, 4000
"""Characters that the fields for one line and for text hold."""


def change_request(record: FiledChange, sys_id: SysId) -> dict[str, Value]:
    """The body of `POST /api/now/table/change_request`. `risk` is 2 (high), 3 (moderate) or 4 (low), `impact` 1 to 3,
    `priority` 1 to 4; dates are in UTC; `correlation_id` is the record's id, so that it can be found again."""
    level = str(record.section("risk").get("level", "low"))
    services = _services(record)
    fields: dict[str, Value] = {
        "short_description": _cut(record.title, _SHORT),
        "description": _cut(_description(record, sys_id), _LONG),
        "type": record.type,
        "risk": _RISK.get(level, "3"),
        "impact": min((_IMPACT.get(str(one.get("status")), "3") for one in services), default="3"),
        "priority": "1" if record.type == "emergency" else _PRIORITY.get(level, "3"),
        "category": _category(record),
        "cmdb_ci": _first(sys_id(ci) for ci in record.cis),
        "business_service": _first(sys_id(str(one.get("id"))) for one in services),
        "assignment_group": _first(sys_id(owner) for owner in _owners(record)),
        "start_date": record.planned and _date(record.planned.start),
        "end_date": record.planned and _date(record.planned.end),
        "justification": _cut(record.reason, _LONG),
        "implementation_plan": _cut(_lines(_steps(record.changes)), _LONG),
        "backout_plan": _cut(_backout(record), _LONG),
        "test_plan": f"cmdb drift shows nothing late and nothing not implemented of {record.id}.",
        "risk_impact_analysis": _cut(_lines(_analysis(record)), _LONG),
        "correlation_id": record.id,
        "correlation_display": "cmdb",
    }
    return {name: item for name, item in fields.items() if item}


def _services(record: FiledChange) -> list[Mapping[str, Value]]:
    """The affected services, the worst first, as they come."""
    return list(entries(record.section("impact").get("services")))


def _owners(record: FiledChange) -> Iterator[str]:
    """Who owns what changes."""
    for one in entries(record.section("impact").get("failed")):
        if one.get("owner"):
            yield str(one["owner"])


def _category(record: FiledChange) -> str:
    counted = Counter(_KINDS.get(str(change["kind"]), "Other") for change in record.changes)
    return min(counted, key=lambda name: (-counted[name], name), default="Other")


def _first(found: Iterator[str | None]) -> str | None:
    return next(filter(None, found), None)


def _date(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _description(record: FiledChange, sys_id: SysId) -> str:
    lines = [record.reason] if record.reason else []
    lines.append(f"Change record {record.id}, from {record.base} to {record.head}.")
    lines.append(f"Configuration items: {', '.join(record.cis)}.")
    unknown = [ci for ci in record.cis if sys_id(ci) is None]
    if unknown:
        lines.append(f"Without a sys_id: {', '.join(unknown)}.")
    if record.approvals:
        lines.append(f"Approvals needed: {', '.join(one.approver for one in record.approvals)}.")
    return "\n".join(lines)


def _steps(changes: tuple[Mapping[str, Value], ...]) -> Iterator[str]:
    for change in changes:
        yield f"{change.get('id')} ({change.get('kind')}) is {change.get('action')}"
        for one in entries(change.get("attributes")):
            yield f"  {one.get('path')}: {_said(one.get('before'))} -> {_said(one.get('after'))}"
        for one in entries(change.get("relations")):
            yield f"  {one.get('type')} {one.get('target') or one.get('group') or ''}: {one.get('action')}"


def _said(value: Value) -> str:
    return "nothing" if value is None else str(value)


def _backout(record: FiledChange) -> str:
    backout = record.section("backout")
    start = [] if backout.get("restores", True) else ["Taking the change back does NOT restore everything."]
    return _lines([*start, *_steps(entries(backout.get("changes")))])


def _analysis(record: FiledChange) -> Iterator[str]:
    risk = record.section("risk")
    if "score" in risk:
        yield f"Risk {risk.get('level')}, {risk['score']} of 100."
    for factor in entries(risk.get("factors")):
        if factor.get("points"):
            yield f"{factor['points']} {factor.get('name')}: {factor.get('reason')}"
    for one in _services(record):
        yield f"If it fails, {one.get('id')} is {one.get('status')}."


def _lines(lines: Iterator[str] | list[str]) -> str:
    return "\n".join(lines)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
