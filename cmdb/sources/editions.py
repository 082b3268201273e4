"""A few files as many commits have them: which bytes each is, asked in bulk, and the bytes themselves, each once."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cmdb.sources import refusals
from cmdb.sources.repository import Blob, Repository

_OBJECT = re.compile(r"([0-9a-f]{40,64}) (blob|tree)")
_PLAIN = re.compile(r"100(?:644|755) blob ([0-9a-f]+)\t(.+)", re.DOTALL)
_AHEAD = 200
"""Objects that are read at once."""


class Editions:
    """The files of a workspace by commit and path."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._trees: dict[str, tuple[tuple[str, str], ...]] = {}
        self._blobs: dict[str, Blob] = {}

    def digests(self, commits: Sequence[str], files: Iterable[str], folder: str = "") -> Iterator[dict[str, str]]:
        """For each commit, the digests of those of the files that it has, and of all files in one folder."""
        paths = [path for path in sorted({*files, folder}) if path and "\n" not in path]
        answers = iter(self._asked([self._named(commit, path) for commit in commits for path in paths]))
        for _ in commits:
            found: dict[str, str] = {}
            for path in paths:
                digest, kind = next(answers)
                if kind == "blob":
                    found[path] = digest
                elif kind == "tree" and path == folder:
                    found |= {f"{folder}/{name}": inner for name, inner in self._inside(digest)}
            yield found

    def texts(self, digests: Iterable[str], ahead: Iterable[str] = ()) -> Mapping[str, bytes | None]:
        """The bytes of blobs; None for one that is too large. What comes next is read along with them. Raises
        `CmdbError` where this clone lacks one, lest what nobody can see be taken for what was not there."""
        wanted = dict.fromkeys(digests)
        missing = [digest for digest in wanted if digest not in self._blobs]
        if missing:
            self._blobs = {digest: self._blobs[digest] for digest in wanted if digest in self._blobs}
            more = [digest for digest in dict.fromkeys(ahead) if digest not in wanted][:_AHEAD]
            every = [*missing, *more]
            self._blobs |= dict(zip(every, self._repository.blobs(every), strict=True))
        found = {digest: self._blobs[digest] for digest in wanted}
        if any(blob.data is None and blob.size is None for blob in found.values()):
            raise refusals.failed(self._repository.folder, "fatal: objects of earlier commits are missing or damaged")
        return {digest: blob.data for digest, blob in found.items()}

    def _named(self, commit: str, path: str) -> str:
        return f"{commit}:{self._repository.prefix}/{path}" if self._repository.prefix else f"{commit}:{path}"

    def _asked(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """The digest and the type of each object; empty for one that is not there."""
        with tempfile.TemporaryFile() as wanted:
            wanted.write("".join(f"{name}\n" for name in names).encode(errors="surrogateescape"))
            wanted.seek(0)
            lines = self._repository.fed(wanted, "cat-file", "--batch-check=%(objectname) %(objecttype)").split("\n")
        matched = map(_OBJECT.fullmatch, lines[: len(names)])
        return [(found[1], found[2]) if found else ("", "") for found in matched]

    def _inside(self, tree: str) -> tuple[tuple[str, str], ...]:
        if tree not in self._trees:
            listed = self._repository.run("ls-tree", "-r", "-z", "--full-tree", tree).split("\0")
            matched = filter(None, map(_PLAIN.fullmatch, listed))
            self._trees[tree] = tuple((found[2], found[1]) for found in matched)
        return self._trees[tree]
