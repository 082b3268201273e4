"""What a source saw, as files: readable by people, right by the checks, and without any drift."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.model.kind import Attribute
from cmdb.model.problem import CmdbError, Severity
from cmdb.model.snapshot import REDACTED, Coverage, Observation, Reference, Run, Snapshot
from cmdb.model.value import Value
from cmdb.scaffold import empty, observed
from cmdb.testing.values import untyped, values
from cmdb.workspace import Workspace

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SCHEMA = Workspace.of({}).inventory.schema
HOST = {
    "hostname": "web-1.example.org",
    "memory": 32 * 2**30,
    "cpu_count": 4,
    "os_version": "1.10",
    "os": "no",
    "uptime": 12345,
    "image": None,
    "role": REDACTED,
    "listening_ports": (22, 443, 40000),
    "services_failed": (),
    "packages": {"openssl": "3.0.14", "g++": "4:12", "token": REDACTED},
    "mounts": {"/": {"device": "/dev/vda", "size": 2**30}},
    "colour": "1.10",
}


def run(*observations: Observation) -> Run:
    names = {name for seen in observations for name in seen.attributes}
    relations = {f"relations.{name}" for seen in observations for name in seen.relations}
    coverage = tuple(Coverage(f"key={seen.key}", ("*", *sorted(names | relations))) for seen in observations)
    return Run("hosts", "1", NOW, NOW, "kind in (server, network_device)", coverage, observations)


def host(name: str, **attributes: Value) -> Observation:
    return Observation("server", f"{name}.example.org", {"hostname": f"{name}.example.org", **attributes})


def files(*observations: Observation) -> dict[str, str]:
    return observed.files(observed.look(run(*observations), SCHEMA))


def test_files_are_what_a_person_would_write() -> None:
    made = files(Observation("server", "web-1.example.org", HOST, name="Web, first"))
    assert made == {
        "inventory/server/web-1.yaml": dedent("""\
            kind: server
            id: web-1
            name: Web, first
            keys: {hosts: web-1.example.org}
            attributes:
              hostname: web-1.example.org
              cpu_count: 4
              memory: 32 GiB
              mounts:
                /: {device: /dev/vda, size: 1073741824}
              os: no
              os_version: 1.10
              listening_ports: [22, 443, 40000]
              colour: "1.10"
            """),
        "baselines/hosts.yaml": dedent("""\
            baseline: hosts-server
            description: What was in common when the workspace was made.
            applies_to: id=web-1
            expect:
              attributes.services_failed: []
              attributes.packages."g++": 4:12
              attributes.packages.openssl: 3.0.14
            """),
    }


def test_a_baseline_has_what_all_of_a_kind_have_in_common() -> None:
    one = host("a", timezone="Etc/UTC", packages={"x": "1", "y": "1"}, listening_ports=(22, 80))
    two = host("b", timezone="Etc/UTC", packages={"x": "1", "y": "2"}, listening_ports=(22, 90))
    made = files(one, two)
    assert made["baselines/hosts.yaml"] == dedent("""\
        baseline: hosts-server
        description: What was in common when the workspace was made.
        applies_to: kind=server
        expect:
          attributes.timezone: Etc/UTC
          attributes.packages.x: 1
        """)
    assert "  packages: {y: 1}\n" in made["inventory/server/a.yaml"]
    assert "  listening_ports: [22, 80]\n" in made["inventory/server/a.yaml"]


@pytest.mark.parametrize(
    ("observations", "then"),
    [
        ([host("Web-1")], ["web-1"]),
        ([Observation("server", "K", {"hostname": "10.0.0.1"})], ["10.0.0.1"]),
        ([Observation("server", "K", {"fqdn": "db.example.org."})], ["db"]),
        ([Observation("server", "K", {}, name="The Box!")], ["the-box-"]),
        ([Observation("server", "/K/1")], ["k/1"]),
        ([Observation("server", "…")], ["unnamed"]),
        (
            [Observation("server", "a.x", {"hostname": "a.x"}), Observation("server", "a.y", {"hostname": "a.y"})],
            ["a.x", "a.y"],
        ),
        (
            [Observation("server", "1!", {"hostname": "a"}), Observation("server", "1?", {"hostname": "a"})],
            ["1-", "1--2"],
        ),
    ],
)
def test_ids_come_from_host_names(observations: list[Observation], then: list[str]) -> None:
    assert [ci.id for ci in observed.look(run(*observations), SCHEMA).cis] == then


def test_relations_are_declared_where_every_far_end_was_seen() -> None:
    switch = Observation("network_device", "sw-1", {"hostname": "sw-1"})
    joined = {"connects_to": (Reference("network_device", "sw-1"),), "uses": (Reference("server", "elsewhere"),)}
    made = files(Observation("server", "web-1", {"hostname": "web-1"}, joined), switch)
    assert made["inventory/server/web-1.yaml"].endswith("relations: {connects_to: sw-1}\n")


@pytest.mark.parametrize("kind", ["spaceship", "compute"])
def test_a_kind_that_nobody_declares_is_told(kind: str) -> None:
    with pytest.raises(CmdbError, match=f"the source sees a {kind}"):
        files(Observation(kind, "x"))


def free(attribute: Attribute) -> bool:
    """Whether any value of its type may stand there."""
    limits = (attribute.minimum, attribute.maximum, attribute.pattern or None)
    return not attribute.unique and attribute.name != "hostname" and all(limit is None for limit in limits)


def observations() -> st.SearchStrategy[tuple[Observation, ...]]:
    def one(kind: str, key: str) -> st.SearchStrategy[Observation]:
        known = SCHEMA.kinds[kind].attributes
        typed = {name: values(attribute) for name, attribute in known.items() if free(attribute)} | {"own": untyped()}
        names = st.lists(st.sampled_from(sorted(typed)), max_size=4, unique=True)
        picked = names.flatmap(lambda names: st.fixed_dictionaries({name: typed[name] for name in names}))
        return st.builds(Observation, st.just(kind), st.just(key), picked)

    return st.tuples(one("server", "server-1"), one("server", "server-2"), one("network_device", "switch-1"))


@settings(max_examples=30, deadline=None)
@given(observations())
def test_there_is_no_drift_right_after(seen: tuple[Observation, ...]) -> None:
    look = run(*seen)
    workspace = Workspace.of(empty.files("x") | observed.files(observed.look(look, SCHEMA)))
    assert [problem for problem in workspace.check(NOW.date()) if problem.severity >= Severity.WARNING] == []
    report = workspace.drift(Snapshot((look,)), NOW + timedelta(minutes=1))
    assert [(found.path, found.expected, found.observed) for found in report.deviations] == []
    assert set(report.outcomes.values()) == {"in_sync"}
    assert report.incomplete == ()
