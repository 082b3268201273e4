"""What left a release: one finding for each CI, with the commits through which it did."""

from __future__ import annotations

from collections.abc import Callable

from cmdb.compare.wording import data, entry
from cmdb.model.document import Block, Document, Entry, Heading, Listing, Paragraph, Span
from cmdb.model.findings import Finding, Findings, Setting
from cmdb.model.keypath import format_path
from cmdb.model.location import Where
from cmdb.model.past import Commit
from cmdb.model.problem import Problem, Severity
from cmdb.model.release import Departure, Release, Verification
from cmdb.model.value import Value
from cmdb.model.words import STYLES, several

Locate = Callable[[Where], Where]

RULES = {
    "release-changed": "A CI of a frozen baseline has other values than it was frozen with.",
    "release-renamed": "A CI of a frozen baseline has another id now.",
    "release-removed": "A CI of a frozen baseline is gone.",
    "release-added": "A CI that the selectors of a frozen baseline pick was not there when it was frozen.",
    "release-record": "A frozen baseline says of a CI what its own commit does not: somebody edited the file.",
}
_SAID = {
    "changed": "'{ci}' is not as '{name}' froze it",
    "renamed": "'{ci}' had another id when '{name}' was frozen",
    "removed": "'{ci}' is gone, which '{name}' froze",
    "added": "'{ci}' is not in '{name}', whose selectors pick it",
    "record": "'{ci}' has a digest in '{name}' that the commit of '{name}' does not give",
}
_FEW = 3


def problem(release: Release, departure: Departure, locate: Locate) -> Problem:
    """The departure as a finding."""
    paths = [format_path(one.path) for one in departure.change.attributes] if departure.change else []
    paths += [f"relations.{one.type}" for one in departure.change.relations] if departure.change else []
    told = sorted(set(paths)) if departure.action in ("changed", "renamed") else []
    what = f": {', '.join(told)}" if told else ""
    return Problem(
        f"release-{departure.action}",
        _SAID[departure.action].format(ci=departure.ci, name=release.name) + what,
        Severity.WARNING if departure.action == "added" else Severity.ERROR,
        where=locate(departure.place) if departure.place else None,
        ci=departure.ci,
        hint=_hint(departure),
        subject=release.name,
    )


def document(verification: Verification, locate: Locate) -> Document:
    """One entry a CI, and a line that counts."""
    entries = tuple(_entry(verification.release, one, locate) for one in verification.departures)
    blocks: list[Block] = [Listing(entries)] if entries else []
    blocks.append(Paragraph(_summary(verification)))
    if verification.missing:
        blocks.append(Paragraph(f"Not everything can be told: {verification.missing}"))
    return Document(tuple(blocks))


def comment(verification: Verification, locate: Locate) -> Document:
    """The same under a title."""
    return Document((Heading(verification.release.name, 1), *document(verification, locate).blocks))


def payload(verification: Verification, locate: Locate) -> dict[str, Value]:
    """`summary` and `departures`, sorted by CI."""
    release = verification.release
    return {
        "summary": {
            "name": release.name,
            "revision": release.revision,
            "cis": len(release.cis),
            "kept": verification.kept,
            "departures": len(verification.departures),
            "missing": verification.missing or None,
        },
        "departures": [_data(release, one, locate) for one in verification.departures],
    }


def findings(verification: Verification, locate: Locate, setting: Setting) -> Findings:
    """For trackers."""
    release = verification.release
    found = tuple(
        Finding(problem(release, one, locate), _data(release, one, locate)) for one in verification.departures
    )
    incomplete = (verification.missing,) if verification.missing else ()
    return Findings(found, incomplete=incomplete, rules=RULES, setting=setting)


def _summary(verification: Verification) -> str:
    release = verification.release
    count = several(len(verification.departures), "departure")
    words = f"{count} from '{release.name}'" if verification.departures else f"nothing left '{release.name}'"
    return f"{words}: {verification.kept} of {several(len(release.cis), 'CI')} as they were frozen"


def _entry(release: Release, departure: Departure, locate: Locate) -> Entry:
    found = problem(release, departure, locate)
    head = (Span(found.severity.label, STYLES[found.severity]), f" [{found.code}] {found.message}")
    below = list(entry(departure.change).below) if departure.change and departure.action != "removed" else []
    below += [Entry((Span("through", "dim"), " ", *_words(commit))) for commit in departure.commits]
    if departure.uncommitted:
        below.append(Entry((Span("through", "dim"), " changes that are not committed yet")))
    return Entry(head, tuple(below))


def _hint(departure: Departure) -> str:
    said = ["".join(str(getattr(part, "text", part)) for part in _words(one)) for one in departure.commits[:_FEW]]
    said += ["changes that are not committed yet"] if departure.uncommitted else []
    return f"through {'; '.join(said)}" if said else ""


def _words(commit: Commit) -> tuple[Span | str, ...]:
    return Span(commit.short, "id"), f" {commit.day} {commit.author}: {commit.subject}"


def _data(release: Release, departure: Departure, locate: Locate) -> dict[str, Value]:
    found = problem(release, departure, locate).data
    change = data(departure.change) if departure.change else None
    return {
        "ci": departure.ci,
        "action": departure.action,
        "former_id": change["former_id"] if change else None,
        "attributes": change["attributes"] if change else [],
        "relations": change["relations"] if change else [],
        "cause": change["cause"] if change else None,
        "commits": [one.data for one in departure.commits],
        "uncommitted": departure.uncommitted,
        **{name: found[name] for name in ("code", "severity", "message", "location", "hint", "fingerprint")},
    }
