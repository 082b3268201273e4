"""Minimal cut sets, against the impact of every subset of CIs."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.propagate import settle
from cmdb.graph.topology import Topology, build
from cmdb.graph.weak.alone import alone
from cmdb.graph.weak.cut_sets import Cuts, cuts
from cmdb.graph.weak.gates import gates
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status
from cmdb.testing.graphs import inventories, random_inventory
from cmdb.testing.text import inventory

Sets = tuple[tuple[str, ...], ...]
DOWN = Status.DOWN


def found(topology: Topology, asked: str, down: Iterable[str] = (), **settings: int) -> tuple[Sets, int]:
    """The minimal cut sets of a CI, with others down already."""
    node = number(topology, asked)
    status = settle(topology, {number(topology, ci): DOWN for ci in down})
    below = gates(topology, [node], frozenset(each for each, how in status.items() if how == DOWN))
    hit: Cuts = cuts(below, node, alone(below)[node], **settings)
    return tuple(tuple(topology.ids[each] for each in cut) for cut in hit.sets), hit.complete_to_size


def number(topology: Topology, ci: str) -> int:
    node = topology.number(ci)
    assert node is not None
    return node


def by_trying(topology: Topology, asked: str, down: Iterable[str] = (), size: int = 3) -> Sets:
    """Every set of CIs that takes another down, and no part of which does."""
    node, given = number(topology, asked), {number(topology, ci) for ci in down}
    others = [each for each in range(len(topology)) if each != node and each not in given]
    minimal: list[frozenset[int]] = []
    for count in range(1, size + 1):
        for several in combinations(others, count):
            if not any(smaller <= set(several) for smaller in minimal):
                status = settle(topology, dict.fromkeys(given.union(several), DOWN))
                if status.get(node) == DOWN:
                    minimal.append(frozenset(several))
    return tuple(tuple(topology.ids[each] for each in sorted(cut)) for cut in minimal)


QUORUM = """
- kind: application
  id: shop
  relations: {depends_on: {at_least: 2, of: [a, b, c, d]}}
