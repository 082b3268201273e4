"""A diff as a terminal shows it, and as JSON."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from cmdb.compare.inventories import diff
from cmdb.model.answer import Answer, Screen
from cmdb.model.change import ChangeSet
from cmdb.render import json as as_json
from cmdb.render.text import text
from cmdb.testing.text import inventory
from cmdb.views import diff as view

SCHEMA = """
kinds:
  box:
    extends: server
    attributes:
      memory: bytes
      nics: {type: list, of: map, by: name}
"""

BEFORE = """
- kind: box
  id: web-1
  owner: team-a
  description: "first line\\nsecond line\\nthird line"
  attributes:
    memory: 32 GiB
    x: 1
    free: [{name: alpha, port: 1, note: long enough to fill a line of its own}, {name: beta, port: 2}]
  relations:
    depends_on:
      - vault
      - {to: mail, port: 25}
      - {name: auth quorum, at_least: 2, of: [auth-1, auth-2, auth-3, auth-4]}
- {kind: server, id: vault}
- {kind: server, id: mail}
- {kind: server, id: old-1}
- {kind: server, id: gone, name: Something gone, labels: {a: b}}
- {kind: server, id: same}
"""

AFTER = """
- kind: box
  id: web-1
  owner: team-b
  description: "first line\\nanother second line\\nthird line"
  attributes:
    memory: 65536 MiB
    x: "1"
    free: [{name: beta, port: "2"}, {name: alpha, port: 3, note: long enough to fill a line of its own}]
  tags: [pci]
  relations:
    depends_on:
      - {to: mail, port: 26}
      - {name: auth quorum, at_least: 3, of: [auth-1, auth-2, auth-3, auth-5]}
    runs_on: new-1
- {kind: server, id: vault}
- {kind: server, id: mail}
- {kind: server, id: new-1, aliases: [old-1]}
- {kind: server, id: fresh, description: A description that is so long that it does not fit behind its own name}
- {kind: server, id: same}
"""

SHOWN = """\
+ fresh (server) added
    + description
        + A description that is so long that it does not fit behind its own name
- gone (server) removed
    - labels.a: b
    - name: Something gone
~ new-1 (server) renamed from old-1
~ web-1 (box) changed
    ~ attributes.free
        ~ [name=alpha].port: 1 -> 3
        ~ [name=beta].port: 2 -> "2"
    ~ attributes.memory: 32 GiB -> 64 GiB
    ~ attributes.x: 1 -> "1"
    ~ description
        - second line
        + another second line
    ~ owner: team-a -> team-b
    + tags: [pci]
    ~ depends_on: mail (port: 25) -> mail (port: 26)
    - depends_on: vault
    ~ depends_on auth quorum
        ~ at_least: 2 -> 3
        - of: auth-4
        + of: auth-5
    + runs_on: new-1

4 changes: 1 added, 1 removed, 1 changed, 1 renamed
"""


@pytest.fixture(scope="module")
def changes() -> ChangeSet:
    return diff(inventory(BEFORE, schema=SCHEMA), inventory(AFTER, schema=SCHEMA))


def test_text(changes: ChangeSet) -> None:
    shown = text(view.document(changes), Screen())
    assert shown == SHOWN
    assert max(map(len, shown.splitlines())) <= 80


def test_nothing_changed() -> None:
    assert text(view.document(ChangeSet()), Screen()) == "no changes\n"
    assert view.payload(ChangeSet()) == {
        "summary": {"changes": 0, "added": 0, "removed": 0, "changed": 0, "renamed": 0},
        "changes": [],
    }


def test_json(changes: ChangeSet) -> None:
    answer = Answer("diff", "clean", lambda: view.document(changes), lambda: view.payload(changes))
    said = json.loads(as_json.render(answer, Screen()))
    assert list(said) == ["format", "status", "summary", "changes"]
    assert (said["format"], said["status"]) == ("cmdb.diff/1", "clean")
    assert said["summary"] == {"changes": 4, "added": 1, "removed": 1, "changed": 1, "renamed": 1}
    keys = ["id", "former_id", "kind", "action", "attributes", "relations", "cause"]
    assert all(list(change) == keys for change in said["changes"])
    fresh, _, renamed, web = said["changes"]
    assert fresh["attributes"] == [
        {
            "path": "description",
            "before": None,
            "after": "A description that is so long that it does not fit behind its own name",
        }
    ]
    assert renamed == {
        "id": "new-1",
        "former_id": "old-1",
        "kind": "server",
        "action": "renamed",
        "attributes": [],
        "relations": [],
        "cause": None,
    }
    assert {"path": "attributes.memory", "before": 32 * 2**30, "after": 64 * 2**30} in web["attributes"]
    mail, vault, quorum, runs_on = web["relations"]
    assert mail == {
        "type": "depends_on",
        "target": "mail",
        "group": None,
        "action": "changed",
        "before": {"to": "mail", "port": 25},
        "after": {"to": "mail", "port": 26},
    }
    assert (vault["action"], vault["before"], vault["after"]) == ("removed", {"to": "vault"}, None)
    assert (quorum["target"], quorum["group"], quorum["action"]) == (None, "auth quorum", "changed")
    assert quorum["after"] == {
        "name": "auth quorum",
        "at_least": 3,
        "of": [{"to": "auth-1"}, {"to": "auth-2"}, {"to": "auth-3"}, {"to": "auth-5"}],
    }
    assert runs_on["action"] == "added"


def test_a_cause_is_named() -> None:
    from cmdb.testing.text import workspace

    files = {"inventory/a.yaml": "{kind: server, id: a}"}
    sides = [workspace({**files, "inventory/_defaults.yaml": f"owner: {owner}"}).inventory for owner in ("x", "y")]
    shown = text(view.document(diff(*sides)), Screen())
    assert shown.startswith("~ a (server) changed, through inventory/_defaults.yaml\n    ~ owner: x -> y\n")


def test_a_line_end_is_a_difference_one_can_see() -> None:
    sides = [inventory(f'{{kind: server, id: a, description: "text{end}"}}') for end in ("", "\\n")]
    assert '- "text"\n        + "text\\n"\n' in text(view.document(diff(*sides)), Screen())


def test_deepdiff_is_imported_only_for_long_values() -> None:
    script = (
        "import sys; from cmdb.compare.inventories import diff; from cmdb.views.diff import document; "
        "from cmdb.model.inventory import Inventory; from cmdb.model.kind import Schema; "
        "document(diff(*[Inventory((), Schema({}, {}))] * 2)); print('deepdiff' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
