"""What `cmdb check` found: lines like a compiler's, the `problems` of its JSON, and its findings for trackers. Where a
change is judged, what it introduced comes first, and everything older is a note."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from cmdb.compare.problems import Ratchet
from cmdb.model.document import Block, Document, Entry, Heading, Inline, Listing, Paragraph, Span
from cmdb.model.findings import Finding, Findings, Setting, State
from cmdb.model.location import Location, Where
from cmdb.model.problem import Problem, Severity
from cmdb.model.value import Value
from cmdb.model.words import STYLES, several

SHORT = 20
"""Older problems that a comment lists; it is about what is new."""


@dataclass(frozen=True, slots=True)
class Since:
    """What a change is held against: a revision as the user named it, the commit where the change left it, and the
    files that did not load there."""

    revision: str
    commit: str
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """The merge that is judged, by the names of both sides, and the problems that neither side has by itself."""

    base: str
    head: str
    alone: frozenset[Problem]


@dataclass(frozen=True, slots=True)
class Checked:
    """All problems, located and sorted; how many CIs were looked at; which files did not load. With `since`, the
    problems that count are those a change introduced or made worse; with `joined` that change is a merge."""

    problems: Ratchet
    cis: int
    unread: tuple[str, ...] = ()
    since: Since | None = None
    joined: Joined | None = None

    @property
    def counting(self) -> tuple[Problem, ...]:
        """The problems that can fail the verdict, in the order of files."""
        return tuple(sorted((*self.problems.introduced, *self.problems.worse), key=lambda problem: problem.sort_key))

    @property
    def older(self) -> tuple[Problem, ...]:
        """The problems that were there before, as notes."""
        return tuple(problem.but(Severity.NOTE) for problem in self.problems.unchanged)


def document(checked: Checked) -> Document:
    """One entry a problem, older ones under a title of their own, and a line that counts them."""
    return _document(checked, checked.counting, checked.older)


def comment(checked: Checked) -> Document:
    """The same with the worst first, and with a few only of those that are older."""
    worst = tuple(sorted(checked.counting, key=lambda problem: -problem.severity))
    return _document(checked, worst, checked.older[:SHORT])


def findings(checked: Checked, rules: Mapping[str, str], setting: Setting) -> Findings:
    """The problems, and which of the rules found none. `rules` are the codes of all checks with their meanings."""
    listed = tuple(_listed(checked))
    found = {finding.problem.code for finding in listed}
    fixed = (Finding(problem, problem.data, state="fixed") for problem in checked.problems.fixed)
    return Findings(
        (*listed, *fixed),
        tuple((code, "all files") for code in rules if code not in found),
        tuple(f"{path} did not load" for path in checked.unread),
        rules,
        setting,
        checked.since.commit if checked.since else "",
    )


def payload(checked: Checked) -> dict[str, Value]:
    """`summary`, `problems` and the files that did not load; of a change also what it is held against, and `fixed`."""
    listed = tuple(_listed(checked))
    counted = Counter(finding.problem.severity for finding in listed)
    numbers = {severity.label: counted[severity] for severity in reversed(Severity)}
    said: dict[str, Value] = {
        "summary": {"cis": checked.cis, "problems": len(listed), **numbers, **_numbers_of_change(checked)},
        "problems": [finding.data for finding in listed],
        "unread": list(checked.unread),
    }
    if checked.since:
        said["fixed"] = [problem.data for problem in checked.problems.fixed]
        since = checked.since
        said["base"] = {"revision": since.revision, "commit": since.commit, "unread": list(since.unread)}
    if checked.joined:
        said["head"] = {"revision": checked.joined.head}
    return said


def entry(problem: Problem) -> Entry:
    """`path:line:column: error [code] message`, with the related places and the remedy below it."""
    below = [Entry((*_place(related.where), related.message)) for related in problem.related]
    if problem.hint:
        below.append(Entry((Span("hint: ", "good"), problem.hint)))
    severity = Span(problem.severity.label, STYLES[problem.severity])
    return Entry((*_place(problem.where), severity, f" [{problem.code}] {problem.message}"), tuple(below))


def _document(checked: Checked, counting: tuple[Problem, ...], older: tuple[Problem, ...]) -> Document:
    return Document((*_counting(checked, counting), *_older(checked, older), Paragraph(_summary(checked))))


def _counting(checked: Checked, problems: tuple[Problem, ...]) -> Iterator[Block]:
    """What counts; of a merge first what neither side has by itself."""
    joined = checked.joined
    alone = tuple(problem for problem in problems if joined and problem in joined.alone)
    if joined and alone:
        yield Heading(f"Only together, in neither {joined.base} nor {joined.head}")
        yield from _listing(alone)
    rest = tuple(problem for problem in problems if problem not in alone)
    if joined and rest:
        yield Heading(f"Brought by {joined.head}")
    yield from _listing(rest)


def _older(checked: Checked, shown: tuple[Problem, ...]) -> Iterator[Block]:
    if shown:
        yield Heading("Not new, and not counted")
        yield from _listing(shown)
        if rest := len(checked.problems.unchanged) - len(shown):
            yield Paragraph(f"… and {rest} more")


def _listing(problems: tuple[Problem, ...]) -> Iterator[Block]:
    if problems:
        yield Listing(tuple(map(entry, problems)))


def _listed(checked: Checked) -> Iterator[Finding]:
    """All problems that there are, in the order of files; where a change is judged, with what it did to them."""
    if checked.since is None:
        return (Finding(problem, problem.data) for problem in checked.problems.introduced)
    states: tuple[tuple[State, tuple[Problem, ...]], ...] = (
        ("new", checked.problems.introduced),
        ("worse", checked.problems.worse),
        ("unchanged", checked.problems.unchanged),
    )
    found = ((problem, state) for state, problems in states for problem in problems)
    judged = (_judged(*one) for one in sorted(found, key=lambda one: (one[0].sort_key, one[1])))
    joined = checked.joined
    return judged if joined is None else (_of_merge(finding, joined) for finding in judged)


def _of_merge(finding: Finding, joined: Joined) -> Finding:
    return replace(finding, data={**finding.data, "only_together": finding.problem in joined.alone})


def _judged(problem: Problem, state: State) -> Finding:
    shown = problem.but(Severity.NOTE) if state == "unchanged" else problem
    return Finding(shown, {**shown.data, "state": state, "rated": problem.severity.label}, state=state)


def _numbers_of_change(checked: Checked) -> dict[str, Value]:
    if checked.since is None:
        return {}
    found = checked.problems
    numbers = ("introduced", found.introduced), ("worse", found.worse), ("unchanged", found.unchanged)
    counted = {name: len(problems) for name, problems in (*numbers, ("fixed", found.fixed))}
    return counted if checked.joined is None else {**counted, "only_together": len(checked.joined.alone)}


def _place(where: Where | None) -> tuple[str | Span, ...]:
    if where is None:
        return ()
    return (Span(str(where) if isinstance(where, Location) else where.path, "path"), ": ")


def _summary(checked: Checked) -> Inline:
    counted = Counter(problem.severity for problem in checked.counting)
    found = [
        Span(several(counted[severity], severity.label), STYLES[severity])
        for severity in reversed(Severity)
        if counted[severity]
    ]
    words: list[str | Span] = [part for span in found for part in (", ", span)][1:] or [Span("no problems", "good")]
    unread = f"; {several(len(checked.unread), 'file')} did not load" if checked.unread else ""
    return (*words, f"{_since(checked)} in {several(checked.cis, 'CI')}{_rest(checked)}{unread}")


def _since(checked: Checked) -> str:
    if checked.since is None:
        return ""
    worse = len(checked.problems.worse)
    what = f"introduced or made worse ({worse})" if worse else "introduced"
    if checked.joined:
        return f" {what} by merging {checked.joined.head} into {checked.joined.base}"
    return f" {what} since {checked.since.revision}"


def _rest(checked: Checked) -> str:
    """What is not new, and what is put right."""
    if checked.since is None:
        return ""
    older, fixed, unread = len(checked.problems.unchanged), len(checked.problems.fixed), len(checked.since.unread)
    words = [f"{several(older, 'older problem')}" if older else "", f"{fixed} fixed" if fixed else ""]
    said = ", ".join(filter(None, words))
    before = f"; {several(unread, 'file')} did not load before" if unread else ""
    return (f"; {said}" if said else "") + before
