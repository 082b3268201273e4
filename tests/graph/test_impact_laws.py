"""The engine against the impact rules written down once more, as naively as can be, on random small graphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.impact import Impact, impact
from cmdb.graph.topology import build
from cmdb.model.ci import CI, LIFECYCLES, SERVING, Group, Member, Target, arranged
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status
from cmdb.testing.graphs import SCHEMA, failing, failures

Statuses = Mapping[str, Status]
Failing = tuple[Inventory, dict[str, Status]]
includes = st.frozensets(st.sampled_from(LIFECYCLES), max_size=2)


@settings(max_examples=80, deadline=None)
@given(failing(), includes)
def test_statuses_are_those_of_the_definition(case: Failing, include: frozenset[str]) -> None:
    inventory, seeds = case
    hit = impact(inventory, seeds, include=include)
    assert {ci: hit[ci].status for ci in inventory} == brute_force(inventory, seeds, include)


@settings(max_examples=80, deadline=None)
@given(failing(), includes)
def test_the_witness_is_the_first_of_the_shortest_chains(case: Failing, include: frozenset[str]) -> None:
    inventory, seeds = case
    hit = impact(inventory, seeds, include=include)
    status = brute_force(inventory, seeds, include)
    for affected in hit.affected:
        chains = shortest_chains(inventory, seeds, status, affected.id, include)
        via = tuple((step.source, step.relation, step.target) for step in affected.via)
        assert via == min(chains, key=lambda chain: [step[1:] for step in chain])
        assert affected.distance == len(via)


@settings(max_examples=80, deadline=None)
@given(failing())
def test_everything_not_up_is_failed_or_affected_and_never_both(case: Failing) -> None:
    inventory, seeds = case
    hit = impact(inventory, seeds)
    status = brute_force(inventory, seeds)
    assert [failed.id for failed in hit.failed] == sorted(seeds)
    assert {affected.id for affected in hit.affected} == {ci for ci in inventory if status[ci] and ci not in seeds}
    assert list(hit.affected) == sorted(hit.affected, key=lambda a: (-a.status, a.distance, a.id))
    assert set(hit) == {ci for ci in inventory if status[ci]} == {ci for ci in inventory if ci in hit}


@settings(max_examples=80, deadline=None)
@given(failing(), st.data())
def test_more_or_worse_failures_improve_nothing(case: Failing, data: st.DataObject) -> None:
    inventory, seeds = case
    more = data.draw(failures(inventory))
    worse = {ci: max(seeds.get(ci, Status.UP), more.get(ci, Status.UP)) for ci in {*seeds, *more}}
    before, after = impact(inventory, seeds), impact(inventory, worse)
    assert all(before[ci].status <= after[ci].status for ci in inventory)


@settings(max_examples=80, deadline=None)
@given(failing(), st.randoms(use_true_random=False))
def test_the_order_of_cis_and_of_seeds_is_irrelevant(case: Failing, random: Random) -> None:
    inventory, seeds = case
    shuffled = replace(inventory, declared=tuple(random.sample(inventory.declared, len(inventory.declared))))
    words = random.sample(list(seeds), len(seeds))
    assert whole(impact(inventory, seeds)) == whole(impact(shuffled, {word: seeds[word] for word in words}))


@settings(max_examples=80, deadline=None)
@given(failing())
def test_groups_count_what_takes_part_and_what_is_left(case: Failing) -> None:
    inventory, seeds = case
    status, living = brute_force(inventory, seeds), serving(inventory)
    for affected in impact(inventory, seeds).affected:
        expected = sorted(hurt_groups(inventory, affected.id, status, living))
        found = [(g.relation, g.at_least, g.of, g.left, g.contributes) for g in affected.groups]
        assert sorted(found) == expected


@settings(max_examples=80, deadline=None)
@given(failing(), includes)
def test_a_topology_answers_like_its_inventory(case: Failing, include: frozenset[str]) -> None:
    inventory, seeds = case
    expected = whole(impact(inventory, seeds, include=include))
    assert whole(impact(build(inventory), seeds, include=include)) == expected
    assert whole(impact(build(inventory, include=include), seeds)) == expected


@pytest.mark.parametrize("start", range(0, 4000, 500))
def test_statuses_and_witnesses_of_thousands_of_random_graphs(start: int) -> None:
    for seed in range(start, start + 500):
        inventory, seeds = random_failing(Random(seed))
        hit, status = impact(inventory, seeds), brute_force(inventory, seeds)
        assert {ci: hit[ci].status for ci in inventory} == status, seed
        for affected in hit.affected:
            chains = shortest_chains(inventory, seeds, status, affected.id)
            via = tuple((step.source, step.relation, step.target) for step in affected.via)
            assert via == min(chains, key=lambda chain: [step[1:] for step in chain]), seed
            assert affected.distance == len(via), seed


def random_failing(random: Random) -> Failing:
    """A graph of up to twelve CIs with about two entries each, and a failure."""
    ids = [f"ci-{number:02}" for number in range(random.randint(1, 12))]
    cis = []
    for ci in ids:
        entries: dict[str, list[Member]] = {}
        for _ in range(random.randint(0, 4)):
            relation = random.choice(["depends_on", "depends_on", "consists_of", "uses", "monitored_by", "member_of"])
            entries.setdefault(relation, []).append(random_member(random, ids))
        lifecycle = random.choice([*(6 * ["live"]), *LIFECYCLES])
        relations = {relation: arranged(found) for relation, found in entries.items()}
        cis.append(CI(ci, "server", lifecycle=lifecycle, relations=relations))
    seeds = {
        ci: random.choice([Status.DOWN, *Status]) for ci in random.sample(ids, min(len(ids), random.randint(1, 3)))
    }
    return Inventory(tuple(cis), SCHEMA), seeds


def random_member(random: Random, ids: list[str], depth: int = 2) -> Member:
    if not depth or random.random() < 0.5:
        return Target(random.choice(ids))
    members = tuple(random_member(random, ids, depth - 1) for _ in range(random.randint(1, 4)))
    return Group(random.randint(1, 4), members)


def whole(hit: Impact) -> object:
    return hit, [(affected.via, affected.groups) for affected in hit.affected]


def brute_force(inventory: Inventory, seeds: Statuses, include: frozenset[str] = frozenset()) -> dict[str, Status]:
    """Every CI's status: all rules are applied to all CIs until nothing changes."""
    living = serving(inventory, include)
    status = {ci: seeds.get(ci, Status.UP) if ci in living else Status.UP for ci in inventory}
    while True:
        after = {
            ci: max([status[ci], *(harm for *_, harm in contributions(inventory, ci, status, living))])
            for ci in inventory
            if ci in living
        }
        if after == {ci: status[ci] for ci in living}:
            return status
        status |= after