- {kind: server, id: a, relations: {located_in: hall}}
- {kind: server, id: b, relations: {located_in: hall}}
- {kind: server, id: c}
- {kind: server, id: d}
- {kind: site, id: hall}
"""


def test_a_quorum_with_a_common_hall() -> None:
    topology = build(inventory(QUORUM))
    three_of_four = (("a", "b", "c"), ("a", "b", "d"), ("a", "c", "d"), ("b", "c", "d"))
    assert found(topology, "shop") == ((("c", "hall"), ("d", "hall"), *three_of_four), 3)
    assert found(topology, "shop", size=2) == ((("c", "hall"), ("d", "hall")), 2)
    assert found(topology, "shop", size=1) == ((), 1)
    assert found(topology, "hall") == ((), 3)


def test_what_else_would_have_to_fail() -> None:
    topology = build(inventory(QUORUM))
    assert found(topology, "shop", down=["hall"]) == ((("c",), ("d",)), 3)
    assert found(topology, "shop", down=["c"]) == ((("hall",), ("a", "b"), ("a", "d"), ("b", "d")), 3)


def test_a_search_that_is_cut_off_says_how_far_it_is_complete() -> None:
    topology = build(inventory(QUORUM))
    (everything, _), known = found(topology, "shop"), 0
    for limit in range(200):
        sets, complete = found(topology, "shop", limit=limit)
        assert sets == tuple(cut for cut in everything if len(cut) <= complete)
        assert complete >= known
        known = complete
    assert known == 3


def test_what_is_no_redundancy_has_no_sets_of_two() -> None:
    declared = inventory("""
    - {kind: server, id: a, relations: {depends_on: [b, c], uses: d}}
    - {kind: server, id: b, relations: {depends_on: {at_least: 3, of: [e, f]}}}
    - {kind: server, id: c, relations: {monitored_by: g, depends_on: {at_least: 1, of: [a, c]}}}
    - {kind: server, id: d}
    - {kind: server, id: e}
    - {kind: server, id: f}
    - {kind: server, id: g}
    """)
    assert found(build(declared), "a") == ((("b",), ("c",), ("e",), ("f",)), 3)
    assert found(build(declared), "c") == ((), 3)


@settings(max_examples=40, deadline=None)
@given(inventories(), st.data())
def test_they_are_all_minimal_sets_that_take_it_down(declared: Inventory, data: st.DataObject) -> None:
    topology = build(declared)
    given_down = data.draw(st.lists(st.sampled_from(list(declared)), max_size=2, unique=True))
    for asked in declared:
        assert found(topology, asked) == (by_trying(topology, asked), 3)
        status = settle(topology, {number(topology, ci): DOWN for ci in given_down})
        if asked not in given_down and status.get(number(topology, asked)) != DOWN:
            assert found(topology, asked, given_down) == (by_trying(topology, asked, given_down), 3)


@pytest.mark.parametrize("size", [7, 10])
def test_larger_graphs_with_more_circles(size: int) -> None:
    for seed in range(60):
        topology = build(random_inventory(Random(f"{size} {seed}"), size))
        for asked in topology.ids[:3]:
            assert found(topology, asked) == (by_trying(topology, asked), 3), seed


@settings(max_examples=15, deadline=None)
@given(inventories(), st.sampled_from([1, 2]))
def test_smaller_sets_are_the_same_without_the_larger(declared: Inventory, size: int) -> None:
    topology = build(declared)
    for asked in declared:
        everything = found(topology, asked)[0]
        assert found(topology, asked, size=size) == (tuple(cut for cut in everything if len(cut) <= size), size)


def test_sets_of_two_members_may_overlap() -> None:
    declared = inventory("""
    - {kind: server, id: a, relations: {depends_on: {at_least: 1, of: [b, c]}}}
    - {kind: server, id: b, relations: {depends_on: {at_least: 1, of: [p, q]}}}
    - {kind: server, id: c, relations: {depends_on: {at_least: 1, of: [q, r]}}}
    - {kind: server, id: p}
    - {kind: server, id: q}
    - {kind: server, id: r}
    """)
    topology = build(declared)
    assert found(topology, "a") == ((("b", "c"), ("b", "q", "r"), ("c", "p", "q"), ("p", "q", "r")), 3)
    assert found(topology, "a") == (by_trying(topology, "a"), 3)


@pytest.mark.parametrize("members", ["[b, c]", "[c, b]"])
def test_the_set_of_one_member_may_hold_that_of_another(members: str) -> None:
    declared = inventory(f"""
    - {{kind: server, id: a, relations: {{depends_on: {{at_least: 1, of: {members}}}}}}}
    - {{kind: server, id: b, relations: {{depends_on: {{at_least: 1, of: [p, q, r]}}}}}}
    - {{kind: server, id: c, relations: {{depends_on: {{at_least: 1, of: [p, q]}}}}}}
    - {{kind: server, id: p}}
    - {{kind: server, id: q}}
    - {{kind: server, id: r}}
    """)
    topology = build(declared)
    assert found(topology, "a") == ((("b", "c"), ("b", "p", "q"), ("p", "q", "r")), 3)
    assert found(topology, "a") == (by_trying(topology, "a"), 3)


@pytest.mark.parametrize("seed", range(40))
def test_much_redundancy_over_little(seed: int) -> None:
    """Two layers of groups over few CIs, so that sets overlap in every way."""
    random = Random(f"layers {seed}")
    leaves = [f"leaf-{number}" for number in range(6)]
    middle = {f"mid-{number}": sorted(random.sample(leaves, random.randint(2, 4))) for number in range(4)}
    top = sorted(random.sample(sorted(middle), random.randint(2, 4)))
    declared = inventory(
        "\n".join(
            [
                *(f"- {{kind: server, id: {leaf}}}" for leaf in leaves),
                *(
                    f"- {{kind: server, id: {each}, relations: {group(random, below)}}}"
                    for each, below in middle.items()
                ),
                f"- {{kind: server, id: top, relations: {group(random, top)}}}",
            ]
        )
    )
    topology = build(declared)
    assert found(topology, "top") == (by_trying(topology, "top"), 3)


def group(random: Random, members: list[str]) -> str:
    return f"{{depends_on: {{at_least: {random.randint(1, 2)}, of: [{', '.join(members)}]}}}}"


BRIDGE = """
- kind: application
  id: out
  relations:
    depends_on:
      at_least: 1
      of: [{at_least: 2, of: [c1, c4]}, {at_least: 2, of: [c2, c5]}, {at_least: 3, of: [c1, c3, c5]}, {at_least: 3, of: [c2, c3, c4]}]
