"""Baselines that are captured: what they demand, what they leave out, and that what was seen meets them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cmdb.formats.baseline_reader import read_baselines
from cmdb.formats.baseline_writer import Head
from cmdb.model.baseline import Baselines
from cmdb.model.inventory import Inventory
from cmdb.model.keypath import format_path, parse_path
from cmdb.model.snapshot import Snapshot
from cmdb.model.types import TYPES
from cmdb.reconciliation.capture import Captured, capture
from cmdb.reconciliation.engine import tried
from cmdb.reconciliation.writing_down import written_down
from cmdb.testing.drift import NOW, Scene, declared, drift, scenes, snapshot
from cmdb.testing.values import attributes, raws

SCHEMA = """
kinds:
  thing:
    attributes:
      os: version
      size: bytes
      ports: {type: set, of: integer}
      packages: {type: map, of: version}
      uptime: {type: duration, volatile: true}
      token: {type: string, secret: true}
"""


def captured(inventory: Inventory, seen: Snapshot, patterns: Sequence[str] = ()) -> tuple[str, Captured]:
    evidence = tried(inventory, Baselines(), seen, as_of=NOW).evidence
    found = capture(tuple(inventory.values()), evidence, [parse_path(pattern, pattern=True) for pattern in patterns])
    cis = [inventory[ci] for ci in found.seen]
    return written_down(found, Head("b", "kind"), ("hosts",), cis, evidence)


def expectations(text: str) -> Mapping[str, str]:
    """Key path -> demand, as the file has them."""
    lines = text.partition("expect:\n")[2].splitlines()
    found = (re.fullmatch(r"  (\S*?):(?: (.*))?", line) for line in lines)
    return {one[1]: one[2] or "" for one in found if one is not None}


def of(*observed: str, patterns: Sequence[str] = ()) -> tuple[str, Captured]:
    """What things that were seen with these attributes have in common."""
    cis = "".join(f"- {{kind: thing, id: c{number}}}\n" for number in range(len(observed)))
    seen = ", ".join(
        f"{{kind: thing, key: c{number}, attributes: {one}}}" for number, one in enumerate(observed) if one
    )
    return captured(declared(cis, schema=SCHEMA), snapshot(f"{{coverage: [{{}}], seen: [{seen}]}}"), patterns)


@pytest.mark.parametrize(
    ("observed", "then"),
    [
        (("{os: '1.10'}",), {"attributes.os": "1.10"}),
        (("{os: '1.10'}", "{os: '1.10.0'}"), {"attributes.os": "1.10"}),
        (("{os: '1.10'}", "{os: '1.1'}", ), {}),
        (("{size: 1073741824, free: yes}",), {"attributes.size": "1 GiB", "attributes.free": "yes"}),
        (("{free: 'true'}",), {"attributes.free": '"true"'}),
        (("{free: '${a}'}",), {"attributes.free": "$${a}"}),
        (("{ports: [80, 22]}", "{ports: [22, 80]}"), {"attributes.ports": "[22, 80]"}),
        (("{ports: [22]}", "{ports: [22, 80]}"), {}),
        (("{packages: {a: '1', b.c: '2'}}", "{packages: {b.c: '2', d: '3'}}"), {'attributes.packages."b.c"': "2"}),
        (("{packages: {}}", "{packages: {}}"), {"attributes.packages": ""}),
        (("{packages: {a: '1'}}", "{packages: {}}"), {}),
        (("{packages: {a: '1', b: null}}",), {"attributes.packages.a": "1"}),
        (("{free: {x: {y: 1, z: [1, {a: 2}]}}}",), {"attributes.free.x.y": "1", "attributes.free.x.z": ""}),
        (("{free: {'*': 1, x: 2}}",), {"attributes.free.x": "2"}),
        (("{os: null, free: 1}",), {"attributes.free": "1"}),
        (("{uptime: 5, token: {redacted: true}, free: 1}",), {"attributes.free": "1"}),
        (("{free: {a: {redacted: true}, b: 1}}",), {"attributes.free.b": "1"}),
        (("{free: [{redacted: true}], size: 1}",), {"attributes.size": "1 B"}),
        (("{size: many, free: 1}",), {"attributes.free": "1"}),
        (("{free: 1}", "{free: true}"), {}),
        (("{free: 1}", ""), {"attributes.free": "1"}),
    ],
)  # fmt: skip
def test_what_is_demanded(observed: tuple[str, ...], then: dict[str, str]) -> None:
    text, _ = of(*observed)
    found = expectations(text) if then else {}
    assert found.keys() == then.keys()
    assert all(found[path].startswith(demand) for path, demand in then.items())
    assert bool(then) or "expect: {}\n" in text


@pytest.mark.parametrize(
    ("patterns", "then"),
    [
        ([], ["attributes.os", "attributes.packages.a", "attributes.packages.b", "attributes.ports"]),
        (["attributes.packages"], ["attributes.packages.a", "attributes.packages.b"]),
        (["attributes.packages.*"], ["attributes.packages.a", "attributes.packages.b"]),
        (["attributes.*.a", "attributes.os"], ["attributes.os", "attributes.packages.a"]),
        (["attributes.ports.22"], ["attributes.ports"]),
        (["relations"], []),
    ],
)
def test_only_what_patterns_ask_for(patterns: list[str], then: list[str]) -> None:
    _, said = of("{os: '1', packages: {a: '1', b: '2'}, ports: [22]}", patterns=patterns)
    assert [format_path(one.path) for one in said.common] == then


def test_what_differs_is_told() -> None:
    text, said = of("{os: '1', size: 1}", "{os: '2', size: 1}", "{os: '1', size: 1, free: 1}", "")
    told = [(format_path(one.path), one.values) for one in said.differing]
    assert told == [
        ("attributes.free", (("not seen", ("c0", "c1")), ("1", ("c2",)))),
        ("attributes.os", (("1", ("c0", "c2")), ("2", ("c1",)))),
    ]
    assert (
        "# Not demanded, since it is not the same everywhere:\n#   attributes.free: not seen (c0, c1), 1 (c2)\n" in text
    )
    assert text.endswith("#   attributes.os: 1 (c0, c2), 2 (c1)\n# Nobody saw c3.\n")


@pytest.mark.parametrize("odd", ["\\n", "\\u2028", "\\e", "\\u0085", "\\r", "\\0"])
def test_no_value_gets_out_of_its_comment(odd: str) -> None:
    text, _ = of(f'{{free: "x{odd}y: z", size: 1}}', "{free: 1, size: 1}")
    _, _, problems, _ = read_baselines("b.yaml", text.encode())
    assert (problems, list(expectations(text))) == ([], ["attributes.size"])


def test_what_sources_disagree_on_is_no_ground_for_a_demand() -> None:
    two = "{source: a, coverage: [{}], seen: [{kind: thing, key: c0, attributes: {free: 1, size: 1}}]}\n---\n{source: b, coverage: [{}], seen: [{kind: thing, key: c0, attributes: {free: 2}}]}"
    _, said = captured(declared("{kind: thing, id: c0}", schema=SCHEMA), snapshot(two))
    assert [format_path(one.path) for one in said.common] == ["attributes.size"]
    assert said.differing[0].values == (("sources disagree", ("c0",)),)


def test_relations_are_captured_where_their_other_ends_are_certain() -> None:
    cis = "[{kind: server, id: a}, {kind: network_device, id: sw-1}]"
    for far, then in (("sw-1", ["relations.connects_to"]), ("sw-2", [])):
        seen = f"{{coverage: [{{}}], seen: [{{key: a, relations: {{connects_to: [{{kind: network_device, key: {far}}}]}}}}]}}"
        _, said = captured(declared(cis), snapshot(seen))
        assert [format_path(one.path) for one in said.common] == then


def test_retired_cis_are_left_alone() -> None:
    cis = "[{kind: thing, id: a, lifecycle: retired}, {kind: thing, id: b}]"
    seen = "{coverage: [{}], seen: [{kind: thing, key: a, attributes: {size: 1}}, {kind: thing, key: b, attributes: {size: 2}}]}"
    assert captured(declared(cis, schema=SCHEMA), snapshot(seen))[1].seen == ("b",)


@settings(max_examples=80, deadline=None)
@given(scenes(sources=2))
def test_what_was_seen_meets_what_was_captured(scene: Scene) -> None:
    """Judging the same snapshot with the captured baseline finds nothing that was not found without it."""
    inventory = scene.inventory
    text, said = captured(inventory, scene.snapshot)
    baselines, _, problems, unread = read_baselines("captured.yaml", text.encode())
    assert (problems, unread, len(baselines[0].expect)) == ([], False, len(said.common))
    before = replace(scene, baselines=Baselines(), sources=()).judge()
    after = replace(scene, baselines=Baselines(tuple(baselines)), sources=()).judge()
    assert after.deviations == before.deviations
    assert (after.outcomes, after.problems, after.incomplete) == (before.outcomes, before.problems, before.incomplete)


@pytest.mark.parametrize("type_", TYPES)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_values_of_every_type_are_written_so_that_they_mean_the_same(type_: str, data: st.DataObject) -> None:
    attribute = data.draw(attributes([type_]))
    assume(type_ not in ("list", "set", "map") or attribute.of is not None)
    raw = data.draw(raws(attribute))
    innermost = attribute.of or attribute
    assume(innermost.type != "quantity" or innermost.unit)
    inventory = declared("{kind: server, id: a}")
    kind = inventory.schema.kinds["server"]
    named = replace(attribute, name="x", volatile=False, secret=False)
    schema = replace(
        inventory.schema,
        kinds={**inventory.schema.kinds, "server": replace(kind, attributes={**kind.attributes, "x": named})},
    )
    (run,) = snapshot("{coverage: [{}], seen: [{key: a}]}").runs
    seen = Snapshot((replace(run, observations=(replace(run.observations[0], attributes={"x": raw, "os": "y"}),)),))
    text, said = captured(Inventory(inventory.declared, schema), seen)
    assert all("no file can say" not in words for one in said.differing for words, _ in one.values), text


def test_a_captured_baseline_is_clean_from_end_to_end() -> None:
    text, _ = of("{os: '1', packages: {a: '1'}}", "{os: '1', packages: {a: '1', b: '2'}}")
    seen = "{coverage: [{}], seen: [{kind: thing, key: c0, attributes: {os: '1', packages: {a: '1'}}}, {kind: thing, key: c1, attributes: {os: '2', packages: {b: '2'}}}]}"
    cis = "[{kind: thing, id: c0}, {kind: thing, id: c1}]"
    report = drift(cis, seen, schema=SCHEMA, baselines=text)
    assert [(found.ci, found.path) for found in report.deviations] == [
        ("c1", "attributes.os"),
        ("c1", "attributes.packages.a"),
    ]
