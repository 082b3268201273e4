"""Findings for code scanning and for editors: SARIF 2.1.0, as GitHub and others take it up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from cmdb.model.answer import Answer, Screen
from cmdb.model.findings import Finding, Findings, State
from cmdb.model.location import Location
from cmdb.model.problem import Severity
from cmdb.model.value import Value
from cmdb.render.json import dumps

NAME = "sarif"
LIMIT = 25_000
"""Results of a run; GitHub refuses a file with more."""

LEVELS = {
    Severity.NOTE: "note",
    Severity.WARNING: "warning",
    Severity.ERROR: "error",
    Severity.CRITICAL: "error",
}
STATES: Mapping[State, str] = {"new": "new", "worse": "updated", "unchanged": "unchanged", "fixed": "absent"}
HOME = "https://json.schemastore.org/sarif-2.1.0.json"


def render(answer: Answer, _screen: Screen) -> str:
    """One run with all findings; those that do not count are suppressed, those that nobody could see are open."""
    findings = answer.findings()
    results, left_off = _worst(findings)
    rules = sorted({finding.problem.code for finding, _ in results})
    notes = [*findings.incomplete]
    if left_off:
        notes.append(f"{left_off:,} more findings are left off, since there is room for {LIMIT:,} only")
    run: Value = {
        "tool": {"driver": _driver(findings, rules)},
        "automationDetails": {"id": f"cmdb/{answer.name}/"},
        "invocations": [
            {"executionSuccessful": not notes, "toolExecutionNotifications": list(map(_notification, notes))}
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(findings, finding, name, rules) for finding, name in results],
        **({"baselineGuid": str(uuid5(NAMESPACE_URL, f"cmdb:{findings.base}"))} if findings.base else {}),
    }
    return dumps({"$schema": HOME, "version": "2.1.0", "runs": [run]})


def _worst(findings: Findings) -> tuple[list[tuple[Finding, str]], int]:
    """As many as there is room for, in their order, and how many are left off."""
    named = list(findings.named())
    ranked = sorted(range(len(named)), key=lambda n: (not named[n][0].counts, -named[n][0].problem.severity, n))
    return [named[n] for n in sorted(ranked[:LIMIT])], max(0, len(named) - LIMIT)


def _driver(findings: Findings, rules: list[str]) -> Value:
    return {
        "name": "cmdb",
        "version": findings.setting.version,
        "rules": [_rule(code, findings.rules.get(code, code)) for code in rules],
    }


def _rule(code: str, meaning: str) -> Value:
    first = meaning.partition("\n\n")[0].replace("\n", " ")
    return {
        "id": code,
        "shortDescription": {"text": first},
        "fullDescription": {"text": first},
        "help": {"text": meaning},
    }


def _notification(text: str) -> Value:
    return {"level": "error", "message": {"text": text}}


def _result(findings: Findings, finding: Finding, name: str, rules: list[str]) -> Value:
    problem = finding.problem
    text = problem.message if not problem.hint else f"{problem.message}\nhint: {problem.hint}"
    return {
        "ruleId": problem.code,
        "ruleIndex": rules.index(problem.code),
        "kind": _kind(finding),
        "level": LEVELS[problem.severity] if _kind(finding) == "fail" else "none",
        "message": {"text": text},
        "locations": [_location(findings.place(finding)) | _logical(finding)],
        "relatedLocations": list(_related(findings, finding)),
        "partialFingerprints": {"cmdb/v1": name},
        "suppressions": [{"kind": "external", "status": "accepted", "justification": finding.excuse}]
        if finding.excuse
        else [],
        "properties": {"severity": problem.severity.label},
        **({"baselineState": STATES[finding.state]} if finding.state else {}),
    }


def _kind(finding: Finding) -> str:
    """What is fixed passes now, whoever reads no states of baselines."""
    if finding.state == "fixed":
        return "pass"
    return "fail" if finding.known else "open"


def _location(place: Location) -> dict[str, Value]:
    uri = quote(place.path.encode("utf-8", "backslashreplace"))
    region: Value = {"startLine": place.line, "startColumn": place.column}
    return {"physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}, "region": region}}


def _logical(finding: Finding) -> dict[str, Value]:
    """The CI and the key path, which are what the finding is really about."""
    problem = finding.problem
    if not problem.ci:
        return {}
    name = f"{problem.ci}.{problem.key_path}" if problem.key_path else problem.ci
    return {"logicalLocations": [{"fullyQualifiedName": name}]}


def _related(findings: Findings, finding: Finding) -> Iterator[Value]:
    for number, other in enumerate(finding.problem.related, 1):
        if isinstance(other.where, Location):
            place = _location(findings.seen_from_top(other.where))
            yield {"id": number, "message": {"text": other.message}, **place}