def serving(inventory: Inventory, include: frozenset[str] = frozenset()) -> frozenset[str]:
    return frozenset(ci.id for ci in inventory.values() if ci.lifecycle in SERVING | include)


def contributions(
    inventory: Inventory, ci: str, status: Statuses, living: frozenset[str]
) -> Iterator[tuple[str, Member, Status]]:
    for relation, entries in inventory[ci].relations.items():
        ceiling = inventory.schema.relation_types[relation].ceiling
        for entry in entries:
            yield relation, entry, min(ceiling, value(inventory, entry, status, living))


def value(inventory: Inventory, member: Member, status: Statuses, living: frozenset[str]) -> Status:
    if isinstance(member, Target):
        target = inventory.resolve(member.id)
        return status[target] if target in living else Status.UP
    values = sorted(value(inventory, inner, status, living) for inner in taking_part(inventory, member, living))
    if not values:
        return Status.UP
    kth = values[min(member.at_least, len(values)) - 1]
    return Status.AT_RISK if kth == Status.UP and values[-1] > Status.UP else kth


def taking_part(inventory: Inventory, group: Group, living: frozenset[str]) -> list[Member]:
    """The members that count: CIs that serve, each once, and groups."""
    plain = {inventory.resolve(member.id) for member in group.of if isinstance(member, Target)}
    return [Target(ci) for ci in plain if ci in living] + [m for m in group.of if isinstance(m, Group)]


def shortest_chains(
    inventory: Inventory, seeds: Statuses, status: Statuses, ci: str, include: frozenset[str] = frozenset()
) -> list[tuple[tuple[str, str, str], ...]]:
    """All shortest chains that explain a CI's status, as (source, relation, target); by trying all of them."""
    living, level = serving(inventory, include), status[ci]
    chains: list[tuple[tuple[str, str, str], ...]] = [()]
    for _ in range(len(inventory)):
        ended = [chain for chain in chains if chain and chain[-1][2] in living and seeds.get(chain[-1][2], 0) >= level]
        if ended:
            return ended
        chains = [
            (*chain, (end, relation, target))
            for chain in chains
            for end in [chain[-1][2] if chain else ci]
            for relation, target in sorted(set(bad_steps(inventory, end, status, living, level)))
        ]
    return []


def bad_steps(
    inventory: Inventory, ci: str, status: Statuses, living: frozenset[str], level: Status
) -> Iterator[tuple[str, str]]:
    for relation, entry, harm in contributions(inventory, ci, status, living):
        if harm >= level:
            for target in bad_members(inventory, entry, status, living, level):
                yield relation, target


def bad_members(
    inventory: Inventory, member: Member, status: Statuses, living: frozenset[str], level: Status
) -> Iterator[str]:
    if value(inventory, member, status, living) < level:
        return
    if isinstance(member, Target):
        yield inventory[member.id].id
    else:
        for inner in member.of:
            yield from bad_members(inventory, inner, status, living, level)


def hurt_groups(
    inventory: Inventory, ci: str, status: Statuses, living: frozenset[str]
) -> Iterator[tuple[str, int, int, int, Status]]:
    for relation, entries in inventory[ci].relations.items():
        ceiling = inventory.schema.relation_types[relation].ceiling
        waiting = [entry for entry in entries if isinstance(entry, Group)]
        while waiting:
            group = waiting.pop()
            waiting += [inner for inner in group.of if isinstance(inner, Group)]
            values = [value(inventory, inner, status, living) for inner in taking_part(inventory, group, living)]
            left = sum(status <= Status.AT_RISK for status in values)
            if any(values):
                harm = min(ceiling, value(inventory, group, status, living))
                yield relation, group.at_least, len(values), left, harm
