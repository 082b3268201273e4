"""The workspace as a library: what it opens, what it says of settings, and that nothing is read twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import cmdb
from cmdb.model.problem import CmdbError
from cmdb.testing.repositories import write
from cmdb.testing.text import workspace


def test_the_nearest_parent_with_settings_is_the_workspace(tmp_path: Path) -> None:
    write(tmp_path, {"cmdb.yaml": "name: x\n", "inventory/deep/a.yaml": "kind: server\nid: a\n"})
    assert list(cmdb.Workspace.open(tmp_path / "inventory" / "deep").inventory) == ["a"]
    with pytest.raises(CmdbError, match=r"no cmdb\.yaml"):
        cmdb.Workspace.open(tmp_path.parent)
    with pytest.raises(CmdbError, match="there is no folder"):
        cmdb.Workspace.open(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("settings", "line", "says"),
    [
        ("sources: [hosts]\n", 1, "mapping from name"),
        ("sources:\n  hosts: local_host\n", 2, "mapping of settings"),
        ("sources:\n  hosts: {plugin: local_host, timeout: soon}\n", 2, "timeout"),
        ("drift: {outage_threshold: 1.5}\n", 1, "between 0 and 1"),
        ("drift: {outage_threshold: half}\n", 1, "a number is expected"),
        ("drift: {max_age: 7 fortnights}\n", 1, "max_age"),
        ("drift: {manage: [server, servr]}\n", 1, "there is no kind 'servr'"),
        ("drift: {severity: {missing: bad}}\n", 1, "a severity is one of"),
        ("drift: {severity: {gone: error}}\n", 1, "there is no outcome 'gone'"),
        ("drift: {allow_unobserved: some}\n", 1, "a count such as 3"),
        ("drift: {allow_unobserved: 200%}\n", 1, "a count such as 3"),
        ("name: x\ncolour: red\n", 2, "no field 'colour'"),
        ("name: [\n", 2, "flow"),
    ],
)
def test_wrong_settings_are_found_and_never_judged_by(settings: str, line: int, says: str) -> None:
    made = workspace({"cmdb.yaml": settings})
    (problem,) = made.check(date(2026, 11, 1))
    assert says in problem.message
    assert problem.location is not None and (problem.location.path, problem.location.line) == ("cmdb.yaml", line)
    with pytest.raises(CmdbError):
        _ = made.config


def test_settings_are_what_they_say() -> None:
    made = workspace(
        {
            "cmdb.yaml": """
            name: shop
            sources:
              hosts: {plugin: ansible_facts, covers: kind=server, timeout: 5m, path: facts, depth: 010}
              other:
            drift: {max_age: 1d, manage: server, allow_unobserved: 5%, severity: {unmanaged: error}}
        """
        }
    )
    hosts, other = made.config.sources
    assert (hosts.name, hosts.plugin, hosts.covers, hosts.timeout.total_seconds()) == (
        "hosts",
        "ansible_facts",
        "kind=server",
        300,
    )
    assert (hosts.options, other.plugin) == ({"path": "facts", "depth": 10}, "")
    assert (made.config.drift.max_age.days, made.config.drift.manage) == (1, ("server",))
    assert made.config.drift.allow_unobserved == 0.05
    assert made.config.drift.severity["unmanaged"] is cmdb.Severity.ERROR
    assert made.config.drift.severity["missing"] is cmdb.Severity.ERROR


def test_everything_public_is_there_and_documented() -> None:
    for name in cmdb.__all__:
        value = getattr(cmdb, name)
        assert name == "__version__" or value.__doc__, name
    with pytest.raises(AttributeError):
        cmdb.__getattr__("nothing")


def test_the_library_in_a_few_lines() -> None:
    made = workspace(
        {
            "cmdb.yaml": "",
            "inventory/a.yaml": "- {kind: application, id: shop, relations: {runs_on: vm-1}}\n- {kind: virtual_machine, id: vm-1}\n",
        }
    )
    inventory = made.inventory
    assert [ci.id for ci in inventory.select("kind=virtual_machine")] == ["vm-1"]
    assert [ci.id for ci in inventory.select("+shop", exclude=["shop"])] == ["vm-1"]
    assert list(inventory.graph.edges(keys=True)) == [("shop", "vm-1", "runs_on")]
    assert cmdb.impact(inventory, ["vm-1"])["shop"].status is cmdb.Status.DOWN
    assert not cmdb.diff(inventory, inventory)
    assert cmdb.drift(inventory, made.baselines, cmdb.Snapshot(), as_of=date(2026, 11, 1)).untracked == 2
    assert [found.id for found in cmdb.upstream(inventory, ["shop"]).dependencies] == ["vm-1"]
