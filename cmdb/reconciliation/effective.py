"""What is expected of one CI in the end: which baselines apply in which order, and which word replaces which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from cmdb.graph.selectors import predicate
from cmdb.model.baseline import Baseline, Baselines, Expectation, Waiver
from cmdb.model.ci import CI
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath
from cmdb.model.location import Place
from cmdb.model.problem import CmdbError, Severity
from cmdb.model.value import Value
from cmdb.reconciliation.expectations import Preparation
from cmdb.reconciliation.inheritance import Family, Ignored, in_force
from cmdb.reconciliation.selection import Selection
from cmdb.reconciliation.typed import attribute_at


@dataclass(frozen=True, slots=True)
class Applied:
    """A baseline that has a say: it selects the CI itself, or those named in `heirs` extend it. `dormant` tells why it
    is not judged on the day."""

    baseline: Baseline
    selects: bool
    heirs: tuple[str, ...] = ()
    dormant: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """What one baseline says of a path. `said` is for people, `operators` for programs."""

    baseline: str
    said: str
    operators: Mapping[str, Value]
    place: Place | None


@dataclass(frozen=True, slots=True)
class Effective:
    """One demand that counts. `demanded_by` is the baseline that makes it, which may have inherited it from the one
    that wrote it; `replaced` are words of ancestors that do not count. A severity of None is the workspace's."""

    path: KeyPath
    word: Word
    demanded_by: str
    severity: Severity | None
    optional: bool
    replaced: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """Everything that baselines and waivers say of one CI on a day; baselines come heirs first."""

    ci: CI
    baselines: tuple[Applied, ...] = ()
    effective: tuple[Effective, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    waivers: tuple[Waiver, ...] = ()


def expected(inventory: Inventory, baselines: Baselines, ci: CI, day: date) -> Expected:
    """What is expected of a CI. Demands that make no sense are left out; `check` tells of them."""
    family = Family(baselines.baselines)
    selection = Selection(family, inventory, day)
    selected = selection.names(ci)
    rules = family.rules(selected)
    words = list(_words(inventory, family, selected, ci))
    found: list[Effective] = []
    for claim in rules.claims:
        word = next((word for expectation, word in words if expectation is claim.expectation), None)
        if word is not None:
            path, severity = claim.expectation.path, claim.expectation.severity
            optional = claim.expectation.optional
            found.append(Effective(path, word, claim.baseline, severity, optional))
    counting = {id(claim.expectation) for claim in rules.claims}
    lost = [(expectation, word) for expectation, word in words if id(expectation) not in counting]
    return Expected(
        ci,
        (*_applied(family, selected), *_dormant(inventory, family, ci, day)),
        tuple(_with_lost(found, lost)),
        rules.ignored,
        tuple(waiver for waiver in baselines.waivers if waiver.ci and inventory.resolve(waiver.ci) == ci.id),
    )


def _words(
    inventory: Inventory, family: Family, selected: tuple[str, ...], ci: CI
) -> Iterator[tuple[Expectation, Word]]:
    """Every expectation that stands in a baseline with a say, once."""
    preparation = Preparation(inventory)
    known: set[int] = set()
    for name in selected:
        for origin, given in family.lineage(name):
            for expectation in family.written(origin, given):
                attribute = attribute_at(inventory.schema, ci.kind, expectation.path)
                ready = preparation.ready(expectation, attribute, origin)
                if ready is not None and id(expectation) not in known:
                    known.add(id(expectation))
                    yield expectation, Word(origin, ready.said, ready.operators, expectation.place)


def _with_lost(found: list[Effective], lost: list[tuple[Expectation, Word]]) -> Iterator[Effective]:
    """Each demand, the first of a path with the words that it and the others there replace."""
    told: set[KeyPath] = set()
    for one in found:
        replaced = () if one.path in told else tuple(word for old, word in lost if old.path == one.path)
        told.add(one.path)
        yield Effective(one.path, one.word, one.demanded_by, one.severity, one.optional, replaced)


def _applied(family: Family, selected: tuple[str, ...]) -> Iterator[Applied]:
    by_name = {baseline.name: baseline for baseline in family}
    heirs_first = sorted(selected, key=lambda name: sum(name in family.above(other) for other in selected))
    order = dict.fromkeys(origin for name in heirs_first for origin, _ in family.lineage(name))
    for name in order:
        heirs = tuple(other for other in order if name in by_name[other].extends)
        yield Applied(by_name[name], name in selected, heirs)


def _dormant(inventory: Inventory, family: Family, ci: CI, day: date) -> Iterator[Applied]:
    for baseline in family:
        if baseline.applies_to is None or in_force(baseline, day):
            continue
        try:
            applies = predicate(baseline.applies_to, inventory.schema, inventory)(ci)
        except CmdbError:
            continue
        if applies:
            later = baseline.effective is not None and day < baseline.effective
            why = f"takes effect on {baseline.effective}" if later else f"expired on {baseline.expires}"
            yield Applied(baseline, True, (), why)
