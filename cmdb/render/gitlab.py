"""Findings for GitLab's merge requests: a Code Quality report, which wants a place for everything."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from cmdb.model.answer import Answer, Screen
from cmdb.model.findings import CONFIG, Finding, Findings
from cmdb.model.location import Location
from cmdb.model.problem import Severity
from cmdb.model.value import Value
from cmdb.render.json import dumps

NAME = "gitlab"

SEVERITIES = {
    Severity.NOTE: "info",
    Severity.WARNING: "minor",
    Severity.ERROR: "major",
    Severity.CRITICAL: "critical",
}


def render(answer: Answer, _screen: Screen) -> str:
    """A list of all findings; what does not count is information, and so is what nobody could see."""
    return dumps(tuple(_entries(answer.findings())))


def _entries(findings: Findings) -> Iterator[Value]:
    for finding, name in findings.named():
        if finding.state == "fixed":
            continue
        yield _entry(_said(finding), finding.problem.code, name, _severity(finding), findings.place(finding))
    for reason in findings.incomplete:
        name = hashlib.sha256(reason.encode("utf-8", "backslashreplace")).hexdigest()[:16]
        yield _entry(
            f"not everything was seen: {reason}", "incomplete", name, "major", findings.seen_from_top(Location(CONFIG))
        )


def _severity(finding: Finding) -> str:
    return SEVERITIES[finding.problem.severity if finding.counts else Severity.NOTE]


def _said(finding: Finding) -> str:
    excused = f" (excused: {finding.excuse})" if finding.excuse else ""
    hint = f" (hint: {finding.problem.hint})" if finding.problem.hint else ""
    return finding.problem.message + hint + excused


def _entry(text: str, rule: str, name: str, severity: str, place: Location) -> Value:
    return {
        "description": text,
        "check_name": rule,
        "fingerprint": name,
        "severity": severity,
        "location": {"path": place.path, "lines": {"begin": place.line}},
    }
