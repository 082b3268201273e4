"""`cmdb baseline`: what is expected of a CI, and a baseline from what is observed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmdb.testing.program import Program
from cmdb.testing.repositories import write

FILES = {
    "cmdb.yaml": "name: x\n",
    "inventory/servers.yaml": "- {kind: server, id: web-1, name: Web 1, aliases: [www], labels: {zone: dmz}}\n- {kind: server, id: web-2}\n- {kind: server, id: web-3}\n",
    "baselines/b.yaml": """\
baseline: servers
applies_to: kind=server
approved_by: team-platform
parameters: {least: 6.1}
expect:
  attributes.kernel: {version: ">=${least}"}
  attributes.os: {equals: debian, optional: true}
ignore:
  - {path: attributes.swap, reason: zram}
---
baseline: dmz
applies_to: labels.zone=dmz
extends: [servers]
expect:
  attributes.kernel: {version: ">=6.12", severity: critical}
---
baseline: later
applies_to: kind=server
effective: 2027-01-01
---
waivers:
  - {ci: www, path: attributes.kernel, observed: 6.10, reason: driver, approved_by: team-web, expires: 2026-12-31}
""",
    "night.jsonl": """\
{"format": "cmdb.snapshot/1", "source": "hosts", "run": "2026-11-01T02:00:00Z"}
{"coverage": {"scope": "kind=server", "status": "complete"}}
{"observation": {"kind": "server", "key": "web-1", "attributes": {"os": "debian", "kernel": "6.12", "uptime": 5}}}
{"observation": {"kind": "server", "key": "web-2", "attributes": {"os": "debian", "kernel": "6.1"}}}
{"end": {"observations": 2, "coverage": 1}}
""",
}
CAPTURE = ("baseline", "capture", "--observed", "night.jsonl", "--as-of", "2026-11-01")


@pytest.fixture
def servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, FILES)
    return tmp_path


def test_show_says_what_counts_and_what_it_replaces(servers: Path, cmdb: Program) -> None:
    said = cmdb("baseline", "show", "web-1", "--as-of", "2026-11-01")
    assert (said.code, said.err) == (0, "")
    assert (
        said.out
        == """\
web-1: Web 1

Baselines
dmz: applies to labels.zone=dmz
servers: applies to kind=server; extended by dmz; approved by team-platform
later: applies to kind=server; takes effect on 2027-01-01, and is not judged

Expected
attributes.kernel: version >=6.12 (critical)
    demanded by dmz in baselines/b.yaml:15
    instead of version >=6.1, by servers in baselines/b.yaml:6
attributes.os: equals debian, or nothing
    demanded by servers in baselines/b.yaml:7

Ignored
attributes.swap: zram
    by servers in baselines/b.yaml:9

Waived
attributes.kernel: 6.10 until 2026-12-31
    driver
    approved by team-web in baselines/b.yaml:22
"""
    )


def test_show_as_json(servers: Path, cmdb: Program) -> None:
    found = cmdb("baseline", "show", "www", "--as-of", "2027-06-01", "-f", "json").json
    assert list(found) == ["format", "status", "summary", "baselines", "expectations", "ignored", "waivers"]
    assert (found["format"], found["status"]) == ("cmdb.baseline-show/1", "clean")
    assert found["summary"] == {"id": "web-1", "kind": "server", "baselines": 3, "expectations": 2}
    assert [one["name"] for one in found["baselines"]] == ["dmz", "servers", "later"]
    assert found["expectations"][0] == {
        "path": "attributes.kernel",
        "expected": {"version": ">=6.12"},
        "severity": "critical",
        "optional": False,
        "baseline": "dmz",
        "written_in": "dmz",
        "location": {"path": "baselines/b.yaml", "line": 15, "column": 3},
        "replaced": [
            {
                "baseline": "servers",
                "expected": {"version": ">=6.1"},
                "location": {"path": "baselines/b.yaml", "line": 6, "column": 3},
            }
        ],
    }
    assert found["waivers"][0]["observed"] == "6.10"


def test_show_of_a_ci_without_baselines(servers: Path, cmdb: Program) -> None:
    write(servers, {"inventory/team.yaml": "{kind: team, id: team-x}\n"})
    assert cmdb("baseline", "show", "team-x").out == "team-x\nNo baseline applies.\n"
    assert cmdb("baseline", "show", "nobody").code == 2


def test_show_without_a_file_that_did_not_load(servers: Path, cmdb: Program) -> None:
    write(servers, {"baselines/broken.yaml": "baseline: [\n"})
    said = cmdb("baseline", "show", "web-1")
    assert (said.code, "broken.yaml" in said.err) == (3, True)


def test_capture_writes_what_is_common(servers: Path, cmdb: Program) -> None:
    said = cmdb(*CAPTURE, "web-1", "web-2", "--name", "web", "--approved-by", "team-web")
    assert (said.code, said.err) == (0, "")
    assert (
        said.out
        == """\
