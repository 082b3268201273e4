"""Findings as a test report, which every CI system can show and compare with the last one: what is right passes, what
does not count is skipped, and what nobody could see is an error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cmdb.model.answer import Answer, Screen
from cmdb.model.document import visible
from cmdb.model.findings import Finding, Findings

NAME = "junit"

_NONCHARACTERS = str.maketrans({"\ufffe": "\\ufffe", "\uffff": "\\uffff"})
"""What XML forbids beside control characters."""


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the report; `result` None has passed."""

    rule: str
    name: str
    result: Literal["failure", "skipped", "error"] | None = None
    message: str = ""
    details: str = ""


def render(answer: Answer, _screen: Screen) -> str:
    """One suite, valid by the schemas of Jenkins and of Ant."""
    from xml.etree import ElementTree

    findings = answer.findings()
    cases = sorted(_cases(findings), key=lambda case: (case.rule, case.name))
    suites = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(suites, "testsuite", _suite(answer.name, findings, cases))
    properties = ElementTree.SubElement(suite, "properties")
    workspace = {"name": "workspace", "value": _allowed(findings.setting.workspace)}
    ElementTree.SubElement(properties, "property", workspace)
    for case in cases:
        words = {"classname": f"cmdb.{answer.name}.{_allowed(case.rule)}", "name": _allowed(case.name), "time": "0"}
        element = ElementTree.SubElement(suite, "testcase", words)
        if case.result is not None:
            said = {"message": _allowed(case.message), "type": _allowed(case.rule)}
            ElementTree.SubElement(element, case.result, said).text = _allowed(case.details) or None
    ElementTree.SubElement(suite, "system-out").text = f"status: {answer.status}"
    ElementTree.SubElement(suite, "system-err")
    ElementTree.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(suites, encoding="unicode")}\n'


def _suite(name: str, findings: Findings, cases: list[Case]) -> dict[str, str]:
    results = [case.result for case in cases]
    return {
        "name": f"cmdb {name}",
        "package": "cmdb",
        "id": "0",
        "hostname": "localhost",
        "timestamp": _without_offset(findings.setting.moment),
        "time": "0",
        "tests": str(len(cases)),
        "failures": str(results.count("failure")),
        "errors": str(results.count("error")),
        "skipped": str(results.count("skipped")),
    }


def _cases(findings: Findings) -> Iterator[Case]:
    for rule, name in findings.passed:
        yield Case(rule, name)
    for finding in findings.found:
        yield _case(findings, finding)
    for reason in findings.incomplete:
        yield Case("incomplete", reason, "error", "not everything was seen", reason)


def _case(findings: Findings, finding: Finding) -> Case:
    problem = finding.problem
    about = problem.ci or problem.subject or (problem.where.path if problem.where else problem.message)
    name = f"{about} {problem.key_path}" if problem.key_path else about
    details = f"{findings.place(finding)}: {problem.severity.label}: {problem.message}"
    details += f"\nhint: {problem.hint}" if problem.hint else ""
    if finding.state == "fixed":
        return Case(problem.code, name)
    if findings.fails(finding):
        return Case(problem.code, name, "failure", problem.message, details)
    why = f"excused: {finding.excuse}" if finding.excuse else problem.severity.label
    why = f"{why}, not new" if finding.state == "unchanged" else why
    return Case(problem.code, name, "skipped", f"{why}: {problem.message}")


def _without_offset(moment: datetime) -> str:
    """As the schema wants it."""
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")


def _allowed(text: str) -> str:
    return visible(text).translate(_NONCHARACTERS)
