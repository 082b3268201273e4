"""Every format of findings, read back by what reads it in reality, whatever text the findings hold."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
import xmlschema
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from cmdb.all_formats import FORMATS
from cmdb.model.answer import Answer, Screen, Verdict
from cmdb.model.document import Document, Paragraph, visible
from cmdb.model.findings import Finding, Findings, Measure, Setting
from cmdb.model.location import Location, Place
from cmdb.model.problem import Problem, Related, Severity
from cmdb.render import cloudevents, github, gitlab, junit, nagios, prometheus, sarif
from cmdb.testing.findings import SPECIAL, answers, findings, hostile_text, measures

LAW = settings(max_examples=40, deadline=None)
SCHEMAS = Path(__file__).parent / "schemas"
SARIF = import_module("jsonschema").Draft4Validator(json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8")))
JUNIT = xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")
CODE_QUALITY = import_module("jsonschema").Draft202012Validator(
    {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": {"type": "string", "minLength": 1},
                "check_name": {"type": "string", "minLength": 1},
                "fingerprint": {"type": "string", "minLength": 1},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": {"type": "string", "minLength": 1, "pattern": "^[^./]|^[.][^./]"},
                        "lines": {"required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
                    },
                },
            },
        },
    }
)
"""The report as GitLab's documentation describes it."""
PLACE = Location("inventory/web 1.yaml", 3, 7)
PROBLEM = Problem(
    "dangling-relation", "there is no CI 'x'", Severity.ERROR, PLACE, "web-1", "relations.runs_on", hint="declare it"
)


def of(findings: Findings, status: Verdict = "findings", said: str = "1 error") -> Answer:
    summary = {"in_sync": 3, "missing": len(findings.found)}
    return Answer(
        "drift",
        status,
        lambda: Document((Paragraph("something else"), Paragraph(said))),
        lambda: {"summary": summary, "deviations": [1], "problems": [2], "coverage": [3]},
        findings=lambda: findings,
    )


def answer(*found: Finding | Problem, status: Verdict = "findings", said: str = "1 error", **more: Any) -> Answer:
    listed = tuple(each if isinstance(each, Finding) else Finding(each, each.data) for each in found)
    return of(
        Findings(listed, **{"setting": Setting("shop", as_of=date(2026, 11, 1), version="1.0"), **more}), status, said
    )


def written(text: str) -> str:
    """The text as a file holds it: what UTF-8 cannot say is an escape there."""
    return text.encode("utf-8", "backslashreplace").decode()


def with_hint(finding: Finding) -> str:
    problem = finding.problem
    return f"{problem.message}\nhint: {problem.hint}" if problem.hint else problem.message


# every format --------------------------------------------------------------------------------------------------------


@LAW
@given(answers(), st.sampled_from([one for one in FORMATS if one.NAME not in ("text", "servicenow")]))
def test_the_same_answer_is_the_same_bytes_and_ends_with_a_line_end(given: Answer, chosen: Any) -> None:
    said = chosen.render(given, Screen())
    assert said == chosen.render(given, Screen(colour=True))
    assert written(said).endswith("\n") or not said


# sarif ---------------------------------------------------------------------------------------------------------------


def run_of(given: Answer) -> Any:
    log = json.loads(written(sarif.render(given, Screen())))
    SARIF.validate(log)
    (run,) = log["runs"]
    return run


@LAW
@given(findings().map(of))
def test_sarif_validates_and_keeps_every_text(given: Answer) -> None:
    run = run_of(given)
    found = given.findings().found
    texts = [result["message"]["text"] for result in run["results"]]
    assert [json.dumps(text) for text in texts] == [json.dumps(with_hint(each)) for each in found]
    for result, each in zip(run["results"], found, strict=True):
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == each.problem.code
        (place,) = result["locations"]
        uri = place["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9/%._~-]+", uri)
        assert unquote(uri) == written(given.findings().place(each).path)


