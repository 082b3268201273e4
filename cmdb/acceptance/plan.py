"""From what is to be accepted to the changes of files: a CI's own values, its lifecycle, relations and keys; the
literal demand of a baseline for one CI; a file for something new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cmdb.acceptance import newcomers, relations, values
from cmdb.acceptance.drafts import Drafts, Read
from cmdb.acceptance.secrecy import secret
from cmdb.formats.edits.operations import Change, Edit, Impossible, Put, Remove, as_read
from cmdb.formats.writing import Word, as_written
from cmdb.graph.selectors import select
from cmdb.model.baseline import Baseline, Baselines, Expectation
from cmdb.model.ci import CI
from cmdb.model.drift import Deviation
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import KeyPath, parse_path
from cmdb.model.location import Place
from cmdb.model.problem import Problem, Severity
from cmdb.model.secrets import HIDDEN
from cmdb.model.snapshot import Observation
from cmdb.model.value import Value
from cmdb.reconciliation.typed import attribute_at
from cmdb.reconciliation.walk import ABSENT

BY_HAND = "change it by hand, or leave it as it is"
WAIVE = "change the baseline, waive the deviation, or bring reality back"
Seen = Callable[[str, str], Observation | None]
"""What a source saw under a key."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One thing accepted: the change of a file that it comes to, or the text of a new file."""

    accepted: Deviation
    path: str
    change: Change | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that cannot be accepted, and why."""

    wanted: Deviation
    problem: Problem


@dataclass(frozen=True, slots=True)
class Plan:
    """What can be accepted and what cannot, in the order it was asked."""

    planned: tuple[Planned, ...] = ()
    refused: tuple[Refusal, ...] = ()


def plan(inventory: Inventory, baselines: Baselines, wanted: Iterable[Deviation], seen: Seen, read: Read) -> Plan:
    """The changes that make the files say what was observed. `read` gives the bytes of a file."""
    ordered = sorted(wanted, key=_leaves)
    planner = _Planner(inventory, baselines, seen, Drafts(read), ordered)
    planned: list[Planned] = []
    refused: list[Refusal] = []
    for deviation in ordered:
        try:
            planned.append(planner.plan(deviation))
        except _No as no:
            refused.append(Refusal(deviation, no.problem))
        except Impossible as why:
            refused.append(Refusal(deviation, problem(deviation, f"it cannot be written: {why}", BY_HAND)))
    return Plan(tuple(planned), tuple(refused))


def problem(deviation: Deviation, message: str, hint: str, where: Place | None = None) -> Problem:
    """Why a deviation is not accepted."""
    who = deviation.ci or f"{deviation.source}: {deviation.key}"
    return Problem(
        "not-accepted",
        f"{who} {deviation.path}: {message}",
        Severity.ERROR,
        where=where,
        ci=deviation.ci,
        key_path=deviation.path,
        hint=hint,
    )


class _No(Exception):
    def __init__(self, deviation: Deviation, message: str, hint: str = BY_HAND) -> None:
        super().__init__(message)
        self.problem = problem(deviation, message, hint)


@dataclass(slots=True)
class _Planner:
    inventory: Inventory
    baselines: Baselines
    seen: Seen
    drafts: Drafts
    wanted: Sequence[Deviation]
    _replaced: set[tuple[str | None, str]] = field(default_factory=set)
    _values: dict[tuple[str, str], Value] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def plan(self, deviation: Deviation) -> Planned:
        """What one deviation comes to. Raises `_No` and `Impossible`."""
        if deviation.outcome == "unmanaged":
            return self._newcomer(deviation)
        if deviation.outcome == "ambiguous":
            hint = "write the right key under 'keys' of one of them"
            raise _No(deviation, "nobody knows which CI was seen", hint)
        ci = self.inventory.get(deviation.ci or "")
        if ci is None or deviation.outcome not in ("deviating", "missing"):
            raise _No(deviation, "there is nothing to accept")
        if deviation.outcome == "missing":
            return self._changed(deviation, ci.place, [Put(("lifecycle",), Word("retired"))])
        return self._deviating(deviation, ci, parse_path(deviation.path))

    def _deviating(self, deviation: Deviation, ci: CI, path: KeyPath) -> Planned:
        demands = [demand.baseline for demand in deviation.demanded_by if demand.baseline is not None]
        if path[0] == "keys":
            return self._changed(deviation, ci.place, self._key(ci, deviation))
        if path == ("lifecycle",):
            return self._changed(deviation, ci.place, [Put(("lifecycle",), Word(str(deviation.observed)))])
        attribute = attribute_at(self.inventory.schema, deviation.kind, path)
        if (what := secret(attribute, deviation.observed, str(path[-1]))) is not None:
            raise _No(deviation, f"the observed value is {what}", "keep it in a secret store, and declare a reference")
        if demands and len(demands) == len(deviation.demanded_by) == 1:
            return self._demand(deviation, ci, path, demands[0])
        if demands:
            raise _No(deviation, f"the baseline '{demands[0]}' demands otherwise", WAIVE)
        if path[0] == "relations" and len(path) == 3:
            return self._relation(deviation, ci, str(path[1]), str(path[2]))
        if path[0] != "attributes":
            raise _No(deviation, "there is nothing in a file that says it")
        return self._changed(deviation, ci.place, self._attribute(ci, deviation, path))

    def _changed(self, deviation: Deviation, place: Place, edits: Sequence[Edit]) -> Planned:
        if not edits:
            raise _No(deviation, "the file says so already")
        return Planned(deviation, place.path, self.drafts.change(place, edits))

    def _attribute(self, ci: CI, deviation: Deviation, path: KeyPath) -> list[Edit]:
        """The edits of an attribute; one that is inherited becomes the CI's own, whole."""
        name = str(path[1])
        attribute = self.inventory.schema.attribute(ci.kind, name)
        known = self._values.get((ci.id, name), ci.attributes.get(name, ABSENT))
        part = ABSENT if deviation.observed is None else deviation.observed
        try:
            value = values.with_part(known, path[2:], part)
        except KeyError:
            raise Impossible("the declared value has no such part") from None
        if value is not ABSENT and (why := values.refusal(attribute, value)):
            raise _No(deviation, f"the observed value does not fit: {why}", "correct the source, or the kind")
        self._values[ci.id, name] = value
        own = self.drafts.raw(ci.place).get("attributes") or {}
        if not isinstance(own, dict):
            raise Impossible("its attributes are no mapping")
        where = ("attributes", name)
        if value is ABSENT:
            inherited = ("attributes", name) in ci.inherited
            return [Put(where, None)] if inherited else [Remove(where if len(own) > 1 else where[:1])]
        return list(values.edits(attribute, own.get(name), value, where))

    def _relation(self, deviation: Deviation, ci: CI, relation: str, target: str) -> Planned:
        """The edits of a relation, on the side that declares it."""

        def meant(reference: str) -> str:
            return self.inventory.resolve(reference) or reference

        place, other = ci.place, target
        raw = self._related(ci)
        if deviation.observed is not None:
            edits = self._exchanged(ci, relation, target, meant) or [*relations.added(raw, relation, target)]
            return self._changed(deviation, place, [*self._own(ci), *edits])
        if (ci.id, deviation.path) in self._replaced:
            return Planned(deviation, place.path, Change(place, ()))
        if not relations.names(raw.get(relation), target, meant):
            far = self.inventory.get(target)
            if far is None:
                raise _No(deviation, "no file declares it")
            ci, place, other, raw = far, far.place, ci.id, self._related(far)
            if not relations.names(raw.get(relation), other, meant):
                return Planned(deviation, place.path, Change(place, ()))
        return self._changed(deviation, place, [*self._own(ci), *relations.removed(raw, relation, other, meant)])

    def _exchanged(self, ci: CI, relation: str, target: str, meant: Callable[[str], str]) -> list[Edit]:
        """The target in the place of one that leaves."""
        raw = self._related(ci)
        for one in self.wanted:
            path = parse_path(one.path)
            if one.ci == ci.id and path[:-1] == ("relations", relation) and _leaves(one):
                edits = list(relations.replaced(raw, relation, str(path[-1]), target, meant))
                if edits:
                    self._replaced.add((ci.id, one.path))
                    return edits
        return []

    def _related(self, ci: CI) -> dict[str, Value]:
        raw = self.drafts.raw(ci.place).get("relations")
        inherited = raw is None and ("relations",) in ci.inherited
        found: dict[str, Value] = as_read(relations.written(ci)) if inherited else raw or {}
        return found

    def _own(self, ci: CI) -> list[Edit]:
        """What makes inherited relations the CI's own, which is all of them or none."""
        inherited = ("relations",) in ci.inherited and self.drafts.raw(ci.place).get("relations") is None
        return [Put(("relations",), relations.written(ci))] if inherited else []

    def _key(self, ci: CI, deviation: Deviation) -> list[Edit]:
        source, key = str(deviation.source), str(deviation.observed)
        if HIDDEN in key or secret(None, key, source) is not None:
            raise _No(deviation, "the key is a secret, or holds one")
        if ("keys",) in ci.inherited and self.drafts.raw(ci.place).get("keys") is None:
            return [Put(("keys",), {name: Word(text) for name, text in {**ci.keys, source: key}.items()})]
        return [Put(("keys", source), Word(key))]

    def _demand(self, deviation: Deviation, ci: CI, path: KeyPath, name: str) -> Planned:
        """The literal value that a baseline demands of this CI alone."""
        found = next((one for one in self.baselines.baselines if one.name == name), None)
        expectation = None if found is None else _literal(found, path)
        if found is None or expectation is None or expectation.place is None or deviation.observed is None:
            raise _No(deviation, f"the baseline '{name}' demands otherwise", WAIVE)
        others = self._selected(found) - {ci.id}
        if others or any(name in other.extends for other in self.baselines.baselines):
            many = f" of {len(others) + 1} CIs" if others else ""
            raise _No(deviation, f"the baseline '{name}' demands otherwise{many}", WAIVE)
        place = expectation.place
        steps = tuple(step for step in place.key_path if isinstance(step, str | int))
        raw: Value = self.drafts.raw(place)
        for step in steps:
            raw = raw[step]
        attribute = attribute_at(self.inventory.schema, ci.kind, path)
        where = (*steps, "equals") if isinstance(raw, Mapping) else steps
        return self._changed(deviation, place, [Put(where, as_written(attribute, deviation.observed))])

    def _selected(self, baseline: Baseline) -> set[str]:
        return set(select(self.inventory, (baseline.applies_to,))) if baseline.applies_to else set()

    def _newcomer(self, deviation: Deviation) -> Planned:
        observation = self.seen(str(deviation.source), str(deviation.key))
        if observation is None:
            raise _No(deviation, "it was not seen")
        if HIDDEN in observation.key:
            raise _No(deviation, "its key is a secret, or holds one")
        new = newcomers.newcomer(self.inventory, str(deviation.source), observation, self._taken)
        if new is None:
            raise _No(deviation, f"no CI can be of kind '{observation.kind}'", "declare the kind in inventory/schema/")
        self._taken |= {new.id.casefold(), new.path}
        return Planned(deviation, new.path, text=new.text)


def _leaves(deviation: Deviation) -> bool:
    """Whether a target of a relation is gone; whatever takes its place is to come first."""
    return deviation.observed is None and deviation.path.startswith("relations.")


def _literal(baseline: Baseline, path: KeyPath) -> Expectation | None:
    """The expectation of just one value at a path, without parameters."""
    found = next((one for one in baseline.expect if one.path == path), None)
    return found if found is not None and found.operators.keys() == {"equals"} and not found.given else None
