"""What becomes of each kind of deviation, in the text of the files."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import unified_diff

import pytest

from cmdb.acceptance.choosing import Choice
from cmdb.testing.drift import NOW, snapshot
from cmdb.workspace import Workspace
from cmdb.write_back.accepting import Accepted, accept

ALL = Choice(outcomes=frozenset({"deviating", "missing", "unmanaged"}))
SCHEMA = """\
kinds:
  box:
    extends: compute
    attributes:
      token: {type: string, secret: true}
      colour: {type: enum, of: [red, green], default: red}
      nics: {type: list, of: {type: map}, by: name}
      names: {type: list, of: string}
      tags: {type: set, of: string}
      limits: {type: map, of: bytes, closed: true}
      since: date
      size: {type: bytes, maximum: 8 GiB}
"""


def accepted(cis: str, seen: str, more: Mapping[str, str] | None = None, *, defaults: str = "") -> Accepted:
    files = {"cmdb.yaml": "name: x\n", "inventory/schema/s.yaml": SCHEMA, "inventory/a.yaml": cis, **(more or {})}
    files |= {"inventory/_defaults.yaml": defaults} if defaults else {}
    named = "[relations.runs_on, relations.depends_on, relations.linked_to]"
    observed = snapshot(f"source: hosts\ncoverage:\n- {{}}\n- {{attributes: {named}}}\nseen: [{seen}]\n")
    return accept(Workspace.of(files), observed, NOW, ALL)


def changed(made: Accepted) -> str:
    lines: list[str] = []
    for path, data in made.files.items():
        before = (made.before[path] or b"").decode().splitlines()
        lines += list(unified_diff(before, data.decode().splitlines(), n=0, lineterm=""))[2:]
    return "\n".join(line for line in lines if not line.startswith("@@"))


BOX = "kind: box\nid: a\nattributes:\n  "


@pytest.mark.parametrize(
    ("declared", "observed", "then"),
    [
        ("colour: green", "colour: red", "-  colour: green\n+  colour: red"),
        ("since: 2026-01-01", 'since: "2026-02-01"', "-  since: 2026-01-01\n+  since: 2026-02-01"),
        ("size: 1 GiB  # x", "size: 2147483648", "-  size: 1 GiB  # x\n+  size: 2 GiB  # x"),
        ("limits: {a: 1 KiB, b: 2 KiB}", "limits: {a: 1024, c: 4096}",
         "-  limits: {a: 1 KiB, b: 2 KiB}\n+  limits: {a: 1 KiB, c: 4 KiB}"),
        ("limits:\n    # one\n    a: 1 KiB", "limits: {a: 2048}", "-    a: 1 KiB\n+    a: 2 KiB"),
        ("tags: [a, a, b]", "tags: [b]", "-  tags: [a, a, b]\n+  tags: [b]"),
        ("tags: [a, b, c, d]", "tags: [b, e]", "-  tags: [a, b, c, d]\n+  tags: [b, e]"),
        ("nics:\n  - name: a\n  - name: b\n  - name: c", "nics: [{name: b}]", "-  - name: a\n-  - name: c"),
        ("names: [x, y]", "names: [y, x]", "-  names: [x, y]\n+  names: [y, x]"),
        ("tags: [no, 1.10, x]", 'tags: ["no", "1.10", "on"]', "-  tags: [no, 1.10, x]\n+  tags: [no, 1.10, on]"),
        ("tags:\n    - b  # keep\n    - c", "tags: [a, b]", "-    - c\n+    - a"),
        ("nics:\n  - {name: eth0, mtu: 1500}  # first\n  - name: eth1", "nics: [{name: eth0, mtu: 9000}, {name: lo}]",
         "-  - {name: eth0, mtu: 1500}  # first\n-  - name: eth1\n+  - {name: eth0, mtu: 9000}  # first\n+  - {name: lo}"),
        ("free: 1.10", 'free: "1.10"', '-  free: 1.10\n+  free: "1.10"'),
        ("free: {a: 1, b: {c: x}}", "free: {a: 1, b: {c: null}}", "-  free: {a: 1, b: {c: x}}\n+  free: {a: 1, b: {}}"),
        ("free: yes\n  other: 1", "free: null, other: 1", "-  free: yes"),
        ("free: yes", "free: null", "-attributes:\n-  free: yes"),
        ("colour: green", "colour: null", "-attributes:\n-  colour: green\n+attributes: {colour: null}"),
    ],
)  # fmt: skip
def test_values(declared: str, observed: str, then: str) -> None:
    made = accepted(f"{BOX}{declared}\n", f"{{key: a, kind: box, attributes: {{{observed}}}}}")
    assert made.refused == ()
    assert changed(made) == then
    assert made.left == ()


@pytest.mark.parametrize(
    ("defaults", "observed", "then"),
    [
        ("attributes: {os: debian}", "os: rhel", "+attributes: {os: rhel}"),
        ("attributes: {os: debian}", "os: null", "+attributes: {os: null}"),
        ("attributes: {packages: {curl: 1, zip: 3.0}}", 'packages: {curl: "2", zip: "3.0"}',
         "+attributes:\n+  packages: {curl: 2, zip: 3.0}"),
        ("attributes: {listening_ports: [22]}", "listening_ports: [22, 80]",
         "+attributes:\n+  listening_ports: [22, 80]"),
    ],
)  # fmt: skip
def test_an_inherited_value_becomes_the_cis_own(defaults: str, observed: str, then: str) -> None:
    seen = f"{{key: a, attributes: {{{observed}}}}}, {{key: b, attributes: {{os: debian}}}}"
    made = accepted(
        "kind: server\nid: a\n", seen, {"inventory/b.yaml": "kind: server\nid: b\n"}, defaults=f"{defaults}\n"
    )
    assert changed(made) == then
    assert [one for one in made.left if one.ci == "a"] == []


CIS = "".join(f"- {{kind: server, id: {name}}}\n" for name in "bcdef")


@pytest.mark.parametrize(
    ("declared", "observed", "then"),
    [
        ("runs_on: b  # rack 1", "runs_on: [{key: c}]", "-  runs_on: b  # rack 1\n+  runs_on: c  # rack 1"),
        ("runs_on: b", "runs_on: [{key: b}, {key: c}]", "-  runs_on: b\n+  runs_on: [b, c]"),
        ("runs_on: [b, c]", "runs_on: [{key: c}]", "-  runs_on: [b, c]\n+  runs_on: [c]"),
        ("runs_on: b\n  uses: c", "runs_on: []", "-  runs_on: b"),
        ("runs_on: b", "runs_on: []", "-relations:\n-  runs_on: b"),
        ("runs_on: {to: b, port: 1}", "runs_on: [{key: c}]", "-  runs_on: {to: b, port: 1}\n+  runs_on:\n+    - c"),
        ("depends_on:\n  - b\n  - {at_least: 1, of: [c, d]}  # two", "depends_on: [{key: b}, {key: d}]",
         "-  - {at_least: 1, of: [c, d]}  # two\n+  - {at_least: 1, of: [d]}  # two"),
        ("depends_on: {at_least: 1, of: [b, old-c]}", "depends_on: [{key: b}, {key: e}]",
         "-  depends_on: {at_least: 1, of: [b, old-c]}\n+  depends_on:\n+    - at_least: 1\n+      of: [b]\n+    - e"),
    ],
)  # fmt: skip
def test_relations(declared: str, observed: str, then: str) -> None:
    cis = f"kind: server\nid: a\nrelations:\n  {declared}\n"
    others = CIS.replace("id: c", "id: c, aliases: [old-c]")
    seen = ", ".join(f"{{key: {name}}}" for name in "bcdef")
    made = accepted(cis, f"{{key: a, relations: {{{observed}}}}}, {seen}", {"inventory/b.yaml": others})
    assert [one.problem.message for one in made.refused] == []
    assert changed(made) == then
    assert made.left == ()


def test_a_group_keeps_the_members_it_needs() -> None:
    cis = "kind: server\nid: a\nrelations: {depends_on: {at_least: 2, of: [b, c]}}\n"
    made = accepted(cis, "{key: a, relations: {depends_on: [{key: b}]}}, {key: b}, {key: c}", {"inventory/b.yaml": CIS})
    assert "a relations.depends_on.c: it cannot be written: its redundancy group would have fewer members" in (
        made.refused[0].problem.message
    )
    assert b"of: [b, c]" not in made.files.get("inventory/a.yaml", b"")


def test_a_relation_without_direction_is_taken_from_where_it_stands() -> None:
    cis = "- {kind: server, id: a, relations: {linked_to: b}}\n- {kind: server, id: b, relations: {linked_to: c}}\n"
    seen = "{key: a, relations: {linked_to: []}}, {key: b, relations: {linked_to: [{key: c}]}}, {key: c}"
    made = accepted(cis, seen, {"inventory/c.yaml": "kind: server\nid: c\n"})
    assert made.refused == ()
    assert changed(made) == "-- {kind: server, id: a, relations: {linked_to: b}}\n+- {kind: server, id: a}"
    assert made.left == ()


def test_inherited_relations_become_the_cis_own_with_all_of_them() -> None:
    made = accepted(
        "kind: server\nid: a\n",
        "{key: a, relations: {runs_on: [{key: c}]}}, {key: b}, {key: c}",
        {"inventory/b.yaml": "- {kind: server, id: b, relations: {}}\n- {kind: server, id: c, relations: {}}\n"},
        defaults="relations: {runs_on: b, uses: [b, c]}\n",
    )
    assert changed(made) == "+relations:\n+  runs_on: c\n+  uses: [b, c]"


@pytest.mark.parametrize(
    ("declared", "observed", "why"),
    [
        ("size: 1 GiB", "size: 9 GiB", "does not fit"),
        ("colour: red", "colour: blue", "does not fit"),
        ("free: x", "free: ghp_0123456789abcdefghijABCDEFGHIJ012345", "is a GitHub token"),
        ("free: {password: x}", "free: {password: hunter2}", "is a password"),
        ("free: &x y\n  other: *x", "free: z", "the anchor &x is used elsewhere in the file"),
    ],
)
def test_what_is_refused_stays_as_it_was(declared: str, observed: str, why: str) -> None:
    made = accepted(f"{BOX}{declared}\n", f"{{key: a, kind: box, attributes: {{{observed}, names: [x]}}}}")
    assert [why in one.problem.message for one in made.refused] == [True]
    assert made.files == {}


def test_a_ci_that_comes_to_life_is_accepted_whole() -> None:
    made = accepted(
        "kind: server\nid: a\nlifecycle: retired\nattributes: {os: debian}\n", "{key: a, attributes: {os: rhel}}"
    )
    assert changed(made) == (
        "-lifecycle: retired\n-attributes: {os: debian}\n+lifecycle: live\n+attributes: {os: rhel}"
    )
    assert [one.path for one in made.accepted] == ["attributes.os", "lifecycle"]


def test_a_newcomer_stands_where_others_of_its_kind_do_under_an_id_of_its_own() -> None:
    others = {f"inventory/rack/{name}.yaml": f"kind: server\nid: {name}\n" for name in ("x", "y")}
    made = accepted(
        "kind: application\nid: new\n",
        "{key: x}, {key: y}, {key: new.example.org, name: New One, attributes: {hostname: new.example.org, os: no, uptime: 5, memory: lots}}",
        others,
        defaults="lifecycle: planned\nattributes: {os: debian}\n",
    )
    assert made.files.keys() == {"inventory/rack/new.example.org.yaml", *others}
    assert made.files["inventory/rack/new.example.org.yaml"].decode() == (
        "kind: server\nid: new.example.org\nname: New One\nlifecycle: live\nkeys: {hosts: new.example.org}\n"
        "attributes: {hostname: new.example.org, os: no}\n"
    )


def test_something_ambiguous_is_told_where_it_is_named() -> None:
    cis = "- {kind: server, id: a, attributes: {hostname: x}}\n- {kind: server, id: b, attributes: {hostname: x}}\n"
    files = {"cmdb.yaml": "name: x\n", "inventory/a.yaml": cis}
    observed = snapshot("source: hosts\ncoverage: [{}]\nseen: [{key: '1', attributes: {hostname: x}}]\n")
    made = accept(Workspace.of(files), observed, NOW, Choice(cis=frozenset("a"), named=frozenset("a")))
    assert [one.problem.message for one in made.refused] == ["a presence: nobody knows which CI was seen"]
    assert accept(Workspace.of(files), observed, NOW, Choice()).refused == ()
