"""Digests of CIs: the same for the same values, whatever files look like, and others for other values."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given, settings

from cmdb.compare.inventories import diff
from cmdb.history.digest import digests
from cmdb.model.inventory import Inventory
from cmdb.testing.inventories import pairs
from cmdb.workspace import Workspace

OTHERS = "- {kind: server, id: db, aliases: [old-db]}\n- {kind: server, id: vault}\n"


def digest(text: str, more: str = OTHERS) -> str:
    files = {"inventory/x.yaml": f"- {text}\n", "inventory/y.yaml": more}
    return digests(Workspace.of(files).inventory, ("x",))["x"]


WHOLE = (
    "{kind: server, id: x, tags: [b, a], aliases: [q, p], labels: {t: 1, u: 2}, attributes: {memory: 32 GiB, os: d},"
    " relations: {uses: [vault, {name: g, at_least: 1, of: [db, vault]}], depends_on: [{to: db, port: 1}]}}"
)


def test_the_recipe_is_the_one_in_the_reference() -> None:
    said = {
        "aliases": ["p", "q"],
        "attributes": {"memory": 34359738368, "os": "d"},
        "id": "x",
        "kind": "server",
        "labels": {"t": "1", "u": "2"},
        "lifecycle": "live",
        "relations": {
            "depends_on": [{"notes": {"port": 1}, "to": "db"}],
            "uses": [{"to": "vault"}, {"at_least": 1, "name": "g", "of": [{"to": "db"}, {"to": "vault"}]}],
        },
        "tags": ["a", "b"],
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    assert digest(WHOLE) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tags: [b, a]", "tags: [a, b, a]"),
        ("aliases: [q, p]", "aliases: [p, q]"),
        ("{t: 1, u: 2}", "{u: 2, t: 1}"),
        ("32 GiB", "32768 MiB"),
        ("[db, vault]", "[vault, old-db]"),
        ("{to: db, port: 1}", "{port: 1, to: old-db}"),
        ("{kind: server, id: x,", "{id: x, kind: server, owner: ~, lifecycle: live,"),
        ("[vault, {name: g, at_least: 1, of: [db, vault]}]", "[{of: [db, vault], name: g, at_least: 1}, vault]"),
    ],
)
def test_layout_makes_no_difference(old: str, new: str) -> None:
    assert old in WHOLE
    assert digest(WHOLE.replace(old, new)) == digest(WHOLE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: x", "id: x, name: n"),
        ("32 GiB", "32 GB"),
        ("port: 1", "port: true"),
        ("port: 1", 'port: "1"'),
        ("at_least: 1", "at_least: 2"),
        ("name: g", "name: h"),
        ("uses: [vault,", "uses: ["),
        ("kind: server", "kind: storage_array"),
    ],
)
def test_values_do(old: str, new: str) -> None:
    assert old in WHOLE
    assert digest(WHOLE.replace(old, new, 1)) != digest(WHOLE)


@settings(max_examples=100, deadline=None)
@given(pairs(renames=False))
def test_what_has_the_same_digest_did_not_change(pair: tuple[Inventory, Inventory]) -> None:
    before, after = pair
    both = tuple(sorted(before.cis.keys() & after.cis.keys()))
    old, new = digests(before, both), digests(after, both)
    changed = {change.id for change in diff(before, after).changes}
    assert not changed & {name for name in both if old[name] == new[name]}
