"""Checking again after a change: the answer of a whole run, without looking at what the change does not concern."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings

from cmdb.facts import Facts, by_code
from cmdb.formats.baseline_reader import read_baselines
from cmdb.formats.inventory_reader import InventoryReading
from cmdb.formats.schema_reader import read_schema
from cmdb.inventory import Inventory
from cmdb.model.baseline import Baselines
from cmdb.recheck import Recheck, check_all, remembered
from cmdb.testing.edits import BASELINES, SCHEMA, edits

DAY = date(2026, 11, 1)
Files = Mapping[str, str]
KINDS = read_schema([("inventory/schema/kinds.yaml", SCHEMA.encode())]).schema


def facts(files: Files) -> Facts:
    reading = InventoryReading(KINDS)
    found = [
        read_baselines(path, text.encode()) for path, text in sorted(files.items()) if path.startswith("baselines/")
    ]
    for path, text in sorted(files.items()):
        if path.startswith("inventory/"):
            reading.take(path, reading.read(path, text.encode()))
    baselines = Baselines(
        tuple(baseline for one in found for baseline in one[0]), tuple(waiver for one in found for waiver in one[1])
    )
    inventory = Inventory.of(reading.inventory())
    return Facts(inventory, baselines, DAY, by_code(inventory.problems))


def changed(before: Files, after: Files) -> frozenset[str]:
    """The ids of all CIs that stand or stood in a file that is not what it was."""
    paths = {path for path in {*before, *after} if before.get(path) != after.get(path)}
    sides = (facts(files).inventory.declared for files in (before, after))
    return frozenset(ci.id for declared in sides for ci in declared if ci.place.path in paths)


def cis(*lines: str) -> Files:
    """A file for each CI, called like its id: `a kind: box, name: x`."""
    return {f"inventory/{line.split()[0]}.yaml": f"{{id: {line.replace(' ', ', ', 1)}}}\n" for line in lines}


def needs(*lines: str) -> Files:
    """CIs and what they depend on: `a b c` is a, which needs b and c."""
    words = [line.split() for line in lines]
    return cis(*(f"{one} kind: server, relations: {{depends_on: [{', '.join(others)}]}}" for one, *others in words))


def again(before: Files, after: Files) -> Recheck:
    first = facts(before)
    return Recheck(facts(after), remembered(first, check_all(first)), changed(before, after))


BOX = "kind: box, attributes: {size: 4 GiB}"
SMALL = "kind: box, attributes: {size: 1 GiB}"
SOME: Files = {"baselines/some.yaml": BASELINES["some"]}
ALIKE: Files = {"baselines/alike.yaml": BASELINES["alike"]}
WAIVED: Files = {
    "baselines/sizes.yaml": BASELINES["sizes"],
    "baselines/waivers.yaml": """
waivers: [{ci: old, path: attributes.size, observed: 1 GiB, reason: x, approved_by: y, expires: 2026-12-31}]
""",
}


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("dependency-cycle", needs("a b", "b a c", "c"), needs("a b", "b a c", "c a")),
        ("dependency-cycle", needs("a b", "b a c", "c a"), needs("a b", "b a c", "c")),
        ("dependency-cycle", needs("a b", "b d c", "d a", "c a"), needs("a b", "b d c", "d a", "c")),
        ("dependency-cycle", needs("a b", "b c", "c b"), needs("a b", "b c a", "c b")),
        ("duplicate-id", cis(f"a {BOX}", f"b {BOX}, aliases: [x]"), cis(f"a {BOX}, aliases: [X]", f"b {BOX}, aliases: [x]")),
        ("duplicate-id", cis(f"a {BOX}", f"b {BOX}"), cis(f"a {BOX}, aliases: [B]", f"b {BOX}")),
        ("duplicate-id", cis(f"a {BOX}", f"b {BOX}, aliases: [C]"), cis(f"a {BOX}", f"b {BOX}, aliases: [C]", f"c {BOX}")),
        ("duplicate-id", cis(f"a {BOX}"), cis(f"a {BOX}, aliases: [a]")),
        ("duplicate-id", cis(f"a {BOX}"), cis(f"a {BOX}, aliases: [x, X]")),
        ("duplicate-id", cis(f"b {BOX}"), {**cis(f"b {BOX}"), "inventory/c.yaml": f"{{id: b, {BOX}}}"}),
        ("required-attribute", {"inventory/1.yaml": f"{{id: WEB, {BOX}}}", **cis("web kind: box")}, cis("web kind: box")),
        ("baseline-violation", {**WAIVED, **cis(f"a {SMALL}, aliases: [old]", f"b {SMALL}, aliases: [old]")},
         {**WAIVED, **cis(f"a {SMALL}", f"b {SMALL}, aliases: [old]")}),
        ("baseline-violation", {**SOME, **cis("b kind: box, attributes: {os: alpine}", "c kind: shelf, aliases: [old-c]")},
         {**SOME, **cis("b kind: box, attributes: {os: alpine}", "c kind: shelf")}),
        ("invalid-expectation", {**ALIKE, **cis("b kind: box"), "inventory/x.yaml": "kind: [c"},
         {**ALIKE, **cis("b kind: box", "x kind: shelf")}),
        ("mutual-connection", cis("a kind: firewall, relations: {connects_to: b}", "b kind: firewall"),
         cis("a kind: firewall, relations: {connects_to: b}", "b kind: firewall, relations: {connects_to: a}")),
    ],
)  # fmt: skip
def test_a_change_is_told_to_those_that_it_concerns(code: str, before: Files, after: Files) -> None:
    there, back = again(before, after), again(after, before)
    assert there.problems == check_all(facts(after))
    assert back.problems == check_all(facts(before))
    assert there.problems[code] or back.problems[code]


@given(edits(steps=2))
@settings(deadline=None)
def test_the_answer_is_that_of_a_whole_run(states: list[Files]) -> None:
    first = facts(states[0])
    former = remembered(first, check_all(first))
    for before, after in pairwise(states):
        now = facts(after)
        whole = check_all(now)
        second = Recheck(facts(after), former, changed(before, after))
        assert second.problems == whole
        former, anew = second.former, remembered(now, whole)
        assert (former.values, former.lost) == (anew.values, anew.lost)
