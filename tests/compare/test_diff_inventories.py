"""Text in, changes out: what counts as a change, where it is said to stand, and what is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from textwrap import dedent

import pytest

from cmdb.compare.apply import apply, inverse
from cmdb.compare.inventories import diff
from cmdb.compare.wording import data
from cmdb.model.change import ChangeSet
from cmdb.model.inventory import Inventory
from cmdb.model.problem import CmdbError
from cmdb.model.value import Value
from cmdb.testing.text import inventory, workspace

SCHEMA = """
kinds:
  box:
    extends: server
    attributes:
      release: version
      size: {type: bytes}
      port: integer
      host: hostname
      open: {type: set, of: integer}
      packages: {type: map, of: version}
      nics: {type: list, of: map, by: name}
      zone: {type: string, default: lan}
"""

BOX = "kind: box\n"
ONE_CI: dict[str, tuple[str, str, list[str]]] = {
    "nothing": ("owner: a", "owner: a", []),
    "a text": ("owner: a", "owner: b", ['owner: "a" -> "b"']),
    "a text comes": ("", "owner: b", ['owner: null -> "b"']),
    "a text goes": ("owner: a", "owner:", ['owner: "a" -> null']),
    "the kind": ("kind: box", "kind: server", ['attributes.zone: "lan" -> null', 'kind: "box" -> "server"']),
    "live is what a CI is unless it says else": ("", "lifecycle: live", []),
    "the lifecycle": ("", "lifecycle: retired", ['lifecycle: "live" -> "retired"']),
    "labels by key": (
        "labels: {a: x, b: y}",
        "labels: {a: z, c: w}",
        ['labels.a: "x" -> "z"', 'labels.b: "y" -> null', 'labels.c: null -> "w"'],
    ),
    "links and keys by key": (
        "links: {wiki: 'http://a'}",
        "keys: {hosts: web}",
        ['keys.hosts: null -> "web"', 'links.wiki: "http://a" -> null'],
    ),
    "tags are a set": ("tags: [b, a]", "tags: [a, b, a]", []),
    "tags come whole": ("tags: [a]", "tags: [b, a]", ['tags: ["a"] -> ["a", "b"]']),
    "tags go": ("tags: [a]", "", ['tags: ["a"] -> null']),
    "aliases are a set": ("aliases: [old-b, old-a]", "aliases: [old-a, old-b]", []),
    "aliases come whole": ("aliases: [old-a]", "aliases: [old-b]", ['aliases: ["old-a"] -> ["old-b"]']),
    "an odd key is quoted": ("labels: {a.b: x}", "", ['labels."a.b": "x" -> null']),
    "versions that mean the same": ("attributes: {release: 1.10}", "attributes: {release: 1.10.0}", []),
    "versions that do not": (
        "attributes: {release: 1.10}",
        "attributes: {release: 1.1}",
        ['attributes.release: "1.10" -> "1.1"'],
    ),
    "sizes in other units": ("attributes: {size: 1 GiB}", "attributes: {size: 1024 MiB}", []),
    "a hostname in capitals": ("attributes: {host: web.example.org}", "attributes: {host: WEB.example.org.}", []),
    "sets without order": ("attributes: {open: [22, 443]}", "attributes: {open: [443, 22, 22]}", []),
    "sets come whole": (
        "attributes: {open: [22]}",
        "attributes: {open: [22, 443]}",
        ["attributes.open: [22] -> [22, 443]"],
    ),
    "maps by key": (
        "attributes: {packages: {a: 1.0, b: 2.0}}",
        "attributes: {packages: {a: '1', b: 2.1, c: 3}}",
        ['attributes.packages.b: "2.0" -> "2.1"', 'attributes.packages.c: null -> "3"'],
    ),
    "an empty map is said": (
        "attributes: {packages: {a: 1}}",
        "attributes: {packages: {}}",
        ["attributes.packages: null -> {}", 'attributes.packages.a: "1" -> null'],
    ),
    "items by name, in any order": (
        "attributes: {nics: [{name: a, mtu: 1}, {name: b}]}",
        "attributes: {nics: [{name: b}, {name: a, mtu: 1}]}",
        [],
    ),
    "a field of an item": (
        "attributes: {nics: [{name: eth0, mtu: 1500}]}",
        "attributes: {nics: [{name: eth0, mtu: 9000, vlan: {id: 7}}]}",
        ["attributes.nics[name=eth0].mtu: 1500 -> 9000", "attributes.nics[name=eth0].vlan.id: null -> 7"],
    ),
    "items come and go whole": (
        "attributes: {nics: [{name: eth0, mtu: 1500}]}",
        "attributes: {nics: [{name: eth0.7}]}",
        [
            'attributes.nics[name="eth0.7"]: null -> {"name": "eth0.7"}',
            'attributes.nics[name=eth0]: {"name": "eth0", "mtu": 1500} -> null',
        ],
    ),
    "undeclared values keep their type": ("attributes: {x: 1}", "attributes: {x: true}", ["attributes.x: 1 -> true"]),
    "a whole number is no fraction": ("attributes: {x: 1}", "attributes: {x: 1.0}", ["attributes.x: 1 -> 1.0"]),
    "text is no number": ("attributes: {x: 1}", "attributes: {x: '1'}", ['attributes.x: 1 -> "1"']),
    "deep down too": (
        "attributes: {x: {a: [1, {b: 1}]}}",
        "attributes: {x: {a: [1, {b: true}]}}",
        ['attributes.x.a: [1, {"b": 1}] -> [1, {"b": true}]'],
    ),
    "undeclared maps by key": (
        "attributes: {x: {a: {b: 1, c: 2}}}",
        "attributes: {x: {a: {b: 1, c: 3}}}",
        ["attributes.x.a.c: 2 -> 3"],
    ),
    "undeclared lists whole": (
        "attributes: {x: [1, 2]}",
        "attributes: {x: [2, 1]}",
        ["attributes.x: [1, 2] -> [2, 1]"],
    ),
    "a value in place of a map": (
        "attributes: {x: {a: 1}}",
        "attributes: {x: 2}",
        ["attributes.x: null -> 2", "attributes.x.a: 1 -> null"],
    ),
    "the default of a kind": ("attributes: {zone: lan}", "", []),
}

RELATIONS: dict[str, tuple[str, str, list[str]]] = {
    "in any order": ("depends_on: [a, b]", "depends_on: [b, a]", []),
    "one or a list of one": ("depends_on: a", "depends_on: [{to: a}]", []),
    "a target comes": ("depends_on: a", "depends_on: [a, b]", ["depends_on added b: null -> b"]),
    "a target goes": (
        "depends_on: [a, b]",
        "runs_on: a",
        ["depends_on removed a: a -> null", "depends_on removed b: b -> null", "runs_on added a: null -> a"],
    ),
    "a note": (
        "depends_on: {to: a, port: 25}",
        "depends_on: {to: a, port: 26}",
        ["depends_on changed a: a {'port': 25} -> a {'port': 26}"],
    ),
    "a note keeps its type": (
        "depends_on: {to: a, tls: 1}",
        "depends_on: {to: a, tls: true}",
        ["depends_on changed a: a {'tls': 1} -> a {'tls': True}"],
    ),
    "a group's members in any order": (
        "depends_on: {at_least: 1, of: [a, b]}",
        "depends_on: {at_least: 1, of: [b, a]}",
        [],
    ),
    "a group whole": (
        "depends_on: {at_least: 1, of: [a, b]}",
        "depends_on: {at_least: 2, of: [a, b, c]}",
        ["depends_on changed depends_on#1: 1 of [a, b] -> 2 of [a, b, c]"],
    ),
    "a group by name": (
        "depends_on: [{name: q, at_least: 1, of: [a, b]}, {name: r, at_least: 1, of: [a]}]",
        "depends_on: [{name: r, at_least: 1, of: [b]}]",
        ["depends_on removed q: 1 of [a, b] -> null", "depends_on changed r: 1 of [a] -> 1 of [b]"],
    ),
    "a group next to a new target": (
        "depends_on: [{at_least: 1, of: [a, b]}]",
        "depends_on: [c, {at_least: 1, of: [a, b]}]",
        ["depends_on added c: null -> c"],
    ),
    "a group ahead of another": (
        "depends_on: [{at_least: 1, of: [a]}]",
        "depends_on: [{at_least: 1, of: [b]}, {at_least: 1, of: [a]}]",
        ["depends_on added depends_on#1: null -> 1 of [b]"],
    ),
    "groups by position": (
        "depends_on: [{at_least: 1, of: [a]}, {at_least: 1, of: [b]}]",
        "depends_on: [{at_least: 1, of: [a, c]}, {at_least: 1, of: [b, c]}]",
        [
            "depends_on changed depends_on#1: 1 of [a] -> 1 of [a, c]",
            "depends_on changed depends_on#2: 1 of [b] -> 1 of [b, c]",
        ],
    ),
    "a group in a group": (
        "depends_on: {at_least: 1, of: [a, {at_least: 1, of: [b, c]}]}",
        "depends_on: {at_least: 1, of: [a, {at_least: 2, of: [b, c]}]}",
        ["depends_on changed depends_on#1: 1 of [a, 1 of [b, c]] -> 1 of [a, 2 of [b, c]]"],
    ),
    "a note on a group": (
        "depends_on: {at_least: 1, of: [a], why: x}",
        "depends_on: {at_least: 1, of: [a], why: y}",
        ["depends_on changed depends_on#1: 1 of [a] {'why': 'x'} -> 1 of [a] {'why': 'y'}"],
    ),
    "a target instead of a group": (
        "depends_on: {at_least: 1, of: [a]}",
        "depends_on: a",
        ["depends_on added a: null -> a", "depends_on removed depends_on#1: 1 of [a] -> null"],
    ),
}


@pytest.mark.parametrize(("before", "after", "expected"), ONE_CI.values(), ids=ONE_CI)
def test_values(before: str, after: str, expected: list[str]) -> None:
    sides = [
        inventory(f"id: web\n{text if 'kind:' in text else BOX + text}", schema=SCHEMA) for text in (before, after)
    ]
    changes = diff(*sides)
    assert [line for change in changes.changes for line in attributes(data(change))] == expected
    assert [change.action for change in changes.changes] == (["changed"] if expected else [])


@pytest.mark.parametrize(("before", "after", "expected"), RELATIONS.values(), ids=RELATIONS)
def test_relations(before: str, after: str, expected: list[str]) -> None:
    sides = [inventory(f"- {{id: web, kind: server, relations: {{{text}}}}}\n{OTHERS}") for text in (before, after)]
    changes = diff(*sides)
    assert [line for change in changes.changes for line in relations(data(change))] == expected


OTHERS = "\n".join(f"- {{id: {name}, kind: server}}" for name in "abc")


def test_a_new_ci_lists_what_it_declares() -> None:
    after = inventory("""
        kind: server
        id: web
        owner: a
        lifecycle: planned
        aliases: [old-web]
        labels: {tier: data}
        attributes: {x: {a: 1, b: {}}}
        relations: {depends_on: [{to: web, port: 1}]}
    """)
    added = [
        *('aliases: null -> ["old-web"]', "attributes.x.a: null -> 1", "attributes.x.b: null -> {}"),
        *('labels.tier: null -> "data"', 'lifecycle: null -> "planned"', 'owner: null -> "a"'),
    ]
    (change,) = diff(inventory(""), after).changes
    assert (change.id, change.kind, change.action, change.cause) == ("web", "server", "added", None)
    assert attributes(data(change)) == added
    assert relations(data(change)) == ["depends_on added web: null -> web {'port': 1}"]
    (gone,) = diff(after, inventory("")).changes
    assert (gone.id, gone.kind, gone.action) == ("web", "server", "removed")
    assert [path for path, *_ in map(parts, attributes(data(gone)))] == [path for path, *_ in map(parts, added)]
    assert relations(data(gone)) == ["depends_on removed web: web {'port': 1} -> null"]


DB = "- {id: db-1, kind: database, owner: x}\n"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # The CI is known by another name, and who points at it need not care, whether the file follows or not.
        (
            DB + "- {id: web, kind: server, relations: {depends_on: db-1}}",
            "- {id: db-2, kind: database, owner: x, aliases: [db-1]}\n"
            "- {id: web, kind: server, relations: {depends_on: db-1}}",
            ["renamed db-2 from db-1"],
        ),
        (
            DB + "- {id: web, kind: server, relations: {depends_on: {at_least: 1, of: [db-1, web]}}}",
            "- {id: db-2, kind: database, owner: x, aliases: [db-1]}\n"
            "- {id: web, kind: server, relations: {depends_on: {at_least: 1, of: [db-2, web]}}}",
            ["renamed db-2 from db-1"],
        ),
        # It points at itself.
        (
            "- {id: db-1, kind: database, relations: {depends_on: {at_least: 1, of: [db-1]}}}",
            "- {id: db-2, kind: database, aliases: [db-1], relations: {depends_on: {at_least: 1, of: [db-2]}}}",
            ["renamed db-2 from db-1"],
        ),
        # Other changes are listed with it; so are other changes of the aliases.
        (
            DB,
            "- {id: db-2, kind: cache, owner: y, aliases: [db-1, db-0]}",
            [
                "renamed db-2 from db-1",
                'aliases: null -> ["db-0", "db-1"]',
                'kind: "database" -> "cache"',
                'owner: "x" -> "y"',
            ],
        ),
        # Without the alias it is another CI.
        (
            DB,
            "- {id: db-2, kind: database, owner: x}",
            ["removed db-1", 'owner: "x" -> null', "added db-2", 'owner: null -> "x"'],
        ),
        # The old name lives on: an error of its own, but no rename.
        (DB, DB + "- {id: db-2, kind: database, aliases: [db-1]}", ["added db-2", 'aliases: null -> ["db-1"]']),
        # A CI that was there before takes over the name: no rename, and the meaning of references changes.
        (
            DB + "- {id: db-2, kind: database}\n- {id: web, kind: server, relations: {depends_on: db-1}}",
            "- {id: db-2, kind: database, aliases: [db-1]}\n- {id: web, kind: server, relations: {depends_on: db-1}}",
            [
                "removed db-1",
                'owner: "x" -> null',
                "changed db-2",
                'aliases: null -> ["db-1"]',
                "changed web",
                "depends_on removed db-1: db-1 -> null",
                "depends_on added db-2: null -> db-2",
            ],
        ),
        # Two claim the name: one of the same kind goes first.
        (
            DB,
            "- {id: a, kind: cache, aliases: [db-1]}\n- {id: z, kind: database, owner: x, aliases: [db-1]}",
            ["added a", 'aliases: null -> ["db-1"]', "renamed z from db-1"],
        ),
        # One claims two names: the first of them.
        (
            DB + "- {id: db-0, kind: database, owner: x}",
            "- {id: n, kind: database, owner: x, aliases: [db-1, db-0]}",
            ["removed db-1", 'owner: "x" -> null', "renamed n from db-0", 'aliases: null -> ["db-0", "db-1"]'],
        ),
        # An alias moves: whoever uses it means another CI now, though its file did not change.
        (
            "- {id: a, kind: server, aliases: [main]}\n- {id: b, kind: server}\n"
            "- {id: web, kind: server, relations: {depends_on: main}}",
            "- {id: a, kind: server}\n- {id: b, kind: server, aliases: [main]}\n"
            "- {id: web, kind: server, relations: {depends_on: main}}",
            [
                "changed a",
                'aliases: ["main"] -> null',
                "changed b",
                'aliases: null -> ["main"]',
                "changed web",
                "depends_on removed a: a -> null",
                "depends_on added b: null -> b",
            ],
        ),
        # An id instead of an alias of the same CI.
        (
            "- {id: a, kind: server, aliases: [main]}\n- {id: web, kind: server, relations: {depends_on: main}}",
            "- {id: a, kind: server, aliases: [main]}\n- {id: web, kind: server, relations: {depends_on: a}}",
            [],
        ),
    ],
)
def test_names(before: str, after: str, expected: list[str]) -> None:
    sides = [loaded({"inventory/cis.yaml": text}) for text in (before, after)]
    changes = diff(*sides)
    assert told(changes) == expected
    assert not diff(apply(changes, sides[0]), sides[1])
    assert not diff(apply(inverse(changes), sides[1]), sides[0])


WEB = "{kind: server, id: web, labels: {a: x}}"
CAUSES: dict[str, tuple[Mapping[str, str | None], Mapping[str, str | None], list[str]]] = {
    "a default changes": (
        {"_defaults.yaml": "owner: a"},
        {"_defaults.yaml": "owner: b"},
        ["changed web through inventory/_defaults.yaml", 'owner: "a" -> "b"'],
    ),
    "a default comes": (
        {},
        {"_defaults.yaml": "owner: b"},
        ["changed web through inventory/_defaults.yaml", 'owner: null -> "b"'],
    ),
    "a default goes": (
        {"_defaults.yaml": "owner: a"},
        {},
        ["changed web through inventory/_defaults.yaml", 'owner: "a" -> null'],
    ),
    "a default by key": (
        {"_defaults.yaml": "labels: {b: x}"},
        {"_defaults.yaml": "labels: {b: y}"},
        ["changed web through inventory/_defaults.yaml", 'labels.b: "x" -> "y"'],
    ),
    "below a default": (
        {"_defaults.yaml": "attributes: {os: a}"},
        {"_defaults.yaml": "attributes: {os: b}"},
        ["changed web through inventory/_defaults.yaml", 'attributes.os: "a" -> "b"'],
    ),
    "a default and the file": (
        {"_defaults.yaml": "owner: a"},
        {"_defaults.yaml": "owner: b", "w/web.yaml": "{kind: server, id: web, labels: {a: y}}"},
        ["changed web", 'labels.a: "x" -> "y"', 'owner: "a" -> "b"'],
    ),
    "the file overrides a default": (
        {"_defaults.yaml": "owner: a"},
        {"_defaults.yaml": "owner: a", "w/web.yaml": "{kind: server, id: web, labels: {a: x}, owner: b}"},
        ["changed web", 'owner: "a" -> "b"'],
    ),
    "a nearer default": (
        {"_defaults.yaml": "owner: a"},
        {"_defaults.yaml": "owner: a", "w/_defaults.yaml": "owner: b"},
        ["changed web through inventory/w/_defaults.yaml", 'owner: "a" -> "b"'],
    ),
    "two defaults files": (
        {},
        {"_defaults.yaml": "owner: a", "w/_defaults.yaml": "environment: test"},
        [
            "changed web through inventory/_defaults.yaml, inventory/w/_defaults.yaml",
            'environment: null -> "test"',
            'owner: null -> "a"',
        ],
    ),
    "relations by default": (
        {"_defaults.yaml": "relations: {runs_on: db-1}"},
        {"_defaults.yaml": "relations: {runs_on: [db-1, web]}"},
        ["changed web through inventory/_defaults.yaml", "runs_on added web: null -> web"],
    ),
    "the default of a kind": (
        {"schema/s.yaml": "kinds: {server: {attributes: {zone: {type: string, default: a}}}}"},
        {"schema/s.yaml": "kinds: {server: {attributes: {zone: {type: string, default: b}}}}"},
        ["changed web through inventory/schema/s.yaml", 'attributes.zone: "a" -> "b"'],
    ),
    "the type of a kind's attribute": (
        {"w/web.yaml": "{kind: server, id: web, attributes: {bay: 010}}"},
        {
            "w/web.yaml": "{kind: server, id: web, attributes: {bay: 010}}",
            "schema/s.yaml": "kinds: {server: {attributes: {bay: string}}}",
        },
        ["changed web through inventory/schema/s.yaml", 'attributes.bay: 10 -> "010"'],
    ),
    "a value that another type takes for the same": (
        {
            "w/web.yaml": "{kind: server, id: web, attributes: {bay: 1.0}}",
            "schema/s.yaml": "kinds: {server: {attributes: {bay: string}}}",
        },
        {
            "w/web.yaml": "{kind: server, id: web, attributes: {bay: 1.0.0}}",
            "schema/s.yaml": "kinds: {server: {attributes: {bay: version}}}",
        },
        ["changed web through inventory/schema/s.yaml", 'attributes.bay: "1.0" -> "1.0.0"'],
    ),
    "moving a file": ({}, {"w/web.yaml": None, "x/other.yaml": WEB}, []),
    "moving a file to other defaults": (
        {"x/_defaults.yaml": "owner: a"},
        {"x/_defaults.yaml": "owner: a", "w/web.yaml": None, "x/web.yaml": WEB},
        ["changed web through inventory/x/_defaults.yaml", 'owner: null -> "a"'],
    ),
    "one file or two": (
        {"db.yaml": "{kind: server, id: db-1}"},
        {"w/web.yaml": f"{WEB}\n---\n{{kind: server, id: db-1}}"},
        [],
    ),
}


@pytest.mark.parametrize(("before", "after", "expected"), CAUSES.values(), ids=CAUSES)
def test_causes(before: Mapping[str, str | None], after: Mapping[str, str | None], expected: list[str]) -> None:
    sides = [
        loaded({f"inventory/{path}": text for path, text in {"w/web.yaml": WEB, **side}.items() if text is not None})
        for side in (before, after)
    ]
    assert told(diff(*sides)) == expected


def test_what_a_file_that_did_not_load_may_have_said_is_no_change() -> None:
    whole = {
        "inventory/_defaults.yaml": "environment: test",
        "inventory/a.yaml": "{kind: server, id: a}",
        "inventory/b.yaml": "{kind: server, id: b}",
    }
    torn = {**whole, "inventory/b.yaml": "{kind: server, id: b, owner: [", "inventory/c.yaml": "{kind: server, id: c}"}
    assert told(diff(loaded(whole), loaded(torn))) == ["added c", 'environment: null -> "test"']
    assert told(diff(loaded(torn), loaded(whole))) == ["removed c", 'environment: "test" -> null']
    without_defaults = {**whole, "inventory/_defaults.yaml": "environment: ["}
    assert told(diff(loaded(whole), loaded(without_defaults))) == []
    assert told(diff(loaded(without_defaults), loaded(whole))) == []


def test_changes_for_another_inventory_are_refused() -> None:
    empty, one = inventory(""), inventory("{kind: server, id: a}")
    with pytest.raises(CmdbError, match="a cannot be removed: it is not there"):
        apply(diff(one, empty), empty)
    with pytest.raises(CmdbError, match="a cannot be added: it is there already"):
        apply(diff(empty, one), one)


def test_no_change_is_false_and_empty() -> None:
    assert not ChangeSet()
    assert diff(inventory(""), inventory("")) == ChangeSet()


def loaded(files: Mapping[str, str]) -> Inventory:
    """The inventory of the files, with whatever does not load left out."""
    return workspace({path: dedent(text) for path, text in files.items()}).inventory


def told(changes: ChangeSet) -> list[str]:
    found: list[str] = []
    for change in changes.changes:
        said = data(change)
        head = f"{said['action']} {said['id']}" + (f" from {said['former_id']}" if said["former_id"] else "")
        found += [head + (f" through {said['cause']}" if said["cause"] else ""), *attributes(said), *relations(said)]
    return found


def attributes(change: Mapping[str, Value]) -> list[str]:
    return [f"{one['path']}: {json.dumps(one['before'])} -> {json.dumps(one['after'])}" for one in change["attributes"]]


def relations(change: Mapping[str, Value]) -> list[str]:
    return [
        f"{one['type']} {one['action']} {one['target'] or one['group']}: {member(one['before'])} -> {member(one['after'])}"
        for one in change["relations"]
    ]


def member(said: Mapping[str, Value] | None) -> str:
    if said is None:
        return "null"
    notes = {key: value for key, value in said.items() if key not in ("to", "name", "at_least", "of")}
    text = said["to"] if "to" in said else f"{said['at_least']} of [{', '.join(map(member, said['of']))}]"
    return f"{text} {notes}" if notes else text


def parts(line: str) -> list[str]:
    return line.split(": ")
