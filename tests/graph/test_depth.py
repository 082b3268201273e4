"""Long chains and wide groups: no recursion, and no work that grows faster than the graph."""

from __future__ import annotations

from itertools import islice

from cmdb.graph.explain import explain
from cmdb.graph.impact import impact
from cmdb.graph.selectors import select
from cmdb.graph.topology import build
from cmdb.graph.upstream import upstream
from cmdb.model.ci import CI, Group, Member, Target
from cmdb.model.inventory import Inventory
from cmdb.model.status import Status
from cmdb.testing.graphs import SCHEMA
from cmdb.views.impact import document

LONGEST = 200_000
LONG = 5_000
EITHER = Group(1, (Target("x"), Target("y")))


def chain(length: int, first: Member | None = None) -> Inventory:
    """Each CI depends on the one before it; `first` is what the first one depends on."""
    cis = [CI(name(0), "server", relations={} if first is None else {"depends_on": (first,)})]
    cis += [CI(name(i), "server", relations={"depends_on": (Target(name(i - 1)),)}) for i in range(1, length)]
    return Inventory((*cis, CI("x", "server"), CI("y", "server")), SCHEMA)


def name(number: int) -> str:
    return f"ci-{number:07}"


def test_a_very_long_chain_is_answered_from_end_to_end() -> None:
    hit = impact(chain(LONGEST), [name(0)])
    last = hit.affected[-1]
    assert (len(hit.affected), last.id, last.distance) == (LONGEST - 1, name(LONGEST - 1), LONGEST - 1)
    assert len(last.via) == LONGEST - 1
    assert [step.target for step in islice(last.steps(), 2)] == [name(LONGEST - 2), name(LONGEST - 3)]


def test_a_long_chain_at_risk_folds_into_one_line() -> None:
    hit = impact(chain(LONG, EITHER), ["x"])
    assert {affected.status for affected in hit.affected} == {Status.AT_RISK}
    assert f"{LONG} CIs at risk" in str(document(hit))
    assert f"{LONG - 8} more steps" in str(document(hit, Status.AT_RISK))


def test_explanations_upstream_and_selectors_go_deep_too() -> None:
    inventory, last = chain(LONG, EITHER), name(LONG - 1)
    topology = build(inventory)
    assert explain(topology, ["x", "y"], last).ci.distance == LONG
    assert upstream(topology, [last]).dependencies[-1].distance == LONG
    assert len(select(inventory, [f"+{last}"], topology=topology)) == LONG + 2


def test_a_wide_group_is_counted_once_and_not_once_per_member() -> None:
    members = [CI(name(i), "server") for i in range(20_000)]
    group = Group(10_000, tuple(Target(ci.id) for ci in members))
    topology = build(Inventory((*members, CI("a", "server", relations={"depends_on": (group,)})), SCHEMA))
    half = [ci.id for ci in members[:10_000]]
    assert impact(topology, half)["a"].status == Status.AT_RISK
    assert impact(topology, [*half, name(10_000)])["a"].status == Status.DOWN