- {kind: circuit, id: c1}
- {kind: circuit, id: c2}
- {kind: circuit, id: c3}
- {kind: circuit, id: c4}
- {kind: circuit, id: c5}
"""


def test_the_bridge_of_barlow_and_proschan() -> None:
    """Statistical Theory of Reliability and Life Testing (1975), section 1.2."""
    bridge = (("c1", "c2"), ("c4", "c5"), ("c1", "c3", "c5"), ("c2", "c3", "c4"))
    assert found(build(inventory(BRIDGE)), "out") == (bridge, 3)


@pytest.mark.parametrize(("needed", "members"), [(k, n) for n in range(1, 7) for k in range(1, n + 1)])
def test_k_of_n_goes_down_with_any_n_minus_k_plus_1(needed: int, members: int) -> None:
    names = [f"m{number}" for number in range(members)]
    declared = "\n".join(
        [
            f"- {{kind: server, id: a, relations: {{depends_on: {{at_least: {needed}, of: [{', '.join(names)}]}}}}}}",
            *(f"- {{kind: server, id: {name}}}" for name in names),
        ]
    )
    fatal = members - needed + 1
    expected = tuple(combinations(names, fatal)) if fatal <= 3 else ()
    assert found(build(inventory(declared)), "a") == (expected, 3)


def test_a_common_cause_is_a_set_of_one_beside_those_of_the_members() -> None:
    declared = inventory("""
    - {kind: server, id: a, relations: {depends_on: {at_least: 1, of: [b, c, d]}}}
    - {kind: server, id: b, relations: {powered_by: feed}}
    - {kind: server, id: c, relations: {powered_by: feed}}
    - {kind: server, id: d, relations: {powered_by: feed}}
    - {kind: power_feed, id: feed}
    """)
    assert found(build(declared), "a") == ((("feed",), ("b", "c", "d")), 3)


@settings(max_examples=25, deadline=None)
@given(inventories(), st.data())
def test_failures_only_ever_leave_less_to_be_done(declared: Inventory, data: st.DataObject) -> None:
    """Monotonicity: with something down already, every set that was enough has a part that is enough."""
    topology = build(declared)
    asked, failed = data.draw(st.permutations(list(declared)).map(lambda ids: (ids[0], ids[-1])))
    status = settle(topology, {number(topology, failed): DOWN})
    if asked != failed and status.get(number(topology, asked)) != DOWN:
        before, after = found(topology, asked)[0], found(topology, asked, [failed])[0]
        assert all(any(set(less) <= set(cut) for less in after) for cut in before)


@settings(max_examples=15, deadline=None)
@given(inventories(), st.randoms(use_true_random=False))
def test_the_order_of_files_changes_nothing(declared: Inventory, random: Random) -> None:
    cis = list(declared.values())
    random.shuffle(cis)
    shuffled = Inventory(tuple(cis), declared.schema)
    for asked in declared:
        for limit in (5, 1_000_000):
            assert found(build(shuffled), asked, limit=limit) == found(build(declared), asked, limit=limit)
