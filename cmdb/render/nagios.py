"""A verdict as the one line of a monitoring plugin: Nagios, Icinga, Naemon, Checkmk."""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.model.answer import Answer, Screen
from cmdb.model.problem import Severity
from cmdb.render.verdict import verdict

NAME = "nagios"
LONGEST = 400
"""Characters of the verdict; transports cut off after a kilobyte or so, numbers included."""


def render(answer: Answer, _screen: Screen) -> str:
    """State, verdict and performance data. The third word is the state; exit codes stay those of a verdict."""
    summary = answer.payload()["summary"]
    counts = summary if isinstance(summary, Mapping) else {}
    numbers = " ".join(f"{name}={number};;;0" for name, number in counts.items())
    said = verdict(answer.document()).replace("|", "¦")
    short = said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"
    return f"CMDB {answer.name.upper()} {_state(answer)} - {short} | {numbers}\n"


def _state(answer: Answer) -> str:
    if answer.status == "clean":
        return "OK"
    if answer.status == "incomplete":
        return "UNKNOWN"
    findings = answer.findings()
    worst = max((each.problem.severity for each in findings.found if findings.fails(each)), default=Severity.ERROR)
    return "CRITICAL" if worst >= Severity.ERROR else "WARNING"
