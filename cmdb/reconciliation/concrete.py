"""From the pattern of an expectation to the paths of one CI that fit it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cmdb.model.keypath import KeyPath
from cmdb.reconciliation.evidence import Evidence
from cmdb.reconciliation.walk import expand, starred


def concrete(evidence: Evidence, pattern: KeyPath) -> Iterable[KeyPath]:
    """The paths of what was seen that fit a pattern; where nothing can be seen, the part before the star. A path
    without a star is itself."""
    if not starred(pattern):
        return (pattern,)
    stars = next(position for position, segment in enumerate(pattern) if segment in ("*", "**"))
    if stars == 1 and pattern[0] in ("attributes", "relations"):
        return _everywhere(evidence, pattern)
    if stars < 2:
        return ()
    look = evidence.look(pattern[:stars])
    if look.state == "seen":
        return [(*pattern[:stars], *path) for path in expand(look.value, pattern[stars:])]
    return () if look.state == "absent" else (pattern[:stars],)


def _everywhere(evidence: Evidence, pattern: KeyPath) -> Iterator[KeyPath]:
    carried = {
        name
        for sight in evidence.sights
        for name in (sight.observation.attributes if pattern[0] == "attributes" else sight.observation.relations)
    }
    for name in sorted(carried):
        look = evidence.look((pattern[0], name))
        if look.state == "seen":
            yield from ((pattern[0], *path) for path in expand({name: look.value}, pattern[1:]))
