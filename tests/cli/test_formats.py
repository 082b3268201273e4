"""Formats of findings through the program: which there are, where they go, and that they change no verdict."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from prometheus_client.parser import text_string_to_metric_families

from cmdb.cli.options import DOCUMENTS, MONITORED, TRACKED
from cmdb.model.answer import Answer
from cmdb.model.document import Document
from cmdb.testing.program import Program
from cmdb.testing.repositories import write

FILES = {
    "cmdb.yaml": "name: shop\nsources:\n  hosts: {covers: kind=server}\n  blind: {covers: kind=firewall}\n",
    "inventory/web.yaml": """\
- {kind: server, id: web-1, attributes: {os_version: 12, memory: 32 GiB}}
- {kind: server, id: web-2}
- {kind: server, id: web-3}
- {kind: server, id: web-4}
- {kind: server, id: web-5}
- {kind: team, id: ops}
""",
    "baselines/linux.yaml": """\
baseline: linux
applies_to: kind=server
expect:
  attributes.kernel: {version: ">=6.1", severity: critical}
""",
    "baselines/waivers.yaml": """\
waivers:
  - {ci: web-2, path: attributes.kernel, observed: 5.10.0, reason: vendor driver, approved_by: ops, expires: 2026-12-31}
""",
    "seen.jsonl": "\n".join(
        json.dumps(line)
        for line in (
            {"format": "cmdb.snapshot/1", "source": "hosts", "run": "1", "started": "2026-11-01T02:00:00Z"},
            {"coverage": {"scope": "kind=server", "attributes": ["*"], "status": "complete", "reason": ""}},
            *(
                {"observation": {"kind": "server", "key": key, "at": "2026-11-01T02:00:05Z", "attributes": attributes}}
                for key, attributes in (
                    ("web-1", {"os_version": "11", "kernel": "6.1.2"}),
                    ("web-2", {"kernel": "5.10.0"}),
                    ("web-3", {"kernel": "6.1.0"}),
                    ("web-4", {"kernel": "6.1.0"}),
                    ("web-9", {"kernel": "6.1.0"}),
                )
            ),
            {"end": {"finished": "2026-11-01T02:00:40Z", "observations": 5, "coverage": 1}},
        )
    ),
}
DRIFT = ("drift", "--observed", "seen.jsonl", "--as-of", "2026-11-02T00:00:00Z")
DANGLING = "kind: server\nid: web-8\nrelations: {runs_on: nowhere}\n"
ALIAS = "kind: server\nid: web-7\naliases: [old]\n---\nkind: server\nid: x\nrelations: {uses: old}\n"


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, FILES)
    return tmp_path


# which there are -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "wrong", "known"),
    [("check", "nagios", TRACKED), ("drift", "dot", MONITORED), ("select", "sarif", DOCUMENTS)],
)
def test_a_format_that_a_command_does_not_have_is_refused_with_those_it_has(
    cmdb: Program, command: str, wrong: str, known: tuple[str, ...]
) -> None:
    said = cmdb(command, "-f", wrong)
    assert (said.code, said.out) == (2, "")
    assert f"'{wrong}' is not one of {', '.join(map(repr, known))}." in " ".join(said.err.split())


@pytest.mark.parametrize("form", TRACKED)
def test_check_exits_the_same_in_every_format(cmdb: Program, form: str) -> None:
    assert cmdb("check", "-f", form).code == 0
    write(Path(), {"inventory/bad.yaml": DANGLING})
    first, second = cmdb("check", "-f", form), cmdb("check", "-f", form)
    assert (first.code, first.err) == (1, "")
    assert first == second
    write(Path(), {"inventory/bad.yaml": "id: [\n"})
    assert cmdb("check", "-f", form, "--fail-level", "critical").code == 3


@pytest.mark.parametrize("form", MONITORED)
def test_drift_exits_the_same_in_every_format(cmdb: Program, form: str) -> None:
    first, second = cmdb(*DRIFT, "-f", form), cmdb(*DRIFT, "-f", form)
    assert (first.code, first.err) == (1, "")
    assert first == second
    assert cmdb(*DRIFT, "-f", form, "--fail-level", "critical").code == 3


# several at once -----------------------------------------------------------------------------------------------------


def test_the_second_file_belongs_to_the_second_format(cmdb: Program) -> None:
    alone = {form: cmdb(*DRIFT, "-f", form).out for form in ("sarif", "markdown", "json")}
    said = cmdb(*DRIFT, "-f", "sarif", "-o", "a.sarif", "-f", "markdown", "-o", "-", "-f", "json", "-o", "a.json")
    assert (said.code, said.err) == (1, "")
    assert said.out == alone["markdown"]
    assert Path("a.sarif").read_text("utf-8") == alone["sarif"]
    assert Path("a.json").read_text("utf-8") == alone["json"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("-f", "sarif", "-f", "json"), "Give each -f its own -o, in the same order; '-' is stdout."),
        (("-f", "sarif", "-f", "json", "-o", "a"), "Give each -f its own -o"),
        (("-f", "sarif", "-o", "a", "-o", "b"), "Give each -f its own -o"),
        (("-o", "a", "-o", "b"), "Give each -f its own -o"),
        (("-f", "sarif", "-o", "a", "-f", "json", "-o", "a"), "Two formats cannot both be written to a."),
        (("-f", "sarif", "-o", "-", "-f", "json", "-o", "-"), "Two formats cannot both be written to stdout."),
    ],
)
def test_formats_and_files_that_do_not_pair(cmdb: Program, arguments: tuple[str, ...], told: str) -> None:
    said = cmdb("check", *arguments)
    assert (said.code, said.out) == (2, "")
    assert told in said.err
    assert not Path("a").exists()


def test_stdout_may_be_named(cmdb: Program) -> None:
    assert cmdb("select", "-o", "-") == cmdb("select")
    assert not Path("-").exists()


def test_several_from_the_environment(cmdb: Program) -> None:
    said = cmdb("check", env={"CMDB_FORMAT": "json markdown", "CMDB_OUTPUT": "a.json:-"})
    assert (said.code, said.out.splitlines()[0]) == (0, "<!-- cmdb:check -->")
    assert json.loads(Path("a.json").read_text())["format"] == "cmdb.check/1"


@pytest.mark.parametrize("command", [("schema",), ("select", "--ids")])
def test_some_commands_write_one_format_at_a_time(cmdb: Program, command: tuple[str, ...]) -> None:
    said = cmdb(*command, "-f", "json", "-o", "a", "-f", "text", "-o", "-")
    assert (said.code, said.out) == (2, "")
    assert "one format at a time" in said.err


def test_questions_too_take_several(cmdb: Program) -> None:
    assert cmdb("graph", "-f", "dot", "-o", "a.dot", "-f", "text", "-o", "-").code == 0
    assert Path("a.dot").read_text().startswith("digraph")


# GitHub Actions ------------------------------------------------------------------------------------------------------

ACTIONS = {"GITHUB_ACTIONS": "true"}
ANNOTATION = "::error file=inventory/bad.yaml,line=3,col=13,title=dangling-relation::"


@pytest.mark.parametrize(
    ("arguments", "env", "chosen"),
    [
        ((), ACTIONS, True),
        (("-o", "-"), ACTIONS, True),
        ((), {"GITHUB_ACTIONS": "false"}, False),
        ((), {}, False),
        (("-f", "text"), ACTIONS, False),
        ((), {**ACTIONS, "CMDB_FORMAT": "text"}, False),
        (("-f", "github"), {}, True),
    ],
)
def test_annotations_are_chosen_by_themselves_inside_actions(
    cmdb: Program, arguments: tuple[str, ...], env: dict[str, str], chosen: bool
) -> None:
    write(Path(), {"inventory/bad.yaml": DANGLING})
    said = cmdb("check", *arguments, env=env)
    assert said.code == 1
    assert said.out.startswith(ANNOTATION) == chosen
    assert said.out.endswith("1 error in 7 CIs\n")


def test_a_file_and_a_command_without_annotations_get_text_inside_actions(cmdb: Program) -> None:
    assert cmdb("check", "-o", "a.txt", env=ACTIONS).code == 0
    assert Path("a.txt").read_text() == "no problems in 6 CIs\n"
    assert cmdb("select", "--ids", env=ACTIONS).out.startswith("ops\n")


def test_the_summary_of_the_job_is_added_to(cmdb: Program, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    env = {**ACTIONS, "GITHUB_STEP_SUMMARY": str(summary)}
    assert cmdb("check", env=env).code == 0
    assert cmdb("check", "-f", "text", env=env).code == 0
    assert summary.read_text() == "before\n<!-- cmdb:check -->\nno problems in 6 CIs\n"


def test_a_summary_that_cannot_be_written_changes_no_verdict(cmdb: Program, tmp_path: Path) -> None:
    said = cmdb("check", env={**ACTIONS, "GITHUB_STEP_SUMMARY": str(tmp_path)})
    assert (said.code, said.out) == (0, "no problems in 6 CIs\n")
    assert said.err == f"cmdb: cannot write {tmp_path}: Is a directory\n"


def test_an_answer_that_is_not_about_findings_never_says_that_there_are_none(cmdb: Program) -> None:
    explain = (*DRIFT, "--explain", "web-1")
    said = cmdb(*explain, "-f", "sarif")
    assert (said.code, said.out) == (2, "")
    assert "-f sarif tells findings, and this answer is none of findings." in said.err
    assert cmdb(*explain, env=ACTIONS) == cmdb(*explain)


# what they say -------------------------------------------------------------------------------------------------------


def test_a_comment_on_a_pull_request_has_the_worst_first(cmdb: Program) -> None:
    write(Path(), {"inventory/a.yaml": ALIAS, "inventory/bad.yaml": DANGLING})
    first, second = (line for line in cmdb("check", "-f", "markdown").out.splitlines() if line.startswith("- "))
    assert ("error" in first, "note" in second) == (True, True)
    assert cmdb("check").out.index("note") < cmdb("check").out.index("error")


def test_paths_are_seen_from_the_top_of_the_repository(cmdb: Program, tmp_path: Path) -> None:
    write(tmp_path, {f"ops/cmdb/{path}": text for path, text in FILES.items()})
    write(tmp_path, {".git/HEAD": "", "ops/cmdb/inventory/bad.yaml": DANGLING})
    said = {form: cmdb("check", "-C", "ops/cmdb", "-f", form).out for form in TRACKED}
    assert said["github"].startswith("::error file=ops/cmdb/inventory/bad.yaml,line=3,")
    assert json.loads(said["gitlab"])[0]["location"]["path"] == "ops/cmdb/inventory/bad.yaml"
    place = json.loads(said["sarif"])["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "ops/cmdb/inventory/bad.yaml"
    assert json.loads(said["json"])["problems"][0]["location"]["path"] == "inventory/bad.yaml"


def prints(cmdb: Program, *arguments: str) -> dict[str, tuple[str, int]]:
    """Message -> fingerprint and line, by SARIF."""
    results = json.loads(cmdb(*arguments, "-f", "sarif").out)["runs"][0]["results"]
    return {
        each["message"]["text"]: (
            each["partialFingerprints"]["cmdb/v1"],
            each["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for each in results
    }


@pytest.mark.parametrize("arguments", [("check",), DRIFT], ids=["check", "drift"])
def test_fingerprints_are_stable_when_lines_move(cmdb: Program, arguments: tuple[str, ...]) -> None:
    write(Path(), {"inventory/bad.yaml": DANGLING})
    before = prints(cmdb, *arguments)
    for path in (*Path("inventory").glob("*.yaml"), *Path("baselines").glob("*.yaml")):
        path.write_text("# a line more\n" + path.read_text())
    after = prints(cmdb, *arguments)
    assert {text: name for text, (name, _) in before.items()} == {text: name for text, (name, _) in after.items()}
    moved = {text for text in before if "declared nowhere" not in text}
    assert [before[text][1] + 1 for text in sorted(moved)] == [after[text][1] for text in sorted(moved)]
    assert len({name for name, _ in before.values()}) == len(before) > 0


def test_check_reports_every_rule_as_a_test(cmdb: Program) -> None:
    write(Path(), {"inventory/bad.yaml": DANGLING, "inventory/broken.yaml": "id: [\n"})
    (suite,) = ElementTree.fromstring(cmdb("check", "-f", "junit").out)
    cases = {(case.get("classname"), case.get("name")): [each.tag for each in case] for case in suite.iter("testcase")}
    assert cases["cmdb.check.duplicate-id", "all files"] == []
    assert cases["cmdb.check.syntax", "inventory/broken.yaml"] == ["failure"]
    assert cases["cmdb.check.incomplete", "inventory/broken.yaml did not load"] == ["error"]
    assert ("cmdb.check.syntax", "all files") not in cases


def test_drift_says_what_was_found_where(cmdb: Program) -> None:
    places = {
        each["description"]: f"{each['location']['path']}:{each['location']['lines']['begin']} {each['check_name']}"
        for each in json.loads(cmdb(*DRIFT, "-f", "gitlab").out)
    }
    waiver = "waiver, approved by ops, until 2026-12-31: vendor driver"
    assert places == {
        "web-1: attributes.os_version: expected 12, observed 11, seen by hosts": "inventory/web.yaml:1 deviating",
        f"web-2: attributes.kernel: expected version >=6.1, observed 5.10.0, seen by hosts (excused: {waiver})": (
            "baselines/linux.yaml:4 deviating"
        ),
        "web-5: looked for and not there": "inventory/web.yaml:5 missing",
        "hosts: web-9 (server): seen, and declared nowhere": "cmdb.yaml:1 unmanaged",
        "not everything was seen: source 'blind' saw nothing: no snapshot of this source": "cmdb.yaml:1 incomplete",
    }


def test_drift_as_a_test_report(cmdb: Program) -> None:
    (suite,) = ElementTree.fromstring(cmdb(*DRIFT, "-f", "junit").out)
    cases = {(case.get("classname"), case.get("name")): [each.tag for each in case] for case in suite.iter("testcase")}
    assert cases == {
        ("cmdb.drift.deviating", "web-1 attributes.os_version"): ["failure"],
        ("cmdb.drift.deviating", "web-2 attributes.kernel"): ["skipped"],
        ("cmdb.drift.in_sync", "web-2"): [],
        ("cmdb.drift.in_sync", "web-3"): [],
        ("cmdb.drift.in_sync", "web-4"): [],
        ("cmdb.drift.incomplete", "source 'blind' saw nothing: no snapshot of this source"): ["error"],
        ("cmdb.drift.missing", "web-5 presence"): ["failure"],
        ("cmdb.drift.unmanaged", "hosts web-9 presence"): ["skipped"],
    }


def samples(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    return {
        family.name.removeprefix("cmdb_drift_"): {
            tuple(value for name, value in sample.labels.items() if name != "workspace"): sample.value
            for sample in family.samples
        }
        for family in text_string_to_metric_families(text)
    }


def test_drift_for_prometheus(cmdb: Program) -> None:
    said = cmdb(*DRIFT, "-f", "prometheus").out
    assert set(re.findall(r'workspace="([^"]*)"', said)) == {"shop"}
    found = samples(said)
    assert found.pop("cis") == {
        ("in_sync",): 3,
        ("deviating",): 1,
        ("missing",): 1,
        ("ambiguous",): 0,
        ("unobserved",): 0,
    }
    assert {labels: number for labels, number in found.pop("deviations").items() if number} == {
        ("missing", "error"): 1,
        ("deviating", "error"): 1,
        ("unmanaged", "warning"): 1,
    }
    assert found == {
        "last_run_timestamp_seconds": {(): 1793577600.0},
        "complete": {(): 0},
        "status": {("clean",): 0, ("findings",): 1, ("incomplete",): 0},
        "excused": {(): 1},
        "changes_not_implemented": {(): 0},
        "problems": {("note",): 0, ("warning",): 0, ("error",): 0, ("critical",): 0},
        "untracked_cis": {(): 1},
        "unjudged": {(): 0},
        "unobserved_values": {(): 0},
        "coverage": {
            ("blind", "complete"): 0,
            ("blind", "partial"): 0,
            ("blind", "failed"): 1,
            ("hosts", "complete"): 1,
            ("hosts", "partial"): 0,
            ("hosts", "failed"): 0,
        },
    }


def test_silence_is_visible(cmdb: Program) -> None:
    quiet = (*DRIFT, "--fail-level", "critical", "-f", "prometheus")
    seen = samples(cmdb(*quiet, "--source", "hosts").out)
    assert (seen["complete"], seen["status"]["clean",]) == ({(): 1}, 1)
    blind = samples(cmdb(*quiet).out)
    assert (blind["complete"], blind["status"]["incomplete",]) == ({(): 0}, 1)
    write(Path(), {"inventory/broken.yaml": "id: [\n"})
    unread = samples(cmdb(*quiet, "--source", "hosts").out)
    assert (unread["complete"], unread["status"]["incomplete",]) == ({(): 0}, 1)


def test_labels_are_the_same_whatever_is_found(cmdb: Program) -> None:
    before = samples(cmdb(*DRIFT, "-f", "prometheus").out)
    more = "".join(f"- {{kind: server, id: new-{number}}}\n" for number in range(99))
    write(Path(), {"inventory/more.yaml": more})
    after = samples(cmdb(*DRIFT, "-f", "prometheus").out)
    assert {name: list(values) for name, values in before.items()} == {
        name: list(values) for name, values in after.items()
    }


def test_drift_for_nagios(cmdb: Program) -> None:
    said = cmdb(*DRIFT, "-f", "nagios").out
    assert said.startswith("CMDB DRIFT CRITICAL - ")
    assert said.count("\n") == 1


def test_drift_as_events(cmdb: Program) -> None:
    events: list[dict[str, Any]] = json.loads(cmdb(*DRIFT, "-f", "cloudevents").out)
    answer = cmdb(*DRIFT, "-f", "json").json
    assert [event["data"] for event in events[:-1]] == [
        *answer["deviations"],
        *answer["not_implemented"],
        *answer["problems"],
    ]
    rest = {
        key: value
        for key, value in answer.items()
        if key not in ("format", "deviations", "not_implemented", "problems")
    }
    assert events[-1]["data"] == rest
    assert {event["source"] for event in events} == {"/cmdb/shop"}


def test_an_answer_without_findings_has_none() -> None:
    assert Answer("show", "clean", lambda: Document(()), dict).findings().found == ()
