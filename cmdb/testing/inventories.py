"""Hypothesis strategies for pairs of small inventories with everything that can differ: typed and free values, groups
in groups, renames, aliases, notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from cmdb.model.ci import CI, CRITICALITIES, LIFECYCLES, Group, Member, Target, arranged
from cmdb.model.inventory import Inventory
from cmdb.model.kind import Attribute, Kind, RelationType, Schema
from cmdb.model.types import normalise
from cmdb.model.value import Value

_ANY = Attribute("any", "map")
ATTRIBUTES: Mapping[str, Attribute] = {
    "os": Attribute("os"),
    "version": Attribute("version", "version"),
    "memory": Attribute("memory", "integer"),
    "virtual": Attribute("virtual", "boolean"),
    "hostname": Attribute("hostname", "hostname"),
    "ports": Attribute("ports", "set", of=Attribute("ports", "integer")),
    "packages": Attribute("packages", "map", of=Attribute("packages", "version")),
    "mounts": Attribute("mounts", "map", of=_ANY),
    "nics": Attribute("nics", "list", of=_ANY, by="name"),
}
"""One declaration of each shape; `free` and `loose` stand for what nobody declared."""

SCHEMA = Schema(
    kinds={
        "server": Kind("server", lineage=("server",), attributes=ATTRIBUTES),
        "team": Kind("team", lineage=("team",)),
    },
    relation_types={name: RelationType(name) for name in ("runs_on", "depends_on")},
)

_FREE: tuple[Value, ...] = (
    *("", "x", "1", 0, 1, 1.0, True, False, (), {}),
    *((1, "x"), (True, "x"), ({"name": "a", "n": 1},), ({"n": 1, "name": "a"}, {"name": "b"})),
    *({"a": {}}, {"a": 1}, {"a": True}, {"a": {"b": 1}}, {"a": {"b": 1, "e.f": ()}, "c d": "x"}),
)
"""Values that nobody declared, alike enough to be taken for each other."""

_NICS = (
    {"name": "eth0"},
    {"name": "eth0", "mtu": 1500},
    {"name": "eth0", "mtu": 1500.0, "peers": {"a": {"port": 1}}},
    {"name": "eth1", "mtu": 9000},
    {"name": "lo.0", "peers": {}},
)
_RAW: Mapping[str, tuple[Value, ...]] = {
    "os": ("debian", "alpine"),
    "version": ("1", "1.0", "1.10", "2.0-rc1", "2.0"),
    "memory": (0, 1, 2),
    "virtual": (True, False),
    "hostname": ("web", "WEB.", "db"),
    "ports": ((), (1, 2), (2, 1, 1), (2, 3)),
    "packages": ({}, {"a": "1"}, {"a": "1.0", "e.f": "2"}, {"e.f": "2.0"}),
    "mounts": ({}, {"a": {}}, {"a": {"b": 1}}, {"a": {"b": True}, "c d": {"x": {"y": ()}}}, {"a": {"b": {"c": 1}}}),
    "nics": ((), _NICS[:1], _NICS[1:2], _NICS[2:4], (_NICS[3], _NICS[1]), (_NICS[4], _NICS[0])),
    "free": _FREE,
    "loose": _FREE,
}
_BY_KEY: tuple[Mapping[str, str], ...] = ({"a": "x"}, {"a": "y", "b": "x"}, {"c d": "x", "e.f": "y"})
_SAID: tuple[tuple[str, Any], ...] = (
    *((name, text) for name in ("name", "description", "owner", "environment") for text in ("x", "y")),
    *(("lifecycle", word) for word in LIFECYCLES),
    *(("criticality", word) for word in CRITICALITIES),
    *((name, texts) for name in ("labels", "links", "keys") for texts in _BY_KEY),
    *(("tags", tags) for tags in (("x",), ("x", "y"), ("y",))),
)
_NOTES: tuple[Mapping[str, Value], ...] = ({}, {}, {"port": 1}, {"port": True}, {"port": "1", "mode": "x"})
_ONE_BY_ONE = tuple((name, value) for name, raws in _RAW.items() for value in raws)
_OWN = ("a", "b", "c")
_NEW = ("n1", "n2")


def _entries() -> st.SearchStrategy[tuple[Member, ...]]:
    """Entries of one relation, with numbers for ids: targets, named and unnamed groups, groups in groups."""
    notes = st.sampled_from(_NOTES)
    plain = st.builds(Target, st.sampled_from("0123456789"), notes)
    members: st.SearchStrategy[Member] = plain
    for names in (("", "inner"), ("", "", "quorum", "pair")):
        of = st.lists(members, min_size=1, max_size=3).map(tuple)
        members = plain | st.builds(Group, st.integers(1, 2), of, st.sampled_from(names), notes)
    return st.lists(members, min_size=1, max_size=3).map(tuple)


_some_values = st.lists(st.sampled_from(_ONE_BY_ONE), max_size=4)
_some_fields = st.lists(st.sampled_from(_SAID), max_size=3).map(dict)
_some_relations = st.dictionaries(st.sampled_from(["runs_on", "depends_on"]), _entries(), max_size=2)
_some_own = st.lists(st.sampled_from(_OWN), unique=True)
_some_new = st.lists(st.sampled_from(_NEW), unique=True)
_kinds = st.sampled_from(["server", "server", "team"])
_TWINS = {name: st.sampled_from(raws) for name, raws in _RAW.items()}
_fates = st.sampled_from(["stays", "changes", "goes", "is renamed"])
_seldom = st.integers(0, 3).map(lambda number: number == 0)


@st.composite
def pairs(draw: st.DrawFn, *, renames: bool = True) -> tuple[Inventory, Inventory]:
    """Two inventories of which the second grew out of the first: CIs stay, change, go, come, and take a new name."""
    before, old = _first(draw)
    return before.inventory(old), _grown(draw, before, old, renames)


@st.composite
def triples(draw: st.DrawFn, *, renames: bool = True) -> tuple[Inventory, Inventory, Inventory]:
    """An inventory, and two that grew out of it."""
    before, old = _first(draw)
    return before.inventory(old), _grown(draw, before, old, renames), _grown(draw, before, old, renames)


def _first(draw: st.DrawFn) -> tuple[_Names, dict[str, CI]]:
    before = _Names(draw)
    for name in draw(_some_own):
        before.add(name, (f"old-{name}",) if draw(st.booleans()) else ())
    return before, before.cis({})


def _grown(draw: st.DrawFn, before: _Names, old: Mapping[str, CI], renames: bool) -> Inventory:
    after = _Names(draw)
    kept: dict[str, str] = {}
    for name, aliases in before.aliases.items():
        fate = draw(_fates)
        if fate == "is renamed" and renames:
            after.add(f"new-{name}", (*(() if draw(_seldom) else aliases), name))
            kept[f"new-{name}"] = name
        elif fate != "goes":
            after.add(name, () if draw(_seldom) else aliases)
            kept |= {name: name} if fate == "stays" else {}
    for name in draw(_some_new):
        taken = {alias for aliases in after.aliases.values() for alias in aliases}
        after.add(name, tuple({f"old-{name}" for name in _OWN} - taken) if draw(_seldom) else ())
    return after.inventory(after.cis({name: old[kept[name]] for name in kept}))


def inventories() -> st.SearchStrategy[Inventory]:
    """One inventory."""
    return pairs().map(lambda both: both[1])


class _Names:
    """The ids and aliases of one side, and the CIs that get them."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.aliases: dict[str, tuple[str, ...]] = {}

    def add(self, name: str, aliases: tuple[str, ...]) -> None:
        self.aliases[name] = tuple(sorted(aliases))

    def cis(self, like: Mapping[str, CI]) -> dict[str, CI]:
        """CIs with everything drawn; those of `like` keep most of it."""
        return {name: self._ci(name, like.get(name)) for name in self.aliases}

    def inventory(self, cis: Mapping[str, CI]) -> Inventory:
        return Inventory(tuple(self.draw(st.permutations(list(cis.values())))), SCHEMA)

    def _ci(self, name: str, like: CI | None) -> CI:
        kind = like.kind if like else self.draw(_kinds)
        drawn = {key: normalise(_declared(kind, key), raw) for key, raw in self.draw(_some_values)}
        said = self.draw(_some_fields)
        if like is not None:
            said = {"owner": like.owner, "labels": like.labels, **said}
            drawn = {**self._twins(like), **drawn} if self.draw(st.booleans()) else dict(like.attributes)
        relations = self._relations(like)
        return CI(name, kind, aliases=self.aliases[name], relations=relations, **said, attributes=drawn)

    def _twins(self, like: CI) -> dict[str, Value]:
        """Other values for the same attributes."""
        raws = {name: self.draw(_TWINS[name]) for name in like.attributes}
        return {name: normalise(_declared(like.kind, name), raw) for name, raw in raws.items()}

    def _relations(self, like: CI | None) -> dict[str, tuple[Member, ...]]:
        known = [*self.aliases, *(alias for aliases in self.aliases.values() for alias in aliases), "nowhere"]
        drawn = {name: _named(members, known) for name, members in self.draw(_some_relations).items()}
        if like is None or self.draw(st.booleans()):
            return drawn
        return {name: members for name, members in like.relations.items() if _lead_somewhere(members, set(known))}


def _named(members: tuple[Member, ...], known: list[str]) -> tuple[Member, ...]:
    """The entries with ids for their numbers."""
    return arranged(
        [
            replace(one, id=known[int(one.id) % len(known)])
            if isinstance(one, Target)
            else replace(one, of=_named(one.of, known))
            for one in members
        ]
    )


def _declared(kind: str, name: str) -> Attribute:
    return SCHEMA.attribute(kind, name) or Attribute(name, "undeclared")


def _lead_somewhere(members: tuple[Member, ...], known: set[str]) -> bool:
    return all(
        member.id in known if isinstance(member, Target) else _lead_somewhere(member.of, known) for member in members
    )
