"""Frozen baselines: written, listed, shown, and compared."""

from __future__ import annotations

from collections.abc import Sequence

from cmdb.compare.wording import data, entry
from cmdb.model.baseline import Baseline, Baselines
from cmdb.model.change import ChangeSet
from cmdb.model.document import Block, Document, Heading, Listing, Paragraph, Span, Table
from cmdb.model.release import ALGORITHM, Release
from cmdb.model.value import Value
from cmdb.model.words import several, shortened

_ACTIONS = ("added", "removed", "changed", "renamed")


def frozen_document(release: Release, path: str) -> Document:
    """What was frozen, and into which file."""
    words = f"Froze {several(len(release.cis), 'CI')} at {release.revision[:9]} into "
    return Document((Paragraph((words, Span(path, "path"), ".")),))


def payload(release: Release, path: str = "") -> dict[str, Value]:
    """`summary`, `release` and its `cis`; `path` where its file was just written."""
    return {
        "summary": {"name": release.name, "cis": len(release.cis)},
        "release": {**_release(release), "path": path or release.place.path},
        "cis": [{"id": name, "digest": digest} for name, digest in sorted(release.cis.items())],
    }


def list_document(baselines: Baselines) -> Document:
    """A table of frozen baselines, and one of those that expect."""
    blocks: list[Block] = []
    if baselines.releases:
        rows = tuple(
            (Span(one.name, "id"), str(len(one.cis)), one.revision[:9], str(one.date), one.approved_by or "", one.note)
            for one in baselines.releases
        )
        blocks += [Heading("Frozen"), Table(("name", "CIs", "commit", "date", "approved by", "note"), rows)]
    if baselines.baselines:
        expecting = tuple(
            (Span(one.name, "id"), one.applies_to or "(template)", str(one.expires or ""), one.approved_by or "")
            for one in baselines.baselines
        )
        blocks += [Heading("Expectations"), Table(("name", "applies to", "expires", "approved by"), expecting)]
    return Document(tuple(blocks) or (Paragraph("There are no baselines."),))


def list_payload(baselines: Baselines) -> dict[str, Value]:
    """`summary`, `frozen` and `baselines`, sorted by name."""
    return {
        "summary": {"frozen": len(baselines.releases), "baselines": len(baselines.baselines)},
        "frozen": sorted((_release(one) for one in baselines.releases), key=_name),
        "baselines": sorted((_baseline(one) for one in baselines.baselines), key=_name),
    }


def document(release: Release) -> Document:
    """Everything that is recorded of a release."""
    rows: list[tuple[str, str]] = [("revision", release.revision), ("date", str(release.date))]
    rows += [("approved by", release.approved_by)] if release.approved_by else []
    rows += [("note", release.note)] if release.note else []
    rows += [("selectors", ", ".join(release.selectors))] if release.selectors else []
    rows += [("without", ", ".join(release.exclude))] if release.exclude else []
    rows += [("uncommitted", "it was frozen with changes that were not committed")] if release.uncommitted else []
    digests = tuple((Span(name, "id"), digest) for name, digest in sorted(release.cis.items()))
    return Document(
        (Heading(release.name, 1), Table(("", ""), tuple(rows)), Heading("CIs"), Table(("id", "digest"), digests))
    )


def expecting_document(baseline: Baseline) -> Document:
    """What a baseline that expects says of itself, and where it stands."""
    said = {name: value for name, value in _baseline(baseline).items() if value not in (None, []) and name != "name"}
    rows = tuple((name.replace("_", " "), shortened(value)) for name, value in said.items())
    return Document((Heading(baseline.name, 1), Table(("", ""), rows)))


def expecting_payload(baseline: Baseline) -> dict[str, Value]:
    """`summary` and `baseline`."""
    said = _baseline(baseline)
    return {"summary": {"name": baseline.name, "expectations": said["expectations"]}, "baseline": said}


def comparison_document(changes: ChangeSet, unseen: Sequence[str]) -> Document:
    """One entry a CI, a line that counts them, and what nobody could see."""
    blocks: list[Block] = [Listing(tuple(map(entry, changes.changes)))] if changes else []
    blocks.append(Paragraph(_counted(changes)))
    if unseen:
        blocks.append(Paragraph(f"Not seen, or not surely: {', '.join(unseen)}"))
    return Document(tuple(blocks))


def comparison_payload(before: str, after: str, changes: ChangeSet, unseen: Sequence[str]) -> dict[str, Value]:
    """`summary`, `changes` as `cmdb diff` has them, and `unseen`."""
    counts = {action: sum(change.action == action for change in changes.changes) for action in _ACTIONS}
    return {
        "summary": {"before": before, "after": after, "changes": len(changes.changes), **counts, "unseen": len(unseen)},
        "changes": [data(change) for change in changes.changes],
        "unseen": list(unseen),
    }


def _counted(changes: ChangeSet) -> str:
    counts = {action: sum(change.action == action for change in changes.changes) for action in _ACTIONS}
    words = ", ".join(f"{count} {action}" for action, count in counts.items() if count)
    return f"{several(len(changes.changes), 'change')}: {words}" if words else "no changes"


def _release(release: Release) -> dict[str, Value]:
    return {
        "name": release.name,
        "revision": release.revision,
        "date": release.date.isoformat(),
        "approved_by": release.approved_by,
        "note": release.note,
        "selectors": list(release.selectors),
        "exclude": list(release.exclude),
        "uncommitted": release.uncommitted,
        "digest": ALGORITHM,
        "cis": len(release.cis),
        "path": release.place.path or None,
    }


def _baseline(baseline: Baseline) -> dict[str, Value]:
    return {
        "name": baseline.name,
        "applies_to": baseline.applies_to,
        "extends": list(baseline.extends),
        "approved_by": baseline.approved_by,
        "effective": baseline.effective.isoformat() if baseline.effective else None,
        "expires": baseline.expires.isoformat() if baseline.expires else None,
        "expectations": len(baseline.expect),
        "path": baseline.place.path or None,
    }


def _name(one: dict[str, Value]) -> str:
    return str(one["name"])
