"""Hypothesis strategies for small, awkward inventories: nested groups, cycles, every relation type and lifecycle,
aliases, and targets that do not exist."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from hypothesis import strategies as st

from cmdb.model.ci import CI, LIFECYCLES, Group, Member, Target, arranged
from cmdb.model.inventory import Inventory
from cmdb.model.kind import Kind, RelationType, Schema
from cmdb.model.status import Status

CEILINGS: Mapping[str, Status] = {
    **dict.fromkeys(
        ("depends_on", "runs_on", "located_in", "powered_by", "connects_to", "consists_of"),
        Status.DOWN,
    ),
    **dict.fromkeys(("uses", "receives_data_from"), Status.DEGRADED),
    **dict.fromkeys(("replicates_to", "backed_up_by", "monitored_by"), Status.AT_RISK),
    **dict.fromkeys(
        (
            "member_of",
            "owned_by",
            "supported_by",
            "supplied_by",
            "covered_by",
            "licensed_under",
            "documented_by",
            "linked_to",
        ),
        Status.UP,
    ),
}
"""The built-in relation types, as DOWN, DEGRADED, AT_RISK or UP (no harm) is the worst that each lets through."""

KINDS = ("service", "business_service", "application", "server")
SCHEMA = Schema(
    kinds={
        name: Kind(name, lineage=("business_service", "service") if name == "business_service" else (name,))
        for name in KINDS
    },
    relation_types={name: RelationType(name, ceiling) for name, ceiling in CEILINGS.items()},
)
"""A few kinds, one of them below `service`, and the built-in relation types."""

IDS = ("a", "b", "c", "d", "e", "f", "g")
ALIAS = "old-"
NOWHERE = "nowhere"


def targets(ids: tuple[str, ...]) -> st.SearchStrategy[Target]:
    """Plain targets: mostly ids, now and then an alias or something that is nowhere."""
    return st.sampled_from([*(3 * ids), *(ALIAS + ci_id for ci_id in ids), NOWHERE]).map(Target)


def groups(ids: tuple[str, ...], depth: int = 2) -> st.SearchStrategy[Group]:
    """Redundancy groups, some with the same member twice, some that need more than they have, nested up to a depth."""
    plain = targets(ids)
    members: st.SearchStrategy[Member] = plain if depth == 0 else st.one_of(plain, plain, groups(ids, depth - 1))
    return st.builds(Group, at_least=st.integers(1, 3), of=st.lists(members, min_size=1, max_size=3).map(tuple))


def entries(ids: tuple[str, ...]) -> st.SearchStrategy[tuple[str, str, Member]]:
    """(source, relation type, entry); types that let harm through come more often."""
    harmful = [name for name, ceiling in CEILINGS.items() if ceiling > Status.UP]
    types = st.sampled_from([*(10 * ["depends_on"]), *harmful, *CEILINGS])
    return st.tuples(st.sampled_from(ids), types, st.one_of(targets(ids), groups(ids)))


@st.composite
def inventories(draw: st.DrawFn, max_size: int = len(IDS)) -> Inventory:
    """Inventories of up to seven CIs, `a` to `g`; each may be referred to as `old-a` to `old-g` too."""
    ids = IDS[: draw(st.integers(1, max_size))]
    relations: dict[str, dict[str, list[Member]]] = {ci_id: {} for ci_id in ids}
    for source, relation, entry in draw(st.lists(entries(ids), max_size=8)):
        relations[source].setdefault(relation, []).append(entry)
    traits = st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from([None, "team-a", "team-b"]),
        st.sampled_from([*(6 * ["live"]), *LIFECYCLES]),
    )
    cis = []
    for ci_id in ids:
        kind, owner, lifecycle = draw(traits)
        related = {name: arranged(found) for name, found in relations[ci_id].items()}
        cis.append(CI(ci_id, kind, owner=owner, lifecycle=lifecycle, aliases=(ALIAS + ci_id,), relations=related))
    return Inventory(tuple(cis), SCHEMA)


def failures(inventory: Inventory) -> st.SearchStrategy[dict[str, Status]]:
    """Which CIs of an inventory fail, and how badly."""
    bad = st.one_of(st.just(Status.DOWN), st.sampled_from(Status))
    return st.dictionaries(st.sampled_from(list(inventory)), bad, min_size=1, max_size=3)


@st.composite
def failing(draw: st.DrawFn) -> tuple[Inventory, dict[str, Status]]:
    """An inventory and a failure in it."""
    inventory = draw(inventories())
    return inventory, draw(failures(inventory))


def random_inventory(random: Random, size: int) -> Inventory:
    """An inventory of that many CIs that depend on each other every which way: most relations let harm through, half of
    the entries are groups, some of them nested, and circles are common. For laws that need thousands of graphs, or
    larger ones."""
    ids = [f"ci-{number:03}" for number in range(size)]
    types = ["depends_on", "depends_on", "depends_on", "consists_of", "uses", "monitored_by", "member_of"]
    cis = []
    for ci_id in ids:
        found: dict[str, list[Member]] = {}
        for _ in range(random.choice([0, 0, 1, 1, 2, 3])):
            found.setdefault(random.choice(types), []).append(random_member(random, ids))
        lifecycle = random.choice([*(12 * ["live"]), *LIFECYCLES])
        kind = random.choice(KINDS)
        relations = {name: arranged(members) for name, members in found.items()}
        cis.append(CI(ci_id, kind, lifecycle=lifecycle, aliases=(ALIAS + ci_id,), relations=relations))
    return Inventory(tuple(cis), SCHEMA)


def random_member(random: Random, ids: list[str], depth: int = 2) -> Member:
    """A plain target, or a group of one to four members."""
    if not depth or random.random() < 0.5:
        return Target(random.choice(ids))
    members = tuple(random_member(random, ids, depth - 1) for _ in range(random.randint(1, 4)))
    return Group(random.randint(1, 4), members)