def test_sarif_of_a_problem() -> None:
    related = Problem(
        "duplicate-id", "two of them", Severity.CRITICAL, PLACE, "a", related=(Related("the other", PLACE),)
    )
    run = run_of(answer(PROBLEM, related, rules={"duplicate-id": "Ids are\nunique.\n\nAlways."}))
    first, second = run["results"]
    region = {"startLine": 3, "startColumn": 7}
    place = {"artifactLocation": {"uri": "inventory/web%201.yaml", "uriBaseId": "%SRCROOT%"}, "region": region}
    assert first == {
        "ruleId": "dangling-relation",
        "ruleIndex": 0,
        "kind": "fail",
        "level": "error",
        "message": {"text": "there is no CI 'x'\nhint: declare it"},
        "locations": [
            {"physicalLocation": place, "logicalLocations": [{"fullyQualifiedName": "web-1.relations.runs_on"}]}
        ],
        "relatedLocations": [],
        "partialFingerprints": {"cmdb/v1": PROBLEM.fingerprint},
        "suppressions": [],
        "properties": {"severity": "error"},
    }
    assert second["relatedLocations"] == [{"id": 1, "message": {"text": "the other"}, "physicalLocation": place}]
    assert (second["level"], second["properties"]) == ("error", {"severity": "critical"})
    texts = [rule["shortDescription"]["text"] for rule in run["tool"]["driver"]["rules"]]
    assert texts == ["dangling-relation", "Ids are unique."]
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    assert run["automationDetails"] == {"id": "cmdb/drift/"}


def test_sarif_tells_what_is_excused_unseen_and_incomplete() -> None:
    unseen = Finding(Problem("unobserved", "nobody looked", Severity.NOTE), known=False)
    excused = Finding(PROBLEM, excuse="waiver, until 2027-01-01")
    run = run_of(answer(unseen, excused, incomplete=("source 'hosts' saw nothing",)))
    first, second = run["results"]
    assert (first["kind"], first["level"], first["suppressions"]) == ("open", "none", [])
    justified = {"kind": "external", "status": "accepted", "justification": "waiver, until 2027-01-01"}
    assert (second["kind"], second["level"], second["suppressions"]) == ("fail", "error", [justified])
    notes = [{"level": "error", "message": {"text": "source 'hosts' saw nothing"}}]
    assert run["invocations"] == [{"executionSuccessful": False, "toolExecutionNotifications": notes}]


