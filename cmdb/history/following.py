"""A CI from commit to commit, back through moves, renames and merges, to where it was added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

from cmdb.history.sight import Comparison, Sight
from cmdb.model.past import Ancestor

Unknown = Literal["unknown"]
Former = tuple[str, Sight | None]
"""A commit, and the CI as it has it; None where it has none."""


class Past(Protocol):
    """What is known of earlier commits."""

    @property
    def ancestors(self) -> Sequence[Ancestor]:
        """The commits at which the CI may have changed, each before its parents; the first stands for the tip."""

    def look(self, commit: str, names: Sequence[str]) -> Sight | Unknown | None:
        """The first of some ids that a commit has; None where it has none of them, `unknown` where a file that has to
        do with it did not load."""

    def search(self, commit: str | None, names: Sequence[str]) -> None:
        """Makes sure that a CI which a commit has, and some commit before it seems to lack, is not merely in another
        file there. `commit` None stands for what is not committed yet. Raises `Moved` where it is."""


class Moved(Exception):
    """A CI was in other files once; ask again of a past that looks at them too."""

    def __init__(self, paths: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(paths)))
        self.paths = paths


@dataclass(frozen=True)
class Passage:
    """A commit through which a CI came: what it was after it, and in the nearest commits before it that can tell.
    `ancestor` None stands for what is not committed yet. `cut` says that this clone's history ends here."""

    ancestor: Ancestor | None
    sight: Sight
    former: tuple[Former, ...]
    cut: bool = False

    @cached_property
    def comparisons(self) -> tuple[tuple[str, Comparison], ...]:
        """How it differs from each commit before that has the CI."""
        return tuple((commit, Comparison(sight, self.sight)) for commit, sight in self.former if sight is not None)


def passages(past: Past, sight: Sight, *, committed: bool = True) -> Iterator[Passage]:
    """The commits that a CI came through, each before its parents. `sight` is the CI at the tip, or with `committed`
    False in files that may not be committed yet."""
    ancestors = past.ancestors
    known = {ancestor.id: ancestor for ancestor in ancestors}
    waiting: dict[str, dict[str, Sight]] = {}
    if committed and ancestors:
        waiting[ancestors[0].id] = {sight.ci.id: sight}
    elif not committed:
        passage = _passage(past, known, None, sight)
        yield passage
        _await(waiting, passage)
    for ancestor in ancestors:
        for found in waiting.pop(ancestor.id, {}).values():
            passage = _passage(past, known, ancestor, found)
            yield passage
            _await(waiting, passage)


def _await(waiting: dict[str, dict[str, Sight]], passage: Passage) -> None:
    for commit, sight in passage.former:
        if sight is not None:
            waiting.setdefault(commit, {}).setdefault(sight.ci.id, sight)


def _passage(past: Past, known: Mapping[str, Ancestor], ancestor: Ancestor | None, sight: Sight) -> Passage:
    parents = ancestor.parents if ancestor else tuple(one.id for one in past.ancestors[:1])
    former, cut = _formers(past, known, ancestor, sight, parents)
    if not former or any(found is None for _, found in former):
        past.search(ancestor.id if ancestor else None, (sight.ci.id, *sight.ci.aliases))
    return Passage(ancestor, sight, former, cut and not former)


def _formers(
    past: Past, known: Mapping[str, Ancestor], ancestor: Ancestor | None, sight: Sight, parents: Sequence[str]
) -> tuple[tuple[Former, ...], bool]:
    """The nearest commits before that can tell, in the order of parents, and whether the history is cut off on the
    way."""
    found: dict[str, Sight | Unknown | None] = {}
    cut = ancestor is not None and ancestor.cut
    waiting = [*reversed(parents)]
    while waiting:
        commit = waiting.pop()
        if commit not in found:
            found[commit] = _before(past, commit, ancestor, sight)
            if found[commit] == "unknown" and commit in known:
                cut = cut or known[commit].cut
                waiting += reversed(known[commit].parents)
    return tuple((commit, seen) for commit, seen in found.items() if seen != "unknown"), cut


def _before(past: Past, commit: str, ancestor: Ancestor | None, sight: Sight) -> Sight | Unknown | None:
    """The CI as a commit before has it: under its id, or under a former one that nobody has any more."""
    found = past.look(commit, (sight.ci.id,))
    if found is not None or not sight.ci.aliases:
        return found
    gone = [alias for alias in sorted(sight.ci.aliases) if ancestor is None or past.look(ancestor.id, (alias,)) is None]
    return past.look(commit, gone) if gone else None