# Captured from hosts (2026-11-01T02:00:00Z): what 2 CIs have in common.
baseline: web
applies_to: id in (web-1, web-2)
approved_by: team-web
expect:
  attributes.os: debian
# Not demanded, since it is not the same everywhere:
#   attributes.kernel: 6.1 (web-2), 6.12 (web-1)
"""
    )


@pytest.mark.parametrize(
    ("arguments", "applies_to"),
    [
        (("web-1",), "web-1"),
        (("kind=server", "--exclude", "web-3"), "id in (web-1, web-2)"),
        (("kind=server", "--exclude", "web-3", "--exclude", "web-2"), "id=web-1"),
        (("labels.zone=dmz",), "labels.zone=dmz"),
        (("+web-1",), "id=web-1"),
    ],
)
def test_what_it_applies_to(servers: Path, cmdb: Program, arguments: tuple[str, ...], applies_to: str) -> None:
    said = cmdb(*CAPTURE, *arguments)
    assert (said.code, said.out.splitlines()[2]) == (0, f"applies_to: {applies_to}")


def test_capture_says_whom_nobody_saw(servers: Path, cmdb: Program) -> None:
    said = cmdb(*CAPTURE, "kind=server", "-f", "json")
    assert (said.code, said.err) == (3, "cmdb: 1 of the CIs was not seen: web-3\n")
    assert said.json["summary"] == {"baseline": "captured", "cis": 2, "expectations": 1, "differing": 1, "unseen": 1}
    assert said.json["expectations"] == [{"path": "attributes.os", "equals": "debian"}]
    assert said.json["differing"] == [
        {
            "path": "attributes.kernel",
            "values": [{"said": "6.1", "cis": ["web-2"]}, {"said": "6.12", "cis": ["web-1"]}],
        }
    ]
    assert said.json["text"].startswith("# Captured")


def test_what_is_captured_is_clean(servers: Path, cmdb: Program) -> None:
    (servers / "baselines/b.yaml").unlink()
    drift = ("drift", "--observed", "night.jsonl", "--as-of", "2026-11-01", "-f", "json")
    before = cmdb(*drift).json
    assert cmdb(*CAPTURE, "kind=server", "-o", "baselines/web.yaml").code == 3
    after = cmdb(*drift).json
    assert (after["deviations"], after["problems"]) == (before["deviations"], [])
    assert cmdb("check").out == "no problems in 3 CIs\n"


def test_capture_never_overwrites_without_being_told(servers: Path, cmdb: Program) -> None:
    target = servers / "baselines/b.yaml"
    said = cmdb(*CAPTURE, "web-1", "--name", "dmz", "-o", str(target))
    assert (said.code, "there is a file" in said.err, "--force" in said.err) == (2, True, True)
    assert target.read_text() == FILES["baselines/b.yaml"]
    said = cmdb(*CAPTURE, "web-1", "--name", "dmz", "-o", str(target), "--force")
    assert (said.code, said.err) == (0, "cmdb: there is a baseline 'dmz' already; two of one name are an error\n")
    assert "attributes.kernel: 6.12" in target.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("web-3",), "none of the CIs was seen"),
        (("owner=nobody",), "the selectors pick no CI"),
        (("web-1", "web-2", "--path", "attributes.kernel"), "nothing was seen that is the same on all 2 CIs"),
        (("web-1", "--path", "attributes..x"), "is no key path"),
        (("nobody",), "nobody"),
        ((), "Missing argument"),
    ],
)
def test_what_capture_cannot_do(servers: Path, cmdb: Program, arguments: tuple[str, ...], said: str) -> None:
    found = cmdb(*CAPTURE, *arguments)
    assert (found.code, said in found.err) == (2, True), found.err


def test_capture_needs_something_to_look_at(servers: Path, cmdb: Program) -> None:
    found = cmdb("baseline", "capture", "web-1")
    assert (found.code, "no source is configured" in found.err) == (2, True)
