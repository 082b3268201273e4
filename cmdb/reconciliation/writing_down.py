"""What was captured as the text of a baseline, held against what was seen before anybody gets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from cmdb.formats.baseline_reader import read_baselines
from cmdb.formats.baseline_writer import Head, baseline_text, key_path
from cmdb.model.baseline import Expectation
from cmdb.model.ci import CI
from cmdb.model.keypath import KeyPath
from cmdb.model.words import few
from cmdb.reconciliation.capture import Captured, Differing
from cmdb.reconciliation.evidence import Evidence
from cmdb.reconciliation.expectations import prepared
from cmdb.reconciliation.inheritance import Family
from cmdb.reconciliation.operators import WrongDemand
from cmdb.reconciliation.typed import attribute_at
from cmdb.reconciliation.walk import starred

_FEW = 3
_LONGEST = 60


def written_down(
    captured: Captured, head: Head, origin: Sequence[str], cis: Sequence[CI], evidence: Callable[[CI], Evidence]
) -> tuple[str, Captured]:
    """The text of a baseline that `cis`, those that were seen, meet by `evidence`; and what it says. What cannot be
    written so that it means the same when it is read is among what differs. `origin` names where it comes from."""
    count = f"{len(cis)} CIs have in common" if len(cis) > 1 else "1 CI has"
    title = f"Captured from {', '.join(origin)}: what {count}."
    kept = tuple(one for one in captured.common if not starred(one.path))
    while True:
        said = replace(captured, common=kept, differing=_rest(captured, {one.path for one in kept}))
        demands = [(one.path, one.value, one.attribute) for one in kept]
        text = baseline_text(head, demands, before=(title,), after=_remarks(said))
        met = _met(text, [evidence(ci) for ci in cis])
        if all(one.path in met for one in kept):
            return text, said
        kept = tuple(one for one in kept if one.path in met)


def _rest(captured: Captured, kept: set[KeyPath]) -> tuple[Differing, ...]:
    lost = (one.path for one in captured.common if one.path not in kept)
    told = (Differing(path, (("a value that no file can say", captured.seen),)) for path in lost)
    return tuple(sorted((*captured.differing, *told), key=lambda one: tuple(map(str, one.path))))


def _met(text: str, seen: Sequence[Evidence]) -> set[KeyPath]:
    """The paths at which every CI has what the baseline demands, as it is read."""
    baselines, _, _, _ = read_baselines("captured.yaml", text.encode("utf-8", "surrogatepass"))
    met: set[KeyPath] = set()
    for baseline in baselines:
        for expectation in Family([baseline]).written(baseline.name, {}):
            if all(_judged(expectation, one) for one in seen):
                met.add(expectation.path)
    return met


def _judged(expectation: Expectation, evidence: Evidence) -> bool:
    attribute = attribute_at(evidence.schema, evidence.ci.kind, expectation.path)
    look = evidence.look(expectation.path)
    try:
        return look.state == "seen" and prepared(expectation, attribute).judged(look.value, wrong=look.wrong) is True
    except WrongDemand:
        return False


def _remarks(said: Captured) -> Iterator[str]:
    if said.differing:
        yield "Not demanded, since it is not the same everywhere:"
    for one in said.differing:
        told = [_told(words, cis) for words, cis in one.values]
        more = [f"and {len(told) - _FEW} others"] if len(told) > _FEW + 1 else []
        yield f"  {key_path(one.path)}: {', '.join([*told[:_FEW], *more] if more else told)}"
    if said.unseen:
        yield f"Nobody saw {few(said.unseen, _FEW)}."


def _told(words: str, cis: Sequence[str]) -> str:
    short = words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
    return f"{short} ({few(cis, _FEW)})"
