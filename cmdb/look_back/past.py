"""Earlier versions of a CI out of Git: of the files that have to do with it, and of no others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from cmdb.formats.chosen import Chooser, Chosen, named
from cmdb.formats.defaults import NAMES
from cmdb.formats.layout import INVENTORY, SCHEMA, role
from cmdb.history.following import Moved, Unknown
from cmdb.history.sight import Sight
from cmdb.model.ci import CI
from cmdb.model.past import Ancestor
from cmdb.sources import ancestry
from cmdb.sources.editions import Editions
from cmdb.sources.repository import Repository

T = TypeVar("T")

_AHEAD = 100
"""Commits whose files are read together."""


class GitPast:
    """The commits up to a tip that touched some files of CIs, the defaults above them, or the kinds."""

    def __init__(
        self,
        repository: Repository,
        tip: str,
        paths: frozenset[str],
        *,
        without: str = "",
        watched: frozenset[str] = frozenset(),
        chooser: Chooser | None = None,
    ) -> None:
        """`watched` are ids that will be asked for, so that they are read together; `without` is a commit that knows
        all that need not be looked at."""
        self.paths = paths
        self.tip = tip
        self._repository = repository
        self._without = without
        self._editions = Editions(repository)
        self._watched = watched
        self._chooser = chooser or Chooser()
        self._digests: dict[str, dict[str, str]] = {}
        self._chosen: dict[tuple[frozenset[tuple[str, str]], frozenset[str]], Chosen] = {}
        self._searched: set[tuple[str | None, Sequence[str]]] = set()

    def ask(self, question: Callable[[GitPast], T]) -> T:
        """The answer of a question, asked again for each file that a CI turns out to have been in."""
        while True:
            try:
                return question(self)
            except Moved as moved:
                self.paths |= moved.paths
                self._digests.clear()
                self.__dict__.pop("ancestors", None)

    @cached_property
    def ancestors(self) -> Sequence[Ancestor]:
        """The commits, each before its parents."""
        wanted = (*relevant(self.paths), SCHEMA)
        return ancestry.ancestors(self._repository, self.tip, wanted, without=self._without)

    def look(self, commit: str, names: Sequence[str]) -> Sight | Unknown | None:
        """The first of some ids that a commit has in these files."""
        chosen = self._choose(commit, self._watched.union(names))
        if not chosen.sound:
            return "unknown"
        found = {ci.id: ci for ci in reversed(chosen.cis)}
        first = next((found[name] for name in names if name in found), None)
        if first is not None:
            return Sight(first, chosen.schema, lambda words: self.others(commit, words))
        return None if chosen.whole else "unknown"

    def search(self, commit: str | None, names: Sequence[str]) -> None:
        """Looks for a CI in the files that a commit changed; for what is not committed yet, in all of the tip."""
        if (commit, names) in self._searched:
            return
        self._searched.add((commit, names))
        found: set[str] = set()
        if commit is None:
            files = ancestry.mentions(self._repository, self.tip, INVENTORY, names)
            found.update(self._declaring(self.tip, files, names))
        else:
            for parent in ancestry.parents(self._repository, commit):
                files = ancestry.changed(self._repository, parent, commit, INVENTORY)
                found.update(self._declaring(parent, files, names))
        if not found <= self.paths:
            raise Moved(frozenset(found))

    def removed_by(self, names: Sequence[str]) -> tuple[Ancestor, str] | None:
        """The newest commit that took a CI away, which none of its parents had done, and one of these; None where
        nobody did within these files."""
        for ancestor in self.ancestors:
            had = (isinstance(self.look(parent, names), Sight) for parent in ancestor.parents)
            if ancestor.parents and self.look(ancestor.id, names) is None and all(had):
                self._refuse_moved(ancestor.id, names)
                return ancestor, ancestor.parents[0]
        return None

    def files_of(self, name: str) -> frozenset[str]:
        """The files of CIs in which an id ever stood."""
        found = ancestry.mentioning(self._repository, self.tip, INVENTORY, name)
        return frozenset(path for path in found if role(path) == "ci")

    def others(self, commit: str, words: frozenset[str]) -> tuple[CI, ...]:
        """The CIs that a commit knows by any of some names, by no more than id, kind and aliases."""
        files = ancestry.mentions(self._repository, commit, INVENTORY, words)
        return tuple(ci for _, ci in self._named(commit, files) if not words.isdisjoint((ci.id, *ci.aliases)))

    def _refuse_moved(self, commit: str, names: Sequence[str]) -> None:
        """Raises `Moved` where a commit has a CI in another file."""
        for parent in ancestry.parents(self._repository, commit):
            files = ancestry.changed(self._repository, parent, commit, INVENTORY)
            if moved := frozenset(self._declaring(commit, files, names)):
                raise Moved(moved)

    def _declaring(self, commit: str, files: Iterable[str], names: Sequence[str]) -> Iterator[str]:
        wanted = [path for path in files if path not in self.paths]
        return (path for path, ci in self._named(commit, wanted) if ci.id in names)

    def _named(self, commit: str, files: Iterable[str]) -> Iterator[tuple[str, CI]]:
        wanted = [path for path in files if role(path) == "ci"]
        if not wanted:
            return
        (digests,) = self._editions.digests([commit], wanted)
        texts = self._editions.texts(digests.values())
        for path, digest in sorted(digests.items()):
            if (data := texts[digest]) is not None:
                yield from ((path, ci) for ci in named(path, data))

    def _choose(self, commit: str, names: frozenset[str]) -> Chosen:
        files = self._files(commit)
        key = (frozenset(files.items()), names)
        if key not in self._chosen:
            texts = self._editions.texts(files.values(), self._ahead(commit))
            self._chosen[key] = self._chooser.choose({path: texts[digest] for path, digest in files.items()}, names)
        return self._chosen[key]

    def _files(self, commit: str) -> Mapping[str, str]:
        """The digests of the files that matter, as a commit has them."""
        if not self._digests:
            commits = [ancestor.id for ancestor in self.ancestors]
            found = self._editions.digests(commits, relevant(self.paths), SCHEMA)
            self._digests = dict(zip(commits, found, strict=True))
        if commit not in self._digests:
            (self._digests[commit],) = self._editions.digests([commit], relevant(self.paths), SCHEMA)
        return self._digests[commit]

    def _ahead(self, commit: str) -> Iterator[str]:
        """The digests of the files of the next commits."""
        at = self._numbers.get(commit, 0)
        for ancestor in self.ancestors[at : at + _AHEAD]:
            yield from self._files(ancestor.id).values()

    @property
    def _numbers(self) -> Mapping[str, int]:
        return {ancestor.id: number for number, ancestor in enumerate(self.ancestors)}


def relevant(paths: Iterable[str]) -> tuple[str, ...]:
    """Files of CIs and the defaults above them."""
    found = set(paths)
    for path in paths:
        folder = path
        while folder := folder.rpartition("/")[0]:
            found.update(f"{folder}/{name}" for name in NAMES)
    return tuple(sorted(found))
