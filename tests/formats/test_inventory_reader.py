"""CI files: what a person writes, and what it means."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.model.ci import Group, Target
from cmdb.model.problem import Severity
from cmdb.testing.text import inventory, workspace

SHOP = """
    kinds:
      pos_terminal:
        extends: compute
        identity: [[serial_number], [hostname, site]]
        attributes:
          serial_number: {type: string, unique: true}
          firmware: version
          memory: {type: bytes, tolerance: 5%}
          ports: {type: set, of: integer}
          country: string
          paid: {type: boolean, default: false}
          shelf: {type: map, of: version}
          nics: {type: list, of: map, by: name}
      till:
        strict: true
        attributes: {drawer: integer}
    relation_types:
      prints_on: {ceiling: degraded, inverse: prints_for}
"""


def attributes(text: str) -> Any:
    indented = "\n".join(f"  {line}" for line in text.strip().splitlines())
    return inventory(f"kind: pos_terminal\nid: x\nattributes:\n{indented}\n", schema=SHOP)["x"].attributes


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("firmware: 1.10", {"firmware": "1.10"}),
        ("firmware: 0x10", {"firmware": "0x10"}),
        ("serial_number: 0012", {"serial_number": "0012"}),
        ("serial_number: 1e3", {"serial_number": "1e3"}),
        ("serial_number: true", {"serial_number": "true"}),
        ("country: no", {"country": "no"}),
        ("country: 'null'", {"country": "null"}),
        ("country: ~", {}),
        ("country:", {}),
        ("memory: 32 GiB", {"memory": 34359738368}),
        ("memory: 1024", {"memory": 1024}),
        ("ports: [443, 0080, 443]", {"ports": (80, 443)}),
        ("shelf: {a: 1.10, 2: 0x1, c: ~}", {"shelf": {"a": "1.10", "2": "0x1"}}),
        ("paid: true", {"paid": True}),
        ("undeclared: 0012", {"undeclared": 12}),
        ("undeclared: [1.10, no, {x: ~, 1: 0o14}]", {"undeclared": (1.1, "no", {"1": 12})}),
        ("nics: [{name: eth0, mtu: 1500}]", {"nics": ({"name": "eth0", "mtu": 1500},)}),
    ],
)
def test_a_scalar_means_what_its_attribute_type_says(written: str, means: dict[str, Any]) -> None:
    read = dict(attributes(written))
    if "paid" not in means:
        assert read.pop("paid") is False
    assert repr(read) == repr(means)


def test_text_fields_are_text() -> None:
    ci = inventory("""
        kind: server
        id: 0815
        name: 1.10
        owner: no
        description: 2026-01-01
        labels: {1: 0012, on: true, gone: ~}
        tags: [1.0, yes, 1.0]
        links: {wiki: 7}
        keys: {erp: 00042}
    """)["0815"]
    assert (ci.name, ci.owner, ci.description) == ("1.10", "no", "2026-01-01")
    assert ci.labels == {"1": "0012", "on": "true"}
    assert (ci.tags, ci.links, ci.keys) == (("1.0", "yes"), {"wiki": "7"}, {"erp": "00042"})


@pytest.mark.parametrize(
    "layout",
    [
        {"inventory/a.yaml": "kind: server\nid: a\n", "inventory/deep/er/b.yml": "kind: server\nid: b\n"},
        {"inventory/all.yaml": "- {kind: server, id: a}\n- {kind: server, id: b}\n"},
        {"inventory/all.yaml": "kind: server\nid: b\n---\n---\nkind: server\nid: a\n"},
        {"inventory/all.yaml": "kind: server\nid: b\n---\n- {kind: server, id: a}\n"},
    ],
)
def test_any_layout_gives_the_same_inventory(layout: dict[str, str]) -> None:
    made = workspace(layout)
    assert list(made.inventory) == ["a", "b"]
    assert made.inventory.problems == ()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_layout_and_order_of_files_never_matter(data: st.DataObject) -> None:
    cis = [
        f"kind: server\nid: s{n}\nattributes: {{memory: {n} GiB}}\nrelations: {{uses: s{n // 2}}}\n" for n in range(6)
    ]
    shuffled = data.draw(st.permutations(cis))
    files: dict[str, str] = {}
    for ci in shuffled:
        path = data.draw(st.sampled_from(["inventory/a.yaml", "inventory/b/c.yaml", "inventory/z.yml"]))
        files[path] = files[path] + "---\n" + ci if path in files else ci
    assert workspace(files).inventory == workspace({"inventory/one.yaml": "---\n".join(cis)}).inventory


def test_relations_in_every_form() -> None:
    ci = inventory("""
        kind: application
        id: shop
        relations:
          runs_on: vm-1
          depends_on:
            - vault
            - {to: mail, port: 25, protocol: smtp}
            - {name: auth, at_least: 2, of: [a, b, {at_least: 1, of: [c, d]}]}
            - {at_least: 1, of: [e, {at_least: 1, of: [f]}]}
          uses: {at_least: 1, of: [g, h], since: 2026}
    """)["shop"]
    assert ci.relations["runs_on"] == (Target("vm-1"),)
    mail, vault, auth, unnamed = ci.relations["depends_on"]
    assert (mail, vault) == (Target("mail", {"port": 25, "protocol": "smtp"}), Target("vault"))
    assert isinstance(auth, Group) and isinstance(unnamed, Group)
    assert (auth.label, auth.of[-1]) == ("auth", Group(1, (Target("c"), Target("d"))))
    inner = unnamed.of[-1]
    assert isinstance(inner, Group)
    assert (unnamed.label, inner.label) == ("depends_on#4", "depends_on#4.2")
    (single,) = ci.relations["uses"]
    assert isinstance(single, Group)
    assert (single.label, single.notes) == ("uses#1", {"since": 2026})


DEFAULTS = {
    "inventory/_defaults.yaml": "kind: server\nowner: far\nlabels: {tier: far, zone: far}\nattributes: {os: far}\n",
    "inventory/near/_defaults.yaml": "owner: near\nlabels: {tier: near}\nattributes: {os: near}\ntags: [x]\n",
}


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("inventory/x.yaml", "id: x", ("server", "far", {"tier": "far", "zone": "far"}, "far", ())),
        ("inventory/near/x.yaml", "id: x", ("server", "near", {"tier": "near", "zone": "far"}, "near", ("x",))),
        (
            "inventory/near/by/x.yaml",
            "id: x\nowner: own",
            ("server", "own", {"tier": "near", "zone": "far"}, "near", ("x",)),
        ),
        (
            "inventory/near/x.yaml",
            "id: x\nowner: ~\nlabels: {tier: ~}",
            ("server", None, {"zone": "far"}, "near", ("x",)),
        ),
        (
            "inventory/near/x.yaml",
            "id: x\nattributes: {os: ~}\ntags: []",
            ("server", "near", {"tier": "near", "zone": "far"}, None, ()),
        ),
        ("inventory/near/x.yaml", "id: x\nkind: team", ("team", "near", {"tier": "near", "zone": "far"}, None, ("x",))),
    ],
)
def test_defaults_apply_downwards_and_the_nearest_wins(path: str, text: str, expected: tuple[Any, ...]) -> None:
    ci = workspace(DEFAULTS | {path: text}).inventory["x"]
    assert (ci.kind, ci.owner, ci.labels, ci.attributes.get("os"), ci.tags) == expected


def problems(files: dict[str, str]) -> list[str]:
    made = workspace(files)
    found = [p for p in made.located(made.inventory.problems) if p.severity > Severity.NOTE]
    return [f"{p.where} {p.severity.label} {p.code} {p.message}" + (f" | {p.hint}" if p.hint else "") for p in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kind: server\nid: a\ncolour: red\n", ["3:1 error unknown-field a CI has no field 'colour'"]),
        ("kind: server\nid: a\nmemory: 1\n", ["3:1 error unknown-field a CI has no field 'memory'"]),
        ("kind: servr\nid: a\n", ["1:1 error unknown-kind there is no kind 'servr'"]),
        ("kind: compute\nid: a\n", ["1:1 error unknown-kind the kind 'compute' is abstract"]),
        ("id: a\n", ["1:1 error unknown-kind a CI needs a kind"]),
        ("kind: server\n", ["1:1 error invalid-id a CI needs an id"]),
        ("kind: server\nid: -a\n", ["2:1 error invalid-id '-a' is no id"]),
        ("kind: server\nid: [a]\n", ["2:1 error invalid-id a CI needs an id"]),
        ("kind: server\nid: a\nlifecycle: lve\n", ["3:1 error invalid-field 'lve' is no lifecycle"]),
        ("kind: server\nid: a\nowner: [x]\n", ["3:1 error invalid-field 'owner' is text, not a list or a mapping"]),
        ("kind: server\nid: a\naliases: ['b c']\n", ["3:11 error invalid-id 'b c' is no id"]),
        ("kind: server\nid: a\nattributes: {memroy: 1}\n", ["3:14 warning unknown-attribute 'memroy' is not declared for 'server', but 'memory' is"]),
        ("kind: server\nid: a\nattributes: {memory: lots}\n", ["3:14 error attribute-type memory: "]),
        ("kind: server\nid: a\nattributes: {packages: {x: [1]}}\n", ["3:25 error attribute-type packages: "]),
        ("kind: till\nid: a\nattributes: {drawr: 1}\n", ["3:14 error unknown-attribute the kind 'till' has no attribute 'drawr'"]),
        ("kind: server\nid: a\nrelations: {dependson: b}\n", ["3:13 error unknown-relation there is no relation type 'dependson'"]),
        ("kind: server\nid: a\nrelations:\n  uses: [b, {at_least: 1}]\n", ["4:13 error invalid-field a group lists its members: 'of: [a, b]'"]),
        ("kind: server\nid: a\nrelations:\n  uses: [b, b]\n", ["4:13 warning duplicate-target 'b' stands here for the second time"]),
        ("kind: server\nid: a\nrelations:\n  uses: {at_least: 1, of: [b, b]}\n", ["4:31 error duplicate-target 'b' stands here for the second time"]),
        ("just text\n", ["1:1 error invalid-field a mapping of fields is expected here"]),
        ("- kind: server\n  id: a\n- 7\n", ["3:3 error invalid-field a mapping of fields is expected here"]),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_ci_file(text: str, expected: list[str]) -> None:
    found = problems({"inventory/a.yaml": text, "inventory/schema/shop.yaml": SHOP})
    assert len(found) == len(expected)
    for line, start in zip(found, expected, strict=True):
        assert line.startswith(f"inventory/a.yaml:{start}")


def test_an_inverse_name_is_an_error_whose_hint_is_the_right_line() -> None:
    (found,) = problems({"inventory/a.yaml": "kind: server\nid: a\nrelations: {needed_by: b}\n"})
    assert found.endswith("| write 'depends_on: a' under relations of b")


def test_a_wrong_default_is_one_problem_however_many_take_it() -> None:
    files = {"inventory/_defaults.yaml": "kind: server\nlifecycle: lve\nid: x\nattributes: {memory: lots}\n"}
    files |= {f"inventory/{n}.yaml": f"id: {n}\n" for n in "abc"}
    assert [line.split(" | ")[0].partition(" ")[0] for line in problems(files)] == [
        "inventory/_defaults.yaml:2:1",
        "inventory/_defaults.yaml:3:1",
        "inventory/_defaults.yaml:4:14",
    ]


def test_a_default_that_no_ci_takes_is_a_warning() -> None:
    files = {
        "inventory/_defaults.yaml": "owner: x\nattributes: {memory: 1, nonsense: 2}\n",
        "inventory/a.yaml": "kind: team\nid: a\n",
    }
    assert [line.split(" | ")[0] for line in problems(files)] == [
        "inventory/_defaults.yaml:2:14 warning unused-default no CI takes the default 'attributes.memory'",
        "inventory/_defaults.yaml:2:25 warning unused-default no CI takes the default 'attributes.nonsense'",
    ]


def test_files_that_hold_no_cis_are_not_read() -> None:
    made = workspace(
        {
            "inventory/_draft.yaml": "nonsense",
            "inventory/_old/a.yaml": "nonsense",
            "inventory/notes.txt": "nonsense",
            "inventory/a.yaml": "kind: server\nid: a\n",
        }
    )
    assert (list(made.inventory), made.inventory.problems, made.unread) == (["a"], (), ())


def test_what_did_not_load_is_known() -> None:
    made = workspace(
        {
            "inventory/a.yaml": "kind: server\nid: a\nrelations: {uses: [b, c]}\n",
            "inventory/b.yaml": "kind: server\nid: b\nid: b\n",
        }
    )
    assert made.unread == ("inventory/b.yaml",)
    assert made.inventory.may_declare("b")
    assert not made.inventory.may_declare("c")


def test_every_value_says_where_it_comes_from() -> None:
    made = workspace(
        DEFAULTS | {"inventory/near/x.yaml": "id: x\nname: X\nattributes:\n  memory: 1\nrelations:\n  uses:\n    - y\n"}
    )
    told = {
        path: (str(origin.location), origin.origin) for path, origin in made.provenance(made.inventory["x"]).items()
    }
    assert told["name"] == ("inventory/near/x.yaml:2:1", "file")
    assert told["attributes.memory"] == ("inventory/near/x.yaml:4:3", "file")
    assert told["relations.uses.y"] == ("inventory/near/x.yaml:7:7", "file")
    assert told["kind"] == ("inventory/_defaults.yaml:1:1", "defaults")
    assert told["attributes.os"] == ("inventory/near/_defaults.yaml:3:14", "defaults")
    assert told["labels.zone"] == ("inventory/_defaults.yaml:3:21", "defaults")
