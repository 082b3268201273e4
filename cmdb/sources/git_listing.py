"""What one commit holds below the workspace: modes, digests and links, from one run of `ls-tree`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Literal

from cmdb.model import limits
from cmdb.sources import refusals, rules, walk
from cmdb.sources.protocol import File, Unreadable
from cmdb.sources.repository import Repository

MOST = limits.FILES
_LINK, _SUBMODULE = b"120000", b"160000"
_TARGET_LIMIT = 4096
_HOPS = limits.LINKS

Entries = Mapping[str, tuple[bytes, str]]


def read_listing(repository: Repository, commit: str) -> Listing:
    """The listing of a commit below the repository's prefix; empty where the commit has no such folder."""
    tree = _tree(repository, commit)
    return listing_of(repository, dict(_entries(repository, tree)) if tree else {})


def listing_of(repository: Repository, found: Entries) -> Listing:
    """The listing of files by path, with what the links among them say."""
    links = [path for path, (mode, _) in found.items() if mode == _LINK]
    blobs = repository.blobs([found[path][1] for path in links], _TARGET_LIMIT)
    targets = {
        path: (blob.data or b"").decode(errors="surrogateescape") for path, blob in zip(links, blobs, strict=True)
    }
    return Listing(found, targets, tuple(part for part in repository.prefix.split("/") if part))


@dataclass(frozen=True)
class Listing:
    """`entries` maps paths from the workspace to mode and digest, `targets` links to what they say; `above` are the
    folders from the top of the repository to the workspace."""

    entries: Entries
    targets: Mapping[str, str]
    above: tuple[str, ...] = ()

    @cached_property
    def paths(self) -> list[str]:
        """All paths, sorted."""
        return sorted(self.entries)

    def resolve(self, path: str) -> str:
        """Where a path leads once its links are followed. Raises `Unreadable`."""
        real = self._followed(path)
        if self.what(real) == "other" and real not in self.entries:
            raise rules.broken(path, rules.legible(self.targets[path])) if path in self.targets else rules.absent(path)
        if rules.hidden(real) and real != path:
            raise rules.into_hidden(path, self._says(path), folder=self.what(real) == "folder")
        return real

    def is_plain(self, path: str) -> bool:
        """Whether a regular file stands there, so that no link has to be followed."""
        mode, _ = self.entries.get(path, (_LINK, ""))
        return mode not in (_LINK, _SUBMODULE)

    def what(self, real: str) -> Literal["file", "folder", "other"]:
        """What stands at a path without links; a submodule is neither file nor folder."""
        if real in self.entries:
            return "other" if self.entries[real][0] == _SUBMODULE else "file"
        return "folder" if not real or any(True for _ in self._range(real)) else "other"

    def file(self, real: str) -> File:
        """The file at a path without links."""
        return File(real, digest=self.entries[real][1])

    def below(self, real: str) -> Iterator[File | walk.Link | Unreadable]:
        """Everything below a folder."""
        start = len(real) + 1 if real else 0
        illegible: set[str] = set()
        for path in self._range(real):
            folder, _, name = path[start:].rpartition("/")
            mode, digest = self.entries[path]
            if rules.hidden(folder) or (name.startswith(".") and mode in (_LINK, _SUBMODULE)):
                continue
            if mode == _LINK:
                yield walk.Link(path)
            elif mode == _SUBMODULE:
                yield submodule(path)
            elif rules.is_text(path):
                yield File(path, digest=digest)
            elif (shown := _first_illegible(path)) not in illegible:
                illegible.add(shown)
                yield rules.illegible(shown, folder=shown != path)

    def _range(self, folder: str) -> Iterator[str]:
        prefix = folder + "/" if folder else ""
        for path in islice(self.paths, bisect_left(self.paths, prefix), None):
            if not path.startswith(prefix):
                return
            yield path

    def _followed(self, path: str) -> str:
        done = list(self.above)
        todo = path.split("/")[::-1]
        hops = 0
        while todo:
            part = todo.pop()
            if part == "..":
                if not done:
                    raise self._out(path)
                done.pop()
            elif part not in ("", "."):
                done.append(part)
                target = self.targets.get("/".join(done[len(self.above) :])) if self._inside(done) else None
                if target is not None:
                    hops += 1
                    if target.startswith("/"):
                        raise self._out(path)
                    if hops > _HOPS:
                        raise rules.loop(path)
                    done.pop()
                    todo += target.split("/")[::-1]
        if not self._inside(done):
            raise self._out(path)
        return "/".join(done[len(self.above) :])

    def _inside(self, parts: list[str]) -> bool:
        return tuple(parts[: len(self.above)]) == self.above

    def _out(self, path: str) -> Unreadable:
        return rules.leads_out(path, self._says(path), folder="." not in path.rpartition("/")[2])

    def _says(self, path: str) -> str:
        return rules.legible(self.targets.get(path, "another place"))


def submodule(path: str) -> Unreadable:
    """A submodule: its commit is known here, its files are not."""
    hint = "run cmdb in the submodule, or keep the files in this repository"
    return Unreadable(path, "is a submodule; its files belong to another repository", hint, folder=True)


def _first_illegible(path: str) -> str:
    """The path as far as its first name that is not UTF-8."""
    parts = path.split("/")
    wrong = next(place for place, part in enumerate(parts) if not rules.is_text(part))
    return "/".join(parts[: wrong + 1])


def _tree(repository: Repository, commit: str) -> str | None:
    """The tree that holds the workspace; None where the commit has no folder of that name."""
    if not repository.prefix:
        return commit
    line = repository.run("ls-tree", "-z", "--full-tree", commit, "--", repository.prefix)
    head = line.partition("\t")[0].split()
    return head[2] if len(head) == 3 and head[1] == "tree" else None


def _entries(repository: Repository, tree: str) -> Iterator[tuple[str, tuple[bytes, str]]]:
    rest = b""
    count = 0
    for block in repository.stream("ls-tree", "-r", "-z", "--full-tree", tree):
        *records, rest = (rest + block).split(b"\0")
        count += len(records)
        if count > MOST:
            raise refusals.too_many(MOST)
        for record in records:
            head, _, name = record.partition(b"\t")
            yield name.decode(errors="surrogateescape"), (head[:6], head[head.rindex(b" ") + 1 :].decode())