def test_sarif_leaves_off_the_least_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "LIMIT", 2)
    note = Problem("a", "note", Severity.NOTE)
    excused = Finding(Problem("b", "excused", Severity.CRITICAL), excuse="waiver")
    run = run_of(answer(note, excused, Problem("c", "error"), Problem("d", "warning", Severity.WARNING)))
    assert [result["message"]["text"] for result in run["results"]] == ["error", "warning"]
    (note_of_tool,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note_of_tool["message"]["text"] == "2 more findings are left off, since there is room for 2 only"
    assert run["invocations"][0]["executionSuccessful"] is False


@pytest.mark.parametrize(
    ("folder", "where", "then"),
    [
        ("", PLACE, Location("inventory/web 1.yaml", 3, 7)),
        ("ops/cmdb", PLACE, Location("ops/cmdb/inventory/web 1.yaml", 3, 7)),
        ("", None, Location("cmdb.yaml", 1, 1)),
        ("ops", None, Location("ops/cmdb.yaml", 1, 1)),
        ("ops", Place("inventory/a.yaml"), Location("ops/inventory/a.yaml", 1, 1)),
    ],
)
def test_every_finding_has_a_place_seen_from_the_top_of_the_repository(
    folder: str, where: Location | None, then: Location
) -> None:
    finding = Finding(Problem("a", "b", where=where))
    assert Findings((finding,), setting=Setting(folder=folder)).place(finding) == then


def test_findings_that_are_alike_have_fingerprints_of_their_own() -> None:
    found = Findings((Finding(PROBLEM), Finding(Problem("a", "b")), Finding(PROBLEM), Finding(PROBLEM)))
    name = PROBLEM.fingerprint
    assert [name for _, name in found.named()] == [name, Problem("a", "b").fingerprint, f"{name}-2", f"{name}-3"]


# junit ---------------------------------------------------------------------------------------------------------------


def suite_of(given: Answer) -> ElementTree.Element:
    text = written(junit.render(given, Screen()))
    JUNIT.validate(text)
    (suite,) = ElementTree.fromstring(text.encode())
    return suite


def result_of(case: ElementTree.Element) -> tuple[str | None, str | None, str | None]:
    results = [(each.tag, each.get("message"), each.text) for each in case]
    return results[0] if results else (None, None, None)


@LAW
@given(findings().map(of))
def test_junit_validates_and_counts_right(given: Answer) -> None:
    suite = suite_of(given)
    findings = given.findings()
    cases = suite.findall("testcase")
    results = [result_of(case)[0] for case in cases]
    counted = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counted == {
        "tests": str(len(cases)),
        "failures": str(results.count("failure")),
        "errors": str(results.count("error")),
        "skipped": str(results.count("skipped")),
    }
    assert len(cases) == len(findings.found) + len(findings.passed) + len(findings.incomplete)
    assert results.count("failure") == sum(map(findings.fails, findings.found))
    assert results.count("error") == len(findings.incomplete)
    allowed = {
        visible(each.problem.message).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
        for each in findings.found
    }
    said = {message for result, message, _ in map(result_of, cases) if result == "failure"}
    assert said <= allowed


def test_junit_of_findings() -> None:
    given = answer(
        PROBLEM,
        Finding(Problem("waived", "wrong", where=PLACE), excuse="waiver"),
        Problem("small", "a note", Severity.NOTE),
        Finding(Problem("unobserved", "nobody looked", ci="db"), known=False),
        passed=(("in_sync", "web-2"),),
        incomplete=("source 'hosts' saw nothing",),
    )
    suite = suite_of(given)
    cases = {(case.get("classname"), case.get("name")): result_of(case) for case in suite.findall("testcase")}
    details = "inventory/web 1.yaml:3:7: error: there is no CI 'x'\nhint: declare it"
    reason = "source 'hosts' saw nothing"
    assert cases == {
        ("cmdb.drift.dangling-relation", "web-1 relations.runs_on"): ("failure", "there is no CI 'x'", details),
        ("cmdb.drift.in_sync", "web-2"): (None, None, None),
        ("cmdb.drift.incomplete", reason): ("error", "not everything was seen", reason),
        ("cmdb.drift.small", "a note"): ("skipped", "note: a note", None),
        ("cmdb.drift.unobserved", "db"): ("skipped", "error: nobody looked", None),
        ("cmdb.drift.waived", "inventory/web 1.yaml"): ("skipped", "excused: waiver: wrong", None),
    }
    # What the schema of Ant demands beyond the one of Jenkins.
    assert [child.tag for child in suite if child.tag != "testcase"] == ["properties", "system-out", "system-err"]
    assert {"name", "package", "id", "hostname", "time"} <= set(suite.keys())
    assert suite.get("timestamp") == "2026-11-01T00:00:00"


@pytest.mark.parametrize(("level", "failures"), [(Severity.NOTE, 3), (Severity.WARNING, 2), (Severity.CRITICAL, 0)])
def test_junit_fails_what_makes_the_exit_code_1(level: Severity, failures: int) -> None:
    problems = [Problem("a", "b", severity) for severity in (Severity.NOTE, Severity.WARNING, Severity.ERROR)]
    assert suite_of(answer(*problems, setting=Setting(level=level))).get("failures") == str(failures)


def test_junit_tells_moments_in_utc() -> None:
    moment = datetime.fromisoformat("2026-11-01T02:00:00.5+01:00")
    assert suite_of(answer(setting=Setting(as_of=moment))).get("timestamp") == "2026-11-01T01:00:00"


# github --------------------------------------------------------------------------------------------------------------

Command = tuple[str, dict[str, str], str]


def commands_of(log: str) -> list[Command]:
    """What a runner makes of a log, line by line, the way its sources do."""
    found: list[Command] = []
    for line in re.split(r"\r\n|\r|\n", log):
        text = line.strip()
        if text.startswith("::") and (end := text.find("::", 2)) >= 0:
            name, _, rest = text[2:end].partition(" ")
            properties = dict(pair.split("=", 1) for pair in rest.split(",") if pair)
            values = {key: unescaped(value, ("%0D", "%0A", "%3A", "%2C", "%25")) for key, value in properties.items()}
            found.append((name, values, unescaped(text[end + 2 :], ("%0D", "%0A", "%25"))))
        elif "##[" in text:
            found.append(("##[", {}, text))
    return found


def unescaped(text: str, codes: tuple[str, ...]) -> str:
    for code in codes:
        text = text.replace(code, chr(int(code[1:], 16)))
    return text


@LAW
@given(findings().map(of))
def test_github_runs_no_command_but_the_annotations(given: Answer) -> None:
    findings = given.findings()
    counting = sorted((each for each in findings.found if each.counts), key=lambda each: -each.problem.severity)
    counting += [each for each in findings.found if each.state == "unchanged"]
    said = commands_of(written(github.render(given, Screen())))
    reasons = [("error", {"title": "not everything was seen"}, visible(each).rstrip()) for each in findings.incomplete]
    assert [(name, properties, text.rstrip()) for name, properties, text in said[: len(reasons)]] == reasons
    rest = said[len(reasons) :]
    assert [name for name, *_ in rest] == [github.COMMANDS[each.problem.severity] for each in counting]
    for (_, properties, text), each in zip(rest, counting, strict=True):
        assert properties["file"] == visible(findings.place(each).path)
        older = " (not new)" if each.state == "unchanged" else ""
        assert properties["title"] == f"{visible(each.problem.code)}{older}"
        assert text.rstrip() == visible(with_hint(each)).rstrip()


def test_github_shows_the_worst_first_and_ends_with_the_verdict() -> None:
    given = answer(
        Problem("small", "a note", Severity.NOTE),
        Problem("mid", "hm", Severity.WARNING),
        Finding(PROBLEM, excuse="waiver"),
        Finding(PROBLEM, known=False),
        PROBLEM,
        incomplete=("one source, blind",),
        said="1 ::error of ##[many",
    )
    assert github.render(given, Screen()) == (
        "::error title=not everything was seen::one source, blind\n"
        "::error file=inventory/web 1.yaml,line=3,col=7,title=dangling-relation::there is no CI 'x'%0Ahint: declare it\n"
        "::warning file=cmdb.yaml,line=1,col=1,title=mid::hm\n"
        "::notice file=cmdb.yaml,line=1,col=1,title=small::a note\n"
        "1 : :error of ## [many\n"
    )


@pytest.mark.parametrize("text", SPECIAL)
def test_github_takes_every_special_text_for_text(text: str) -> None:
    shown = visible(text)
    given = answer(Problem(f"c{text}c", f"m{text}m", where=Location(f"f{text}f")), incomplete=(f"i{text}i",))
    assert commands_of(written(github.render(given, Screen()))) == [
        ("error", {"title": "not everything was seen"}, f"i{shown}i"),
        ("error", {"file": f"f{shown}f", "line": "1", "col": "1", "title": f"c{shown}c"}, f"m{shown}m"),
    ]


# gitlab --------------------------------------------------------------------------------------------------------------


@LAW
@given(findings().map(of))
def test_gitlab_has_the_documented_shape_and_fingerprints_of_their_own(given: Answer) -> None:
    report = json.loads(written(gitlab.render(given, Screen())))
    findings = given.findings()
    if all(each.problem.message for each in findings.found):
        CODE_QUALITY.validate(report)
    there = [each for each in findings.found if each.state != "fixed"]
    assert len(report) == len(there) + len(findings.incomplete)
    names = [entry["fingerprint"] for entry in report[: len(there)]]
    assert len(set(names)) == len(names)


def test_gitlab_of_findings() -> None:
    given = answer(
        PROBLEM,
        Finding(Problem("b", "wrong", Severity.CRITICAL), excuse="waiver"),
        Problem("c", "worse", Severity.CRITICAL),
        Problem("d", "hm", Severity.WARNING),
        Finding(Problem("e", "unseen"), known=False),
        incomplete=("one source",),
        setting=Setting(folder="ops"),
    )
    report = json.loads(gitlab.render(given, Screen()))
    CODE_QUALITY.validate(report)
    assert report[0] == {
        "description": "there is no CI 'x' (hint: declare it)",
        "check_name": "dangling-relation",
        "fingerprint": PROBLEM.fingerprint,
        "severity": "major",
        "location": {"path": "ops/inventory/web 1.yaml", "lines": {"begin": 3}},
    }
    assert report[-1]["location"] == {"path": "ops/cmdb.yaml", "lines": {"begin": 1}}
    assert [(entry["description"], entry["severity"]) for entry in report[1:]] == [
        ("wrong (excused: waiver)", "info"),
        ("worse", "critical"),
        ("hm", "minor"),
        ("unseen", "info"),
        ("not everything was seen: one source", "major"),
    ]


# prometheus ----------------------------------------------------------------------------------------------------------


@LAW
@given(measures())
def test_prometheus_reads_every_label(given: tuple[Measure, ...]) -> None:
    answer = Answer("drift", "clean", lambda: Document(()), dict, measures=lambda: given)
    text = written(prometheus.render(answer, Screen()))
    families = list(text_string_to_metric_families(text))
    assert [family.type for family in families] == ["gauge"] * len(given)
    for family, measure in zip(families, given, strict=True):
        assert (family.name, family.documentation) == (measure.name, measure.meaning)
        found = [(sample.labels, str(sample.value)) for sample in family.samples]
        assert found == [
            ({name: visible(text) for name, text in labels}, str(value)) for labels, value in measure.samples
        ]


def test_prometheus_of_measures() -> None:
    measure = Measure("cmdb_things", "All things.", (((("a", 'x"\\\n'), ("b", "")), 3), ((), 0.5)))
    given = Answer("drift", "clean", lambda: Document(()), dict, measures=lambda: (measure,))
    assert prometheus.render(given, Screen()) == (
        "# HELP cmdb_things All things.\n# TYPE cmdb_things gauge\n"
        'cmdb_things{a="x\\"\\\\\\n",b=""} 3\ncmdb_things{} 0.5\n'
    )


# nagios --------------------------------------------------------------------------------------------------------------

LINE = re.compile(r"CMDB DRIFT (OK|WARNING|CRITICAL|UNKNOWN) - ([^|]*) \| ((?:[a-z_]+=\d+;;;0 ?)*)\n")


@LAW
@given(hostile_text())
def test_nagios_is_one_line_with_numbers(given: str) -> None:
    found = LINE.fullmatch(written(nagios.render(answer(said=given), Screen())))
    assert found is not None
    assert found[3] == "in_sync=3;;;0 missing=0;;;0"
    assert len(found[2]) <= nagios.LONGEST * 2


@pytest.mark.parametrize(
    ("status", "severity", "then"),
    [
        ("clean", Severity.NOTE, "OK"),
        ("incomplete", Severity.CRITICAL, "UNKNOWN"),
        ("findings", Severity.WARNING, "WARNING"),
        ("findings", Severity.ERROR, "CRITICAL"),
        ("findings", Severity.CRITICAL, "CRITICAL"),
    ],
)
def test_nagios_tells_the_state(status: Verdict, severity: Severity, then: str) -> None:
    excused = Finding(Problem("a", "b", Severity.CRITICAL), excuse="waiver")
    given = answer(
        Problem("a", "b", severity),
        excused,
        status=status,
        said="3 | bad\nthings",
        setting=Setting(level=Severity.WARNING),
    )
    assert nagios.render(given, Screen()) == f"CMDB DRIFT {then} - 3 ¦ bad things | in_sync=3;;;0 missing=2;;;0\n"


def test_nagios_shortens_what_would_be_cut_off_elsewhere() -> None:
    found = LINE.fullmatch(nagios.render(answer(said="x" * 10_000), Screen()))
    assert found is not None
    assert found[2] == "x" * (nagios.LONGEST - 1) + "…"


# cloudevents ---------------------------------------------------------------------------------------------------------

FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def events_of(given: Answer) -> list[Any]:
    """Each event of the batch as the SDK reads it."""
    batch = json.loads(written(cloudevents.render(given, Screen())))
    return [JSONFormat().read(CloudEvent, json.dumps(event)) for event in batch]


@LAW
@given(findings().map(of))
def test_cloudevents_are_events_for_the_sdk(given: Answer) -> None:
    *found, last = events_of(given)
    findings = given.findings()
    assert [json.dumps(event.get_data()) for event in found] == [
        json.dumps({"text": each.problem.message}) for each in findings.found
    ]
    assert len({(event.get_source(), event.get_id()) for event in (*found, last)}) == len(found) + 1
    for event in (*found, last):
        values = [value for value in event.get_attributes().values() if isinstance(value, str)]
        assert [value for value in values if not value or FORBIDDEN.search(value)] == []
    assert last.get_data() == {"status": "findings", "summary": given.payload()["summary"], "coverage": [3]}


def test_cloudevents_of_findings() -> None:
    stranger = Finding(Problem("unmanaged", "who?", subject="hosts web 9"), {"key": "web 9"})
    moment = datetime(2026, 11, 1, 2, tzinfo=UTC)
    given = answer(PROBLEM, stranger, setting=Setting("The shop/1", as_of=moment))
    first, second, last = json.loads(cloudevents.render(given, Screen()))
    assert first == {
        "specversion": "1.0",
        "id": f"{PROBLEM.fingerprint}@2026-11-01T02:00:00Z",
        "source": "/cmdb/The%20shop%2F1",
        "type": "cmdb.drift.dangling-relation",
        "time": "2026-11-01T02:00:00Z",
        "datacontenttype": "application/json",
        "subject": "web-1",
        "data": PROBLEM.data,
    }
    assert (second["subject"], second["data"]) == ("hosts web 9", {"key": "web 9"})
    assert (last["type"], last["id"]) == ("cmdb.drift.verdict", "verdict@2026-11-01T02:00:00Z")
    assert last["data"] == {"status": "findings", "summary": {"in_sync": 3, "missing": 2}, "coverage": [3]}
    assert "subject" not in last


def test_cloudevents_stand_on_a_line_each() -> None:
    lines = cloudevents.render(answer(PROBLEM, PROBLEM), Screen()).splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("[", "]", 5)
