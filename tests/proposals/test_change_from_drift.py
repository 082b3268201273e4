"""A change record of what drifted: from what is declared to what was observed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cmdb.model.change_record import ChangeRecord
from cmdb.model.keypath import format_path
from cmdb.model.problem import CmdbError
from cmdb.proposals.drifted import change_from_drift
from cmdb.testing.text import workspace

DAY = date(2026, 1, 1)
SHOP = """
- {kind: business_service, id: shop, relations: {depends_on: {name: web, at_least: 1, of: [web-1, web-2]}}}
- {kind: server, id: web-1, owner: team-web, attributes: {memory: 4 GiB, os: debian, listening_ports: [22, 443]}}
- {kind: server, id: web-2, relations: {runs_on: hv-1, connects_to: sw-1}}
- {kind: hypervisor, id: hv-1}
- {kind: network_device, id: sw-1}
"""


def deviation(path: str, observed: Any, outcome: str = "deviating", **more: Any) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "ci": "web-1",
        "key": None,
        "kind": "server",
        "path": path,
        "observed": observed,
        "excuse": None,
        **more,
    }


def record(tmp_path: Path, *deviations: dict[str, Any]) -> ChangeRecord:
    file = tmp_path / "drift.json"
    file.write_text(json.dumps({"format": "cmdb.drift/1", "deviations": deviations}), "utf-8")
    return change_from_drift(workspace({"inventory/shop.yaml": SHOP}), file, as_of=DAY)


def lines(found: ChangeRecord) -> list[str]:
    changed = []
    for one in found.changes.changes:
        changed.append(f"{one.id} {one.action}")
        changed += [f"{format_path(value.path)}: {value.before} -> {value.after}" for value in one.attributes]
        changed += [f"{entry.type} {entry.action} {entry.target}" for entry in one.relations]
    return changed


@pytest.mark.parametrize(
    ("deviations", "expected"),
    [
        ([], []),
        (
            [deviation("attributes.memory", 2**31)],
            ["web-1 changed", "attributes.memory: 4294967296 -> 2147483648"],
        ),
        ([deviation("attributes.os", None)], ["web-1 changed", "attributes.os: debian -> None"]),
        (
            [deviation('attributes.listening_ports."443"', None), deviation("attributes.os", "alpine")],
            [
                "web-1 changed",
                "attributes.listening_ports: (22, 443) -> (22,)",
                "attributes.os: debian -> alpine",
            ],
        ),
        (
            [
                deviation("relations.runs_on.hv-1", None, ci="web-2"),
                deviation("relations.connects_to.sw-2", "sw-2", ci="web-2"),
            ],
            ["web-2 changed", "connects_to added sw-2", "runs_on removed hv-1"],
        ),
        ([deviation("presence", None, "unmanaged", ci=None, key="x-9")], ["x-9 added"]),
        ([deviation("attributes.os", "alpine", excuse={"type": "waiver"})], []),
        ([deviation("attributes.os", None, "unobserved")], []),
    ],
)
def test_what_was_observed_is_the_head(tmp_path: Path, deviations: list[Any], expected: list[str]) -> None:
    found = record(tmp_path, *deviations)
    assert (lines(found), found.head, found.notes) == (expected, "observed", ())
    assert found.backout.restores


def test_a_missing_ci_is_one_that_was_removed(tmp_path: Path) -> None:
    found = record(tmp_path, deviation("presence", None, "missing"))
    assert [(one.id, one.action) for one in found.changes.changes] == [("web-1", "removed")]
    assert [(one.what, one.ci) for one in found.design if "violation" not in one.what] == [
        ("redundancy_lost", "shop"),
        ("single_point_introduced", "hv-1"),
        ("single_point_introduced", "sw-1"),
        ("single_point_introduced", "web-2"),
    ]
    assert [one.approver for one in found.approvals] == ["team-web"]
    place = found.origins[0].places[0]
    assert (str(place.before), place.after) == ("inventory/shop.yaml:3:3", None)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (deviation("attributes.os", {"redacted": True}), "it is a secret"),
        (deviation("keys.hosts", "x"), "nothing in a file says keys.hosts"),
        (deviation("attributes.os", "x", "ambiguous"), "is ambiguous"),
        (deviation("attributes.os", "x", ci="nowhere"), "nowhere attributes.os is deviating"),
    ],
)
def test_what_cannot_be_told_is_a_note(tmp_path: Path, bad: dict[str, Any], words: str) -> None:
    found = record(tmp_path, bad)
    assert (lines(found), len(found.notes)) == ([], 1)
    assert words in found.notes[0]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": "cmdb.check/1"}', '{"format": "cmdb.drift/1"}'])
def test_what_is_no_report(tmp_path: Path, text: str) -> None:
    file = tmp_path / "drift.json"
    file.write_text(text, "utf-8")
    with pytest.raises(CmdbError, match="is no report of drift") as error:
        change_from_drift(workspace({"inventory/shop.yaml": SHOP}), file, as_of=DAY)
    assert "cmdb drift -f json" in error.value.problem.hint
    with pytest.raises(CmdbError, match="cannot read"):
        change_from_drift(workspace({"inventory/shop.yaml": SHOP}), tmp_path / "nowhere", as_of=DAY)
