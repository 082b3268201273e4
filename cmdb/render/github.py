"""Findings as annotations of GitHub Actions, worst first, since GitHub shows only the first few of each kind."""

from __future__ import annotations

from collections.abc import Iterator

from cmdb.model.answer import Answer, Screen
from cmdb.model.document import visible
from cmdb.model.findings import Finding, Findings
from cmdb.model.problem import Severity
from cmdb.render.verdict import verdict

NAME = "github"

COMMANDS = {
    Severity.NOTE: "notice",
    Severity.WARNING: "warning",
    Severity.ERROR: "error",
    Severity.CRITICAL: "error",
}
OLD = 10
"""Annotations of what is not new; GitHub shows no more of a kind, and the summary has the rest."""
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(answer: Answer, _screen: Screen) -> str:
    """A workflow command for each finding that counts and for each reason why not everything was seen; then, for those
    who read the log, the last line of the text."""
    lines = [*_commands(answer.findings()), _harmless(verdict(answer.document()))]
    return "".join(f"{line}\n" for line in lines)


def _commands(findings: Findings) -> Iterator[str]:
    for reason in findings.incomplete:
        yield _command("error", {"title": "not everything was seen"}, reason)
    counting = [finding for finding in findings.found if finding.counts]
    for finding in sorted(counting, key=lambda finding: -finding.problem.severity):
        yield _annotation(findings, finding)
    for finding in [finding for finding in findings.found if finding.state == "unchanged"][:OLD]:
        yield _annotation(findings, finding)


def _annotation(findings: Findings, finding: Finding) -> str:
    problem = finding.problem
    place = findings.place(finding)
    where = {"file": place.path, "line": str(place.line), "col": str(place.column)}
    said = problem.message if not problem.hint else f"{problem.message}\nhint: {problem.hint}"
    title = f"{problem.code} (not new)" if finding.state == "unchanged" else problem.code
    return _command(COMMANDS[problem.severity], {**where, "title": title}, said)


def _command(name: str, properties: dict[str, str], message: str) -> str:
    words = ",".join(f"{key}={visible(value).translate(_PROPERTY)}" for key, value in properties.items())
    return f"::{name} {words}::{visible(message).translate(_DATA)}"


def _harmless(line: str) -> str:
    """The line without what a runner could take for a command."""
    return line.replace("::", ": :").replace("##[", "## [")
