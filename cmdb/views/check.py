"""What `cmdb check` found: lines like a compiler's, the `problems` of its JSON, and its findings for trackers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from cmdb.model.document import Block, Document, Entry, Inline, Listing, Paragraph, Span
from cmdb.model.findings import Finding, Findings, Setting
from cmdb.model.location import Location, Where
from cmdb.model.problem import Problem, Severity
from cmdb.model.value import Value
from cmdb.model.words import STYLES, several


@dataclass(frozen=True, slots=True)
class Checked:
    """All problems, located and sorted; how many CIs were looked at; which files did not load."""

    problems: tuple[Problem, ...]
    cis: int
    unread: tuple[str, ...] = ()


def document(checked: Checked) -> Document:
    """One entry a problem, and a line that counts them."""
    entries = tuple(entry(problem) for problem in checked.problems)
    listing: tuple[Block, ...] = (Listing(entries),) if entries else ()
    return Document((*listing, Paragraph(_summary(checked))))


def comment(checked: Checked) -> Document:
    """The same with the worst first."""
    worst = sorted(checked.problems, key=lambda problem: -problem.severity)
    return document(replace(checked, problems=tuple(worst)))


def findings(checked: Checked, rules: Mapping[str, str], setting: Setting) -> Findings:
    """The problems, and which of the rules found none. `rules` are the codes of all checks with their meanings."""
    found = {problem.code for problem in checked.problems}
    return Findings(
        tuple(Finding(problem, problem.data) for problem in checked.problems),
        tuple((code, "all files") for code in rules if code not in found),
        tuple(f"{path} did not load" for path in checked.unread),
        rules,
        setting,
    )


def payload(checked: Checked) -> dict[str, Value]:
    """`summary`, `problems` and the files that did not load."""
    counted = Counter(problem.severity for problem in checked.problems)
    numbers = {severity.label: counted[severity] for severity in reversed(Severity)}
    return {
        "summary": {"cis": checked.cis, "problems": len(checked.problems), **numbers},
        "problems": [problem.data for problem in checked.problems],
        "unread": list(checked.unread),
    }


def entry(problem: Problem) -> Entry:
    """`path:line:column: error [code] message`, with the related places and the remedy below it."""
    below = [Entry((*_place(related.where), related.message)) for related in problem.related]
    if problem.hint:
        below.append(Entry((Span("hint: ", "good"), problem.hint)))
    severity = Span(problem.severity.label, STYLES[problem.severity])
    return Entry((*_place(problem.where), severity, f" [{problem.code}] {problem.message}"), tuple(below))


def _place(where: Where | None) -> tuple[str | Span, ...]:
    if where is None:
        return ()
    return (Span(str(where) if isinstance(where, Location) else where.path, "path"), ": ")


def _summary(checked: Checked) -> Inline:
    counted = Counter(problem.severity for problem in checked.problems)
    found = [
        Span(several(counted[severity], severity.label), STYLES[severity])
        for severity in reversed(Severity)
        if counted[severity]
    ]
    words: list[str | Span] = [part for span in found for part in (", ", span)][1:] or [Span("no problems", "good")]
    unread = f"; {several(len(checked.unread), 'file')} did not load" if checked.unread else ""
    return (*words, f" in {several(checked.cis, 'CI')}{unread}")
