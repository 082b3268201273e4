"""Who has to agree to a change: those who own what it changes and what it harms, and those whom rules name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cmdb.changes.rules import Picked, paths, within
from cmdb.changes.sides import Sides, former
from cmdb.model.change_config import ApprovalRule, ChangeConfig
from cmdb.model.change_record import LEVELS, Approval, ApprovalReason, ChangeImpact, ChangeType, Level

CHANGED = "owns what changes"
AFFECTED = "owns what suffers meanwhile"
_Named = tuple[str, str, str]
"""Who, why, and for which CI; an empty id is the change as a whole."""


def approvals(
    sides: Sides, impact: ChangeImpact, kind: ChangeType, level: Level, config: ChangeConfig
) -> tuple[Approval, ...]:
    """The approvals by approver. A standard change is agreed to beforehand: it needs those alone that a rule for
    standard changes asks for."""
    if not sides.changes:
        return ()
    named: list[_Named] = []
    if kind != "standard":
        named += _owners(sides)
        named += _harmed(impact, config)
    for rule in config.approvals:
        if (kind != "standard" or rule.type == "standard") and _holds(rule, kind, level):
            named += _ruled(rule, sides, impact)
    return tuple(_approval(approver, named, sides) for approver in sorted({approver for approver, _, _ in named}))


def _owners(sides: Sides) -> Iterator[_Named]:
    """Of a CI that changes hands, both."""
    for change in sides.changes.changes:
        for ci in (sides.before.ci(former(change)), sides.after.ci(change.id)):
            if ci is not None and ci.owner:
                yield ci.owner, CHANGED, change.id


def _harmed(impact: ChangeImpact, config: ChangeConfig) -> Iterator[_Named]:
    least = config.affected_owners
    for hit in impact.affected:
        if least is not None and hit.status >= least and hit.owner:
            yield hit.owner, AFFECTED, hit.id


def _holds(rule: ApprovalRule, kind: ChangeType, level: Level) -> bool:
    """Whether the rule is for changes of this type and risk."""
    if rule.type is not None and rule.type != kind:
        return False
    return rule.risk is None or LEVELS.index(level) >= LEVELS.index(rule.risk)


def _ruled(rule: ApprovalRule, sides: Sides, impact: ChangeImpact) -> Iterator[_Named]:
    """What the rule asks for, once for each CI that it is about; nothing where it is about none of them."""
    changed: list[str] = []
    affected: list[str] = []
    if rule.cis is not None or rule.paths:
        picked = Picked(sides, rule.cis)
        changed = [
            change.id
            for change in sides.changes.changes
            if picked.any(change) and (not rule.paths or any(within(rule.paths, path) for path in paths(change)))
        ]
    if rule.affected is not None:
        picked = Picked(sides, rule.affected)
        tests = {"base": picked.on(sides.before), "head": picked.on(sides.after)}
        graphs = {"base": sides.before, "head": sides.after}
        affected = [hit.id for hit in impact.affected if tests[hit.side](graphs[hit.side].inventory.cis[hit.id])]
    wanted = ((rule.cis is not None or bool(rule.paths), changed), (rule.affected is not None, affected))
    if all(found for asked, found in wanted if asked):
        for name in [*changed, *affected] or [""]:
            yield rule.approver, rule.reason or _said(rule), name


def _said(rule: ApprovalRule) -> str:
    words = [f"changes {rule.cis}"] if rule.cis else []
    words += ["changes key paths of the rule"] if rule.paths else []
    words += [f"affects {rule.affected}"] if rule.affected else []
    words += [f"the risk is {rule.risk} or more"] if rule.risk else []
    words += [f"the change is {rule.type}"] if rule.type else []
    return ", ".join(words) or "agrees to every change"


def _approval(approver: str, named: Iterable[_Named], sides: Sides) -> Approval:
    reasons: dict[str, set[str]] = {}
    for who, why, about in named:
        if who == approver:
            reasons.setdefault(why, set()).update({about} if about else ())
    ci = sides.after.inventory.get(approver) or sides.before.inventory.get(approver)
    return Approval(
        approver,
        ci.name if ci else None,
        tuple(ApprovalReason(why, tuple(sorted(reasons[why]))) for why in sorted(reasons)),
    )
