"""A check of a change looks at the CIs that it concerns, and at no others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, overload

import pytest

from cmdb.facts import Facts
from cmdb.inventory import Inventory
from cmdb.model import inventory as model
from cmdb.model.baseline import Baselines
from cmdb.model.ci import CI, Group, Member, Target
from cmdb.model.location import Place
from cmdb.recheck import Former, Recheck, check_all, remembered
from cmdb.testing.drift import demanded
from cmdb.testing.text import inventory

DAY = date(2026, 11, 1)
KINDS = inventory("{kind: server, id: a}").schema
HOSTS = 50
BASELINES = """
baseline: memory
applies_to: "kind=virtual_machine,attributes.memory"
expect: {attributes.memory: {minimum: 1 GiB}, relations.runs_on: {length: 1}}
---
baseline: hosts
applies_to: kind=server
expect: {lifecycle: live}
"""


class Watched(Mapping[str, CI]):
    """CIs by id, which remember who was looked at."""

    def __init__(self, cis: Mapping[str, CI]) -> None:
        self._cis = cis
        self.seen: set[str] = set()

    def __getitem__(self, name: str) -> CI:
        self.seen.add(name)
        return self._cis[name]

    def __contains__(self, name: object) -> bool:
        return name in self._cis

    def __iter__(self) -> Iterator[str]:
        return iter(self._cis)

    def __len__(self) -> int:
        return len(self._cis)


class Unseen(Sequence[CI]):
    """Every CI in the order of files, for those who only count them."""

    def __init__(self, size: int) -> None:
        self._size = size

    @overload
    def __getitem__(self, index: int) -> CI: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[CI]: ...
    def __getitem__(self, index: int | slice) -> CI | Sequence[CI]:
        raise AssertionError("nobody has to look at these")

    def __len__(self) -> int:
        return self._size


def machines(count: int = 2000) -> dict[str, CI]:
    """Virtual machines on a few hosts, each with the next as its standby."""
    cis = [CI(f"host-{n:04}", "server", attributes={"serial_number": f"S{n}"}) for n in range(HOSTS)]
    for n in range(count - HOSTS):
        relations: dict[str, tuple[Member, ...]] = {
            "runs_on": (Target(f"host-{n % HOSTS:04}"),),
            "depends_on": (Group(1, (Target(f"vm-{n:04}"), Target(f"vm-{(n + 1) % (count - HOSTS):04}")), "pair"),),
        }
        attributes = {"memory": 2**30, "uuid": f"u-{n}"}
        cis.append(CI(f"vm-{n:04}", "virtual_machine", attributes=attributes, relations=relations))
    return {ci.id: replace(ci, place=Place(f"inventory/{ci.id}.yaml")) for ci in cis}


def facts(cis: Mapping[str, CI], baselines: Baselines) -> Facts:
    return Facts(Inventory.of(model.Inventory(tuple(cis.values()), KINDS)), baselines, DAY)


def watched(cis: Mapping[str, CI], baselines: Baselines) -> tuple[Facts, Watched]:
    whole = facts(cis, baselines)
    seen = Watched(whole.inventory.cis)
    index = model.Index(seen, whole.inventory.aliases)
    lazy = model.Inventory(Unseen(len(cis)), KINDS, index=index)
    return Facts(Inventory.of(lazy, whole.topology), baselines, DAY), seen


def looked_at(cis: Mapping[str, CI], edited: Mapping[str, CI | None]) -> tuple[Recheck, Watched, Former]:
    baselines = demanded(BASELINES)
    first = facts(cis, baselines)
    former = remembered(first, check_all(first))
    after = {name: ci for name, ci in {**cis, **edited}.items() if ci is not None}
    now, seen = watched(after, baselines)
    again = Recheck(now, former, edited.keys())
    assert again.problems == check_all(facts(after, baselines))
    assert again.former.topology is now.topology
    return again, seen, former


def changed(cis: Mapping[str, CI], names: Collection[str], **fields: Any) -> dict[str, CI | None]:
    return {name: replace(cis[name], **fields) for name in names}


EXAMPLES = {"host-0000", "vm-0000"}
"""Those that the baselines are known to apply to."""
TEN = tuple(f"vm-{n:04}" for n in range(100, 1100, 100))


def test_a_change_in_ten_files_looks_at_ten_cis() -> None:
    cis = machines()
    _, seen, _ = looked_at(cis, changed(cis, TEN, owner="x"))
    assert seen.seen == {*TEN, *EXAMPLES}


@pytest.mark.parametrize("fields", [{"lifecycle": "retired"}, {"kind": "container"}, {"aliases": ("x",)}])
def test_what_targets_are_is_told_to_those_that_have_them(fields: Mapping[str, object]) -> None:
    cis = machines()
    names = TEN if "aliases" not in fields else TEN[:1]
    _, seen, _ = looked_at(cis, changed(cis, names, **fields))
    before = {f"vm-{int(name[3:]) - 1:04}" for name in names}
    assert {*names, *before} <= seen.seen if "aliases" not in fields else set(names) <= seen.seen
    assert {name for name in seen.seen if name.startswith("vm")} <= {*names, *before, *EXAMPLES}


def test_cis_that_come_and_go_concern_those_that_name_them() -> None:
    cis = machines()
    edited: dict[str, CI | None] = {TEN[0]: None, TEN[1]: None, "vm-9999": CI("vm-9999", "virtual_machine")}
    again, seen, _ = looked_at(cis, edited)
    assert len(again.problems["dangling-relation"]) == 2
    assert len(seen.seen) <= 3 * 2 + 2


def test_a_value_that_is_there_already_is_found_without_a_search() -> None:
    cis = machines()
    again, seen, _ = looked_at(cis, changed(cis, TEN[:1], attributes={"uuid": "u-7"}))
    assert [problem.ci for problem in again.problems["unique-attribute"]] == [TEN[0]]
    assert len(seen.seen) <= 4


def test_a_host_that_is_only_described_concerns_nobody_else() -> None:
    cis = machines()
    _, seen, _ = looked_at(cis, changed(cis, ["host-0001"], description="x"))
    assert seen.seen == {"host-0001", *EXAMPLES}


def test_the_next_run_knows_what_this_one_left() -> None:
    cis = machines()
    edited = changed(cis, TEN, attributes={"uuid": "u-7", "memory": 1})
    again, _, _ = looked_at(cis, edited)
    after = facts({name: edited.get(name) or ci for name, ci in cis.items()}, demanded(BASELINES))
    whole = remembered(after, check_all(after))
    assert again.former.values == whole.values
    assert again.former.problems == whole.problems
    assert again.former.examples == ("vm-0000", "host-0000")


def test_a_graph_that_is_the_same_is_not_numbered_anew() -> None:
    cis = machines()
    first = facts(cis, Baselines())
    former = remembered(first, check_all(first))
    after = {**cis, TEN[0]: replace(cis[TEN[0]], attributes={"uuid": "u-7"})}
    inventory = Inventory.of(model.Inventory(tuple(after.values()), KINDS), former.topology)
    now = Facts(inventory, Baselines(), DAY)
    assert Recheck(now, former, TEN[:1]).former.values == remembered(now, check_all(now)).values
