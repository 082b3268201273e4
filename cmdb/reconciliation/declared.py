"""Baselines against what is declared: `check` finds in a pull request what `drift` would find after it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date

from cmdb.model.baseline import Baselines, Waiver
from cmdb.model.ci import CI
from cmdb.model.drift import Demand
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath, format_path
from cmdb.model.problem import Problem, Related, Severity
from cmdb.model.types import text
from cmdb.model.value import Value
from cmdb.reconciliation.allowing import unknown_kinds
from cmdb.reconciliation.conflicts import unmeetable
from cmdb.reconciliation.deviations import covers
from cmdb.reconciliation.elsewhere import declared_elsewhere, declared_tree
from cmdb.reconciliation.expectations import Preparation, Ready
from cmdb.reconciliation.findings import Asked, Finding, origin
from cmdb.reconciliation.glance import Glance
from cmdb.reconciliation.inheritance import Claim, Family, Rules
from cmdb.reconciliation.selection import Selection
from cmdb.reconciliation.typed import attribute_at
from cmdb.reconciliation.waivers import Waivers, expired, expiry
from cmdb.reconciliation.walk import ABSENT, expand, starred, walk

CIs = Callable[[Collection[str] | None], Iterable[CI]]
"""Gives the CIs to be looked at, in the order of their ids: those of just these kinds, or all."""


def judge_declared(
    inventory: Inventory, baselines: Baselines, as_of: date, cis: CIs | None = None
) -> Iterator[Problem]:
    """Everything that is wrong with baselines and waivers before anything is observed; with `cis`, as far as these CIs
    show it."""
    family = Family(baselines.baselines)
    yield from family.problems
    preparation = Preparation(inventory)
    selection = Selection(family, inventory, as_of)
    waivers = Waivers(baselines.waivers, inventory, as_of)
    chosen = _chosen(inventory, selection, cis)
    yield from _violations(inventory, waivers, chosen, preparation)
    yield from _conflicts(inventory, chosen, preparation)
    yield from preparation.problems
    yield from unknown_kinds(family, inventory)
    for waiver in baselines.waivers:
        if expired(waiver, as_of):
            yield expiry(waiver)
        yield from _dangling(waiver, inventory, family)


_Chosen = list[tuple[CI, Rules]]


def _chosen(inventory: Inventory, selection: Selection, cis: CIs | None) -> _Chosen:
    """The CIs of which anything is demanded."""
    if not selection:
        return []
    among = inventory.cis.values() if cis is None else cis(selection.kinds)
    return [(ci, rules) for ci in among if (rules := selection.rules(ci)).claims]


def _violations(inventory: Inventory, waivers: Waivers, chosen: _Chosen, preparation: Preparation) -> Iterator[Problem]:
    glance = Glance(inventory, preparation)
    for ci, rules in chosen:
        if ci.lifecycle == "retired" or glance.kept(ci, rules):
            continue
        tree = declared_tree(inventory, ci)
        found: dict[tuple[KeyPath, str], Problem] = {}
        for claim in rules.claims:
            pattern = claim.expectation.path
            for path in expand(tree, pattern) if starred(pattern) else (pattern,):
                attribute = attribute_at(inventory.schema, ci.kind, path)
                ready = preparation.ready(claim.expectation, attribute, claim.baseline)
                value = walk(tree, path)
                if ready is None or value is ABSENT:
                    continue
                verdict = ready.judged(value, declared_elsewhere(inventory, tree, path))
                if verdict is False and not _excused(ci, path, value, claim, ready, rules, waivers):
                    problem = _violation(ci, path, text(attribute, value), claim, ready)
                    known = found.setdefault((path, claim.baseline), problem)
                    if problem.severity > known.severity:
                        found[path, claim.baseline] = problem
        yield from found.values()


def _excused(ci: CI, path: KeyPath, value: Value, claim: Claim, ready: Ready, rules: Rules, waivers: Waivers) -> bool:
    if any(covers(ignored.rule.path, path) for ignored in rules.ignored):
        return True
    demand = Demand(claim.baseline, ready.operators, Severity.ERROR)
    asked = (Asked(demand, ready.expected, claim.names),)
    finding = Finding("deviating", ci.kind, path, ci=ci.id, observed=value, asked=asked)
    return waivers.excused(finding).excuse is not None


def _violation(ci: CI, path: KeyPath, value: str, claim: Claim, ready: Ready) -> Problem:
    where = claim.expectation.place
    name = format_path(path)
    return Problem(
        "baseline-violation",
        f"'{ci.id}' declares {name}: {value}, but baseline '{claim.baseline}' demands {ready.said}",
        Severity.ERROR if claim.expectation.severity is None else claim.expectation.severity,
        where=origin(ci, path),
        ci=ci.id,
        key_path=name,
        related=(Related("it is demanded here", where),) if where else (),
        hint="declare what is demanded, or have it waived",
        subject=claim.baseline,
    )


def _conflicts(inventory: Inventory, chosen: _Chosen, preparation: Preparation) -> Iterator[Problem]:
    known: set[tuple[int, str]] = set()
    blamed: set[tuple[int, int]] = set()
    for ci, rules in chosen:
        if (id(rules), ci.kind) in known:
            continue
        known.add((id(rules), ci.kind))
        for path, claims in _by_path(rules.claims).items():
            attribute = attribute_at(inventory.schema, ci.kind, path)
            for one, other in _pairs(claims):
                pair = (id(one.expectation), id(other.expectation))
                first = preparation.ready(one.expectation, attribute, one.baseline)
                second = preparation.ready(other.expectation, attribute, other.baseline)
                if pair not in blamed and first and second and unmeetable(first, second, attribute):
                    blamed.add(pair)
                    yield _conflict(ci, path, one, first, other, second)


def _by_path(claims: Iterable[Claim]) -> Mapping[KeyPath, list[Claim]]:
    found: dict[KeyPath, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.expectation.path, []).append(claim)
    return found


def _pairs(claims: list[Claim]) -> Iterator[tuple[Claim, Claim]]:
    for position, claim in enumerate(claims):
        yield from ((claim, other) for other in claims[position:])


def _conflict(ci: CI, path: KeyPath, one: Claim, first: Ready, other: Claim, second: Ready) -> Problem:
    name = format_path(path)
    alone = one is other
    who = f"baseline '{one.baseline}' demands" if alone else f"baselines '{one.baseline}' and '{other.baseline}' demand"
    what = first.said if alone else f"{first.said}, and {second.said}"
    place = one.expectation.place
    return Problem(
        "baseline-conflict",
        f"{who} of {name} what no value can meet: {what}",
        where=other.expectation.place,
        ci=ci.id,
        key_path=name,
        related=() if alone or place is None else (Related(f"'{one.baseline}' demands it here", place),),
        hint=f"both apply to '{ci.id}'; let one extend the other, or change one of them"
        if not alone
        else "change one of the operators",
        subject=f"{one.baseline} {other.baseline}",
    )


def _dangling(waiver: Waiver, inventory: Inventory, family: Family) -> Iterator[Problem]:
    if waiver.ci is not None and inventory.resolve(waiver.ci) is None and not inventory.may_declare(waiver.ci):
        yield _no_target(waiver, "ci", waiver.ci, "CI")
    if waiver.baseline is not None and all(waiver.baseline != baseline.name for baseline in family):
        yield _no_target(waiver, "baseline", waiver.baseline, "baseline")


def _no_target(waiver: Waiver, field: str, name: str, what: str) -> Problem:
    message = f"the waiver is for the {what} '{name}', and there is none"
    hint = "correct it, or remove the waiver"
    return Problem("waiver-target", message, Severity.WARNING, waiver.place.at(field), hint=hint, subject=name)
