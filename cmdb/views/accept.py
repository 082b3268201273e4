"""What was accepted, by file; what was not, and why; and the drift that is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from cmdb.acceptance.plan import Refusal
from cmdb.model.document import Block, Code, Document, Entry, Heading, Listing, Paragraph, Span, visible
from cmdb.model.drift import Deviation
from cmdb.model.problem import Problem
from cmdb.model.value import Value
from cmdb.model.words import several


@dataclass(frozen=True, slots=True)
class Shown:
    """What an acceptance came to. `before` has the bytes of each file in `files`, None for a new one; `commit` is the
    id of the commit on `branch`, empty where files were written; `dry` where nothing was."""

    accepted: Sequence[Deviation]
    refused: Sequence[Refusal]
    files: Mapping[str, bytes]
    before: Mapping[str, bytes | None]
    notes: Sequence[Problem] = ()
    left: Sequence[Deviation] = ()
    branch: str = ""
    commit: str = ""
    dry: bool = False


def document(shown: Shown) -> Document:
    """Everything in the payload, for people."""
    blocks: list[Block] = []
    if shown.dry and shown.files:
        blocks.append(Code(patch(shown), "diff"))
    elif shown.accepted:
        blocks += [Heading(f"Accepted ({len(shown.accepted)})"), Listing(tuple(map(_accepted, shown.accepted)))]
    if shown.refused:
        blocks += [Heading(f"Not accepted ({len(shown.refused)})"), Listing(tuple(map(_refused, shown.refused)))]
    if shown.notes:
        blocks += [Heading("New in cmdb check"), Listing(tuple(map(_note, shown.notes)))]
    return Document((*blocks, *(Paragraph(line) for line in _summary(shown))))


def payload(shown: Shown) -> dict[str, Value]:
    """`summary`, `accepted`, `refused`, `files`, and the branch."""
    return {
        "summary": {
            "accepted": len(shown.accepted),
            "refused": len(shown.refused),
            "files": len(shown.files),
            "left": len(shown.left),
        },
        "accepted": [_data(one) for one in shown.accepted],
        "refused": [{**_data(one.wanted), "problem": one.problem.data} for one in shown.refused],
        "files": [{"path": path, "new": shown.before.get(path) is None} for path in sorted(shown.files)],
        "notes": [one.data for one in shown.notes],
        "branch": shown.branch or None,
        "commit": shown.commit or None,
        "written": bool(shown.files) and not shown.dry,
        "diff": patch(shown),
    }


def patch(shown: Shown) -> str:
    """The difference of the files, as `git apply` takes it."""
    return "".join(_patch(path, shown.before.get(path), data) for path, data in sorted(shown.files.items()))


def question(deviation: Deviation) -> str:
    """One deviation on one line, for somebody who is asked about it."""
    return visible(f"{who(deviation)} ({deviation.kind}) {_said(deviation)}")


def who(deviation: Deviation) -> str:
    """The CI, or what a source calls the thing."""
    return deviation.ci or f"{deviation.source}: {deviation.key}"


def _said(deviation: Deviation) -> str:
    if deviation.outcome == "missing":
        return "is missing: declare it retired"
    if deviation.outcome == "unmanaged":
        return "is unmanaged: declare it in a new file"
    source = f", seen by {deviation.source}" if deviation.source else ""
    return f"{deviation.path}: {_text(_expected(deviation))} → {deviation.said or _text(deviation.observed)}{source}"


def _expected(deviation: Deviation) -> Value:
    """What was declared or demanded, in the words of who did."""
    demand = next((one for one in deviation.demanded_by if one.expected == deviation.expected), None)
    return demand.said if demand is not None and demand.said else deviation.expected


def _text(value: Value) -> str:
    return "nothing" if value is None else str(value)


def _accepted(deviation: Deviation) -> Entry:
    done = {"missing": "is declared retired", "unmanaged": "is declared in a new file"}
    return Entry((Span(who(deviation), "id"), " ", done.get(deviation.outcome) or _said(deviation)))


def _refused(refusal: Refusal) -> Entry:
    hint = (Entry((Span("hint: ", "good"), refusal.problem.hint)),) if refusal.problem.hint else ()
    return Entry(refusal.problem.message, hint)


def _note(problem: Problem) -> Entry:
    return Entry((Span(problem.severity.label, "warning"), f" [{problem.code}] {problem.message}"))


def _summary(shown: Shown) -> Iterable[tuple[str | Span, ...]]:
    if not shown.files:
        yield ("Nothing was written." if shown.refused else "There is nothing to accept.",)
    elif shown.dry:
        yield ("Nothing was written: this is what would be.",)
    elif shown.commit:
        yield (
            f"{several(len(shown.files), 'file')} in the commit {shown.commit[:12]} on the new branch ",
            Span(shown.branch, "id"),
            ".",
        )
    else:
        yield (f"Written: {', '.join(sorted(shown.files))}.",)
    if shown.left:
        counted = Counter(one.outcome for one in shown.left)
        words = ", ".join(f"{counted[name]} {name}" for name in sorted(counted))
        yield (f"Drift that is left: {words}.",)


def _data(one: Deviation) -> dict[str, Value]:
    return {
        "outcome": one.outcome,
        "ci": one.ci,
        "key": one.key,
        "kind": one.kind,
        "path": one.path,
        "expected": one.expected,
        "observed": one.observed,
        "source": one.source,
    }


def _patch(path: str, before: bytes | None, after: bytes) -> str:
    names = ("/dev/null" if before is None else f"a/{path}", f"b/{path}")
    lines = unified_diff(_lines(before or b""), _lines(after), *names)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(data: bytes) -> list[str]:
    """Lines as git sees them: nothing but a newline ends one."""
    *whole, rest = data.decode("utf-8", "replace").split("\n")
    return [*(f"{line}\n" for line in whole), *filter(None, [rest])]
