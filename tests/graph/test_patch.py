"""A patched graph is the graph that would be built anew."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.patch import patched
from cmdb.graph.topology import Rows, Topology, build
from cmdb.model.ci import CI, Group, Target
from cmdb.model.inventory import Inventory
from cmdb.testing.graphs import ALIAS, NOWHERE, SCHEMA, inventories

Change = tuple[Inventory, Inventory]


def plain(topology: Topology) -> dict[str, object]:
    found = {name: getattr(topology, name) for name in Topology.__slots__}
    return {name: _rows(value) if isinstance(value, Rows) else list(value) if name.endswith("_of") else value
            for name, value in found.items()}  # fmt: skip


def _rows(rows: Rows) -> list[list[int]]:
    return [list(rows.start), list(rows.node), list(rows.relation)]


def change(before: Inventory, after: Inventory) -> Topology | None:
    put = {name: ci for name, ci in after.items() if before.get(name) != ci}
    return patched(build(before), put, before.keys() - after.keys())


def without(inventory: Inventory, *, aliases: bool) -> Inventory:
    """Nothing dangles, and where wanted nothing has a former id either."""

    def kept(ci: CI) -> CI:
        relations = {name: tuple(e for e in entries if _leads(e, inventory)) for name, entries in ci.relations.items()}
        found = replace(ci, relations={name: entries for name, entries in relations.items() if entries})
        return found if aliases else replace(found, aliases=())

    return Inventory(tuple(map(kept, inventory.values())), SCHEMA)


def _leads(entry: Target | Group, inventory: Inventory) -> bool:
    if isinstance(entry, Target):
        return not entry.id.startswith(ALIAS) and entry.id in inventory
    return all(_leads(member, inventory) for member in entry.of)


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Two inventories of the same world: some CIs of the first gone or taken from another, some new."""
    before, other = draw(inventories()), draw(inventories())
    cis = {name: draw(st.sampled_from((ci, other.get(name, ci), None, ci))) for name, ci in before.items()}
    cis |= {name: ci for name, ci in other.items() if name not in before and draw(st.booleans())}
    return before, Inventory(tuple(ci for ci in cis.values() if ci is not None), SCHEMA)


@settings(max_examples=100, deadline=None)
@given(changes())
def test_it_is_never_another_than_the_one_built_anew(case: Change) -> None:
    found = change(*case)
    if found is not None:
        assert plain(found) == plain(build(case[1]))


@settings(max_examples=100, deadline=None)
@given(changes(), st.booleans())
def test_where_references_resolve_as_before_it_is_always_found(case: Change, aliases: bool) -> None:
    before, after = (without(inventory, aliases=aliases) for inventory in case)
    if not aliases or before.keys() == after.keys():
        assert change(before, after) is not None or build(after).dangling
    found = change(before, after)
    if found is not None:
        assert plain(found) == plain(build(after))


def test_where_something_dangles_nothing_is_patched() -> None:
    dangling = CI("a", "server", relations={"uses": (Target(NOWHERE),)})
    before = Inventory((dangling,), SCHEMA)
    assert change(before, Inventory((dangling, CI("b", "server")), SCHEMA)) is None


def test_a_former_id_that_moves_is_looked_at_whole() -> None:
    user, old, new = CI("a", "server", relations={"uses": (Target("x"),)}), CI("b", "server"), CI("c", "server")
    before = Inventory((user, replace(old, aliases=("x",)), new), SCHEMA)
    assert change(before, Inventory((user, old, replace(new, aliases=("x",))), SCHEMA)) is None
